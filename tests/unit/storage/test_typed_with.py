"""What XP was typed with is kept beside the ledger, and is in no pulse."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codestats.pulse import Batch, Pulse
from codestats.storage import schema, typed_with
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


FIRST = date(2025, 11, 20)
WHEN = st.integers(0, 120 * 24).map(lambda hour: datetime(2025, 11, 20) + timedelta(hours=hour))  # noqa: DTZ001
ENTRIES = st.lists(
    st.tuples(WHEN, st.sampled_from(["C", "Lua"]), st.sampled_from(["Vim", "Neovim"]), st.integers(1, 9)),
    max_size=25,
)
DAYS = st.integers(-40, 160).map(lambda days: FIRST + timedelta(days=days))


@given(ENTRIES, DAYS, DAYS, st.booleans(), st.booleans())
@settings(max_examples=60)
def test_sums_of_months_are_those_of_the_hours(entries, first, last, is_old, is_renamed):
    """Of any days, of a database of before that has them made, and after a language got another name."""
    with (
        tempfile.TemporaryDirectory() as directory,
        closing(Database(Path(directory, "spool.sqlite3"))) as database,
    ):
        with database.transaction() as connection:
            if is_old:
                connection.execute("DROP TABLE typed_month")
                for trigger in ("comes", "grows", "goes"):
                    connection.execute(f"DROP TRIGGER typed_with_{trigger}")
            for when, language, editor, xp in entries:
                typed_with.add(connection, f"{when:%Y-%m-%dT%H}", 0, {language: xp}, editor)
            if is_old:
                schema.migrate(connection, 7)
            for when in {when for when, *_ in entries} if is_renamed else ():
                typed_with.rename(connection, f"{when:%Y-%m-%dT%H}", 0, "Lua", "C")
        expected = Counter()
        for when, language, editor, xp in entries:
            if first <= when.date() <= last:
                expected["C" if is_renamed else language, editor] += xp
        with History(database).stats() as stats:  # for its names of machines
            connection = stats.connection
            assert typed_with.cross(connection, ("language", "editor"), first, last, []) == expected
            assert typed_with.cross(connection, ("editor",), first, last, [("language", ["C"])]) == {
                (editor,): xp for (language, editor), xp in expected.items() if language == "C"
            }
            by_day = typed_with.cross(connection, ("date", "language", "editor"), first, last, [])
            assert sum(by_day.values()) == expected.total()
