"""The ledger as rows: all that was ever counted or imported here, with what is still queued."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from codestats import paths
from codestats.data.formats import Row
from codestats.stats.sources import NO_SOURCES
from codestats.stats.sums import NO_SUMS
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.ledger_query import counted, values
from codestats.storage.sources import SourceSums

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from codestats.stats.sources import Sources
    from codestats.stats.sums import Sums

__all__ = ["EVERYTHING", "Span", "count", "hours_of", "opened", "rows", "summed", "summed_and_noted"]

Span = tuple[str, str]
"""Hours as bounds [first, last) of text."""

EVERYTHING: Span = ("", "~")

# The ledger is in this order by its primary key: nothing is sorted in memory, however long it is.
_ROWS = f"{counted('hour >= :first AND hour < :last AND xp > 0')} ORDER BY 1, 2, 3, 4, 5"
_COUNT = "SELECT count(*) FROM ledger WHERE hour >= :first AND hour < :last"


@contextmanager
def opened(directory: Path) -> Iterator[Database | None]:
    """The database of a data directory, None if nothing was ever recorded. Raises StorageError."""
    path = paths.database_file(directory) if paths.has_database(directory) else None
    if path is None or not path.exists():
        yield None
        return
    database = Database(path)
    try:
        yield database
    finally:
        database.close()


def hours_of(first: date, last: date) -> Span:
    """The hours from one day to another, both included."""
    return first.isoformat(), f"{last.isoformat()}T~"


def _bounds(span: Span) -> dict[str, str | int]:
    return values(first=span[0], last=span[1])


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


@contextmanager
def summed(directory: Path) -> Iterator[Sums]:
    """The sums of all rows, for as long as one consistent look at them takes. Raises StorageError."""
    with summed_and_noted(directory) as (sums, _):
        yield sums


@contextmanager
def summed_and_noted(directory: Path) -> Iterator[tuple[Sums, Sources]]:
    """The same, and where text came from, in one look. Raises StorageError."""
    with opened(directory) as database:
        if database is None:
            yield NO_SUMS, NO_SOURCES
            return
        with History(database).stats() as stats:
            yield stats, SourceSums(stats.connection, {})
