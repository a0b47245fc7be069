from __future__ import annotations

from codestats.delivery.backoff import Backoff
from codestats.delivery.line import Line
from codestats.delivery.outbox import Outbox
from codestats.delivery.session import DeliverySession
from codestats.settings import Settings
from codestats.storage.database import Database
from codestats.storage.owners import Owner
from codestats.storage.spool import ResolvedBatch
from support.fakes import START


class Told:
    """Stands for the reporter."""

    clock = None

    def __getattr__(self, _name):
        return lambda *_, **__: None


def test_who_looks_what_waits_is_not_counted_on_by_who_records_after_that(path, spool, clock):
    """A look that finds nothing is the last one of a process that ends; what is recorded then is left to others."""
    settings = Settings(api_key="SFMyNTY.a.b", api_url="http://127.0.0.1:9")
    session = DeliverySession(path, settings, clock, "next", Told(), Backoff(), lambda: True)
    later = Line(path.with_name(f"next-{path.stem}-{Owner.of(settings).key[:8]}.lock"))
    sending = Database(path)
    try:
        spool.record([ResolvedBatch("one", START, {"C": 1})])
        first = Outbox(sending, clock, "first", Owner.of(settings))
        assert first.acquire() == 0
        assert session.send_round().wait
        assert session.line.join()
        assert not later.join()
        first.finish(first.claim(), "sent")
        assert not session.send_round().wait
        assert later.join()
    finally:
        later.leave()
        session.close()
        sending.close()
