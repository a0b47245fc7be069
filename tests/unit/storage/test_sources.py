"""Where text came from is kept beside the ledger, and is in no pulse."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, timedelta

import pytest

from codestats.delivery.outbox import Outbox
from codestats.pulse import KINDS, Batch
from codestats.storage import sources
from codestats.storage.database import Database
from codestats.storage.spool import ResolvedBatch, Spool
from support.fakes import FakeClock, rows
from support.fakes import sums as ledger_sums

AT = 1795749060
SOURCES = {"Lua": {"typed": (9, 2), "tools": (300, 0)}, "C": {"pasted": (40, 0)}}


@pytest.fixture
def database(tmp_path):
    with closing(Database(tmp_path / "spool.sqlite3")) as database:
        yield database


def record(database, *batches):
    return Spool(database, FakeClock(AT)).record(batches)


def kept(database):
    query = "SELECT language, kind, came, went FROM source ORDER BY language, kind, hour"
    return rows(database.path, query)


def test_it_adds_up_by_hour_language_and_kind(database):
    record(database, ResolvedBatch("a", AT, {"Lua": 3}, sources=SOURCES))
    record(database, ResolvedBatch("b", AT + 1, {"Lua": 1}, sources={"Lua": {"typed": (1, 1)}}))
    record(database, ResolvedBatch("c", AT - 3600, {"Lua": 1}, sources={"Lua": {"typed": (5, 0)}}))
    assert kept(database) == [
        ("C", "pasted", 40, 0),
        ("Lua", "tools", 300, 0),
        ("Lua", "typed", 5, 0),
        ("Lua", "typed", 10, 3),
    ]


def test_a_batch_that_comes_twice_counts_once(database):
    batch = ResolvedBatch("a", AT, {"Lua": 3}, sources=SOURCES)
    record(database, batch)
    record(database, batch)
    assert ("Lua", "tools", 300, 0) in kept(database)


def test_without_xp_it_makes_no_pulse(database):
    assert record(database, ResolvedBatch("a", AT, {}, sources=SOURCES)) == 0
    assert len(kept(database)) == 3
    assert rows(database.path, "SELECT count(*) FROM pulse") == [(0,)]
    assert sum(ledger_sums(database.path).values()) == 0


def test_it_goes_by_the_name_that_its_language_gets(database):
    record(database, ResolvedBatch("a", AT, {}, sources={"Lua": {"typed": (9, 2)}, "C": {"typed": (1, 1)}}))
    with database.transaction() as connection:
        [(hour, offset)] = connection.execute("SELECT DISTINCT hour, offset FROM source").fetchall()
        sources.rename(connection, hour, offset, "C", "Lua")
    assert kept(database) == [("Lua", "typed", 10, 3)]


def test_it_is_told_by_days_and_under_settled_names(database):
    record(database, ResolvedBatch("a", AT, {}, sources={"lua": {"typed": (9, 2)}, "C": {"typed": (1, 1)}}))
    record(database, ResolvedBatch("b", AT, {}, sources={"Lua": {"typed": (3, 0), "tools": (5, 0)}}))
    day = date(2026, 11, 27)
    with database.reading() as connection:
        told = sources.SourceSums(connection, {"lua": "Lua"})
        assert told.along("language", day, day) == {
            "Lua": {"typed": (12, 2), "tools": (5, 0)},
            "C": {"typed": (1, 1)},
        }
        assert told.along("month", day, day) == {"2026-11": {"typed": (13, 3), "tools": (5, 0)}}
        assert told.along("", day + timedelta(days=1), date.max) == {}


def bodies(directory, number, **more):
    """What goes out of two hours of typing, byte for byte."""
    with closing(Database(directory / f"{number}.sqlite3")) as database:
        messages = [
            {"id": f"b{hour}", "at": AT - hour * 3600, "xp": {"Lua": 1200, "C": 2}, **more}
            for hour in range(2)
        ]
        batches = map(Batch.from_message, messages)
        record(database, *(ResolvedBatch(one.id, one.at, one.xp, sources=one.sources) for one in batches))
        outbox = Outbox(database, FakeClock(AT), "one")
        assert outbox.acquire() == 0
        sent = []
        while (claim := outbox.claim()) is not None:
            sent.append(claim.pulse.body())
            outbox.finish(claim, "sent")
        return sent, len(kept(database))


def test_pulses_are_the_same_byte_for_byte_with_it_and_without(tmp_path):
    said = json.loads(json.dumps(SOURCES))
    with_it, without = bodies(tmp_path, 1, sources=said), bodies(tmp_path, 2)
    assert with_it[0] == without[0]
    assert (len(with_it[0]), with_it[1], without[1]) == (2, 6, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_read(kind):
    message = {"id": "a", "xp": {}, "sources": {"lua": {kind: [2, 1]}}}
    assert Batch.from_message(message).sources == {"lua": {kind: (2, 1)}}


@pytest.mark.parametrize(
    "said",
    [
        [],
        None,
        {"lua": 3},
        {"lua": []},
        {"lua": {"elsewhere": [1, 1]}},
        {"lua": {"typed": 3}},
        {"lua": {"typed": [1]}},
        {"lua": {"typed": [0, 0]}},
        {"lua": {"typed": [-1, 2]}},
        {"lua": {"typed": [True, 2]}},
        {"lua": {"typed": [2**41, 2]}},
        {"l" * 2000: {"typed": [1, 2]}},
    ],
)
def test_what_is_none_of_it_is_left_out(said):
    batch = Batch.from_message({"id": "a", "xp": {"lua": 1}, "sources": said})
    assert (dict(batch.sources), dict(batch.xp)) == ({}, {"lua": 1})
