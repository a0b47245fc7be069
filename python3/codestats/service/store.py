"""Users, machines and their XP in one SQLite database, in a file or in memory.

Totals are sums over the stored entries, written in one transaction a pulse, so they are exact however many pulses
arrive at once. (The real service keeps running totals and loses some XP of simultaneous pulses.)
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codestats.service.rules import GoodPulse
from codestats.service.tokens import make_token, read_token

__all__ = ["Account", "Store", "StoreError", "StoredPulse", "User"]

_APPLICATION_ID = 0x43533A3A  # "CS::"
_VERSION = 1
_SCHEMA = """
CREATE TABLE secret (key BLOB NOT NULL);
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE,
                    private INTEGER NOT NULL DEFAULT 0);
CREATE TABLE machines (id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES users, name TEXT NOT NULL,
                       active INTEGER NOT NULL DEFAULT 1, UNIQUE (user, name));
CREATE TABLE languages (id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE);
CREATE TABLE pulses (id INTEGER PRIMARY KEY, machine INTEGER NOT NULL REFERENCES machines, coded_at TEXT NOT NULL,
                     sent_at REAL NOT NULL, local_date TEXT NOT NULL, received_at REAL NOT NULL);
CREATE TABLE xps (pulse INTEGER NOT NULL REFERENCES pulses, language INTEGER NOT NULL REFERENCES languages,
                  xp INTEGER NOT NULL);
CREATE INDEX pulses_machine ON pulses (machine);
CREATE INDEX xps_pulse ON xps (pulse);
"""
_ENTRIES = (
    " FROM users JOIN machines ON machines.user = users.id JOIN pulses ON pulses.machine = machines.id"
    " JOIN xps ON xps.pulse = pulses.id JOIN languages ON languages.id = xps.language "
)


class StoreError(Exception):
    """The data file can't be used; the text is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class User:
    """A user as stored: ``name`` has the spelling it was made with."""

    id: int
    name: str
    private: bool


@dataclass(frozen=True, slots=True)
class Account:
    """The owner of a good token."""

    user: str
    machine: str
    machine_id: int


@dataclass(frozen=True, slots=True)
class StoredPulse:
    """A pulse as taken: ``coded_at`` as sent, ``sent_at`` and ``received_at`` in epoch seconds, XP per language."""

    user: str
    machine: str
    coded_at: str
    sent_at: float
    received_at: float
    xps: dict[str, int]


class Store:
    """All that the service knows. Safe for use from any thread."""

    def __init__(self, path: Path | None = None) -> None:
        """Opens or makes the data file (0600: it has the signing key); None keeps everything in memory.

        Raises StoreError.
        """
        self._lock = threading.RLock()
        try:
            if path is not None:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(
                path or ":memory:", timeout=10, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise StoreError(f"The data file {path} can't be opened: {reason}.") from error
        try:
            self._key = self._prepare(path)
        except sqlite3.Error as error:
            self._db.close()
            raise StoreError(f"The data file {path} can't be used: {error}.") from error
        except StoreError:
            self._db.close()
            raise

    def close(self) -> None:
        """Closes the database; the store can't be used any more."""
        with self._lock:
            self._db.close()

    def token(self, user: str, machine: str) -> str:
        """The token of a machine; makes user and machine where they don't exist yet."""
        owner = self.make_user(user)
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO machines (user, name) VALUES (?, ?)", (owner.id, machine))
            query = "SELECT id FROM machines WHERE user = ? AND name = ?"
            return make_token(self._key, owner.name, db.execute(query, (owner.id, machine)).fetchone()[0])

    def account(self, token: str) -> Account | None:
        """Whose token this is; None if it is not ours or its machine is not active."""
        claim = read_token(self._key, token)
        if claim is None:
            return None
        row = self._rows(
            "SELECT users.name, machines.name, machines.id FROM machines JOIN users ON users.id = machines.user"
            " WHERE machines.id = ? AND users.name = ? AND machines.active",
            (claim.machine_id, claim.user),
        )
        return Account(*row[0]) if row else None

    def set_active(self, user: str, machine: str, active: bool) -> None:
        """Switches the token of a machine on or off."""
        with self._transaction() as db:
            db.execute(
                "UPDATE machines SET active = ? WHERE name = ?"
                " AND user = (SELECT id FROM users WHERE folded = ?)",
                (active, machine, _fold(user)),
            )

    def make_user(self, name: str) -> User:
        """The user of this name in any letter case, made if there is none."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO users (name, folded) VALUES (?, ?)", (name, _fold(name)))
        user = self.user(name)
        assert user is not None
        return user

    def user(self, name: str) -> User | None:
        """The user of this name in any letter case."""
        rows = self._rows("SELECT id, name, private FROM users WHERE folded = ?", (_fold(name),))
        return User(rows[0][0], rows[0][1], bool(rows[0][2])) if rows else None

    def users(self) -> list[User]:
        """All users in the order they were made."""
        rows = self._rows("SELECT id, name, private FROM users ORDER BY id")
        return [User(number, name, bool(private)) for number, name, private in rows]

    def set_private(self, name: str, private: bool) -> None:
        """Hides a profile or shows it again."""
        with self._transaction() as db:
            db.execute("UPDATE users SET private = ? WHERE folded = ?", (private, _fold(name)))

    def add(self, account: Account, pulse: GoodPulse, received_at: float) -> StoredPulse:
        """Stores a pulse whole or not at all; returns it with the spellings of its languages as stored."""
        stored: dict[str, int] = {}
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT INTO pulses (machine, coded_at, sent_at, local_date, received_at) VALUES (?, ?, ?, ?, ?)",
                (account.machine_id, pulse.coded_at, pulse.sent_at, pulse.local_date, received_at),
            )
            for name, xp in pulse.xps:
                number, spelling = self._language(name)
                db.execute("INSERT INTO xps VALUES (?, ?, ?)", (cursor.lastrowid, number, xp))
                stored[spelling] = stored.get(spelling, 0) + xp
        return StoredPulse(
            account.user, account.machine, pulse.coded_at, pulse.sent_at, received_at, stored
        )

    def pulses(self, user: str | None = None) -> list[StoredPulse]:
        """All pulses (of a user) in the order of their arrival, empty ones too."""
        heads = self._rows(
            "SELECT pulses.id, users.name, machines.name, coded_at, sent_at, received_at FROM pulses"
            " JOIN machines ON machines.id = pulses.machine JOIN users ON users.id = machines.user"
            " WHERE ?1 IS NULL OR users.folded = ?1 ORDER BY pulses.id",
            (None if user is None else _fold(user),),
        )
        found = {number: StoredPulse(*values, {}) for number, *values in heads}
        for number, name, xp in self._rows(
            "SELECT pulse, name, sum(xp) FROM xps JOIN languages ON languages.id = language"
            " GROUP BY pulse, language ORDER BY min(xps.rowid)"
        ):
            if number in found:
                found[number].xps[name] = xp
        return list(found.values())

    def sums(self, user: str | None, column: str, since: float = 0.0) -> dict[str, tuple[int, int]]:
        """XP by "language", "machine" or "date": {name: (all, of pulses since the epoch second ``since``)}."""
        source = {"language": "languages.name", "machine": "machines.name", "date": "pulses.local_date"}[column]
        rows = self._rows(
            f"SELECT {source}, sum(xp), sum(CASE WHEN sent_at >= ?2 THEN xp ELSE 0 END) {_ENTRIES}"
            f" WHERE ?1 IS NULL OR users.folded = ?1 GROUP BY {source} ORDER BY {source}",
            (None if user is None else _fold(user), since),
        )
        return {name: (total, new) for name, total, new in rows}

    def _language(self, name: str) -> tuple[int, str]:
        """Number and spelling of a language; whoever names it first decides on the spelling."""
        self._db.execute("INSERT OR IGNORE INTO languages (name, folded) VALUES (?, ?)", (name, _fold(name)))
        query = "SELECT id, name FROM languages WHERE folded = ?"
        number, spelling = self._db.execute(query, (_fold(name),)).fetchone()
        return int(number), str(spelling)

    def _prepare(self, path: Path | None) -> bytes:
        """Brings the schema into a new database, checks that an old one is ours; returns the signing key."""
        with self._transaction() as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute("INSERT INTO secret VALUES (?)", (secrets.token_bytes(32),))
                db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {_VERSION}")
            elif db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
                raise StoreError(f"{path} is not a data file of this service; name another one.")
            elif version != _VERSION:
                raise StoreError(f"The data file {path} was made by another version of codestats.vim.")
            return bytes(db.execute("SELECT key FROM secret").fetchone()[0])

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _fold(name: str) -> str:
    """The form of a name that is the same in every letter case."""
    return name.lower()
