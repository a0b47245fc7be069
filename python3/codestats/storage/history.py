"""Reading back all that was ever counted here, sent or not, and the last known profiles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from codestats.storage.ledger_query import counted, values
from codestats.storage.ledger_stats import HistorySums
from codestats.storage.spool import set_meta

if TYPE_CHECKING:
    from datetime import date

    from codestats.storage.database import Database

__all__ = ["History"]

_ENTRIES = f"SELECT hour, language, machine, sum(xp) FROM ({counted()}) GROUP BY hour, language, machine"  # noqa: S608
# The values begin with "[" and the epoch second, so their order is that of time.
_FORGET_PROFILES = """
DELETE FROM meta WHERE key LIKE 'profile %' AND key NOT IN (
    SELECT key FROM meta WHERE key LIKE 'profile %' ORDER BY value DESC LIMIT 20
)
"""
_UNSENT = "SELECT language, sum(xp) FROM pulse_xp GROUP BY language"


class History:
    """One thread's object, as its database is. Raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(self) -> list[tuple[str, str, str, int]]:
        """(local hour 'YYYY-MM-DDTHH', language, machine, XP), in order of time."""
        with self._database.reading() as connection:
            return connection.execute(_ENTRIES, values()).fetchall()

    def days(self) -> dict[date, int]:
        """XP of each day."""
        with self._database.reading() as connection:
            return HistorySums(connection).by_date()

    def unsent(self) -> dict[str, int]:
        """Language → XP that the service doesn't know of yet."""
        with self._database.reading() as connection:
            return dict(connection.execute(_UNSENT).fetchall())

    def keep_profile(self, address: str, user: str, at: float, answer: dict[str, Any]) -> None:
        """Remember what the service at an address answered about a user, got at an epoch second."""
        with self._database.transaction() as connection:
            set_meta(connection, _profile_key(address, user), json.dumps([at, answer]))
            connection.execute(_FORGET_PROFILES)

    def kept_profile(self, address: str, user: str) -> tuple[float, dict[str, Any]] | None:
        """The last answer and when it was got."""
        with self._database.reading() as connection:
            key = (_profile_key(address, user),)
            row = connection.execute("SELECT value FROM meta WHERE key = ?", key).fetchone()
        return None if row is None else tuple(json.loads(row[0]))


def _profile_key(address: str, user: str) -> str:
    return f"profile {address} {user}"
