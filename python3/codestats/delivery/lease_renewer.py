"""Keeping the lease while a request is on its way, which may take longer than a lease lasts."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from codestats.delivery.lease import SECONDS, Lease
from codestats.exceptions import StorageError
from codestats.storage.database import Database

if TYPE_CHECKING:
    from pathlib import Path

    from codestats.clock import Clock

__all__ = ["LeaseRenewer"]


class LeaseRenewer:
    """Renews a lease on a thread of its own: the process's other threads may be busy with a long list or a slow disk.

    A process that is stopped loses the lease all the same. `start` and `stop` are for one thread.
    """

    def __init__(self, path: Path, clock: Clock, holder: str) -> None:
        self._path = path
        self._lease = Lease(clock, holder)
        self._over: threading.Event | None = None

    def start(self) -> None:
        """Begin, unless it is kept already."""
        if self._over is None:
            self._over = threading.Event()
            threading.Thread(
                target=self._keep, args=(self._over,), name="codestats-lease", daemon=True
            ).start()

    def stop(self) -> None:
        """Renew it no more."""
        if self._over is not None:
            self._over.set()
            self._over = None

    def _keep(self, over: threading.Event) -> None:
        while not over.wait(SECONDS / 3):
            with suppress(StorageError, OSError):
                self._renew()

    def _renew(self) -> None:
        with closing(Database(self._path)) as database, database.transaction() as connection:
            self._lease.renew(connection)
