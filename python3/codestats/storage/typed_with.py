"""What XP was typed with, beside the ledger: the editor and the operating system, by hour, language and machine.

Kept from schema version 6 on, and never sent. What was typed before, elsewhere, or imported is in no row of it: it is
`UNKNOWN`, what a total has beyond these rows.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codestats.paths import machine_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

__all__ = ["DIMENSIONS", "KEYS", "TABLE", "UNKNOWN", "add", "cross", "rename", "rows", "system_name"]

DIMENSIONS = ("editor", "system")
UNKNOWN = "?"

TABLE = """
CREATE TABLE typed_with(
    hour TEXT NOT NULL,
    offset INTEGER NOT NULL,
    language TEXT NOT NULL,
    machine TEXT NOT NULL,
    editor TEXT NOT NULL,
    system TEXT NOT NULL,
    xp INTEGER NOT NULL,
    PRIMARY KEY(hour, offset, language, machine, editor, system)
) WITHOUT ROWID
"""

_ADD = """
INSERT INTO typed_with(hour, offset, language, machine, editor, system, xp) VALUES(?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(hour, offset, language, machine, editor, system) DO UPDATE SET xp = xp + excluded.xp
"""
_THERE = "hour = :hour AND offset = :offset AND language = :old AND machine = :machine"
_MOVE = f"""
INSERT INTO typed_with(hour, offset, language, machine, editor, system, xp)
SELECT hour, offset, :new, machine, editor, system, xp FROM typed_with WHERE {_THERE}
ON CONFLICT(hour, offset, language, machine, editor, system) DO UPDATE SET xp = xp + excluded.xp
"""  # noqa: S608 (our own words)
_ROWS = """
SELECT hour, offset, language, machine, editor, system, xp FROM typed_with
WHERE hour >= ? AND hour < ? AND xp > 0 ORDER BY 1, 2, 3, 4, 5, 6
"""
_SYSTEMS = {"linux": "Linux", "darwin": "macOS", "win32": "Windows", "cygwin": "Windows"}


def system_name() -> str:
    """This machine's operating system."""
    return _SYSTEMS.get(sys.platform, sys.platform)


def add(connection: sqlite3.Connection, hour: str, offset: int, xp: Mapping[str, int], editor: str) -> None:
    """Note what XP by language was typed with, here; nothing where the editor is not known ('')."""
    if editor:
        place = (machine_name(), editor, system_name())
        connection.executemany(
            _ADD, [(hour, offset, language, *place, amount) for language, amount in xp.items()]
        )


def rename(connection: sqlite3.Connection, hour: str, offset: int, old: str, new: str) -> None:
    """What was typed here in that hour goes by another name of its language."""
    given = {"hour": hour, "offset": offset, "old": old, "new": new, "machine": machine_name()}
    connection.execute(_MOVE, given)
    connection.execute(f"DELETE FROM typed_with WHERE {_THERE}", given)  # noqa: S608


def rows(
    connection: sqlite3.Connection, first: str, last: str
) -> Iterator[tuple[str, int, str, str, str, str, int]]:
    """Hour, offset, language, machine, editor, system and XP of the hours [first, last), in order of time."""
    yield from connection.execute(_ROWS, (first, last))


def cross(
    connection: sqlite3.Connection, keys: tuple[str, ...], condition: str, values: list[str]
) -> dict[tuple[str, ...], int]:
    """XP along some dimensions, as SQL in terms of KEYS, where `condition` holds."""
    names = ", ".join(KEYS[key] for key in keys)
    query = f"SELECT {names}, sum(xp) FROM typed_with WHERE xp > 0 AND {condition} GROUP BY {names}"  # noqa: S608
    return {row[:-1]: row[-1] for row in connection.execute(query, values)}


KEYS = {
    "language": "coalesce(nullif(language, ''), '?')",
    # As the sums have it: a machine may have several names (ledger_sums.overlay fills the table).
    "machine": "coalesce((SELECT shown FROM temp.sum_machine WHERE name = machine), nullif(machine, ''), '?')",
    "weekday": "CAST((CAST(strftime('%w', substr(hour, 1, 10)) AS INTEGER) + 6) % 7 AS TEXT)",
    "hour": "substr(hour, 12)",
    "date": "substr(hour, 1, 10)",
    # its Monday
    "week": "date(substr(hour, 1, 10), '-' || ((strftime('%w', substr(hour, 1, 10)) + 6) % 7) || ' days')",
    "month": "substr(hour, 1, 7)",
    "year": "substr(hour, 1, 4)",
    "editor": "editor",
    "system": "system",
}
