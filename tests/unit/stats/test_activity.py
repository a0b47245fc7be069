from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from codestats.stats.activity import Days, days_summary, merge_days
from support.memory_sums import Activity, Entry

TODAY = date(2026, 8, 20)  # a Thursday


def back(*days):
    return {TODAY - timedelta(days=day): 10 for day in days}


LEDGER = Activity.of([
    ("2026-08-19T09", "Python", "Laptop", 100),
    ("2026-08-19T10", "Python", "Laptop", 50),
    ("2026-08-19T10", "Rust", "Desk", 5),
    ("2026-08-20T00", "Rust", "Desk", 7),
])  # fmt: skip


def test_sums_along_each_dimension():
    assert LEDGER.total == 162
    assert LEDGER.by("language") == {"Python": 150, "Rust": 12}
    assert LEDGER.by("machine") == {"Laptop": 150, "Desk": 12}
    assert LEDGER.by("weekday") == {"2": 155, "3": 7}
    assert LEDGER.by("hour") == {"09": 100, "10": 55, "00": 7}
    assert LEDGER.by("month") == {"2026-08": 162}
    assert LEDGER.by_date() == {date(2026, 8, 19): 155, date(2026, 8, 20): 7}
    assert LEDGER.cross("language", "machine") == {"Python": {"Laptop": 150}, "Rust": {"Desk": 12}}


def test_active_hours_count_an_hour_once():
    assert LEDGER.active_hours() == {"": 3, "Python": 2, "Rust": 2}


def test_between_includes_both_ends():
    assert LEDGER.between(date(2026, 8, 20), date(2026, 8, 20)).total == 7
    assert LEDGER.between(date.min, date.max).total == 162


def test_entries_that_make_no_sense_are_left_out():
    assert not Activity.of(
        [("2026-08-32T09", "x", "y", 3), ("soon", "x", "y", 3), ("2026-08-20T09", "x", "y", 0)]
    )


def test_an_entry_takes_any_time():
    assert Entry.at(datetime(2026, 8, 20, 7, 59), "x", "y", 1).hour == "2026-08-20T07"  # noqa: DTZ001
    assert Entry.at("2026-08-20 07:59:03", "x", "y", 1).hour == "2026-08-20T07"


def test_no_days():
    assert days_summary({}, TODAY) == Days()
    assert days_summary({TODAY: 0}, TODAY) == Days()


def test_a_streak_lives_until_a_whole_day_has_passed():
    assert days_summary(back(0, 1, 2), TODAY).streak == 3
    assert days_summary(back(1, 2), TODAY).streak == 2
    assert days_summary(back(2, 3), TODAY).streak == 0


def test_longest_streak_and_best_day():
    found = days_summary({**back(0, 10, 11, 12), TODAY - timedelta(days=11): 99}, TODAY)
    assert (found.longest, found.longest_end) == (3, TODAY - timedelta(days=10))
    assert (found.best, found.best_day) == (99, TODAY - timedelta(days=11))
    assert (found.today, found.active) == (10, 4)


def test_the_week_begins_on_monday():
    assert days_summary(back(0, 1, 2, 3, 4, 5), TODAY).week == 40


def test_days_far_ahead_are_not_believed():
    ahead = {TODAY + timedelta(days=1): 5, TODAY + timedelta(days=2): 50}
    assert days_summary({**back(0), **ahead}, TODAY).streak == 2
    assert days_summary(ahead, TODAY).best == 5


def test_merging_never_counts_twice():
    assert merge_days({TODAY: 5}, {TODAY: 7}, {TODAY - timedelta(days=1): 1}) == {
        TODAY: 7,
        TODAY - timedelta(days=1): 1,
    }


@given(st.dictionaries(st.dates(), st.integers(-3, 100)), st.dates())
def test_summaries_make_sense(calendar, today):
    found = days_summary(calendar, today)
    assert 0 <= found.streak <= found.longest <= found.active
    assert found.today <= found.best
