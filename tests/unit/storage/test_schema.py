"""A data directory of an earlier version, as an editor of that version left it, is used as it is."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from codestats import paths
from codestats.storage import handover, schema
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.spool import ResolvedBatch, Spool
from support.fakes import FakeClock, rows, sums

LEFT = Path(__file__).with_name("data")
TYPED_AT = 1795749060  # what `data/version1` was typed at, a moment before
HOLDS = {"sent": 3, "rejected": 2, "expired": 4, "doubt": 5, "queued": 6}
LEFT_BEHIND = 7


@pytest.fixture
def directory(tmp_path):
    shutil.copytree(LEFT / "version1", tmp_path / "data")
    (tmp_path / "data" / "spool.sqlite3").rename(paths.database_file(tmp_path / "data"))
    return paths.ensure_private_dir(tmp_path / "data")


@pytest.fixture
def old(directory):
    with closing(Database(paths.database_file(directory))) as database:
        yield database


def test_every_xp_is_where_it_was(old):
    assert sums(old.path) == HOLDS
    old.check()


def test_it_is_of_this_version_and_opens_again(old):
    assert rows(old.path, "PRAGMA user_version") == [(schema.VERSION,)]
    Database(old.path).close()
    assert sums(old.path) == HOLDS


def test_it_has_what_a_new_one_has(old, tmp_path):
    new = tmp_path / "new.sqlite3"
    Database(new).close()
    shape = "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY name"
    columns = "SELECT name, type, \"notnull\", dflt_value FROM pragma_table_info('{}') ORDER BY name"
    assert rows(old.path, shape) == rows(new, shape)
    for table in ("pulse", "boot", "lease", "ledger", "owner"):
        assert rows(old.path, columns.format(table)) == rows(new, columns.format(table))


def test_an_open_pulse_stays_open_for_the_same_hour(old):
    clock = FakeClock(TYPED_AT, offset=540)
    before = rows(old.path, "SELECT count(*) FROM pulse")
    with old.transaction() as connection:
        connection.execute("UPDATE pulse SET boot = 0")
    Spool(old, clock).record([ResolvedBatch("new", TYPED_AT, {"Lua": 1})])
    assert rows(old.path, "SELECT count(*) FROM pulse")[0][0] - before[0][0] <= 1
    assert sums(old.path)["queued"] == HOLDS["queued"] + 1


def test_its_hand_over_files_are_taken_in(old, directory):
    spool = Spool(old, FakeClock(TYPED_AT, offset=540))

    def record(batches, _account):
        spool.record([ResolvedBatch(batch.id, batch.at, batch.xp) for batch in batches])

    assert handover.take_in(paths.handover_dir(directory), "key", record) == handover.Remains()
    assert sums(old.path)["queued"] == HOLDS["queued"] + LEFT_BEHIND


def test_its_token_is_read_as_ever(directory):
    assert paths.token_file(directory).read_text().count(".") == 2


def test_an_upgrade_that_fails_half_way_changes_nothing(directory, monkeypatch):
    def fails(connection):
        connection.execute("INSERT INTO nowhere VALUES(1)")

    monkeypatch.setitem(schema._STEPS, schema.VERSION - 1, fails)
    path = paths.database_file(directory)
    with pytest.raises(Exception, match="nowhere"):
        Database(path)
    assert rows(path, "PRAGMA user_version") == [(1,)]
    assert sums(path) == HOLDS


def test_its_sums_are_those_of_its_ledger(old):
    kept = sum(rows(old.path, "SELECT sum(xp) FROM ledger")[0])
    with History(old).stats() as stats:
        assert stats.total == kept + HOLDS["doubt"] + HOLDS["queued"]
