from __future__ import annotations

import sqlite3
import time

import pytest

from codestats.exceptions import StorageBusyError, StorageError
from codestats.storage.database import Database
from codestats.storage.dating import Dating
from codestats.storage.spool import ResolvedBatch, Spool, Totals
from support.fakes import START, rows, sums

DAY = 86_400


def test_a_batch_is_on_disk_when_record_returns(spool, path):
    assert spool.record([ResolvedBatch("a", START, {"Python": 5, "C": 1})]) == 6
    assert sums(path) == {"queued": 6}


def test_the_same_batch_counts_once(spool, path):
    batch = ResolvedBatch("a", START, {"Python": 5})
    assert [spool.record([batch]), spool.record([batch, batch])] == [5, 0]
    assert sums(path) == {"queued": 5}


def test_pulses_of_one_local_hour_are_merged_and_keep_the_last_keystroke(spool, path, clock):
    clock.pass_seconds(3600)
    spool.record(
        [ResolvedBatch("a", START, {"Python": 5}), ResolvedBatch("b", START + 60, {"Python": 1, "C": 2})]
    )
    spool.record([ResolvedBatch("c", START + 30, {"C": 3})])
    assert rows(path, "SELECT hour, offset, coded_at FROM pulse") == [("2023-11-14T23", 60, START + 60)]
    assert rows(path, "SELECT language, xp FROM pulse_xp") == [("C", 5), ("Python", 6)]


def test_another_hour_or_another_offset_is_another_pulse(spool, path, clock):
    spool.record([ResolvedBatch("a", START, {"C": 1}), ResolvedBatch("b", START - 3600, {"C": 1})])
    clock.offset = 120
    spool.record([ResolvedBatch("c", START - 3600, {"C": 1})])
    assert rows(path, "SELECT hour, offset FROM pulse ORDER BY id") == [
        ("2023-11-14T23", 60),
        ("2023-11-14T22", 60),
        ("2023-11-14T23", 120),
    ]


@pytest.mark.parametrize("at", [0, START + DAY], ids=["unknown", "before the clock was set back"])
def test_a_moment_that_cannot_be_is_now(spool, path, at):
    spool.record([ResolvedBatch("a", at, {"C": 1})])
    assert rows(path, "SELECT coded_at FROM pulse") == [(START,)]


def test_old_ids_are_forgotten_after_thirty_days(spool, database, clock):
    hears_the_service(database, clock)
    spool.record([ResolvedBatch("a", START, {"C": 1})])
    clock.pass_seconds(29 * DAY)
    spool.forget_old_batches()
    assert spool.record([ResolvedBatch("a", START, {"C": 1})]) == 0
    clock.pass_seconds(2 * DAY)
    spool.forget_old_batches()
    assert spool.record([ResolvedBatch("a", START, {"C": 1})]) == 1


def test_no_ids_are_forgotten_by_a_clock_that_is_ahead(spool, database, clock):
    spool.record([ResolvedBatch("a", START, {"C": 1})])
    clock.time += 400 * DAY
    spool.forget_old_batches()
    clock.time -= 400 * DAY
    hears_the_service(database, clock)
    clock.time += 400 * DAY
    spool.forget_old_batches()
    assert spool.record([ResolvedBatch("a", START, {"C": 1})]) == 0


def hears_the_service(database, clock):
    dating = Dating(clock)
    dating.hear(clock.now(), clock.uptime())
    with database.transaction() as connection:
        dating.keep(connection)


def test_totals(spool, outbox, clock):
    assert spool.totals() == Totals()
    spool.record([ResolvedBatch("a", START, {"C": 1}), ResolvedBatch("b", START - DAY, {"C": 2})])
    assert spool.totals() == Totals(queued=3, pulses=2, waiting_since=START - DAY, today=1)
    outbox.acquire()
    outbox.doubt(outbox.claim())
    outbox.finish(outbox.claim(), "rejected")
    outbox.finish(outbox.claim(), "sent")
    assert spool.totals() == Totals(rejected=2, today=1, last_sent=START)


def test_a_lock_of_another_process_is_not_waited_for_long(spool, path):
    other = Database(path)
    with other.transaction(), pytest.raises(StorageBusyError):
        spool.record([ResolvedBatch("a", START, {"C": 1})])
    other.close()
    assert spool.record([ResolvedBatch("a", START, {"C": 1})]) == 1


def test_recording_is_as_fast_with_many_rows_as_with_few(spool, database, clock):
    def cost() -> float:
        best = 1.0
        for number in range(30):
            begin = time.perf_counter()
            spool.record([ResolvedBatch(f"{clock.now()} {number}", 0, {"C": 1, "Python": 1})])
            best = min(best, time.perf_counter() - begin)
        return best

    few = cost()
    fill(database)
    clock.pass_seconds(7200)
    assert cost() < 3 * few + 0.001


def fill(database, count: int = 100_000) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) "
    with database.transaction() as connection:
        for insert in (
            "INSERT INTO batch SELECT 'x' || i, i FROM n",
            "INSERT INTO pulse(id, hour, offset, coded_at, open) SELECT i + 1000, 'h' || i, 0, i, 1 FROM n",
            "INSERT INTO pulse_xp SELECT i + 1000, 'C', 1 FROM n",
            "INSERT INTO ledger SELECT 'h' || i, 0, 'C', 'm', 'sent', 0, 1 FROM n",
        ):
            connection.execute(insert.replace("SELECT", numbers + "SELECT", 1), (count,))


def test_a_week_offline_is_at_most_a_pulse_for_each_hour(database, path, clock):
    spool = Spool(database, clock)
    clock.time = START + 7 * DAY
    for part in range(60):
        spool.record(
            ResolvedBatch(f"{part} {number}", START + (part * 1000 + number) * 10, {"C": 1})
            for number in range(1000)
        )
    [(pulses,)] = rows(path, "SELECT count(*) FROM pulse")
    assert pulses <= 169
    assert sums(path) == {"queued": 60_000}


def test_a_file_that_was_read_only_when_opened_is_opened_again(path, clock):
    database = Database(path)
    assert database.is_current
    database.close()
    database._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    with pytest.raises(StorageError):
        Spool(database, clock).record([ResolvedBatch("one", START, {"C": 1})])
    assert not database.is_current
    database.close()


def test_a_read_only_directory_is_called_so(path, clock, monkeypatch):
    database = Database(path)
    database.close()
    database._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    monkeypatch.setattr("os.access", lambda directory, _: directory != path.parent)
    with pytest.raises(StorageError, match="the directory is read-only"):
        Spool(database, clock).record([ResolvedBatch("one", START, {"C": 1})])
    database.close()


def test_nothing_is_opened_in_a_read_only_directory(path, monkeypatch):
    Database(path).close()
    monkeypatch.setattr("os.access", lambda directory, _: directory != path.parent)
    with pytest.raises(StorageError, match="the directory is read-only"):
        Database(path)
