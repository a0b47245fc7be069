"""The period before or after another: the week before this one, the month after March."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from codestats.stats.activity import monday
from codestats.stats.periods import NAMES

if TYPE_CHECKING:
    from codestats.stats.periods import Period

__all__ = ["kind_of", "step"]


def kind_of(period: Period) -> str:
    """The tab that a period belongs to; '' for none."""
    if period.name in NAMES:
        return period.name
    if len(period.name) in (4, 7) and ".." not in period.name:
        return "year" if len(period.name) == 4 else "month"
    if period.days == 1:
        return "today"
    return "week" if period.days == 7 and period.first.weekday() == 0 else ""


def step(period: Period, by: int, today: date) -> str:
    """What to ask for one step earlier (-1) or later (1); '' where there is nothing: in the future, before year 1."""
    if period.name == "all":
        return ""
    try:
        return _step(period, kind_of(period), by, today)
    except (OverflowError, ValueError):
        return ""


def _step(period: Period, kind: str, by: int, today: date) -> str:
    first = period.first
    if kind == "month":
        first = (
            (first - timedelta(days=1)).replace(day=1)
            if by < 0
            else (first + timedelta(days=31)).replace(day=1)
        )
        return _unless_future(first, today, "month", first.isoformat()[:7])
    if kind == "year":
        first = first.replace(year=first.year + by, day=1, month=1)
        return _unless_future(first, today, "year", f"{first.year:04}")
    if kind == "today":
        first += timedelta(days=by)
        return _unless_future(first, today, "today", first.isoformat())
    days = 7 if kind == "week" else period.days
    first += timedelta(days=by * days)
    last = first + timedelta(days=days - 1)
    return _unless_future(first, today, "week" if kind == "week" else "", f"{first}..{last}")


def _unless_future(first: date, today: date, kind: str, text: str) -> str:
    if first > today:
        return ""
    begins = {
        "today": today,
        "week": monday(today),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }
    return kind if begins.get(kind) == first else text
