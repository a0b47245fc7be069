"""The period before or after another: the week before this one, the month after March."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from codestats.stats.activity import monday
from codestats.stats.periods import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codestats.stats.periods import Period

__all__ = ["filters_around", "kind_of", "step"]

Filter = tuple[str, tuple[str, ...]]
_TIMES = ("date", "week", "month")  # the finest first


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


def filters_around(filters: Sequence[Filter], today: date) -> dict[str, list[list[str]]]:
    """``earlier`` and ``later``: the same filters, but for the day, week or month beside; none in the future."""
    given = dict(filters)
    dimension = next((name for name in _TIMES if len(given.get(name, ())) == 1), "")
    if not dimension:
        return {}
    found = {}
    for name, by in (("earlier", -1), ("later", 1)):
        moved = _moved(dimension, given[dimension][0], by, today)
        kept = [[other, *keys] for other, keys in filters if other not in _TIMES]
        found[name] = [*kept, [dimension, moved]] if moved else []
    return found


def _moved(dimension: str, key: str, by: int, today: date) -> str:
    """The key of the day, week or month beside another; '' where there is nothing."""
    try:
        first = date.fromisoformat(key if dimension != "month" else f"{key}-01")
        if dimension == "month":
            first = (first + timedelta(days=31 if by > 0 else -1)).replace(day=1)
        else:
            first += timedelta(days=by if dimension == "date" else 7 * by)
    except (OverflowError, ValueError):
        return ""
    return "" if first > today else first.isoformat()[: 7 if dimension == "month" else 10]
