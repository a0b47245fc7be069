from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.stats.periods import NAMES, parse_period

TODAY = date(2026, 8, 20)  # a Thursday


def span(text, today=TODAY):
    period = parse_period(text, today)
    before = period.before and (str(period.before[0]), str(period.before[1]), period.before[2])
    return str(period.first), str(period.last), before


@pytest.mark.parametrize(
    "text, first, last, before",
    [
        ("today", "2026-08-20", "2026-08-20", ("2026-08-19", "2026-08-19", "yesterday")),
        ("week", "2026-08-17", "2026-08-20", ("2026-08-10", "2026-08-13", "last week")),
        ("", "2026-08-17", "2026-08-20", ("2026-08-10", "2026-08-13", "last week")),
        ("Month ", "2026-08-01", "2026-08-20", ("2026-07-01", "2026-07-20", "July")),
        ("year", "2026-01-01", "2026-08-20", ("2025-01-01", "2025-08-20", "2025")),
        ("all", "0001-01-01", "9999-12-31", None),
        ("2026-03", "2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28", "February")),
        ("2024", "2024-01-01", "2024-12-31", ("2023-01-01", "2023-12-31", "2023")),
        ("2026-08-03", "2026-08-03", "2026-08-03", ("2026-08-02", "2026-08-02", "the day before")),
        ("2026-01-01..2026-02-01", "2026-01-01", "2026-02-01",
         ("2025-11-30", "2025-12-31", "the 32 days before")),
        ("2026-02-01 .. 2026-01-01", "2026-01-01", "2026-02-01",
         ("2025-11-30", "2025-12-31", "the 32 days before")),
    ],
)  # fmt: skip
def test_periods(text, first, last, before):
    assert span(text) == (first, last, before)


def test_a_month_under_way_is_compared_with_a_shorter_one():
    assert span("month", date(2026, 3, 30))[2] == ("2026-02-01", "2026-02-28", "February")


def test_a_leap_day():
    assert span("year", date(2028, 2, 29))[2] == ("2027-01-01", "2027-02-28", "2027")


@pytest.mark.parametrize(
    "text", ["fortnight", "2026-13", "2026-02-30", "2026-01-01..", "..", "1..2", "٢٠٢٦", "0000"]
)
def test_nonsense_is_told_in_a_sentence(text):
    with pytest.raises(ValueError, match="Not a period"):
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
    text = (Path(__file__).parents[2] / "autoload" / "codestats" / "view.vim").read_text()
    [listed] = re.findall(r"^function codestats#view#periods.*\n.*?(\[.*?\])", text, re.MULTILINE)
    assert tuple(ast.literal_eval(listed)) == NAMES
