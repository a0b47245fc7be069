"""Which machine names mean the same machine: the website knows a machine by the name its user gave it there.

A name M of a file is the ledger's machine H under another name if H's record of the file's time is in the file
under M: in at least half of H's cells (hour × language) there with the very same amount, or, where other
editors report under the same token, in at least nine of ten cells with no less, of ten or more cells. A name
that the file has itself for another machine is not considered. What was found is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from codestats.data.language_aliases import missing_languages
from codestats.paths import machine_name
from codestats.storage.ledger_query import counted, values
from codestats.storage.machine_names import known_names, remember_names
from codestats.storage.spool import set_meta

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from codestats.storage.database import Database

__all__ = ["MachineAliases"]

_ENOUGH_CELLS = 10  # for "no less" to be no accident
_ENOUGH_HOURS = 4  # likewise, for half of them to be equal

_CELLS = f"""
SELECT hour, offset, language, machine, sum(xp) FROM ({counted("hour >= :first AND hour <= :last")})
GROUP BY hour, offset, language, machine ORDER BY hour, offset
"""  # noqa: S608

_HAS_COUNTED = "SELECT 1 FROM ledger WHERE machine = ? UNION ALL SELECT 1 FROM pulse LIMIT 1"
_ASKED = "machine asked"

Score = dict[tuple[str, str], list[int]]


@dataclass(slots=True)
class MachineAliases:
    """Groups of names: name → the name that stands for its group. `found`: the ones that are new."""

    names: dict[str, str] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)

    def group(self, machine: str) -> str:
        """What stands for the machine, whichever of its names is given."""
        return self.names.get(machine, machine)

    @classmethod
    def of(
        cls, database: Database, scratch: sqlite3.Connection, machine: str, *, distinct: bool
    ) -> MachineAliases:
        """What is remembered, what the user says (`machine`: this one's name in the file), what amounts tell."""
        with database.reading() as connection:
            same = cls(known_names(connection))
            if machine:
                same.add(machine, machine_name())
            elif not distinct:
                same.recognise(connection, scratch)
        if same.found:
            with database.transaction() as connection:
                remember_names(connection, same.names)
        return same

    def candidates(self, database: Database, scratch: sqlite3.Connection) -> list[str]:
        """Names of the file one of which may be this machine's, if it has counted and none is known to be; once."""
        host = machine_name()
        here = {machine for (machine,) in scratch.execute("SELECT DISTINCT machine FROM incoming")}
        if host in here or host in self.names.values():
            return []
        with database.transaction() as connection:
            has_counted = connection.execute(_HAS_COUNTED, (host,)).fetchone()
            if (
                not has_counted
                or connection.execute("SELECT 1 FROM meta WHERE key = ?", (_ASKED,)).fetchone()
            ):
                return []
            set_meta(connection, _ASKED, 1)
        return sorted(here - set(self.names))

    def add(self, name: str, known: str) -> None:
        """`name` is the machine `known`, unless either is tied otherwise already."""
        if name != known and name not in self.names and name not in self.names.values():
            self.names[name] = self.found[name] = self.group(known)

    def recognise(self, connection: sqlite3.Connection, scratch: sqlite3.Connection) -> None:
        """Compare the amounts of every name in the file with every machine that is not in it."""
        here = {machine for (machine,) in scratch.execute("SELECT DISTINCT machine FROM incoming")}
        there = {machine for (machine,) in connection.execute("SELECT DISTINCT machine FROM ledger")}
        if connection.execute("SELECT 1 FROM pulse LIMIT 1").fetchone():
            there.add(machine_name())
        new = {name for name in here if name not in self.names and name not in self.names.values()}
        if not new or not there - here:
            return
        for (name, known), (cells, equal, enough) in _scores(connection, scratch, new, there - here).items():
            if 2 * equal >= cells or (10 * enough >= 9 * cells and cells >= _ENOUGH_CELLS):
                self.add(name, known)
        if missing_languages(connection, scratch):
            self._recognise_by_hours(connection, scratch, new, there - here)

    def _recognise_by_hours(
        self, connection: sqlite3.Connection, scratch: sqlite3.Connection, new: set[str], known: set[str]
    ) -> None:
        """Where a language has another name, too: compare the sums of hours, whatever their languages."""
        scores = _scores(connection, scratch, new, known, whole_hours=True)
        for (name, machine), (hours, equal, _) in scores.items():
            if equal == hours or (2 * equal >= hours >= _ENOUGH_HOURS):
                self.add(name, machine)


def _scores(
    connection: sqlite3.Connection,
    scratch: sqlite3.Connection,
    here: set[str],
    there: set[str],
    *,
    whole_hours: bool = False,
) -> Score:
    """(name in the file, machine in the ledger) → its cells in the file's time, equal ones, not smaller ones.

    `whole_hours`: a cell is all that a machine has in an hour.
    """
    first, last = scratch.execute("SELECT min(hour), max(hour) FROM incoming").fetchone()
    ours = groupby(connection.execute(_CELLS, values(first=first, last=last)), itemgetter(0, 1))
    theirs = groupby(scratch.execute("SELECT * FROM incoming ORDER BY hour, offset"), itemgetter(0, 1))
    cells: dict[str, int] = {}
    hits: Score = {}
    for own, found in _side_by_side(ours, theirs):
        if whole_hours:
            own, found = _whole(own), _whole(found)  # noqa: PLW2901 (the same in other cells)
        for (language, known), xp in own.items():
            if known not in there:
                continue
            cells[known] = cells.get(known, 0) + 1
            for name in here:
                amount = found.get((language, name), 0)
                if amount >= xp:
                    hit = hits.setdefault((name, known), [0, 0])
                    hit[0] += amount == xp
                    hit[1] += 1
    return {pair: [cells[pair[1]], *hit] for pair, hit in hits.items()}


Hours = dict[tuple[str, str], int]


def _side_by_side(
    ours: Iterator[tuple[object, Iterator[tuple[str, int, str, str, int]]]],
    theirs: Iterator[tuple[object, Iterator[tuple[str, int, str, str, int]]]],
) -> Iterator[tuple[Hours, Hours]]:
    """For every hour of ours: our cells and theirs, which may be none. Both sides in order of time."""
    their_hour, their_cells = _next(theirs)
    for hour, rows in ours:
        while their_hour is not None and their_hour < hour:  # type: ignore[operator]
            their_hour, their_cells = _next(theirs)
        yield _cells(rows), their_cells if their_hour == hour else {}


def _whole(cells: Hours) -> Hours:
    sums: Hours = {}
    for (_, machine), xp in cells.items():
        sums["", machine] = sums.get(("", machine), 0) + xp
    return sums


def _next(
    hours: Iterator[tuple[object, Iterator[tuple[str, int, str, str, int]]]],
) -> tuple[object, Hours]:
    hour, rows = next(hours, (None, iter(())))
    return hour, _cells(rows)


def _cells(rows: Iterator[tuple[str, int, str, str, int]]) -> Hours:
    cells: Hours = {}
    for _, _, language, machine, xp in rows:
        key = (language.casefold(), machine)
        cells[key] = cells.get(key, 0) + xp
    return cells
