"""Names that mean the same machine: the website has the name that its user gave it there, we have the host name.

Kept as name → the name that stands for its group in the ledger. What is shown of a group is the user's own name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

__all__ = ["known_names", "remember_names", "shown_names"]

_META = "machine names"


def known_names(connection: sqlite3.Connection) -> dict[str, str]:
    """What is remembered."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_META,)).fetchone()
    return json.loads(row[0]) if row else {}


def remember_names(connection: sqlite3.Connection, names: Mapping[str, str]) -> None:
    """Remember them, within a transaction; sums that know the machines by other names are to be made again."""
    connection.execute("INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", (_META, json.dumps(names)))
    connection.execute("INSERT OR IGNORE INTO stale_day SELECT DISTINCT substr(hour, 1, 10) FROM ledger")


def shown_names(names: Mapping[str, str]) -> dict[str, str]:
    """Name in the ledger → name to show, for the machines that have several."""
    first: dict[str, str] = {}
    for name, known in names.items():
        first.setdefault(known, name)
    return {**first, **{name: first[known] for name, known in names.items()}}
