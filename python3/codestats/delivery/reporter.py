"""What the editor is told: the status when it changed, and each message once per change of state."""

from __future__ import annotations

import threading
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from codestats.storage.spool import Totals
from codestats.text import days_and_hours

if TYPE_CHECKING:
    from collections.abc import Callable

    from codestats.delivery.outbox import Claim
    from codestats.log import Log

__all__ = ["Reporter"]

_LOST = {
    "expired": "{xp} XP are older than a week, no longer accepted: they stay in the local history",
    "rejected": "the service does not take {xp} XP in {languages} ({reason}): they stay in the local history",
}


class Reporter:
    """Collects what recorder and sender report. Safe in any thread."""

    def __init__(self, deliver: Callable[[dict[str, Any]], None], log: Log, look: Callable[[], None]) -> None:
        """`look` has the recorder's thread read new totals and publish the status with them."""
        self._deliver = deliver
        self._look = look
        self._log = log
        self._lock = threading.Lock()
        self._said: dict[str, str] = {}
        self._last: dict[str, Any] = {}
        self._storage_error = ""
        self._delivery = ("idle", "", 0)
        self._totals = Totals()
        self._sent = 0
        self.user = ""
        self.account = ""
        """The key of the owner (storage/owners.py)."""

    def status(self) -> dict[str, Any]:
        """The contract's status, as last delivered or newer."""
        totals = self._totals
        state, error, retry_at = self._delivery
        if self._storage_error:
            state, error = "error", self._storage_error
        elif state == "idle" and self._sent:
            state = "ok"
        return {
            "state": state,
            "error": error,
            "retry_at": retry_at,
            "queued": totals.queued,
            "queued_pulses": totals.pulses,
            "in_doubt": totals.in_doubt,
            "expired": totals.expired,
            "rejected": totals.rejected,
            "today": totals.today,
            "last_sent": totals.last_sent,
            "sent": self._sent,
            "user": self.user,
            "account": self.account,
        }

    def facts(self) -> dict[str, Any]:
        """For the status view: the status, what waits for others, since when the oldest XP waits (epoch seconds)."""
        others = [queue._asdict() for queue in self._totals.others]
        return {**self.status(), "others": others, "waiting_since": self._totals.waiting_since}

    def totals(self, totals: Totals | None) -> None:
        """New sums from the spool (None: they cannot be read now); publishes the status."""
        self._totals = totals or self._totals
        self.publish()

    def delivery(self, state: str, error: str = "", retry_at: int = 0) -> None:
        """How sending goes: 'idle' (nothing in the way), 'offline', 'unauthorized', 'no_token' or 'error'."""
        self._delivery = (state, error, retry_at)
        self._look()

    def storage(self, error: str) -> None:
        """XP cannot be kept ('' for: it can again)."""
        self._storage_error = error
        if error:
            self.say("error", "storage", error)
        else:
            self.forget("storage")
        self.publish()

    def publish(self) -> None:
        """Deliver the status if it is another than last time."""
        with self._lock:
            status = self.status()
            if status == self._last:
                return
            self._last = status
            self._deliver({"type": "status", "status": status})

    def sent(self, claim: Claim) -> None:
        """A pulse arrived."""
        self._sent += claim.xp
        languages = dict(claim.pulse.xps)
        typed = claim.pulse.coded_at[11:16]
        self._log.write(f"sent {claim.xp} XP ({_list(languages)}), typed {typed}")
        self._deliver(
            {"type": "sent", "xp": claim.xp, "languages": languages, "coded_at": claim.pulse.coded_at}
        )
        self._look()

    def lost(self, claim: Claim, state: str, reason: str) -> None:
        """The service will never take a pulse."""
        languages = ", ".join(claim.pulse.xps)
        text = _LOST[state].format(xp=claim.xp, languages=languages, reason=reason)
        self.say("warning", state, text, once=True)

    def clock(self, behind: float) -> None:
        """This machine's clock is so many seconds behind the service's, or ahead (0.0: it is right)."""
        if not behind:
            self.forget("clock")
            return
        side = "behind" if behind > 0 else "ahead"
        text = f"this machine's clock is {days_and_hours(abs(behind))} {side}: set it. XP is dated by the service's."
        self.say("warning", "clock", text, once=True)

    def failed(self, doing: str, error: Exception) -> None:
        """A bug of ours is in the way of `doing` something: a state, and a message once; the log has the details.

        Neither has the error's own text: it may be anything.
        """
        where = "; ".join(f"{Path(f.filename).name}:{f.lineno}" for f in extract_tb(error.__traceback__)[-4:])
        text = f"internal error while {doing}: {type(error).__name__}"
        self.note(f"{text} at {where}")
        self.say(
            "error",
            f"internal {doing}",
            f"{text}. XP is kept; please report it with what :CodeStatsLog shows",
        )
        self.delivery("error", text)

    def note(self, text: str) -> None:
        """For the log only."""
        self._log.write(text)

    def say(self, level: str, key: str, text: str, *, once: bool = False) -> None:
        """Tell the user, unless the same was said last under this key (`once`: anything was)."""
        self._log.write(f"{level}: {text}")
        with self._lock:
            said = self._said.get(key)
            if said == text or (once and said is not None):
                return
            self._said[key] = text
        self._deliver({"type": "message", "level": level, "text": text, "key": key})

    def forget(self, *keys: str) -> None:
        """The state passed: when it comes again, it is said again."""
        with self._lock:
            for key in keys:
                self._said.pop(key, None)


def _list(languages: dict[str, int]) -> str:
    return ", ".join(f"{name} {xp}" for name, xp in languages.items())
