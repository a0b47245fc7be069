"""Keeping a snapshot of the own profile in the database, shared by all editors, and looking for pulses in doubt.

One thread's object, as its database is.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from codestats.api.outcome import Verdict
from codestats.delivery.arrival import UNKNOWN, Doubt, Finding, ProfileSnapshot, folded
from codestats.delivery.service_aliases import known_aliases, learn_aliases
from codestats.exceptions import LeaseLostError
from codestats.stats.settled import sum_up
from codestats.storage.spool import set_meta

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from sqlite3 import Connection

    from codestats.api.outcome import Outcome
    from codestats.clock import Clock
    from codestats.delivery.lease import Lease
    from codestats.storage.database import Database

__all__ = [
    "ArrivalCheck",
    "ProfileAwayError",
    "forget_snapshot",
    "note_doubt",
    "note_sent",
    "snapshot_languages",
]

_OLDEST = 600.0
"""Seconds for which a snapshot serves: the older it is, the more came from elsewhere meanwhile."""

_AWAY = 10.0
"""Seconds until another look after one that met an outage, which says nothing of the profile."""

_LONGEST_AWAY = 3600.0
"""Seconds for which a profile that is not to be had is waited for; then it is as good as a hidden one."""

_FORGOTTEN = 1800.0
"""Seconds after which one look that met an outage has nothing to do with the next one."""

_LEARN_AGAIN = 60.0
"""Seconds until another look for our machine's name."""

_SETTLED = 5.0
"""Seconds after a pulse until the profile is believed to have it, or not to get it any more."""


class ProfileAwayError(Exception):
    """The service did not say whether there is a profile: ask again later."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class ProfileSource(Protocol):
    """What is asked of `client.Client`."""

    def get_profile(self, user: str) -> tuple[Outcome, dict[str, Any] | None]:
        """Fetch the public profile of a user."""


class ArrivalCheck:
    """Looks for one account's pulses in its user's profile."""

    def __init__(  # noqa: PLR0913, PLR0917 (it ties these together)
        self,
        database: Database,
        service: ProfileSource,
        clock: Clock,
        user: str,
        account: str,
        lease: Lease | None = None,
    ) -> None:
        """`account` names address and token in one word, as in the table `pulse`; `lease` is what sending is under."""
        self._lease = lease
        self._database = database
        self._service = service
        self._clock = clock
        self._user = user
        self._account = account
        self._ask_at = 0.0  # uptime; a profile that is not to be had is not asked for with every pulse
        self._learn_at = 0.0  # uptime

    def prepare(self, *, is_in_a_hurry: bool = False) -> float:
        """See to it that there is a snapshot. Only while nobody sends and nothing is in doubt. Raises StorageError.

        `is_in_a_hurry`: ask for nothing that may as well be asked for later.

        Returns the seconds for which nobody may send, until one can be taken; 0.0: there is one, or none to be had.
        Raises ProfileAwayError where that is not known, LeaseLostError if another process may have sent meanwhile.
        """
        if not self._user or self._clock.uptime() < self._ask_at:
            return 0.0
        if self._is_young():
            if is_in_a_hurry:
                self._learn_at = self._clock.uptime() + _LEARN_AGAIN
            self.learn_machine()
            return 0.0
        wait = self._settles_in("last_sent")
        if wait:
            return wait
        try:
            now = self._look()
        except ProfileAwayError:
            if self._snapshot() is None:
                raise
            self._ask_at = self._clock.uptime() + _AWAY  # an old snapshot is better than none
            return 0.0
        if now is None:
            self._ask_at = self._clock.uptime() + _OLDEST
            self.forget()
        else:
            self._keep(now)
        return 0.0

    def settles_in(self) -> float:
        """Seconds until a pulse in doubt has arrived or never will: a gateway may give up before its service does."""
        return self._settles_in("last_doubt")

    def confirm(self, doubts: Sequence[Doubt]) -> Finding:
        """Find out how often the first of these pulses arrived; the others are in doubt, too. Raises StorageError.

        Raises ProfileAwayError if there is one to compare the profile with, and the service does not show it.
        """
        before = self._snapshot()
        now = self._look() if before else None
        if before is None or now is None:
            return UNKNOWN
        machine = self._machine() or before.machine_of(now, self._sent())
        with self._database.reading() as connection:
            aliases = known_aliases(connection, self._account)
        kept = [Doubt(sum_up(folded(xps), aliases), times) for xps, times in doubts]
        return before.find(now, sum_up(self._sent(), aliases), kept, machine)

    def languages(self) -> Mapping[str, int] | None:
        """XP of the profile by folded language; None: it is hidden. Raises StorageError, ProfileAwayError."""
        snapshot = self._snapshot()
        if snapshot is None and self._user and self._clock.uptime() >= self._ask_at:
            snapshot = self._look()
        return snapshot.languages if snapshot else None

    def forget(self) -> None:
        """Nobody can tell any more what the service has: take a new snapshot before the next pulse."""
        with self._database.transaction() as connection:
            forget_snapshot(connection, self._account)

    def learn_machine(self) -> None:
        """Find our machine's name, by the first pulse that arrived; best before another machine sends."""
        before = None if self._machine() or self._clock.uptime() < self._learn_at else self._snapshot()
        if before is None or not self._sent():
            return
        self._learn_at = self._clock.uptime() + _LEARN_AGAIN
        with suppress(ProfileAwayError):
            now = self._look()
            if now is not None and before.machine_of(now, self._sent()):
                self._keep(now)

    def _keep(self, now: ProfileSnapshot) -> None:
        before = self._snapshot()
        sent = self._sent()
        machine = before.machine_of(now, sent) if before else ""
        values = [self._clock.now(), now.total, now.languages, now.machines]
        with self._database.transaction() as connection:
            if self._lease is not None and not self._lease.renew(connection):
                raise LeaseLostError("another editor may have sent since the profile was looked at")
            forget_snapshot(connection, self._account)
            set_meta(connection, _key("snapshot", self._account), json.dumps(values))
            if machine:
                set_meta(connection, _key("machine", self._account), machine)
            seen = before.alias_in(now, sent) if before else None
            learn_aliases(connection, self._account, now, seen)

    def _look(self) -> ProfileSnapshot | None:
        """The profile, None: it is hidden, or was not to be had for long. Raises ProfileAwayError."""
        outcome, answer = self._service.get_profile(self._user)
        if outcome.verdict is Verdict.UNAVAILABLE:
            if self._is_away_for_long():
                return None
            raise ProfileAwayError(outcome)
        if self._read(_key("away", self._account)) is not None:
            with self._database.transaction() as connection:
                connection.execute("DELETE FROM meta WHERE key = ?", (_key("away", self._account),))
        return ProfileSnapshot.of(answer) if outcome.ok and answer is not None else None

    def _is_away_for_long(self) -> bool:
        """Whether all looks of an hour met an outage; kept for all editors."""
        now = self._clock.now()
        first, last = json.loads(self._read(_key("away", self._account)) or "[0, 0]")
        if not 0 <= now - last <= _FORGOTTEN:
            first = now
        with self._database.transaction() as connection:
            set_meta(connection, _key("away", self._account), json.dumps([first, now]))
        return not 0 <= now - first < _LONGEST_AWAY

    def _is_young(self) -> bool:
        values = self._values()
        return bool(values and 0 <= self._clock.now() - values[0] < _OLDEST)

    def _snapshot(self) -> ProfileSnapshot | None:
        values = self._values()
        return ProfileSnapshot(*values[1:]) if values else None

    def _values(self) -> list[Any]:
        text = self._read(_key("snapshot", self._account))
        return list(json.loads(text)) if text else []

    def _sent(self) -> dict[str, int]:
        with self._database.reading() as connection:
            return _sent_since(connection, self._account)

    def _machine(self) -> str:
        return str(self._read(_key("machine", self._account)) or "")

    def _settles_in(self, event: str) -> float:
        since = _SETTLED if (at := self._read(event)) is None else abs(self._clock.now() - at)
        return max(_SETTLED - since, 0.0)

    def _read(self, key: str) -> Any:  # noqa: ANN401 (as below)
        with self._database.reading() as connection:
            return _read(connection, key)


def note_sent(
    connection: Connection, account: str, xps: Mapping[str, int], at: int, *, times: int = 1
) -> None:
    """Within the transaction that moves a pulse to the ledger: it is to be expected in the profile, so many times."""
    set_meta(connection, "last_sent", at)
    if not _read(connection, _key("snapshot", account)):
        return
    sent = _sent_since(connection, account)
    for name, xp in folded(xps).items():
        sent[name] = sent.get(name, 0) + times * xp
    set_meta(connection, _key("sent", account), json.dumps(sent))


def note_doubt(connection: Connection, at: int) -> None:
    """Within the transaction that puts a pulse in doubt."""
    set_meta(connection, "last_doubt", at)


def forget_snapshot(connection: Connection, account: str) -> None:
    """Within a transaction after which nobody can tell what the service has."""
    keys = (_key("snapshot", account), _key("sent", account))
    connection.execute("DELETE FROM meta WHERE key IN (?, ?)", keys)


def snapshot_languages(connection: Connection, account: str) -> dict[str, int] | None:
    """Folded language → XP of the profile as it was looked at last; None: it is not known."""
    text = _read(connection, _key("snapshot", account))
    return dict(json.loads(text)[2]) if text else None


def _sent_since(connection: Connection, account: str) -> dict[str, int]:
    """Folded language → XP that is known to have arrived since the snapshot."""
    text = _read(connection, _key("sent", account))
    return dict(json.loads(text)) if text else {}


def _read(connection: Connection, key: str) -> Any:  # noqa: ANN401 (text or number, as it was written)
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def _key(what: str, account: str) -> str:
    return f"{what} {account}"
