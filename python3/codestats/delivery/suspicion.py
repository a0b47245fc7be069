"""Pulses that were in trouble: is it the pulse, or everything? Others tell: another pulse, or an empty one.

What is held against them is kept in the database: another editor must not begin again with a pulse that rests, nor one
that was started again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

    from codestats.clock import Clock

__all__ = ["Suspicion", "Suspicions", "keep", "kept"]

_LONGEST_REST = 3600.0


@dataclass(slots=True)
class Suspicion:
    """What is held against one pulse.

    `is_unheard`: it went out and nothing came back, which happens to any pulse. `is_failing`: it was in trouble, and
    no other pulse has passed since. `counts`: what the service said may be about this pulse. `rests`: how often
    another one passed after it had failed. `rest_until` (uptime): it does not go again before; `must_rest`: not even
    if the user asks for it. `lone_rounds`: in how many rounds it failed with none to compare it with but empty pulses,
    which passed.
    """

    is_unheard: bool = False
    is_failing: bool = False
    counts: bool = False
    rests: int = 0
    rest_until: float = 0.0
    must_rest: bool = False
    lone_rounds: int = 0


_NOTHING = Suspicion()


class Suspicions:
    """One record a pulse, by its id."""

    def __init__(self) -> None:
        self._records: dict[int, Suspicion] = {}
        self._kept: dict[int, Suspicion] = {}
        self.failed_now: set[int] = set()
        """What was in trouble in this round."""

    def restore(self, records: dict[int, Suspicion]) -> None:
        """Go on with what is kept."""
        self._kept = records
        self._records = {pulse: replace(record) for pulse, record in records.items()}

    def take_unkept(self) -> dict[int, Suspicion] | None:
        """All that is to be kept, None if that is what is kept already."""
        records = {pulse: replace(record) for pulse, record in self._records.items() if record != _NOTHING}
        if records == self._kept:
            return None
        self._kept = records
        return records

    def begin_round(self) -> None:
        """All may go again, but for those that rest."""
        self.failed_now.clear()

    def of(self, pulse: int) -> Suspicion:
        """The pulse's record, a blank one if nothing is held against it."""
        return self._records.setdefault(pulse, Suspicion())

    def fail(self, pulse: int, *, counts: bool) -> None:
        """It was in trouble."""
        self.failed_now.add(pulse)
        record = self.of(pulse)
        record.is_failing, record.counts = True, counts

    def unheard(self, pulse: int) -> None:
        """Nothing came back. Only the second time is it trouble."""
        if self.of(pulse).is_unheard:
            self.fail(pulse, counts=False)
        self.of(pulse).is_unheard = True

    def acquit_all(self) -> None:
        """An empty pulse fared no better: it was no pulse's own fault."""
        for record in self._records.values():
            record.is_failing = record.is_unheard = False

    def suspects(self) -> set[int]:
        """What had better go when others have gone."""
        return {pulse for pulse, record in self._records.items() if record.is_failing or record.is_unheard}

    def rest(self, pulse: int, until: float, *, must: bool = False) -> None:
        """It does not go again before that uptime."""
        record = self.of(pulse)
        record.rest_until, record.must_rest = until, must

    def end_rest(self, pulse: int) -> None:
        """It may go again."""
        if pulse in self._records:
            self.rest(pulse, 0.0)

    def forget(self, pulse: int) -> None:
        """Its fate is known, or it is no more."""
        self._records.pop(pulse, None)
        self.failed_now.discard(pulse)

    def another_passed(self) -> Iterator[tuple[int, Suspicion]]:
        """Those that failed before another pulse passed: it seems to be their own fault."""
        for pulse, record in self._records.items():
            if record.is_failing:
                record.is_failing = False
                record.rests += 1
                yield pulse, record

    def none_passed(self) -> Iterator[tuple[int, Suspicion]]:
        """Those that failed in a round in which only empty pulses passed."""
        for pulse in self.failed_now:
            record = self.of(pulse)
            record.lone_rounds += record.counts
            yield pulse, record

    def end_rests(self) -> None:
        """The user asks for sending now."""
        for record in self._records.values():
            if not record.must_rest:
                record.rest_until = 0.0

    def to_skip(self, now: float) -> set[int]:
        """What does not go out at this uptime."""
        resting = {pulse for pulse, record in self._records.items() if record.rest_until > now}
        return resting | self.failed_now

    def next_at(self, now: float) -> float:
        """The uptime at which the first of those that rest may go again, 0.0: none rests."""
        return min((r.rest_until for r in self._records.values() if r.rest_until > now), default=0.0)


def keep(connection: Connection, records: dict[int, Suspicion], clock: Clock) -> None:
    """Keep these and no others, within a transaction. A rest ends at an uptime, by the clock after another boot."""
    connection.execute("DELETE FROM suspicion")
    values = []
    for pulse, record in records.items():
        ends_at = clock.now() + record.rest_until - clock.uptime() if record.rest_until else 0.0
        document = {**asdict(record), "boot": clock.boot_id, "ends_at": ends_at}
        values.append((pulse, json.dumps(document)))
    connection.executemany("INSERT INTO suspicion(pulse, record) VALUES(?, ?)", values)


def kept(connection: Connection, clock: Clock) -> dict[int, Suspicion]:
    """What is kept of pulses that still wait."""
    query = "SELECT pulse, record FROM suspicion WHERE pulse IN (SELECT id FROM pulse)"
    records = {}
    for pulse, text in connection.execute(query):
        document = json.loads(text)
        boot, ends_at = document.pop("boot"), document.pop("ends_at")
        record = Suspicion(**document)
        left = record.rest_until - clock.uptime() if boot == clock.boot_id else ends_at - clock.now()
        record.rest_until = clock.uptime() + left if 0 < left <= _LONGEST_REST else 0.0
        records[pulse] = record
    return records
