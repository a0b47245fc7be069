"""Whether a pulse whose answer was lost did arrive, told by the user's own public profile.

The service cannot be asked for a pulse. But a profile taken while nothing was under way, plus what this machine has
sent since (the ledger knows), must be the profile of now. If what is over is exactly the pulse, in every language, in
all and on one machine, then it arrived, and sending it again would count it twice. Anything else proves nothing:
another machine's XP, a hidden profile, none from before. Then the rule for pulses in doubt stands: sent again, once
the service answers.

One thread's object, as its database is.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from codestats.api.outcome import Verdict
from codestats.profile import parse_profile
from codestats.storage.spool import set_meta

if TYPE_CHECKING:
    from collections.abc import Mapping
    from sqlite3 import Connection

    from codestats.api.outcome import Outcome
    from codestats.clock import Clock
    from codestats.storage.database import Database

__all__ = ["Baseline", "Witness", "forget_baseline"]

_OLDEST = 600.0
"""Seconds for which a baseline serves: the older it is, the likelier XP came from elsewhere meanwhile."""

_AWAY = 10.0
"""Seconds until another look after one that met an outage, which says nothing of the profile."""

_SETTLED = 5.0
"""Seconds after a pulse until the profile is believed to have it."""

_KEY = "baseline"
_SENT = "SELECT language, sum(xp) FROM ledger WHERE state = 'sent' GROUP BY language"


class ProfileSource(Protocol):
    """What is asked of `client.Client`."""

    def get_profile(self, user: str) -> tuple[Outcome, dict[str, Any] | None]:
        """The public profile of a user."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A profile's sums, and `sent`: the ledger's at the same moment. Languages are folded as the service does."""

    total: int
    languages: Mapping[str, int]
    machines: Mapping[str, int]
    sent: Mapping[str, int]

    @classmethod
    def of(cls, answer: Mapping[str, Any], sent: Mapping[str, int]) -> Baseline:
        """From the service's JSON."""
        profile = parse_profile(answer)
        languages = _folded({tally.name: tally.xp for tally in profile.languages})
        machines = {tally.name: tally.xp for tally in profile.machines}
        return cls(profile.total_xp, languages, machines, _folded(sent))

    def shows(self, now: Baseline, xps: Mapping[str, int], times: int) -> int:
        """How often, up to so many `times`, this pulse came since, if it is all that came beyond what was sent."""
        over = _less(_less(now.languages, self.languages), _less(now.sent, self.sent))
        counts = [count for count in range(1, times + 1) if over == _times(_folded(xps), count)]
        if not counts:
            return 0
        sent = sum(_less(now.sent, self.sent).values())
        all_of_it = sent + counts[0] * sum(xps.values())
        gains = list(_less(now.machines, self.machines).values())
        # With nothing of ours among it, the one machine that gained could be another one.
        is_ours = sent > 0 or len(now.machines) == 1
        is_all = gains == [all_of_it] and now.total - self.total == all_of_it
        return counts[0] if is_ours and is_all else 0


class Witness:
    """Keeps a baseline in the database, shared by all editors, and compares."""

    def __init__(
        self, database: Database, service: ProfileSource, clock: Clock, user: str, address: str
    ) -> None:
        self._database = database
        self._service = service
        self._clock = clock
        self._user = user
        self._of = f"{address} {user}"
        self._ask_at = 0.0  # uptime; a profile that is not to be had is not asked for with every pulse

    def prepare(self) -> float:
        """See to it that there is a baseline. Only while nobody sends and nothing is in doubt. Raises StorageError.

        Returns the seconds for which nobody may send, until one can be taken; 0.0: there is one, or none to be had.
        """
        if not self._user or self._clock.uptime() < self._ask_at or self._is_young():
            return 0.0
        wait = self._settles_in()
        if wait:
            return wait
        outcome, now = self._look()
        if now is None:
            is_away = outcome.verdict is Verdict.UNAVAILABLE
            self._ask_at = self._clock.uptime() + (_AWAY if is_away else _OLDEST)
            self._drop()
            return 0.0
        kept = [self._clock.now(), self._of, now.total, now.languages, now.machines, now.sent]
        with self._database.transaction() as connection:
            set_meta(connection, _KEY, json.dumps(kept))
        return 0.0

    def saw(self, xps: Mapping[str, int], times: int) -> bool:
        """Whether a pulse that was sent so often without an answer is in the profile. Raises StorageError."""
        baseline = self._kept()
        _, now = self._look() if baseline else (None, None)
        count = baseline.shows(now, xps, times) if baseline and now else 0
        if count > 1:  # more than the ledger will have
            self.forget()
        return count > 0

    def forget(self) -> None:
        """The ledger no longer tells what the service has: take a new baseline before the next pulse."""
        self._ask_at = 0.0
        self._drop()

    def _drop(self) -> None:
        if self._kept_values():
            with self._database.transaction() as connection:
                forget_baseline(connection)

    def _look(self) -> tuple[Outcome, Baseline | None]:
        outcome, answer = self._service.get_profile(self._user)
        if not outcome.ok or answer is None:
            return outcome, None
        with self._database.reading() as connection:
            return outcome, Baseline.of(answer, dict(connection.execute(_SENT).fetchall()))

    def _is_young(self) -> bool:
        kept = self._kept_values()
        return bool(kept and kept[1] == self._of and 0 <= self._clock.now() - kept[0] < _OLDEST)

    def _settles_in(self) -> float:
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = 'last_sent'").fetchone()
        since = _SETTLED if row is None else abs(self._clock.now() - row[0])
        return max(_SETTLED - since, 0.0)

    def _kept(self) -> Baseline | None:
        kept = self._kept_values()
        return Baseline(*kept[2:]) if kept and kept[1] == self._of else None

    def _kept_values(self) -> list[Any]:
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
        return json.loads(row[0]) if row else []


def forget_baseline(connection: Connection) -> None:
    """Within a transaction that makes the ledger differ from what the service may have."""
    connection.execute("DELETE FROM meta WHERE key = ?", (_KEY,))


def _folded(sums: Mapping[str, int]) -> Counter[str]:
    """By language as the service tells them apart: letter case and outer blanks don't."""
    folded: Counter[str] = Counter()
    for name, xp in sums.items():
        folded[name.strip().casefold()] += xp
    return folded


def _less(more: Mapping[str, int], less: Mapping[str, int]) -> dict[str, int]:
    """The differences that are not 0, negative ones too."""
    differences = {name: more.get(name, 0) - less.get(name, 0) for name in (*more, *less)}
    return {name: xp for name, xp in differences.items() if xp}


def _times(xps: Mapping[str, int], count: int) -> dict[str, int]:
    return {name: xp * count for name, xp in xps.items()}
