"""What XP was typed with, beside the ledger: the editor and the operating system, by hour, language and machine.

Kept from schema version 6 on, and never sent. What was typed before, elsewhere, or imported is in no row of it: it is
`UNKNOWN`, what a total has beyond these rows. The sums of both are the ledger's (ledger_sums.py).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from codestats.paths import machine_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

__all__ = [
    "EDITOR", "NO_TOOL", "SYSTEM", "TABLE", "TOOL", "UNKNOWN", "Place", "add", "move", "rows", "system_name",
]  # fmt: skip

UNKNOWN = "?"
TOOL = "editor || char(9) || system"
"""A tool is an editor on a system, in one text: as SQL, and what it is where that is not known."""
NO_TOOL = f"{UNKNOWN}\t{UNKNOWN}"
EDITOR = "substr({0}, 1, instr({0}, char(9)) - 1)"
SYSTEM = "substr({0}, instr({0}, char(9)) + 1)"
"""The two of a tool's text, as SQL."""

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


class Place(NamedTuple):
    """What was typed of a language here in an hour."""

    hour: str
    offset: int
    language: str


_ADD = """
INSERT INTO typed_with(hour, offset, language, machine, editor, system, xp) VALUES(?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(hour, offset, language, machine, editor, system) DO UPDATE SET xp = xp + excluded.xp
"""
_FIND = """
SELECT machine, editor, system, xp FROM typed_with
WHERE hour = ? AND offset = ? AND language = ? AND machine = ? AND xp > 0
"""
_TAKE = """
UPDATE typed_with SET xp = xp - ?
WHERE hour = ? AND offset = ? AND language = ? AND machine = ? AND editor = ? AND system = ?
"""
_CLEAR = "DELETE FROM typed_with WHERE hour = ? AND offset = ? AND language = ? AND machine = ? AND xp = 0"
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


def move(connection: sqlite3.Connection, origin: Place, target: Place, xp: int) -> None:
    """That much of what was typed here then has another date, or its language another name.

    No more than was counted is known of an hour, whichever part of it moves.
    """
    found = connection.execute(_FIND, (*origin, machine_name())).fetchall()
    for machine, editor, system, known in found:
        part = min(xp, known)
        if part > 0:
            connection.execute(_TAKE, (part, *origin, machine, editor, system))
            connection.execute(_ADD, (*target, machine, editor, system, part))
        xp -= part
    connection.execute(_CLEAR, (*origin, machine_name()))


def rows(
    connection: sqlite3.Connection, first: str, last: str
) -> Iterator[tuple[str, int, str, str, str, str, int]]:
    """Hour, offset, language, machine, editor, system and XP of the hours [first, last), in order of time."""
    yield from connection.execute(_ROWS, (first, last))
