"""Reading back all that was ever counted here, sent or not, and the last known profiles."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from codestats.exceptions import StorageError
from codestats.storage import ledger_sums
from codestats.storage.ledger_stats import LedgerStats
from codestats.storage.owners import NOBODY, OURS, Owner, values
from codestats.storage.spool import set_meta

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from codestats.storage.database import Database

__all__ = ["History"]

_MANY = 3  # stale days that are added up faster than they are made up to date
# The values begin with "[" and the epoch second, so their order is that of time.
_FORGET_OLD = """
DELETE FROM meta WHERE key LIKE :kind || ' %' AND key NOT IN (
    SELECT key FROM meta WHERE key LIKE :kind || ' %' ORDER BY value DESC LIMIT 20
)
"""
_TRAFFIC = """
SELECT coalesce(sum(state = 'sending'), 0),
       coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'pulse'), 0) - count(*)
FROM pulse
"""
_UNSENT = f"""
SELECT language, sum(xp) FROM pulse JOIN pulse_xp ON pulse = id WHERE {OURS} GROUP BY language
"""  # noqa: S608 (our own words)


class History:
    """One thread's object, as its database is. Raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def stats(self) -> Iterator[LedgerStats]:
        """The sums of all that was ever counted here, sent or not: one consistent look, for as long as it lasts.

        Nobody must be waited for meanwhile: on a file system without WAL, editors cannot record.
        """
        with suppress(StorageError):  # a full disk: what is stale is then added up each time
            self._refresh()
        with self._database.reading() as connection:
            ledger_sums.overlay(connection)
            yield LedgerStats(connection)

    def has_stale_sums(self, more_than: int = 0) -> bool:
        """Whether more than so many days have changed since they were added up."""
        with self._database.reading() as connection:
            return ledger_sums.stale_days(connection) > more_than

    def _refresh(self) -> None:
        if self.has_stale_sums(_MANY):
            with self._database.transaction() as connection:
                ledger_sums.refresh(connection)

    def days(self) -> dict[date, int]:
        """XP of each day."""
        with self.stats() as stats:
            return stats.by_date()

    def unsent(self, owner: Owner = NOBODY, now: float = 0.0) -> dict[str, int]:
        """Language → XP of this owner (NOBODY: of all) that the service doesn't know of yet."""
        with self._database.reading() as connection:
            return dict(connection.execute(_UNSENT, values(owner, now)).fetchall())

    def traffic(self) -> tuple[int, int]:
        """How many pulses are being sent at this moment, and how many have ever left the queue."""
        with self._database.reading() as connection:
            sending, gone = connection.execute(_TRAFFIC).fetchone()
            return sending, gone

    def keep_profile(self, address: str, user: str, at: float, answer: dict[str, Any]) -> None:
        """Remember what the service at an address answered about a user, got at an epoch second."""
        self._keep("profile", address, user, [at, answer])

    def kept_profile(self, address: str, user: str) -> tuple[float, dict[str, Any]] | None:
        """The last answer and when it was got."""
        return self._kept("profile", address, user)

    def keep_account(self, address: str, user: str, at: float, answer: dict[str, Any]) -> None:
        """Remember the user's account of all machines likewise."""
        self._keep("account", address, user, [at, answer])

    def kept_account(self, address: str, user: str) -> tuple[float, dict[str, Any]] | None:
        """The last one and when it was got."""
        return self._kept("account", address, user)

    def _keep(self, kind: str, address: str, user: str, value: list[Any]) -> None:
        with self._database.transaction() as connection:
            set_meta(connection, f"{kind} {address} {user}", json.dumps(value))
            connection.execute(_FORGET_OLD, {"kind": kind})

    def _kept(self, kind: str, address: str, user: str) -> tuple[float, dict[str, Any]] | None:
        with self._database.reading() as connection:
            query = "SELECT value FROM meta WHERE key = ?"
            row = connection.execute(query, (f"{kind} {address} {user}",)).fetchone()
        return None if row is None else tuple(json.loads(row[0]))
