"""The engine: everything between an editor's messages and the service, behind `receive` and `deliver`.

Importing this module and making an Engine costs next to nothing: SQLite, urllib3 and the rest are imported on
the engine's own threads. The messages are plain dictionaries with a "type".
"""

from __future__ import annotations

import os
import threading
import time

from codestats.engine.inbox import Inbox
from codestats.work import Work

TYPE_CHECKING = False  # typing itself takes 10 ms to load, on the editor's main thread in Vim
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from codestats.clock import Clock
    from codestats.delivery.backoff import Backoff

    Message = dict[str, Any]

__all__ = ["Engine"]

_LOOK_AGAIN = 5.0  # seconds; only when XP is long past and something still waits for the network


class Engine:
    """Receives an editor's messages and delivers the answers.

    `deliver` is called from the engine's threads with one message and must return at once. `clock`, `backoff`
    and `environ` stand for the machine's; tests give others.
    """

    def __init__(
        self,
        deliver: Callable[[Message], None],
        *,
        environ: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._deliver = deliver
        self.environ = os.environ if environ is None else environ
        self._clock = clock
        self._backoff = backoff
        self._work = Work()
        self._inbox = Inbox(self._work)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._dispatcher: Any = None
        self._stopped = threading.Event()
        self._last_record = time.monotonic()
        self.is_configured = False
        """Whether the editor ever said what its settings are."""

    def receive(self, message: Mapping[str, Any]) -> None:
        """Take one message of the editor; returns at once. Any thread."""
        if message.get("type") == "configure":
            self.is_configured = True
        if message.get("type") == "record" and message.get("batches"):
            self._last_record = time.monotonic()
        self._inbox.put(message)
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="codestats-recorder", daemon=True)
                thread.start()
                self._thread = thread

    @property
    def outstanding(self) -> bool:
        """Whether something is not done yet that may get done without anybody's help: recording, or sending.

        What waits for a token or for the user's flush doesn't count.
        """
        if self._thread is None or not self._thread.is_alive():
            return False
        return not self._work.is_settled or (self._dispatcher is not None and self._dispatcher.outstanding)

    @property
    def waits_for_disk(self) -> bool:
        """Whether something is still to be recorded, and is tried again by itself."""
        return self._dispatcher is not None and self._dispatcher.has_pending

    @property
    def is_settled(self) -> bool:
        """Whether recording is done, and sending done or waiting for better times."""
        return self._thread is None or not self._thread.is_alive() or self._work.is_settled

    @property
    def is_relieved(self) -> bool:
        """Whether all is on disk, and another process sends it when the one that sends now is done."""
        return self._work.is_resting and self._dispatcher is not None and self._dispatcher.is_relieved

    def wait_until_idle(self, seconds: float) -> None:
        """Return when no XP came for so long and nothing is outstanding, or when the engine was stopped."""
        while not self._stopped.is_set():
            rest = self._last_record + seconds - time.monotonic()
            if rest <= 0 and not self.outstanding:
                return
            self._stopped.wait(max(rest, _LOOK_AGAIN))

    def drain(self, timeout: float) -> bool:
        """Send all there is, trying again while that may help, for so many seconds; whether all is done.

        Returns sooner when another process does it.
        """
        self.receive({"type": "flush"})
        until = time.monotonic() + timeout
        while self.outstanding and time.monotonic() < until and not self.is_relieved:
            self._stopped.wait(0.02)
        return not self.outstanding

    def stop(self, timeout: float = 2.0) -> None:
        """Record what was received and end; a request in flight is waited for so many seconds at most."""
        self.receive({"type": "stop", "timeout": timeout})
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout + 1.0)

    def _run(self) -> None:
        try:
            from codestats.engine.dispatcher import Dispatcher  # noqa: PLC0415 (heavy: on this thread only)

            self._dispatcher = Dispatcher(
                self._deliver, self._inbox, self._work, self.environ, self._clock, self._backoff
            )
            self._dispatcher.run()
        except Exception as error:  # noqa: BLE001 (half an installation, or a bug: the editor keeps its XP)
            self._tell_of_the_end(error)

    def _tell_of_the_end(self, error: Exception) -> None:
        """Nothing is recorded here any more: a state, and a message, never silence."""
        text = f"the core has stopped ({type(error).__name__}): XP is kept in a file; run :CodeStatsHealth"
        self._deliver({"type": "message", "level": "error", "key": "bug", "text": text})
        self._deliver({"type": "status", "status": {"state": "error", "error": text}})
