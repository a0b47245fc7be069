"""Bringing stale sums up to date beside all other work, a little at a time: those of a long ledger take seconds."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from codestats.exceptions import CodeStatsError
from codestats.storage import ledger_sums
from codestats.storage.database import Database

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SumsRefresher"]

_AT_ONCE = 0.1  # seconds of one transaction: others that record meanwhile wait for it
_PAUSE = 0.15  # seconds between two; who waits for the lock looks each 0.1 s (SQLite)


class SumsRefresher:
    """A thread that ends when nothing is stale any more. What it could not do is added up by each reader."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="codestats-sums", daemon=True)

    def start(self) -> None:
        """Begin, in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Leave off after the transaction under way, and wait for that."""
        self._is_stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        with suppress(CodeStatsError, OSError), closing(Database(self._path)) as database:
            while not self._is_stopped.is_set():
                with database.transaction() as connection:
                    is_done = not ledger_sums.refresh(connection, _AT_ONCE)
                if is_done:
                    return
                self._is_stopped.wait(_PAUSE)
