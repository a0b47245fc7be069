"""Spans of days that statistics are asked for, and what each is compared with.

A period under way is compared with the same part of the one before (this week up to now with last week up to the same
hour of that day): a whole one would always win. What it is compared with is named by its days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from codestats.stats.activity import monday
from codestats.stats.dates import LONG_MONTHS, day_label, month_end, span_label
from codestats.text import clean

if TYPE_CHECKING:
    from codestats.stats.sums import Sums

__all__ = ["NAMES", "Period", "parse_period"]

NAMES = ("today", "week", "month", "year", "all")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days ``first`` to ``last``, both included; ``before``: (first, last, label) of what to compare with."""

    name: str
    label: str
    first: date
    last: date
    before: tuple[date, date, str] | None = None

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def earlier(self, sums: Sums, now: datetime) -> Sums | None:
        """What to compare with; of its last day no more than has passed of the period's, where that is today."""
        if self.before is None:
            return None
        first, last, _ = self.before
        return sums.between(first, last, now.hour if self.last == now.date() else 23)


def _back(day: date, days: int) -> date:
    """The date so many days earlier, not before the calendar begins."""
    return date.fromordinal(max(day.toordinal() - days, 1))


def _month(first: date, today: date, name: str) -> Period:
    """A month, up to today where it is the present one, against the same days of the one before."""
    last = max(min(month_end(first), today), first)
    label = f"{LONG_MONTHS[first.month - 1]} {first.year}"
    previous = _back(first, 1).replace(day=1)
    if previous >= first:
        return Period(name, label, first, last)
    whole = last == month_end(first)
    end = month_end(previous) if whole else min(previous + (last - first), month_end(previous))
    return Period(name, label, first, last, (previous, end, span_label(previous, end, today)))


def _year(first: date, today: date, name: str) -> Period:
    last = max(min(first.replace(month=12, day=31), today), first)
    if first.year == 1:
        return Period(name, "1", first, last)
    day = 28 if (last.month, last.day) == (2, 29) else last.day
    early, late = first.replace(year=first.year - 1), last.replace(year=first.year - 1, day=day)
    return Period(name, f"{first.year}", first, last, (early, late, span_label(early, late, today)))


def _span(first: date, last: date, today: date, name: str) -> Period:
    """Any days, against as many days before them."""
    days = (last - first).days + 1
    label = day_label(first) if days == 1 else f"{day_label(first)} to {day_label(last)}"
    early, late = _back(first, days), _back(first, 1)
    before = (early, late, span_label(early, late, today))
    return Period(name, label, first, last, before if late < first else None)


def _named(name: str, today: date) -> Period:
    if today.toordinal() <= 7 and name != "all":  # nothing was before
        return Period(name, day_label(today), today, today)
    if name == "today":
        yesterday = _back(today, 1)
        return Period(
            name, f"Today, {day_label(today)}", today, today, (yesterday, yesterday, "yesterday by this hour")
        )
    if name == "week":
        first = monday(today)
        early, late = _back(first, 7), _back(today, 7)
        label = f"Week of {day_label(first)}"
        return Period(name, label, first, today, (early, late, span_label(early, late, today)))
    if name == "month":
        return _month(today.replace(day=1), today, name)
    if name == "year":
        return _year(today.replace(month=1, day=1), today, name)
    return Period("all", "All time", date.min, date.max)


def parse_period(text: str, today: date) -> Period:
    """A period from what a user writes; ValueError with a sentence for the user if it is none.

    ``today``, ``week``, ``month``, ``year``, ``all``, a date, ``2026-08``, ``2026``, or two dates
    with ``..`` between (in either order); '' is the week.
    """
    name = text.strip().lower() or "week"
    if name in NAMES:
        return _named(name, today)
    try:
        if re.fullmatch(r"[0-9]{4}", name):
            return _year(date(int(name), 1, 1), today, name)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", name):
            return _month(date.fromisoformat(f"{name}-01"), today, name)
        first, dots, last = name.partition("..")
        ends = sorted(
            (date.fromisoformat(first.strip()), date.fromisoformat((last if dots else first).strip()))
        )
    except ValueError:
        examples = "today, week, month, year, all, 2026, 2026-08, 2026-08-14 or 2026-01-01..2026-02-01"
        raise ValueError(f'"{clean(text)}" is no period. Use {examples}.') from None
    return _span(ends[0], ends[1], today, name)
