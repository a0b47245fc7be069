"""The SQLite database below the store: its schema, its file and its transactions."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from codestats.server.timestamp import local_time, parse_timestamp
from codestats.server.tokens import digest, signed_token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Database", "StoreError"]

_APPLICATION_ID = 0x43533A3A  # "CS::"
_VERSION = 5
_ACCESS = """
CREATE TABLE access (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES users, name TEXT NOT NULL,
    scope TEXT NOT NULL, token BLOB NOT NULL UNIQUE, created REAL NOT NULL, used REAL NOT NULL DEFAULT 0
)
"""
_EXPORTS = """
CREATE TABLE exports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES users, format TEXT NOT NULL,
    state TEXT NOT NULL, asked REAL NOT NULL, begun REAL NOT NULL DEFAULT 0, ended REAL NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
);
CREATE TABLE export_parts (
    id INTEGER PRIMARY KEY, export INTEGER NOT NULL REFERENCES exports, size INTEGER NOT NULL, content BLOB NOT NULL
);
CREATE INDEX export_parts_export ON export_parts (export, size)
"""
_SCHEMA = (
    """
CREATE TABLE users (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE,
    private INTEGER NOT NULL DEFAULT 0, registered REAL NOT NULL DEFAULT 0
);
CREATE TABLE machines (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES users, name TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1, token BLOB, created REAL NOT NULL DEFAULT 0, used REAL NOT NULL DEFAULT 0,
    UNIQUE (user, name)
);
CREATE UNIQUE INDEX machines_token ON machines (token);
CREATE TABLE languages (id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE);
CREATE TABLE pulses (
    id INTEGER PRIMARY KEY, machine INTEGER NOT NULL REFERENCES machines, coded_at TEXT NOT NULL,
    sent_at REAL NOT NULL, local_date TEXT NOT NULL, received_at REAL NOT NULL, local_hour INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE xps (
    pulse INTEGER NOT NULL REFERENCES pulses, language INTEGER NOT NULL REFERENCES languages,
    xp INTEGER NOT NULL
);
CREATE INDEX pulses_machine ON pulses (machine);
CREATE INDEX xps_pulse ON xps (pulse);
CREATE TABLE aliases (folded TEXT PRIMARY KEY, language INTEGER NOT NULL REFERENCES languages);
"""
    f"{_ACCESS};\n{_EXPORTS}"
)
# Version 1 knew neither when a user registered (the first pulse will do) nor the hour of a pulse.
_FROM_1 = """
ALTER TABLE users ADD COLUMN registered REAL NOT NULL DEFAULT 0;
ALTER TABLE pulses ADD COLUMN local_hour INTEGER NOT NULL DEFAULT 0;
UPDATE pulses SET local_hour = hour_of(coded_at, sent_at);
UPDATE users SET registered = coalesce(
    (SELECT min(received_at) FROM pulses JOIN machines ON machines.id = machine WHERE user = users.id),
    CAST(strftime('%s', 'now') AS REAL)
)
"""


# Version 2 knew no language that is kept as another one.
_FROM_2 = """
CREATE TABLE aliases (folded TEXT PRIMARY KEY, language INTEGER NOT NULL REFERENCES languages)
"""
# Version 3 signed tokens with a key of its own, and could make each of them again: they stay good, the key goes.
_FROM_3 = f"""
ALTER TABLE machines ADD COLUMN token BLOB;
ALTER TABLE machines ADD COLUMN created REAL NOT NULL DEFAULT 0;
ALTER TABLE machines ADD COLUMN used REAL NOT NULL DEFAULT 0;
UPDATE machines SET token = digest_of((SELECT key FROM secret), (SELECT name FROM users WHERE users.id = user), id);
CREATE UNIQUE INDEX machines_token ON machines (token);
DROP TABLE secret;
{_ACCESS};
CREATE TABLE exports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES users, format TEXT NOT NULL,
    state TEXT NOT NULL, asked REAL NOT NULL, begun REAL NOT NULL DEFAULT 0, ended REAL NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '', content BLOB
)
"""  # noqa: S608 (our own words)
# Version 4 had an export's file in one piece.
_FROM_4 = f"""
ALTER TABLE exports RENAME TO exports_whole;
{_EXPORTS};
INSERT INTO exports SELECT id, user, format, state, asked, begun, ended, error FROM exports_whole;
INSERT INTO export_parts (export, size, content)
SELECT id, length(content), content FROM exports_whole WHERE content IS NOT NULL;
DROP TABLE exports_whole
"""  # noqa: S608 (our own words)
_STEPS = (_FROM_1, _FROM_2, _FROM_3, _FROM_4)


class StoreError(Exception):
    """The data file can't be used; the text is one sentence for the user."""


class Database:
    """One connection, used by one thread at a time."""

    def __init__(self, path: Path | None) -> None:
        """Opens or makes the file (0600: it is a user's own); None is memory. Raises StoreError."""
        self._lock = threading.RLock()
        self._path = path
        try:
            self._db = _connect(path)
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise StoreError(f"The data file {path} can't be opened: {reason}.") from error
        try:
            self._prepare()
            self._db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            self.close()
            raise StoreError(f"The data file {path} can't be used: {error}.") from error
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Closes the connection for good."""
        with self._lock:
            self._db.close()

    def rows(self, query: str, values: tuple[object, ...] | Mapping[str, object] = ()) -> list[Any]:
        """All rows of a query; ``values`` by place (``?``) or by name (``:name``)."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def stream(self, query: str, values: tuple[object, ...] = ()) -> Iterator[Any]:
        """The rows of a query one by one, as they were at its beginning; others may write meanwhile."""
        if self._path is None:  # what is in memory is there already
            yield from self.rows(query, values)
            return
        with closing(_connect(self._path)) as reader:
            yield from reader.execute(query, values)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is committed as a whole or not at all."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _prepare(self) -> None:
        """Brings the schema into a new database, checks that an old one is ours."""
        with self.transaction() as db:
            if not _value(db, "SELECT count(*) FROM sqlite_master"):
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {_VERSION}")
            elif _value(db, "PRAGMA application_id") != _APPLICATION_ID:
                raise StoreError(f"{self._path} is not a data file of this service; name another one.")
            else:
                self._bring_up(db)

    def _bring_up(self, db: sqlite3.Connection) -> None:
        """Takes a data file of an earlier version to this one. Raises StoreError for one of a later version."""
        version = _value(db, "PRAGMA user_version")
        if not 1 <= version <= _VERSION:
            raise StoreError(f"The data file {self._path} was made by another version of codestats.vim.")
        db.create_function("hour_of", 2, _hour_of)
        db.create_function(
            "digest_of", 3, lambda key, user, machine: digest(signed_token(key, user, machine))
        )
        for script in _STEPS[version - 1 :]:
            for statement in script.split(";\n"):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {_VERSION}")


def _hour_of(coded_at: str, sent_at: float) -> int:
    """The local hour of a pulse that was stored without it."""
    timestamp = parse_timestamp(coded_at)
    return local_time(sent_at, timestamp[1] if timestamp else 0).hour


def _connect(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return sqlite3.connect(path or ":memory:", timeout=10, isolation_level=None, check_same_thread=False)


def _value(db: sqlite3.Connection, query: str) -> Any:  # noqa: ANN401 - whatever the column has
    return db.execute(query).fetchone()[0]
