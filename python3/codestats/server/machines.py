"""Machines and their tokens, which are the right to send pulses."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestats.server.tokens import digest, machine_token

if TYPE_CHECKING:
    import sqlite3

    from codestats.server.database import Database

__all__ = ["Account", "Machine", "Machines"]


@dataclass(frozen=True, slots=True)
class Account:
    """The owner of a good token."""

    user: str
    machine: str
    machine_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as its owner sees it; ``created`` and ``used`` (its token, last) in epoch seconds, 0 for unknown."""

    id: int
    name: str
    active: bool
    has_token: bool
    created: float
    used: float


class Machines:
    """The machines of all users. Users are given by their number in the database."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def account(self, token: str) -> Account | None:
        """Whose token this is; None if it is not ours or its machine is not active."""
        wanted = digest(token)
        rows = self._db.rows(
            "SELECT users.name, machines.name, machines.id, users.id, token FROM machines"
            " JOIN users ON users.id = machines.user WHERE token = ? AND machines.active",
            (wanted,),
        )
        if not rows or not hmac.compare_digest(rows[0][4], wanted):
            return None
        return Account(*rows[0][:4])

    def of(self, user: int) -> list[Machine]:
        """The user's machines in the order they were made."""
        rows = self._db.rows(
            "SELECT id, name, active, token IS NOT NULL, created, used FROM machines WHERE user = ? ORDER BY id",
            (user,),
        )
        return [
            Machine(number, name, bool(on), bool(has), made, used)
            for number, name, on, has, made, used in rows
        ]

    def issue(self, user: int, name: str) -> str | None:
        """The token of a machine that is new or has none; None where one was given out before."""
        with self._db.transaction() as db:
            insert = "INSERT OR IGNORE INTO machines (user, name, created) VALUES (?, ?, ?)"
            db.execute(insert, (user, name, time.time()))
            query = "SELECT id, token FROM machines WHERE user = ? AND name = ?"
            number, known = db.execute(query, (user, name)).fetchone()
            return None if known is not None else _give(db, user, number)

    def renew(self, user: int, name: str) -> str:
        """A new token of a machine; the one it had is worthless from now on. Raises LookupError."""
        with self._db.transaction() as db:
            query = "SELECT id FROM machines WHERE user = ? AND name = ?"
            found = db.execute(query, (user, name)).fetchone()
            if found is None:
                raise LookupError(name)
            return _give(db, user, found[0])

    def revoke(self, user: int, name: str) -> None:
        """Makes the token of a machine worthless for good; what it sent stays."""
        with self._db.transaction() as db:
            db.execute("UPDATE machines SET token = NULL WHERE user = ? AND name = ?", (user, name))

    def set_active(self, user: int, name: str, *, active: bool) -> None:
        """Switches a machine and its token on or off."""
        with self._db.transaction() as db:
            db.execute("UPDATE machines SET active = ? WHERE user = ? AND name = ?", (active, user, name))

    def rename(self, user: int, name: str, other: str) -> bool:
        """Gives a machine another name; False if the user has one of that name."""
        with self._db.transaction() as db:
            query = "UPDATE OR IGNORE machines SET name = ? WHERE user = ? AND name = ?"
            return db.execute(query, (other, user, name)).rowcount > 0


def _give(db: sqlite3.Connection, user: int, machine: int) -> str:
    [name] = db.execute("SELECT name FROM users WHERE id = ?", (user,)).fetchone()
    token = machine_token(name, machine)
    db.execute("UPDATE machines SET token = ? WHERE id = ?", (digest(token), machine))
    return token
