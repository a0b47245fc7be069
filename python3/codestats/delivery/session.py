"""What the sender's thread works with, for one set of settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.api.client import Client
from codestats.delivery.arrival_check import ArrivalCheck
from codestats.delivery.lease_renewer import LeaseRenewer
from codestats.delivery.line import Line
from codestats.delivery.outbox import Outbox
from codestats.delivery.rounds import Delivery, RoundResult
from codestats.delivery.timed_service import TimedService
from codestats.storage.database import Database
from codestats.storage.dating import Dating
from codestats.storage.owners import Owner
from codestats.storage.sent_journal import SentJournal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from codestats.clock import Clock
    from codestats.delivery.backoff import Backoff
    from codestats.delivery.reporter import Reporter
    from codestats.settings import Settings

__all__ = ["DeliverySession"]


class DeliverySession:
    """A connection to the service and one to the database. Raises StorageError if the latter can't be had."""

    def __init__(  # noqa: PLR0913, PLR0917 (it ties the parts together)
        self, path: Path, settings: Settings, clock: Clock, holder: str, reporter: Reporter, backoff: Backoff,
        should_continue: Callable[[], bool], cache: Path | None = None,
    ) -> None:  # fmt: skip
        self._database = Database(path)
        self._service = Client(settings)
        dating = Dating(clock, reporter.clock)
        owner = Owner.of(settings)
        outbox = Outbox(self._database, clock, holder, owner, dating, SentJournal(path, cache))
        timed = TimedService(self._service, dating, clock)
        check = ArrivalCheck(self._database, timed, clock, owner.user, owner.key, outbox.lease)
        self._renewer = LeaseRenewer(path, clock, holder)
        self.line = Line(path.with_name(f"next-{path.stem}-{owner.key[:8]}.lock"))
        self._delivery = Delivery(outbox, timed, clock, backoff, reporter, should_continue, check)

    @property
    def is_current(self) -> bool:
        """Whether the database is still the one at its path."""
        return self._database.is_current

    def send_round(self) -> RoundResult:
        """See Delivery.send_round. What could not be written down keeps the lease until it is.

        The place in the line is given up before it is looked what waits, and taken again by who has to wait again:
        otherwise who comes between a look that finds nothing and the end of this process would count on it.
        """
        self.line.leave()
        self._renewer.start()
        try:
            return self._delivery.send_round()
        finally:
            if not self._delivery.has_unwritten:
                self._renewer.stop()

    def forget_waits(self) -> None:
        """See Delivery.forget_waits."""
        self._delivery.forget_waits()

    def flush_outcome(self) -> None:
        """See Delivery.flush_outcome."""
        self._delivery.flush_outcome()

    def close(self) -> None:
        """Let go of both."""
        self._renewer.stop()
        self.line.leave()
        self._service.close()
        self._database.close()
