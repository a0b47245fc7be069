"""The ledger as rows: all that was ever counted or imported here, with what is still queued."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from codestats import paths
from codestats.data.row import Row
from codestats.schema import Database

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

__all__ = ["EVERYTHING", "count", "entries", "hours_of", "opened", "rows"]

# The ledger is in this order by its primary key: nothing is sorted in memory, however long it is.
_ROWS = """
SELECT hour, offset, language, machine, state, xp FROM ledger
WHERE hour >= :first AND hour < :last AND xp > 0
UNION ALL
SELECT hour, offset, language, :machine, 'queued', xp FROM pulse JOIN pulse_xp ON pulse = id
WHERE hour >= :first AND hour < :last AND xp > 0
ORDER BY 1, 2, 3, 4, 5
"""
_ENTRIES = """
SELECT hour, language, machine, sum(xp) FROM (
    SELECT hour, language, machine, xp FROM ledger WHERE hour >= :first AND hour < :last
    UNION ALL
    SELECT hour, language, :machine, xp FROM pulse JOIN pulse_xp ON pulse = id
    WHERE hour >= :first AND hour < :last
) GROUP BY hour, language, machine
"""
_COUNT = "SELECT count(*) FROM ledger WHERE hour >= :first AND hour < :last"

Span = tuple[str, str]
EVERYTHING: Span = ("", "~")


@contextmanager
def opened(folder: Path) -> Iterator[Database | None]:
    """The database of a data folder, None if nothing was ever recorded. Raises StorageError."""
    path = paths.database_file(folder)
    if not path.exists():
        yield None
        return
    database = Database(path)
    try:
        yield database
    finally:
        database.close()


def hours_of(first: date, last: date) -> Span:
    """The hours from one day to another, both included, as bounds [first, last) of text."""
    return first.isoformat(), f"{last.isoformat()}T~"


def _bounds(span: Span) -> dict[str, str]:
    return {"first": span[0], "last": span[1], "machine": paths.machine_name()}


def rows(connection: sqlite3.Connection, span: Span = EVERYTHING, *, by_state: bool) -> Iterator[Row]:
    """All rows in order of time; those that differ only in their state are one, unless `by_state`."""
    before: Row | None = None
    alike = 5 if by_state else 4  # the first columns tell one row from the next
    for found in connection.execute(_ROWS, _bounds(span)):
        if before is not None and found[:alike] == before[:alike]:
            before = Row(*before[:5], before[5] + found[5])
            continue
        if before is not None:
            yield before
        before = Row._make(found)
    if before is not None:
        yield before


def count(connection: sqlite3.Connection, span: Span = EVERYTHING) -> int:
    """About how many rows there are, for progress."""
    return int(connection.execute(_COUNT, _bounds(span)).fetchone()[0])


def entries(connection: sqlite3.Connection, span: Span = EVERYTHING) -> list[tuple[str, str, str, int]]:
    """(hour, language, machine, XP) for statistics."""
    return connection.execute(_ENTRIES, _bounds(span)).fetchall()
