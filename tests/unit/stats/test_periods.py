from __future__ import annotations

import ast
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.stats.dates import span_label
from codestats.stats.periods import NAMES, parse_period
from support.memory_sums import Activity

TODAY = date(2026, 8, 20)  # a Thursday


def span(text, today=TODAY):
    period = parse_period(text, today)
    before = period.before and (str(period.before[0]), str(period.before[1]), period.before[2])
    return str(period.first), str(period.last), before


@pytest.mark.parametrize(
    "text, first, last, before",
    [
        ("today", "2026-08-20", "2026-08-20", ("2026-08-19", "2026-08-19", "yesterday by this hour")),
        ("week", "2026-08-17", "2026-08-20", ("2026-08-10", "2026-08-13", "10–13 Aug")),
        ("", "2026-08-17", "2026-08-20", ("2026-08-10", "2026-08-13", "10–13 Aug")),
        ("Month ", "2026-08-01", "2026-08-20", ("2026-07-01", "2026-07-20", "1–20 Jul")),
        ("year", "2026-01-01", "2026-08-20", ("2025-01-01", "2025-08-20", "1 Jan – 20 Aug 2025")),
        ("all", "0001-01-01", "9999-12-31", None),
        ("2026-03", "2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28", "February")),
        ("2024", "2024-01-01", "2024-12-31", ("2023-01-01", "2023-12-31", "2023")),
        ("2026-08-03", "2026-08-03", "2026-08-03", ("2026-08-02", "2026-08-02", "2 Aug")),
        ("2026-01-01..2026-02-01", "2026-01-01", "2026-02-01",
         ("2025-11-30", "2025-12-31", "30 Nov – 31 Dec 2025")),
        ("2026-02-01 .. 2026-01-01", "2026-01-01", "2026-02-01",
         ("2025-11-30", "2025-12-31", "30 Nov – 31 Dec 2025")),
    ],
)  # fmt: skip
def test_periods(text, first, last, before):
    assert span(text) == (first, last, before)


def test_a_month_under_way_is_compared_with_a_shorter_one():
    assert span("month", date(2026, 3, 30))[2] == ("2026-02-01", "2026-02-28", "February")


@pytest.mark.parametrize("first, last, label", [
    ("2026-10-01", "2026-10-27", "1–27 Oct"),
    ("2026-09-28", "2026-10-03", "28 Sep – 3 Oct"),
    ("2026-02-01", "2026-02-28", "February"),
    ("2025-02-01", "2025-02-28", "February 2025"),
    ("2025-12-28", "2026-01-03", "28 Dec 2025 – 3 Jan 2026"),
    ("2025-01-01", "2025-12-31", "2025"),
    ("2026-10-03", "2026-10-03", "3 Oct"),
    ("2024-10-03", "2024-10-03", "3 Oct 2024"),
])  # fmt: skip
def test_days_are_named_in_few_words(first, last, label):
    assert span_label(date.fromisoformat(first), date.fromisoformat(last), TODAY) == label


def test_of_a_period_under_way_today_is_no_whole_day():
    hours = [f"2026-08-{day:02}T{hour:02}" for day in (10, 13, 17, 20) for hour in (9, 15)]
    sums = Activity.of([(hour, "C", "box", 1) for hour in hours])
    week = parse_period("week", TODAY)
    assert week.earlier(sums, datetime(2026, 8, 20, 12, 30)).total == 3  # noqa: DTZ001 - local
    assert week.earlier(sums, datetime(2026, 8, 20, 15, 0)).total == 4  # noqa: DTZ001
    assert parse_period("2026-08-17..2026-08-19", TODAY).earlier(sums, datetime(2026, 8, 20, 0, 0)).total == 0  # noqa: DTZ001
    whole = parse_period("2026-08-14..2026-08-17", TODAY)
    assert whole.earlier(sums, datetime(2026, 8, 20, 12, 0)).total == 4  # noqa: DTZ001
    assert parse_period("all", TODAY).earlier(sums, datetime(2026, 8, 20, 12, 0)) is None  # noqa: DTZ001


def test_a_leap_day():
    assert span("year", date(2028, 2, 29))[2] == ("2027-01-01", "2027-02-28", "1 Jan – 28 Feb 2027")


@pytest.mark.parametrize(
    "text", ["fortnight", "2026-13", "2026-02-30", "2026-01-01..", "..", "1..2", "٢٠٢٦", "0000"]
)
def test_nonsense_is_told_in_a_sentence(text):
    with pytest.raises(ValueError, match=re.escape(f'"{text}" is no period. Use ')):
        parse_period(text, TODAY)


@given(
    st.dates(),
    st.sampled_from([*NAMES, "0001", "0001-01", "0001-01-01", "9999-12", "0001-01-01..9999-12-31"]),
)
def test_any_day_of_the_calendar_will_do(today, text):
    period = parse_period(text, today)
    assert period.first <= period.last
    assert period.before is None or period.before[0] <= period.before[1] < period.first


def test_the_editor_completes_the_same_names():
    text = (Path(__file__).parents[3] / "autoload" / "codestats" / "view.vim").read_text()
    [listed] = re.findall(r"^function codestats#view#periods.*\n.*?(\[.*?\])", text, re.MULTILINE)
    assert tuple(ast.literal_eval(listed)) == NAMES
