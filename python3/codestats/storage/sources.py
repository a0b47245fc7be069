"""Where text came from, beside the ledger: characters by hour, language, machine and kind of change.

Kept from schema version 7 on, and never sent. A row tells how many characters came into buffers, and how many went out
of them, by changes of its kind; what no tracker noted is in no row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.paths import machine_name

if TYPE_CHECKING:
    import sqlite3

    from codestats.pulse import Sources

__all__ = ["TABLE", "add", "rename"]

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
