"""What XP was typed with is kept beside the ledger, and is in no pulse."""

from __future__ import annotations

from contextlib import closing

import pytest

from codestats.pulse import Batch, Pulse
from codestats.storage import ledger_sums, schema, typed_with
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.spool import ResolvedBatch, Spool, to_ledger
from codestats.storage.typed_with import Place
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


def test_an_hour_in_which_two_systems_had_the_editor_counts_once(database):
    with database.transaction() as connection:
        for hour, language, system, xp in (
            ("09", "C", "Linux", 1),
            ("09", "Lua", "macOS", 2),
            ("10", "C", "Linux", 3),
        ):
            row = (f"2026-11-26T{hour}", 0, language, "box")
            connection.execute("INSERT INTO ledger VALUES(?, ?, ?, ?, 'sent', 0, ?)", (*row, xp))
            connection.execute("INSERT INTO typed_with VALUES(?, ?, ?, ?, 'Vim', ?, ?)", (*row, system, xp))
    with History(database).stats() as stats:
        assert stats.only("editor", "Vim").active_hours() == {"": 2, "C": 2, "Lua": 1}
        assert stats.only("editor", "Vim").only("system", "macOS").active_hours() == {"": 1, "Lua": 1}
        assert stats.only("editor", "Vim", "Neovim").total == 6
    with database.transaction() as connection:  # the day has sums now; then one of its hours goes
        ledger_sums.refresh(connection)
        for table in ("ledger", "typed_with"):
            connection.execute(f"DELETE FROM {table} WHERE hour = '2026-11-26T10'")
    with History(database).stats() as stats:
        assert stats.only("editor", "Vim").active_hours() == {"": 1, "C": 1, "Lua": 1}


def known(database):
    query = "SELECT hour, offset, language, editor, xp FROM typed_with ORDER BY 1, 2, 3, 4"
    with database.reading() as connection:
        return connection.execute(query).fetchall()


def test_what_moves_is_no_more_than_what_is_known(database):
    with database.transaction() as connection:
        typed_with.add(connection, "2026-11-26T09", 60, {"Lua": 5, "C": 1}, "Neovim")
        typed_with.add(connection, "2026-11-26T09", 60, {"Lua": 2}, "Vim")
        origin, target = Place("2026-11-26T09", 60, "Lua"), Place("2026-11-27T10", 60, "Lua")
        typed_with.move(connection, origin, target, 6)
    assert known(database) == [
        ("2026-11-26T09", 60, "C", "Neovim", 1),
        ("2026-11-26T09", 60, "Lua", "Vim", 1),
        ("2026-11-27T10", 60, "Lua", "Neovim", 5),
        ("2026-11-27T10", 60, "Lua", "Vim", 1),
    ]
    with database.transaction() as connection:
        typed_with.move(connection, origin, target, 99)
    assert [row[-1] for row in known(database)] == [1, 5, 2]


def test_an_earlier_version_gets_the_sums_of_what_it_has(database):
    """As version 8 left it: other sums, and those of what it was typed with by month."""
    record(database, ({"Lua": 3}, "Vim"))
    with database.transaction() as connection:
        pulses = [row[0] for row in connection.execute("SELECT id FROM pulse").fetchall()]
        for pulse in pulses:
            to_ledger(connection, pulse, "sent")
        connection.execute("DROP TABLE sum_name")
        for table in ("typed_with", "ledger"):
            for event in ("insert", "delete", "update"):
                connection.execute(f"DROP TRIGGER {table}_{event}_makes_stale")
        connection.execute("CREATE TABLE typed_month(month TEXT)")
        connection.execute("CREATE TABLE sum_pair(language TEXT)")
        connection.execute(
            "CREATE TRIGGER typed_with_comes AFTER INSERT ON typed_with BEGIN DELETE FROM typed_month; END"
        )
        schema.migrate(connection, 8)
    with History(database).stats() as stats:
        assert stats.by("editor") == {"Vim": 3}
    with database.transaction() as connection:
        typed_with.add(connection, "2026-11-26T09", 60, {"Lua": 5}, "Neovim")
