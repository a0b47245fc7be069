"""What the sender's thread works with, for one set of settings."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from codestats.api.client import Client
from codestats.credentials import owner_of
from codestats.delivery.arrival import Witness
from codestats.delivery.lease_renewer import Keeper
from codestats.delivery.outbox import Outbox
from codestats.delivery.rounds import Delivery, Stop
from codestats.delivery.timed_service import TimedService
from codestats.storage.database import Database
from codestats.storage.dating import Dating

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codestats.clock import Clock
    from codestats.delivery.backoff import Backoff
    from codestats.delivery.reporter import Notices
    from codestats.settings import Settings

__all__ = ["ServiceConnection"]


class ServiceConnection:
    """A connection to the service and one to the database. Raises StorageError if the latter can't be had."""

    def __init__(  # noqa: PLR0913, PLR0917 (it ties the parts together)
        self, path: Path, settings: Settings, clock: Clock, holder: str, notices: Notices, backoff: Backoff,
        go_on: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._database = Database(path)
        self._service = Client(settings)
        dating = Dating(clock, notices.clock)
        outbox = Outbox(self._database, clock, holder, _in_one_word(settings), dating)
        user = owner_of(settings.api_key) or settings.username
        timed = TimedService(self._service, dating, clock)
        witness = Witness(self._database, timed, clock, user, settings.api_url)
        self._keeper = Keeper(path, clock, holder)
        self._delivery = Delivery(outbox, timed, clock, backoff, notices, go_on, witness)

    @property
    def is_current(self) -> bool:
        """Whether the database is still the one at its path."""
        return self._database.is_current

    def round(self) -> Stop:
        """See Delivery.round. What could not be written down keeps the lease until it is."""
        self._keeper.start()
        try:
            return self._delivery.round()
        finally:
            if not self._delivery.is_due:
                self._keeper.stop()

    def forget_waits(self) -> None:
        """See Delivery.forget_waits."""
        self._delivery.forget_waits()

    def write_what_is_due(self) -> None:
        """See Delivery.write_what_is_due."""
        self._delivery.write_what_is_due()

    def close(self) -> None:
        """Let go of both."""
        self._keeper.stop()
        self._service.close()
        self._database.close()


def _in_one_word(settings: Settings) -> str:
    """A service and whom it knows us as, not to be turned back into the token."""
    return hashlib.sha256(f"{settings.api_url} {settings.api_key}".encode()).hexdigest()[:16]
