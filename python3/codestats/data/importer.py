"""Importing history: the website's `pulses.csv` and our own exports into the ledger, never to be sent.

The rule: XP belongs to a *cell*, which is an hour with its offset, a language (whatever its letter case) and a
machine. After an import every cell has **at least what the file says, and never the sum of both**: what the
ledger lacks is added as state 'imported'. So an import twice changes nothing, older and newer exports may come
in any order, and what this machine counted itself is not doubled by the website's record of it.

The website knows machines by names of its own. One that is a machine of the ledger under another name is
recognised by its amounts (`machine_aliases.py`), and both names then share their cells. So do the names of a language
that the service keeps as an alias of another one (`language_aliases.py`).
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import groupby
from operator import itemgetter
from typing import IO, TYPE_CHECKING

from codestats import paths
from codestats.data.language_aliases import language_aliases
from codestats.data.machine_aliases import MachineAliases
from codestats.data.parser import Bad, Section, read_rows
from codestats.storage import ledger_sums
from codestats.storage.database import Database
from codestats.storage.ledger_query import counted, values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from codestats.data.progress import Progress

__all__ = ["Imported", "import_file"]

_CELLS_IN_MEMORY = 50_000
_ROWS_AT_ONCE = 30_000  # in one transaction: editors that record meanwhile wait for it
_SECONDS_AT_ONCE = 0.2  # likewise, adding up
_PAUSE = 0.12  # seconds between two; who waits for the lock looks each 0.1 s (SQLite)
_ROWS_A_WORD = 5000  # read between two words about the progress
_TOLD = 20  # bad lines that are told with their reasons
_MOST = 2**53

_INCOMING = """
CREATE TABLE incoming(
    hour TEXT NOT NULL, offset INTEGER NOT NULL, language TEXT NOT NULL, machine TEXT NOT NULL, xp INTEGER NOT NULL,
    PRIMARY KEY(hour, offset, language, machine)
) WITHOUT ROWID
"""
_COLLECT = f"""
INSERT INTO incoming VALUES(?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET xp = min(xp + excluded.xp, {_MOST})
"""
_HELD = f"SELECT language, machine, xp FROM ({counted('hour = :hour AND offset = :offset')})"  # noqa: S608
_ADD = """
INSERT INTO ledger(hour, offset, language, machine, state, doubt, xp) VALUES(?, ?, ?, ?, 'imported', 0, ?)
ON CONFLICT(hour, offset, language, machine, state, doubt) DO UPDATE SET xp = xp + excluded.xp
"""

Cell = tuple[str, str]
"""(folded language, machine)"""


@dataclass(frozen=True, slots=True)
class _Names:
    """What stands for a machine or a language, whichever of its names is given."""

    same: MachineAliases
    aliases: Mapping[str, str]

    def machine(self, name: str) -> str:
        return self.same.group(name)

    def language(self, name: str) -> str:
        folded = name.casefold()
        return self.aliases.get(folded, folded)


@dataclass(slots=True)
class Imported:
    """What became of a file: XP and rows read, XP that was new, bad lines, machines that were recognised.

    `candidates`: names of the file one of which may be this machine's.
    """

    rows: int = 0
    xp: int = 0
    new_xp: int = 0
    bad: int = 0
    told: list[Bad] = field(default_factory=list)
    same: dict[str, str] = field(default_factory=dict)
    candidates: list[str] = field(default_factory=list)

    def skip(self, bad: Bad) -> None:
        """Count a bad line."""
        self.bad += 1
        if len(self.told) < _TOLD:
            self.told.append(bad)


def import_file(
    directory: Path,
    file: IO[bytes],
    *,
    machine: str = "",
    distinct: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Take a file into the ledger of a data directory. Raises NotAnExportError, OSError, StorageError.

    `machine`: the name that the file has for this machine, when it is known; `distinct`: take no name of the
    file for a machine known under another one. An import that is stopped half-way is completed by doing it again.
    """
    done = Imported()
    rows = read_rows(file, datetime.now(timezone.utc))
    first = next(rows, None)  # nothing is made for a file that is refused
    paths.ensure_private_dir(directory)
    with closing(Database(paths.database_file(directory))) as database, closing(_scratch()) as scratch:
        while True:
            goes_on = _collect(scratch, first, rows, done, progress)
            same = MachineAliases.of(database, scratch, machine, distinct=distinct)
            done.same.update(same.found)
            done.candidates += [] if distinct else same.candidates(database, scratch)
            with database.reading() as connection:
                aliases = language_aliases(connection, scratch, same.group)
            done.new_xp += _merge(database, scratch, _Names(same, aliases), progress)
            if not goes_on:
                break
            scratch.execute("DELETE FROM incoming")
            first = None
        _add_up(database, progress)
    return done


def _scratch() -> sqlite3.Connection:
    """A database on the disk without a name, gone when it is closed."""
    scratch = sqlite3.connect("", isolation_level=None)
    scratch.execute("PRAGMA journal_mode = OFF")
    scratch.execute("PRAGMA cache_size = -8000")
    scratch.execute(_INCOMING)
    return scratch


def _collect(
    scratch: sqlite3.Connection,
    first: object,
    rows: Iterator[object],
    done: Imported,
    progress: Progress | None,
) -> bool:
    """Add up one export by cell; whether another one follows in the same file."""
    cells: dict[tuple[str, int, str, str], int] = {}
    goes_on = False
    for row in (found for part in ((first,), rows) for found in part):
        if isinstance(row, tuple):
            key = row[:4]
            cells[key] = cells.get(key, 0) + row[5]
            done.rows += 1
            done.xp += row[5]
            if len(cells) >= _CELLS_IN_MEMORY:
                _put(scratch, cells)
            if progress and done.rows % _ROWS_A_WORD == 0:
                progress.reading()
        elif isinstance(row, Bad):
            done.skip(row)
        elif isinstance(row, Section):
            goes_on = True
            break
    _put(scratch, cells)
    return goes_on


def _put(scratch: sqlite3.Connection, cells: dict[tuple[str, int, str, str], int]) -> None:
    scratch.execute("BEGIN")
    scratch.executemany(_COLLECT, [(*cell, min(xp, _MOST)) for cell, xp in sorted(cells.items())])
    scratch.execute("COMMIT")
    cells.clear()


def _merge(database: Database, scratch: sqlite3.Connection, names: _Names, progress: Progress | None) -> int:
    """Bring every cell up to what the file says; returns the XP that were added."""
    incoming = scratch.execute("SELECT hour, offset, language, machine, xp FROM incoming ORDER BY 1, 2")
    whole = scratch.execute("SELECT count(*) FROM incoming").fetchone()[0]
    hours = groupby(incoming, itemgetter(0, 1))
    added = merged = 0
    while True:
        part = 0
        with database.transaction() as connection:
            for hour, rows in hours:
                found = list(rows)
                additions = _lacking(_held(connection, hour), found, names)
                connection.executemany(_ADD, additions)
                added += sum(addition[4] for addition in additions)
                part += len(found)
                if part >= _ROWS_AT_ONCE:
                    break
        merged += part
        if progress:
            progress.merging(merged, whole)
        if part < _ROWS_AT_ONCE:
            break
        time.sleep(_PAUSE)
    if progress:
        progress.merged()
    return added


def _add_up(database: Database, progress: Progress | None) -> None:
    """Make the sums of the days that were imported."""
    with database.reading() as connection:
        left = whole = ledger_sums.stale_days(connection)
    while left:
        with database.transaction() as connection:
            ledger_sums.refresh(connection, _SECONDS_AT_ONCE)
            left = ledger_sums.stale_days(connection)
        if progress:
            progress.adding_up(left, whole)
        if left:
            time.sleep(_PAUSE)


def _held(connection: sqlite3.Connection, hour: tuple[str, int]) -> list[tuple[str, str, int]]:
    return connection.execute(_HELD, values(hour=hour[0], offset=hour[1])).fetchall()


def _lacking(
    held: list[tuple[str, str, int]], found: list[tuple[str, int, str, str, int]], names: _Names
) -> list[tuple[str, int, str, str, int]]:
    """The rows to add in one hour, so that no cell has less than the file says."""
    spelling: dict[str, str] = {}
    have: dict[Cell, int] = {}
    wanted: dict[Cell, int] = {}
    for language, machine, xp in held:
        key = (names.language(language), machine)
        spelling.setdefault(language.casefold(), language)
        have[key] = have.get(key, 0) + xp
    for _, _, language, machine, xp in found:
        key = (language.casefold(), machine)
        spelling.setdefault(key[0], language)
        wanted[key] = wanted.get(key, 0) + xp
    missing: dict[Cell, int] = {}
    for (language, machine), xp in wanted.items():
        group = (language, names.machine(machine))
        missing[group] = missing.get(group, 0) + xp
    for (language, machine), xp in have.items():
        group = (language, names.machine(machine))
        if group in missing:
            missing[group] -= xp
    hour, offset = found[0][:2]
    additions = []
    for (language, machine), xp in wanted.items():
        group = (language, names.machine(machine))
        add = min(missing[group], xp - have.get((language, machine), 0))
        if add > 0:
            missing[group] -= add
            additions.append((hour, offset, spelling[language], machine, add))
    return additions
