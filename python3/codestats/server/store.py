"""Users, machines and their XP in one SQLite database, in a file or in memory.

Totals are sums over the stored entries, written in one transaction a pulse, so they are exact however many
pulses arrive at once. (The real service keeps running totals and loses some XP of simultaneous pulses.)
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codestats.server.database import Database
from codestats.server.machines import Account, Machines

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from codestats.server.rules import GoodPulse

__all__ = ["Store", "StoredPulse", "User"]

_COLUMNS = {
    "language": "languages.name",
    "machine": "machines.name",
    "date": "pulses.local_date",
    "hour": "pulses.local_hour",
}
_ENTRIES = (
    " FROM users JOIN machines ON machines.user = users.id JOIN pulses ON pulses.machine = machines.id"
    " JOIN xps ON xps.pulse = pulses.id JOIN languages ON languages.id = xps.language "
)
_USERS = "SELECT id, name, private, registered FROM users"


@dataclass(frozen=True, slots=True)
class User:
    """A user as stored: ``name`` has the spelling it was made with, ``registered`` is in epoch seconds."""

    id: int
    name: str
    private: bool
    registered: float


@dataclass(frozen=True, slots=True)
class StoredPulse:
    """A pulse as taken: ``coded_at`` as sent, the other times in epoch seconds, ``xps`` per language."""

    user: str
    machine: str
    coded_at: str
    sent_at: float
    received_at: float
    xps: dict[str, int]


class Store:
    """All that the service knows. Safe for use from any thread."""

    def __init__(self, path: Path | None = None) -> None:
        """Opens or makes the data file (0600); None keeps everything in memory.

        ``machines`` is a part of it. Raises StoreError.
        """
        self.database = self._db = Database(path)
        self.machines = Machines(self._db)

    def close(self) -> None:
        """Closes the database; the store can't be used any more."""
        self._db.close()

    def make_user(self, name: str) -> User:
        """The user of this name in any letter case, made if there is none."""
        with self._db.transaction() as db:
            insert = "INSERT OR IGNORE INTO users (name, folded, registered) VALUES (?, ?, ?)"
            db.execute(insert, (name, _fold(name), time.time()))
            row = db.execute(f"{_USERS} WHERE folded = ?", (_fold(name),)).fetchone()
        return _user(*row)

    def user(self, name: str) -> User | None:
        """The user of this name in any letter case."""
        rows = self._db.rows(f"{_USERS} WHERE folded = ?", (_fold(name),))
        return _user(*rows[0]) if rows else None

    def users(self) -> list[User]:
        """All users in the order they were made."""
        return [_user(*row) for row in self._db.rows(f"{_USERS} ORDER BY id")]

    def set_private(self, name: str, *, private: bool) -> None:
        """Hides a profile or shows it again."""
        with self._db.transaction() as db:
            db.execute("UPDATE users SET private = ? WHERE folded = ?", (private, _fold(name)))

    def add(self, account: Account, pulse: GoodPulse, received_at: float) -> StoredPulse:
        """Stores a pulse whole or not at all; returns it with the spellings of its languages as stored."""
        stored: dict[str, int] = {}
        local = pulse.local_time
        with self._db.transaction() as db:
            cursor = db.execute(
                "INSERT INTO pulses (machine, coded_at, sent_at, local_date, local_hour, received_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    account.machine_id,
                    pulse.coded_at,
                    pulse.sent_at,
                    str(local.date()),
                    local.hour,
                    received_at,
                ),
            )
            db.execute("UPDATE machines SET used = ? WHERE id = ?", (received_at, account.machine_id))
            for name, xp in pulse.xps:
                number, spelling = _language(db, name)
                db.execute("INSERT INTO xps VALUES (?, ?, ?)", (cursor.lastrowid, number, xp))
                stored[spelling] = stored.get(spelling, 0) + xp
        return StoredPulse(account.user, account.machine, pulse.coded_at, pulse.sent_at, received_at, stored)

    def set_alias(self, language: str, target: str | None) -> None:
        """Keeps pulses of a language as another one's from now on, or (None) no longer; stored XP stays where it is."""
        with self._db.transaction() as db:
            db.execute("DELETE FROM aliases WHERE folded = ?", (_fold(language),))
            if target is not None:
                number, _ = _language(db, target)
                db.execute("INSERT INTO aliases VALUES (?, ?)", (_fold(language), number))

    def aliases(self) -> dict[str, str]:
        """The folded names of languages that are kept as others, and those."""
        query = (
            "SELECT aliases.folded, name FROM aliases JOIN languages ON id = language ORDER BY aliases.folded"
        )
        return dict(self._db.rows(query))

    def pulses(self, user: str | None = None) -> list[StoredPulse]:
        """All pulses (of a user) in the order of their arrival, empty ones too."""
        heads = self._db.rows(
            "SELECT pulses.id, users.name, machines.name, coded_at, sent_at, received_at FROM pulses"
            " JOIN machines ON machines.id = pulses.machine JOIN users ON users.id = machines.user"
            " WHERE :user IS NULL OR users.folded = :user ORDER BY pulses.id",
            {"user": None if user is None else _fold(user)},
        )
        found = {row[0]: StoredPulse(row[1], row[2], row[3], row[4], row[5], {}) for row in heads}
        for number, name, xp in self._db.rows(
            "SELECT pulse, name, sum(xp) FROM xps JOIN languages ON languages.id = language"
            " GROUP BY pulse, language ORDER BY min(xps.rowid)"
        ):
            if number in found:
                found[number].xps[name] = xp
        return list(found.values())

    def sums(
        self, user: str | None, column: str, since: float = 0.0, *, active: bool = False
    ) -> dict[str, tuple[int, int]]:
        """XP by "language", "machine" or "date" of one user or all: {name: (all XP, XP since ``since``)}.

        ``since`` is in epoch seconds; ``active``: of active machines only.
        """
        source = _COLUMNS[column]
        rows = self._db.rows(
            f"SELECT {source}, sum(xp), sum(CASE WHEN sent_at >= :since THEN xp ELSE 0 END) {_ENTRIES}"
            f" WHERE (:user IS NULL OR users.folded = :user) AND (machines.active OR NOT :active)"
            f" GROUP BY {source} ORDER BY {source}",
            {"user": None if user is None else _fold(user), "since": since, "active": active},
        )
        return {name: (total, new) for name, total, new in rows}

    def sums_by(
        self,
        user: str,
        columns: Sequence[str],
        *,
        since: float = 0.0,
        first_day: str = "",
        active: bool = False,
    ) -> list[tuple[Any, ...]]:
        """Rows of a user's XP by any of "language", "machine", "date" and "hour": their values and the sum.

        Counted are pulses sent from ``since`` on (epoch seconds), of ``first_day`` and later days, where ``active`` of
        active machines only.
        """
        names = [_COLUMNS[column] for column in columns]
        group = f" GROUP BY {', '.join(names)} ORDER BY {', '.join(names)}" if names else ""
        query = (
            f"SELECT {', '.join([*names, 'coalesce(sum(xp), 0)'])} {_ENTRIES} WHERE users.folded = :user"
            f" AND sent_at >= :since AND local_date >= :first AND (machines.active OR NOT :active){group}"
        )
        given = {"user": _fold(user), "since": since, "first": first_day, "active": active}
        return self._db.rows(query, given)


def _user(number: int, name: str, private: int, registered: float) -> User:
    return User(number, name, bool(private), registered)


def _language(db: sqlite3.Connection, name: str) -> tuple[int, str]:
    """Number and spelling of a language, or of what it is kept as; whoever names it first decides on the spelling."""
    kept = "SELECT id, name FROM aliases JOIN languages ON id = language WHERE aliases.folded = ?"
    if row := db.execute(kept, (_fold(name),)).fetchone():
        return int(row[0]), str(row[1])
    db.execute("INSERT OR IGNORE INTO languages (name, folded) VALUES (?, ?)", (name, _fold(name)))
    row = db.execute("SELECT id, name FROM languages WHERE folded = ?", (_fold(name),)).fetchone()
    return int(row[0]), str(row[1])


def _fold(name: str) -> str:
    """The form of a name that is the same in every letter case."""
    return name.lower()
