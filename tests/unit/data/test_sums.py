"""The sums that SQLite keeps are those of all entries, whatever happened to the ledger since they were made."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codestats import paths
from codestats.data import ledger
from codestats.exceptions import StorageError
from codestats.stats.sums import DIMENSIONS
from codestats.storage import ledger_sums
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.spool import add_xp, merge_open
from codestats.storage.sums_refresher import SumsRefresher
from support.memory_sums import Activity

FIRST = date(2023, 12, 20)
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
MACHINES = ["box", "laptop"]
LANGUAGES = ["C", "Lua", "c", "😂"]

# Days close together, days at both ends of months, of a leap February and of years.
days = st.one_of(st.integers(0, 14), st.integers(0, 800)).map(lambda number: FIRST + timedelta(days=number))
hours = st.builds(lambda day, hour: f"{day}T{hour:02}", days, st.integers(0, 23))
names = st.sampled_from(LANGUAGES)
machines = st.sampled_from(MACHINES)
offsets = st.sampled_from([60, 120])
sent = st.tuples(hours, offsets, names, machines, st.integers(1, 99))
EDITORS, SYSTEMS = ["Vim", "Neovim"], ["Linux", "macOS"]
tools = st.tuples(st.sampled_from(EDITORS), st.sampled_from(SYSTEMS), st.integers(1, 99))
queued = st.tuples(hours, offsets, names, st.integers(1, 99))
weekdays = st.integers(0, 6).map(str)
hours_of_day = st.integers(0, 23).map("{:02}".format)
weeks = days.map(lambda day: str(day - timedelta(days=day.weekday())))
KEYS = {
    "language": names, "machine": machines, "weekday": weekdays, "hour": hours_of_day, "week": weeks,
    "editor": st.sampled_from([*EDITORS, "?"]), "system": st.sampled_from([*SYSTEMS, "?"]),
    "date": days.map(str), "month": days.map(lambda day: str(day)[:7]), "year": days.map(lambda day: str(day)[:4]),
}  # fmt: skip
keys = st.one_of(
    st.tuples(st.just(dimension), st.lists(one, min_size=1, max_size=3)) for dimension, one in KEYS.items()
)

_KEEP = "INSERT OR REPLACE INTO ledger VALUES(?, ?, ?, ?, 'sent', 0, ?)"
_KNOW = "INSERT OR REPLACE INTO typed_with VALUES(?, ?, ?, ?, ?, ?, ?)"
_CHANGES = (
    "DELETE FROM typed_with WHERE language = 'C'",
    "UPDATE typed_with SET xp = xp + 40 WHERE editor = 'Vim'",
    "DELETE FROM ledger WHERE language = 'C'",
    "UPDATE ledger SET xp = xp + 7 WHERE machine = 'box'",
    "UPDATE OR REPLACE ledger SET machine = 'laptop'",
    "UPDATE OR REPLACE ledger SET hour = '2024-02-29T23' WHERE language = 'Lua'",
)


def fill(database, rows, pulses, known=()):
    """`known`: editor, system and at most how much XP of each row was typed with it."""
    with database.transaction() as connection:
        connection.executemany(_KEEP, rows)
        for (*place, xp), (editor, system, part) in zip(rows, known, strict=False):
            connection.execute(_KNOW, (*place, editor, system, min(part, xp)))
        for hour, offset, language, xp in pulses:
            add_xp(connection, merge_open(connection, hour, offset, 1), {language: xp})


def refresh(database, months):
    for _ in range(months):
        with database.transaction() as connection:
            ledger_sums.refresh(connection)


def entries(database):
    """All that was counted, by what it was typed with as far as that can be true."""
    with database.reading() as connection:
        counted, known = Counter(), {}
        for row in ledger.rows(connection, by_state=True):
            counted[row.hour, row.language, row.machine] += row.xp
        of_tools = (
            "SELECT hour, language, machine, editor, system, sum(xp) FROM typed_with GROUP BY 1, 2, 3, 4, 5"
        )
        for hour, language, machine, editor, system, xp in connection.execute(of_tools):
            of_day = known.setdefault((hour[:10], language, machine), {})
            of_day.setdefault(hour, {})[editor, system] = xp
    found = []
    for (hour, language, machine), xp in counted.items():
        of_day = known.get((hour[:10], language, machine), {})
        if any(sum(tools.values()) > counted[at, language, machine] for at, tools in of_day.items()):
            of_day = {}
        there = of_day.get(hour, {})
        found += [(hour, language, machine, part, *tool) for tool, part in there.items()]
        found.append((hour, language, machine, xp - sum(there.values())))
    return Activity.of(found)


def check(sums, activity, dimensions=DIMENSIONS):
    assert bool(sums) == bool(activity)
    assert sums.total == activity.total
    assert sums.active_hours() == activity.active_hours()
    assert sums.by_date() == activity.by_date()
    assert sums.best_hours(3) == activity.best_hours(3)
    for dimension in dimensions:
        assert sums.by(dimension) == activity.by(dimension)
        assert sums.cross("language", dimension) == activity.cross("language", dimension)
        assert sums.cross(dimension, "hour") == activity.cross(dimension, "hour")
        assert sums.cross("weekday", dimension) == activity.cross("weekday", dimension)


@st.composite
def histories(draw):
    """What is recorded first, how many months of it are added up, and what happens to it then."""
    changes = st.lists(st.sampled_from(_CHANGES), max_size=2)
    known = st.lists(tools, max_size=30)
    steps = (st.lists(sent, max_size=30), known, st.integers(0, 40), st.lists(sent, max_size=5), changes)
    return [draw(step) for step in steps]


@settings(deadline=None, max_examples=60)
@given(
    histories(),
    st.lists(queued, max_size=10),
    st.lists(keys, max_size=3),
    st.tuples(days, days),
    st.integers(0, 23),
)
def test_they_are_those_of_all_entries(history, pulses, filters, ends, hour):
    rows, known, months, later, changes = history
    first, last = sorted(ends)
    with TemporaryDirectory(dir=MEMORY) as name:
        database = Database(paths.database_file(paths.ensure_private_dir(Path(name, "data"))))
        with closing(database):
            fill(database, rows, [], known)
            refresh(database, months)
            fill(database, later, pulses, known)
            for change in changes:
                with database.transaction() as connection:
                    connection.execute(change)
            refresh(database, months % 3)
            activity = entries(database)
            with History(database).stats() as sums:
                check(sums, activity)
                check(sums.between(first, last), activity.between(first, last))
                check(sums.between(first, last, hour), activity.between(first, last, hour), ["date"])
                check(sums.between(first, last).until(hour), activity.between(first, last).until(hour))
                check(
                    sums.between(FIRST, last).between(first, date.max),
                    activity.between(first, last),
                    ["hour"],
                )
                for filter_ in filters:
                    dimension, some = filter_
                    sums, activity = sums.only(dimension, *some), activity.only(dimension, *some)  # noqa: PLW2901 - they add up
                    check(sums, activity)
                check(sums.between(first, last, hour), activity.between(first, last, hour), ["machine"])


def test_where_nothing_was_ever_recorded_they_are_nought(tmp_path):
    with ledger.summed(tmp_path) as sums:
        check(sums, Activity())
        check(sums.only("language", "C").between(FIRST, FIRST).until(3), Activity())
    assert not list(tmp_path.glob("*.sqlite3*"))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_calendar_has_ends(tmp_path, day):
    with closing(Database(paths.database_file(tmp_path))) as database:
        fill(database, [(f"{day}T23", 0, "C", "box", 5)], [])
        for months in (0, 1):
            refresh(database, months)
            with History(database).stats() as sums:
                assert sums.between(date.min, date.max).by_date() == {day: 5}
                assert sums.between(day, day).by("language") == {"C": 5}
                assert sums.by("year") == {str(day)[:4]: 5}


def test_reading_writes_nothing(tmp_path):
    path = paths.database_file(tmp_path)
    with closing(Database(path)) as database:
        fill(database, [("2026-08-19T09", 0, "C", "box", 5)], [("2026-08-19T09", 0, "Lua", 7)])
        with database.reading() as connection:
            before = list(connection.iterdump())
        with History(database).stats() as sums:
            assert sums.total == 12
        with database.reading() as connection:
            assert list(connection.iterdump()) == before


def test_rows_that_make_no_sense_have_no_sums(tmp_path):
    odd = ["2026-08-32T09", "soon", "", "2026-08-20", "2026-08-20T24", "2026-02-30T05"]
    with closing(Database(paths.database_file(tmp_path))) as database:
        fill(database, [(hour, 0, "C", "box", 5) for hour in odd], [])
        fill(database, [("2026-08-20T09", 0, "", "", 5), ("2026-08-20T10", 0, "C", "box", 0)], [])
        for months in (0, 9):
            refresh(database, months)
            with History(database).stats() as sums:
                assert sums.by("language") == {"?": 5}
                assert sums.by("machine") == {"?": 5}
                assert sums.only("language", "").total == 0
                assert sums.total == 5


def test_a_ledger_older_than_its_sums_gets_them(tmp_path):
    """As a migration leaves it: nothing is made, everything is stale."""
    with closing(Database(paths.database_file(tmp_path))) as database:
        fill(database, [(f"{FIRST + timedelta(days=30 * n)}T09", 0, "C", "box", 1) for n in range(40)], [])
        with database.transaction() as connection:
            connection.execute("DELETE FROM stale_day")
            ledger_sums.mark_all_stale(connection)
            assert ledger_sums.stale_days(connection) == 40
        with History(database).stats() as sums:  # one month of them is made, the rest is added up
            assert sums.total == 40
        steps, is_stale = 1, True
        while is_stale:
            with database.transaction() as connection:
                is_stale = ledger_sums.refresh(connection)
            steps += 1
        assert steps > 30
        with History(database).stats() as sums:
            assert sums.total == 40
            assert len(sums.by_date()) == 40
        refresh(database, 1)  # nothing is stale, nothing is done


def test_stale_sums_are_made_beside_other_work(tmp_path):
    path = paths.database_file(tmp_path)
    with closing(Database(path)) as database:
        fill(database, [(f"{FIRST + timedelta(days=30 * n)}T09", 0, "C", "box", 1) for n in range(40)], [])
        refresher = SumsRefresher(path)
        refresher.start()
        refresher._thread.join(20)
        assert not History(database).has_stale_sums()
        with database.reading() as connection:
            [(xp,)] = connection.execute(
                "SELECT sum(xp) FROM sum_year WHERE language = '' AND machine = '' AND tool = ''"
            )
        assert xp == 40


def test_what_cannot_be_written_is_added_up_all_the_same(tmp_path, monkeypatch):
    """A full disk, for one: reading does not need the sums to be made."""
    with closing(Database(paths.database_file(tmp_path))) as database:
        fill(database, [(f"{FIRST + timedelta(days=n)}T09", 0, "C", "box", 1) for n in range(40)], [])

        def full(*_):
            raise StorageError("cannot keep XP: database or disk is full")

        monkeypatch.setattr(ledger_sums, "refresh", full)
        with History(database).stats() as sums:
            assert sums.total == 40
