"""Where text came from, beside the ledger: bytes by hour, language, machine and kind of change.

Kept from schema version 7 on, and never sent. A row tells how many bytes came into buffers, and how many went out
of them, by changes of its kind; what no tracker noted is in no row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestats.paths import machine_name
from codestats.stats.sources import settle

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping
    from datetime import date

    from codestats.pulse import Sources

__all__ = ["TABLE", "SourceSums", "add", "rename", "rows", "sums"]

TABLE = """
CREATE TABLE source(
    hour TEXT NOT NULL,
    offset INTEGER NOT NULL,
    language TEXT NOT NULL,
    machine TEXT NOT NULL,
    kind TEXT NOT NULL,
    came INTEGER NOT NULL,
    went INTEGER NOT NULL,
    PRIMARY KEY(hour, offset, language, machine, kind)
) WITHOUT ROWID
"""

_MERGE = """
ON CONFLICT(hour, offset, language, machine, kind)
DO UPDATE SET came = came + excluded.came, went = went + excluded.went
"""
_ADD = f"INSERT INTO source(hour, offset, language, machine, kind, came, went) VALUES(?, ?, ?, ?, ?, ?, ?) {_MERGE}"
_THERE = "hour = :hour AND offset = :offset AND language = :old AND machine = :machine"
_MOVE = f"""
INSERT INTO source(hour, offset, language, machine, kind, came, went)
SELECT hour, offset, :new, machine, kind, came, went FROM source WHERE {_THERE} {_MERGE}
"""  # noqa: S608 (our own words)

_ROWS = """
SELECT hour, offset, language, machine, kind, came, went FROM source
WHERE hour >= ? AND hour < ? ORDER BY 1, 2, 3, 4, 5
"""
_KEYS = {"": "''", "language": "language", "date": "substr(hour, 1, 10)", "month": "substr(hour, 1, 7)"}


def add(connection: sqlite3.Connection, hour: str, offset: int, sources: Sources) -> None:
    """Note where text came from here, by language."""
    machine = machine_name()
    connection.executemany(
        _ADD,
        [
            (hour, offset, language, machine, kind, came, went)
            for language, kinds in sources.items()
            for kind, (came, went) in kinds.items()
        ],
    )


def rename(connection: sqlite3.Connection, hour: str, offset: int, old: str, new: str) -> None:
    """What came here in that hour goes by another name of its language."""
    given = {"hour": hour, "offset": offset, "old": old, "new": new, "machine": machine_name()}
    connection.execute(_MOVE, given)
    connection.execute(f"DELETE FROM source WHERE {_THERE}", given)  # noqa: S608


def rows(
    connection: sqlite3.Connection, first: str, last: str
) -> Iterator[tuple[str, int, str, str, str, int, int]]:
    """Hour, offset, language, machine, kind, and what came and went in the hours [first, last), in order of time."""
    yield from connection.execute(_ROWS, (first, last))


def sums(
    connection: sqlite3.Connection, dimension: str, first: str, last: str
) -> Mapping[str, Mapping[str, tuple[int, int]]]:
    """What came and went in the hours [first, last) by kind, along '' (all), 'language', 'date' or 'month'."""
    query = (
        f"SELECT {_KEYS[dimension]}, kind, sum(came), sum(went) FROM source"  # noqa: S608 (our own words)
        " WHERE hour >= ? AND hour < ? GROUP BY 1, 2 ORDER BY 1, 2"
    )
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for key, kind, came, went in connection.execute(query, (first, last)):
        found.setdefault(key, {})[kind] = (came, went)
    return found


@dataclass(frozen=True, slots=True)
class SourceSums:
    """What was noted, as `stats.sources.Sources`, for as long as a transaction; languages under settled names."""

    connection: sqlite3.Connection
    names: Mapping[str, str]

    def along(self, dimension: str, first: date, last: date) -> Mapping[str, Mapping[str, tuple[int, int]]]:
        """What came and went on those days, along one of the dimensions of `sums`."""
        found = sums(self.connection, dimension, first.isoformat(), f"{last.isoformat()}T~")
        return settle(found, self.names) if dimension == "language" and self.names else found
