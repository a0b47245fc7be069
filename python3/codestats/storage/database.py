"""The database: opening it safely, and one short transaction at a time. Its tables are in schema.py.

A pulse lives in `pulse` and `pulse_xp` until its fate is known, then in `ledger`; it moves in one
transaction, so every recorded XP is in exactly one place. `batch` holds the ids that were recorded, so that a
batch handed over twice counts once.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from codestats import paths
from codestats.exceptions import DamagedError, NewerSchemaError, StorageBusyError, StorageError
from codestats.storage import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Database", "inode_of"]

_APPLICATION = 0x43645374  # "CdSt": whose file this is

_SHAPE = """
SELECT part.name, column.name FROM sqlite_master AS part LEFT JOIN pragma_table_info(part.name) AS column
WHERE part.name NOT LIKE 'sqlite_%'
"""


class Database:
    """One connection; it belongs to the thread that opened it. Raises StorageError and its kin."""

    def __init__(self, path: Path, busy_seconds: float = 2.0) -> None:
        self.path = path
        with _plain_errors(path):
            _refuse_read_only(path)
            self._refuse_planted()
            self._connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
            self._commits = 0
            try:
                self._prepare()
                self._inode = inode_of(path)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._connection.close()

    @property
    def is_current(self) -> bool:
        """Whether the path still leads to the file this connection writes: it may have been set aside."""
        return inode_of(self.path) == self._inode

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else writes meanwhile. Raises StorageError."""
        with _plain_errors(self.path), self._noticing_read_only():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
                self._commits += 1
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def version(self) -> tuple[int, int]:
        """Another one whenever anything was written, by this connection or any other. Raises StorageError."""
        with _plain_errors(self.path):
            [(others,)] = self._connection.execute("PRAGMA data_version")
        return others, self._commits

    @contextmanager
    def _noticing_read_only(self) -> Iterator[None]:
        """A file that was opened while it could not be written stays read-only: it must be opened again."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "readonly" in str(error):
                self._inode = (-1, -1)
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent look, which blocks nobody; within another one, a part of it. Raises StorageError."""
        if self._is_looking():
            yield self._connection
            return
        with _plain_errors(self.path):
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _is_looking(self) -> bool:
        return self._connection.in_transaction

    def check(self) -> None:
        """Read the whole file once, and see that our tables are in it. Raises Damaged."""
        with _plain_errors(self.path):
            answer = self._connection.execute("PRAGMA quick_check(1)").fetchone()
            shape = _shape(self._connection)
        if answer != ("ok",) or not _our_shape() <= shape:
            raise DamagedError(f"{self.path} is damaged")

    def _refuse_planted(self) -> None:
        paths.own_file(self.path)
        for suffix in ("-wal", "-shm", "-journal"):
            paths.refuse_foreign_file(self.path.with_name(self.path.name + suffix))

    def _prepare(self) -> None:
        # 256 kB of page cache instead of 2 MB: the spool is small and the host process must stay so.
        self._connection.execute("PRAGMA cache_size = -256")
        self._connection.execute("PRAGMA temp_store = MEMORY")  # what a reader adds up touches no disk
        if not self._is_ready():
            self._use_wal()
            self._create()
        # Each transaction reaches the disk before it counts: a pulse known as sent must not come back.
        self._connection.execute("PRAGMA synchronous = FULL")

    def _use_wal(self) -> None:
        """Where the file system can; else SQLite keeps its rollback journal, which is as safe."""
        # "database is locked": another editor makes the same database at this moment, and chooses for both.
        with suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA journal_mode = WAL").fetchone()

    def _is_ready(self) -> bool:
        return self._version() == schema.VERSION

    def _version(self) -> int:
        """Its tables' version, 0 where there are none. Raises NewerSchemaError."""
        version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if version > schema.VERSION:
            raise NewerSchemaError(f"{self.path} is of a newer version of codestats.vim: update the plugin")
        return version

    def _create(self) -> None:
        with self.transaction() as connection:
            version = self._version()
            if version == schema.VERSION:  # another editor was faster
                return
            if version:
                schema.migrate(connection, version)
            elif connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                raise DamagedError(f"{self.path} is not a database of codestats.vim")
            else:
                schema.make(connection)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {schema.VERSION}")


def _shape(connection: sqlite3.Connection) -> set[tuple[str, str | None]]:
    """(table, column) and (index, None)."""
    return set(connection.execute(_SHAPE).fetchall())


def _our_shape() -> set[tuple[str, str | None]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        schema.make(connection)
        return _shape(connection)


def _refuse_read_only(path: Path) -> None:
    """SQLite would open it for reading, and what this process opens later would stay read-only with it."""
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        raise StorageError(f"cannot keep XP in {path}: the directory is read-only")


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    """SQLite's and the system's errors as ours, in words for the user."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _operational(path, str(error)) from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # its kin tell of our own mistakes, not of the file
            raise
        raise DamagedError(f"{path} is damaged ({error})") from error
    except OSError as error:
        raise StorageError(f"cannot keep XP in {path.parent}: {error.strerror or error}") from error


def _operational(path: Path, text: str) -> StorageError:
    if "locked" in text or "busy" in text:
        return StorageBusyError(f"{path} is locked by another process")
    if "no such" in text or "has no column" in text:  # our version number, but not our tables
        return DamagedError(f"{path} is damaged ({text})")
    if not os.access(path.parent, os.W_OK):  # SQLite has many ways to say so
        text = "the directory is read-only"
    return StorageError(f"cannot keep XP in {path}: {text}")


def inode_of(path: Path) -> tuple[int, int]:
    """Which file a path leads to now."""
    try:
        found = os.stat(path)  # noqa: PTH116 (once per transaction, and a missing file is an answer)
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
