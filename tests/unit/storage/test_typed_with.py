"""What XP was typed with is kept beside the ledger, and is in no pulse."""

from __future__ import annotations

from contextlib import closing

import pytest

from codestats.pulse import Batch, Pulse
from codestats.storage import typed_with
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.spool import ResolvedBatch, Spool
from support.fakes import FakeClock

AT = 1795749060
HERE = typed_with.system_name()


@pytest.fixture
def database(tmp_path):
    with closing(Database(tmp_path / "spool.sqlite3")) as database:
        yield database


def record(database, *batches):
    Spool(database, FakeClock(AT)).record(
        [ResolvedBatch(f"b{at}", AT, xp, editor=editor) for at, (xp, editor) in enumerate(batches)]
    )


def test_each_language_has_its_editors(database):
    record(database, ({"Lua": 3, "C": 2}, "Vim"), ({"Lua": 4}, "Neovim"), ({"Lua": 1}, "Vim"))
    with History(database).stats() as stats:
        assert stats.cross("language", "editor") == {"C": {"Vim": 2}, "Lua": {"Neovim": 4, "Vim": 4}}
        assert stats.cross("editor", "language") == {"Vim": {"C": 2, "Lua": 4}, "Neovim": {"Lua": 4}}
        assert stats.by("editor") == {"Neovim": 4, "Vim": 6}
        assert stats.by("system") == {HERE: 10}
        assert stats.only("language", "Lua").by("editor") == {"Neovim": 4, "Vim": 4}


def test_what_is_not_known_is_told_as_that(database):
    record(database, ({"Lua": 3}, "Vim"), ({"Lua": 4}, ""))
    with database.transaction() as connection:
        connection.execute("INSERT INTO ledger VALUES('2020-01-01T10', 0, 'C', 'box', 'imported', 0, 5)")
    with History(database).stats() as stats:
        assert stats.cross("language", "editor") == {"C": {"?": 5}, "Lua": {"Vim": 3, "?": 4}}
        assert stats.by("editor") == {"Vim": 3, "?": 9}


def test_a_batch_that_comes_twice_counts_once(database):
    record(database, ({"Lua": 3}, "Vim"))
    record(database, ({"Lua": 3}, "Vim"))
    with History(database).stats() as stats:
        assert stats.by("editor") == {"Vim": 3}


@pytest.mark.parametrize("dimension", ["machine", "weekday", "hour", "date", "week", "month", "year"])
def test_it_goes_with_every_other_dimension(database, dimension):
    record(database, ({"Lua": 3}, "Vim"), ({"C": 4}, "Neovim"))
    with History(database).stats() as stats:
        [(key, sums)] = stats.cross(dimension, "editor").items()
        assert sums == {"Neovim": 4, "Vim": 3}
        assert stats.only(dimension, key).by("editor") == sums


@pytest.mark.parametrize("editor", ["x" * 41, "a\nb", 7, None])
def test_what_is_no_editors_name_is_not_known(editor):
    assert Batch.from_message({"id": "a", "at": AT, "xp": {"lua": 1}, "editor": editor}).editor == ""


def test_no_pulse_has_it():
    said = {"id": "a", "at": AT, "xp": {"lua": 1}}
    bodies = [
        Pulse("2026-11-27T10:00:00+00:00", Batch.from_message(message).xp).body()
        for message in (said, {**said, "editor": "Vim"})
    ]
    assert bodies[0] == bodies[1]
    assert "Vim" not in bodies[1].decode()
