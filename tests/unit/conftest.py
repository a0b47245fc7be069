"""A database in a fresh directory, and what works on it."""

from __future__ import annotations

import pytest

from codestats.delivery.outbox import Outbox
from codestats.storage.database import Database
from codestats.storage.dating import Dating
from codestats.storage.owners import NOBODY
from codestats.storage.spool import Spool
from support.fakes import FakeClock


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "spool.sqlite3"


@pytest.fixture
def database(path):
    database = Database(path, busy_seconds=0.2)
    yield database
    database.close()


@pytest.fixture
def spool(database, clock):
    return Spool(database, clock)


@pytest.fixture
def outbox(database, clock):
    dating = Dating(clock)
    dating.hear(clock.now(), clock.uptime())  # the service's time is known: nobody asks for it
    return Outbox(database, clock, "me", NOBODY, dating)
