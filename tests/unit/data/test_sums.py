"""What SQLite adds up is what `Activity` adds up, which the views' golden tests know."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codestats import paths
from codestats.data import ledger
from codestats.stats.activity import DIMENSIONS, Activity
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.spool import add_xp, merge_open

FIRST = date(2024, 2, 25)  # a leap day is among the next ones
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None

days = st.integers(0, 12).map(lambda number: FIRST + timedelta(days=number))
hours = st.builds(lambda day, hour: f"{day}T{hour:02}", days, st.integers(0, 23))
names = st.sampled_from(["C", "Lua", "c", "😂"])
sent = st.tuples(
    hours, st.sampled_from([60, 120]), names, st.sampled_from(["box", "laptop"]), st.integers(1, 99)
)
queued = st.tuples(hours, st.sampled_from([60, 120]), names, st.integers(1, 99))

_KEEP = "INSERT OR REPLACE INTO ledger VALUES(?, ?, ?, ?, 'sent', 0, ?)"


def fill(database, rows, pulses):
    with database.transaction() as connection:
        connection.executemany(_KEEP, rows)
        for hour, offset, language, xp in pulses:
            add_xp(connection, merge_open(connection, hour, offset, 1), {language: xp})


def check(sums, activity):
    assert bool(sums) == bool(activity)
    assert sums.total == activity.total
    assert sums.active_hours() == activity.active_hours()
    assert sums.by_date() == activity.by_date()
    for dimension in DIMENSIONS:
        assert sums.by(dimension) == activity.by(dimension)
        assert sums.cross("language", dimension) == activity.cross("language", dimension)


@settings(deadline=None, max_examples=50)
@given(st.lists(sent, max_size=30), st.lists(queued, max_size=10), days, days, st.integers(0, 23))
def test_they_are_those_of_all_entries(rows, pulses, one, other, hour):
    with TemporaryDirectory(dir=MEMORY) as name:
        folder = paths.own_folder(Path(name, "data"))
        with closing(Database(paths.database_file(folder))) as database:
            fill(database, rows, pulses)
            activity = Activity.of(History(database).entries())
        first, last = sorted((one, other))
        with ledger.summed(folder) as sums:
            check(sums, activity)
            check(sums.between(first, last), activity.between(first, last))
            check(sums.between(first, last).until(hour), activity.between(first, last).until(hour))
            check(sums.between(FIRST, last).between(first, date.max), activity.between(first, last))


def test_where_nothing_was_ever_recorded_they_are_nought(tmp_path):
    with ledger.summed(tmp_path) as sums:
        check(sums, Activity())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_calendar_has_ends(tmp_path, day):
    with closing(Database(paths.database_file(tmp_path))) as database:
        fill(database, [(f"{day}T23", 0, "C", "box", 5)], [])
    with ledger.summed(tmp_path) as sums:
        assert sums.between(date.min, date.max).by_date() == {day: 5}
