"""Exports of a user's data: asked for, made one after the other on a thread, fetched when they are done.

States: queued, running, done, failed. What was running when the service ended reads failed; what was queued is made by
the next one. A finished export is kept in the data file until it is deleted.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestats.server.admin.files import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codestats.server.database import Database

__all__ = ["Export", "ExportWorker", "Exports"]

_CLEAR = """
DELETE FROM export_parts WHERE export NOT IN (SELECT id FROM exports WHERE state IN ('running', 'done'))
"""
"""Of those that failed or were deleted nothing is kept."""
_ENDED = "the service ended while it was at work"
_SIZE = "(SELECT coalesce(sum(size), 0) FROM export_parts WHERE export = exports.id)"
_COLUMNS = f"id, format, state, asked, begun, ended, error, {_SIZE}"

_log = logging.getLogger("codestats.server")


@dataclass(frozen=True, slots=True)
class Export:
    """How an export goes; times in epoch seconds, 0 for not yet; ``size`` in bytes."""

    id: int
    format: str
    state: str
    asked: float
    begun: float
    ended: float
    error: str
    size: int


class Exports:
    """The exports of all users, in the data file."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ask(self, user: int, kind: str) -> Export:
        """Queues one."""
        with self._db.transaction() as db:
            query = "INSERT INTO exports (user, format, state, asked) VALUES (?, ?, 'queued', ?)"
            number = db.execute(query, (user, kind, time.time())).lastrowid
        found = self.find(user, number or 0)
        assert found is not None  # noqa: S101 (for the type checker)
        return found

    def of(self, user: int) -> list[Export]:
        """The user's, the newest first."""
        query = f"SELECT {_COLUMNS} FROM exports WHERE user = ? ORDER BY id DESC"  # noqa: S608 (our own words)
        return [Export(*row) for row in self._db.rows(query, (user,))]

    def find(self, user: int, number: int) -> Export | None:
        """One of the user's."""
        return next((export for export in self.of(user) if export.id == number), None)

    def parts(self, number: int) -> Iterator[bytes]:
        """The file of one that is done. Raises ConnectionAbortedError if it is deleted meanwhile."""
        for (identity,) in self._db.rows(
            "SELECT id FROM export_parts WHERE export = ? ORDER BY id", (number,)
        ):
            found = self._db.rows("SELECT content FROM export_parts WHERE id = ?", (identity,))
            if not found:
                raise ConnectionAbortedError("the export was deleted")
            yield bytes(found[0][0])

    def add_part(self, number: int, content: bytes) -> None:
        """More of the file of one at work; nothing if it was deleted meanwhile."""
        with self._db.transaction() as db:
            query = (
                "INSERT INTO export_parts (export, size, content) SELECT id, ?, ? FROM exports WHERE id = ?"
            )
            db.execute(query, (len(content), content, number))

    def delete(self, user: int, number: int) -> bool:
        """Removes one, whatever its state; False if the user has none of that number."""
        with self._db.transaction() as db:
            is_gone = db.execute("DELETE FROM exports WHERE user = ? AND id = ?", (user, number)).rowcount > 0
            db.execute(_CLEAR)
            return is_gone

    def fail_running(self) -> None:
        """Nobody is at work on those that seem to be running."""
        with self._db.transaction() as db:
            query = "UPDATE exports SET state = 'failed', error = ?, ended = ? WHERE state = 'running'"
            db.execute(query, (_ENDED, time.time()))
            db.execute(_CLEAR)

    def take(self) -> tuple[int, int, str] | None:
        """The number, user and format of the next one, which is running from now on."""
        with self._db.transaction() as db:
            query = "SELECT id, user, format FROM exports WHERE state = 'queued' ORDER BY id LIMIT 1"
            row = db.execute(query).fetchone()
            if row is None:
                return None
            db.execute("UPDATE exports SET state = 'running', begun = ? WHERE id = ?", (time.time(), row[0]))
            return int(row[0]), int(row[1]), str(row[2])

    def finish(self, number: int, error: str = "") -> None:
        """It is done, or (an error) failed. One that was deleted meanwhile stays so."""
        with self._db.transaction() as db:
            query = "UPDATE exports SET state = ?, error = ?, ended = ? WHERE id = ?"
            db.execute(query, ("failed" if error else "done", error, time.time(), number))
            db.execute(_CLEAR)


class ExportWorker:
    """The thread that makes them."""

    def __init__(self, database: Database, exports: Exports) -> None:
        self._db = database
        self._exports = exports
        self._wanted = threading.Event()
        self._is_ended = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins with what an earlier service left."""
        self._exports.fail_running()
        self._is_ended = False
        self._wanted.set()
        self._thread = threading.Thread(target=self._run, name="codestats-exports", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is one more."""
        self._wanted.set()

    def stop(self) -> None:
        """Ends after the one at work."""
        if self._thread is not None:
            self._is_ended = True
            self._wanted.set()
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._is_ended:
                return
            try:
                while not self._is_ended and (job := self._exports.take()):
                    self._make(*job)
            except sqlite3.Error as error:
                _log.error("The data file failed: %s", error)

    def _make(self, number: int, user: int, kind: str) -> None:
        try:
            for part in FORMATS[kind].parts(self._db, user):
                self._exports.add_part(number, part)
        except (sqlite3.Error, ValueError, MemoryError) as error:
            self._exports.finish(number, f"it could not be made: {type(error).__name__}")
        else:
            self._exports.finish(number)
