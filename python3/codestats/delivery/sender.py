"""The sender's thread: when to send, when to wait, and what the user hears of it."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from codestats.exceptions import StorageError
from codestats.settings import LOGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from codestats.clock import Clock
    from codestats.delivery.backoff import Backoff
    from codestats.delivery.line import Line
    from codestats.delivery.reporter import Reporter
    from codestats.delivery.rounds import RoundResult
    from codestats.settings import Settings
    from codestats.work import Work

__all__ = ["AGAIN_AFTER_STORAGE_ERROR", "Sender", "Session"]

AGAIN_AFTER_STORAGE_ERROR = 2.0
"""Seconds; less than a lease lasts: what is known of a pulse must be written before another editor may send it."""

_AGAIN_AFTER_OUR_ERROR = 60.0
_LONGEST_SLEEP = 30.0  # a thread's sleep does not count a suspended laptop's: look at the clock now and then
_SOON = 1.0  # another editor sends at this moment, so ours goes next

_HOLD = 3600.0
"""Seconds until a service that does not accept the token is asked again, with an empty pulse."""

_ADVICE = {
    "error": "XP is kept and sent later",
    "offline": "XP is kept and sent later",
}
_DECISIVE = ("api_key", "api_url", "ca_file")  # another of these, and what was in the way may not be any more
_NOTHING_SENT = "No token yet: run :CodeStatsLogin. XP is kept meanwhile."
_LEVELS = {"unauthorized": "error", "error": "error", "offline": "info"}


class Session(Protocol):
    """What a round needs, made on the sender's thread for one set of settings."""

    @property
    def is_current(self) -> bool:
        """Whether its database is still the one in use."""

    def send_round(self) -> RoundResult:
        """Send what there is. Raises StorageError."""

    line: Line
    """The place behind the process that sends."""

    def forget_waits(self) -> None:
        """The user asks for sending now. Raises StorageError."""

    def flush_outcome(self) -> None:
        """Write an outcome down that the disk did not take yet. Raises StorageError."""

    def close(self) -> None:
        """Let go of connections and database."""


class Sender:
    """Sends what is queued; its methods return at once and may be called from any thread."""

    def __init__(  # noqa: PLR0913, PLR0917 (it ties the parts of sending together)
        self, connect: Callable[[Settings], Session], clock: Clock, backoff: Backoff, reporter: Reporter,
        settle: Callable[[], None], work: Work,
    ) -> None:  # fmt: skip
        """`connect` is called on the sender's thread; `settle` there after each round, which is a piece of `work`."""
        self._connect = connect
        self._clock = clock
        self._backoff = backoff
        self._reporter = reporter
        self._settle = settle
        self._work = work
        self._condition = threading.Condition()
        self._settings: Settings | None = None
        self._settings_changed = False
        self._session: Session | None = None
        self._is_woken = False
        self._is_stopped = False
        self._is_held = False
        self._retry_at = 0.0  # uptime
        self._is_flushing = False
        self._sleep_for: float | None = None
        """Seconds, 0 for: until woken; None while it is awake."""
        self._thread = threading.Thread(target=self._run, name="codestats-sender", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def configure(self, settings: Settings) -> None:
        """Use these settings from the next pulse on; a new token, address or CA file ends a hold."""
        with self._condition:
            old, self._settings = self._settings, settings
            if old == settings:
                return
            self._settings_changed = True
            if old is None or any(getattr(old, name) != getattr(settings, name) for name in _DECISIVE):
                self._is_held = False
                self._retry_at = 0.0
        self.wake()

    def wake(self) -> None:
        """There is something new to send."""
        with self._condition:
            if not self._is_woken:
                self._work.begin()
            self._is_woken = True
            self._condition.notify_all()

    def nudge(self) -> None:
        """Something is queued, maybe another editor's: wake unless it is known when to look again."""
        with self._condition:
            if not self._is_held and self._sleep_for == 0.0 and self.can_send:
                self.wake()

    def flush(self) -> None:
        """The user asks for sending now, whatever was in the way."""
        with self._condition:
            self._is_held = False
            self._retry_at = 0.0
            self._is_flushing = True
        self.wake()

    def stop(self, timeout: float) -> None:
        """End after the request in flight, or without waiting for it any longer than this many seconds."""
        with self._condition:
            self._is_stopped = True
        self.wake()
        self._thread.join(timeout)

    @property
    def can_send(self) -> bool:
        """Whether what is queued may go out soon without anybody's help."""
        with self._condition:
            settings = self._settings
            return bool(settings and settings.api_key and settings.api_url) and not self._is_held

    @property
    def is_relieved(self) -> bool:
        """Whether another process will send what is on disk by now, so that this one, asleep, need not do it."""
        with self._condition:
            return bool(self._sleep_for) and self._session is not None and not self._session.line.join()

    def should_continue(self) -> bool:
        """Whether the next pulse may go out: not stopping, no newer settings."""
        return not (self._is_stopped or self._settings_changed)

    def _run(self) -> None:
        while not self._is_stopped:
            with self._condition:
                if not self._is_woken:
                    self._work.begin()
                self._is_woken = False
                self._sleep_for = None
            wait = self._step()
            with self._condition:
                self._sleep_for = wait
                self._settle()
                self._work.pause(is_short=0 < wait <= _SOON)
            self._sleep(wait)
        self._let_go()

    def _sleep(self, wait: float) -> None:
        """Until woken, or for some seconds; 0 for: until woken."""
        with self._condition:
            if not self._is_woken and not self._is_stopped:
                self._condition.wait(min(wait, _LONGEST_SLEEP) if wait else None)

    def _step(self) -> float:
        """Do what can be done now; the seconds to sleep then."""
        try:
            return self._send()
        except StorageError as error:
            self._reporter.note(f"sending waits: {error}")
            return AGAIN_AFTER_STORAGE_ERROR
        except Exception as error:  # noqa: BLE001 (a bug must not end the thread)
            self._reporter.failed("sending", error)
            self._let_go()
            self._settings_changed = True
            return _AGAIN_AFTER_OUR_ERROR

    def _send(self) -> float:
        settings = self._current_settings()
        if settings is None:
            return 0.0
        if not settings.api_key:
            self._reporter.say("warning", "no_token", _NOTHING_SENT)
            self._reporter.delivery("no_token")
            return 0.0
        if not settings.api_url:
            self._reporter.delivery("error", "g:codestats_api_url cannot be used: nothing is sent")
            return 0.0
        remaining = self._retry_at - self._clock.uptime()
        if remaining > 0:
            return remaining
        return self._after(self._round(settings))

    def _current_settings(self) -> Settings | None:
        with self._condition:
            settings, is_other = self._settings, self._settings_changed
            self._settings_changed = False
        # Not under the lock, which Vim's main thread takes as well.
        if is_other and self._session is not None:
            try:
                self._session.flush_outcome()
            except StorageError:  # the new settings wait for it: what is known must not get into doubt
                self._settings_changed = True
                raise
            self._let_go()
        return settings

    def _round(self, settings: Settings) -> RoundResult:
        if self._session is not None and not self._session.is_current:
            self._let_go()
        if self._session is None:
            self._session = self._connect(settings)
        if self._is_flushing:
            self._is_flushing = False
            self._backoff.reset()
            self._session.forget_waits()
        return self._session.send_round()

    def _after(self, result: RoundResult) -> float:
        if not result.has_begun:
            return result.wait
        if not result.state:
            with self._condition:
                self._is_held = False
            self._backoff.reset()
            self._reporter.forget("no_token", "internal sending", *_LEVELS)
            self._reporter.delivery("idle")
            return result.wait
        is_held = result.state == "unauthorized"
        wait = _HOLD if is_held else max(result.wait, self._backoff.next())
        with self._condition:
            if self._is_flushing or self._settings_changed:  # asked for again meanwhile
                return 0.001
            self._is_held = is_held
            self._retry_at = self._clock.uptime() + wait
        self._tell(result.state, result.reason, wait)
        return wait

    def _tell(self, state: str, reason: str, wait: float) -> None:
        self._reporter.note(f"{state}: {reason}; again in {wait:.0f} s")
        self._reporter.forget(*(_LEVELS.keys() - {state}))
        text = self._rejected() if state == "unauthorized" else f"{reason}. {_ADVICE[state]}"
        self._reporter.say(_LEVELS[state], state, text, once=True)
        self._reporter.delivery(state, reason, int(self._clock.now() + wait))

    def _rejected(self) -> str:
        """Where the token came from says what helps: what comes first stands in the way of a new login."""
        with self._condition:
            name = self._settings.token_name if self._settings else ""
        advice = "log in again" if name == LOGIN else "set another one"
        return f"Code::Stats rejected the token from {name}. XP is kept; {advice}"

    def _let_go(self) -> None:
        """Close the connection, whether or not what it knows can be written down."""
        if self._session is not None:
            with suppress(Exception):
                self._session.flush_outcome()
            with suppress(Exception):
                self._session.close()
            self._session = None
