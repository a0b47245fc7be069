"""The host of Neovim: a pynvim process that runs the core for one editor.

It ends when the editor does, after it carried home what is left, or by itself after ten minutes without XP.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from codestats.engine import Engine

if TYPE_CHECKING:
    import pynvim

__all__ = ["RemoteHost", "main"]

REST = 600.0  # seconds without XP after which the process goes away
AGAIN = 60.0  # seconds until a process that has something to send looks whether it may go
FAREWELL = 60.0  # seconds that sending may take after the editor is gone

# Exit statuses that tell codestats#host#remote what this Python lacks.
LACKS = {"pynvim": 72, "urllib3": 73}


class RemoteHost:
    """Connects an editor's pynvim session with an engine."""

    current: RemoteHost | None = None  # pynvim makes the instance, main() ends it

    def __init__(self, nvim: pynvim.Nvim) -> None:
        self._nvim = nvim
        self._engine = Engine(self._deliver)
        RemoteHost.current = self
        threading.Thread(target=self._leave_after_rest, name="codestats-rest", daemon=True).start()

    def receive(self, message: Any) -> None:
        """Take one message of the editor."""
        if message.get("type") == "hello":
            self._deliver({"type": "hello", "python": sys.executable})
        else:
            self._engine.receive(message)

    def farewell(self) -> None:
        """The editor is gone: record its hand-over file and send what can be sent, for a bounded time."""
        self._deliver = lambda _: None  # type: ignore[method-assign]
        self._engine.receive({"type": "record", "batches": []})
        end = time.monotonic() + FAREWELL
        while not self._engine.is_settled and time.monotonic() < end:
            time.sleep(0.05)
        self._engine.stop()

    def _deliver(self, message: dict[str, Any]) -> None:
        self._nvim.async_call(self._send, message)

    def _send(self, message: dict[str, Any]) -> None:
        self._nvim.call("codestats#host#receive", message, async_=True)

    def _leave_after_rest(self) -> None:
        while (left := self._engine.idle_since + REST - time.monotonic()) > 0 or self._engine.outstanding:
            time.sleep(max(left, AGAIN))
        self._nvim.async_call(self._nvim.stop_loop)


def main() -> None:
    """Serve the editor at standard input and output until it goes away. ``sys.argv`` names the rplugin file."""
    for package, status in LACKS.items():
        if importlib.util.find_spec(package) is None:
            sys.exit(status)
    import pynvim  # noqa: PLC0415 (only now known to be there)

    # At the end of its input pynvim leaves its loop by an OSError, an EOFError or a plain return, depending on its version.
    with contextlib.suppress(OSError, EOFError, SystemExit):
        pynvim.start_host()
    if RemoteHost.current is not None:
        RemoteHost.current.farewell()
