"""XP along a period, as columns stacked by language: of hours, days, months or years, whichever is readable.

A period under way keeps its whole axis: what is still to come are dots.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from codestats.stats.activity import means_of_a_week
from codestats.stats.dates import MONTHS, WEEKDAYS
from codestats.text import number
from codestats.views.parts.canvas import Row, Spot
from codestats.views.parts.charts import Chart, axis, column_rows
from codestats.views.parts.sentences import DayFacts, crumb_of
from codestats.views.parts.stacks import legend_with_goal, stacks_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codestats.stats.periods import Period
    from codestats.stats.sums import Sums
    from codestats.views.parts.frame import Frame

__all__ = ["has_means", "timeline_rows"]

GUTTER = 8
DAYS = 62  # of a period at most that is drawn day by day


@dataclass(frozen=True, slots=True)
class _Series:
    """Columns: keys of a dimension from left to right, labels by index, the present one."""

    dimension: str
    keys: Sequence[str]
    labels: Mapping[int, str]
    now: int = -1


def timeline_rows(history: Sums, period: Period, frame: Frame, rows: int, goal: int = 0) -> list[Row]:
    """The chart with axis and legend; empty where the frame is too narrow or there is too little to show."""
    activity = history.between(period.first, period.last)
    series = _series(activity, period, frame)
    room = frame.inner - GUTTER
    if len(series.keys) < 2 or room < len(series.keys):
        return []
    cross = activity.cross(series.dimension, "language")
    values = [sum(cross.get(key, {}).values()) for key in series.keys]
    stacks = stacks_of(series.keys, values, cross)
    chart = Chart(
        values,
        min(room // len(series.keys), 7),
        rows,
        series.now,
        GUTTER,
        spots=_spots(activity, series, values, frame),
        stacks=stacks.parts,
        goal=goal if series.dimension == "date" else 0,
        means=_means(series, history, frame.now.date()),
    )
    legend = legend_with_goal(stacks, chart, frame)
    return [*column_rows(chart, frame), axis(series.labels, chart), legend]


def has_means(period: Period, today: date) -> bool:
    """Whether the days are more than a week, each a column: then dots are the mean of 7 days."""
    return 7 <= (_whole_end(period, today) - period.first).days < DAYS


def _means(series: _Series, history: Sums, today: date) -> list[float]:
    """Of each day up to today."""
    if series.dimension != "date" or len(series.keys) <= 7:
        return []
    shown = [day for day in map(date.fromisoformat, series.keys) if day <= today]
    if not shown:
        return []
    first = max(shown[0], date.min + timedelta(days=6)) - timedelta(days=6)
    return means_of_a_week(shown, history.between(first, shown[-1]).by_date())


def _spots(activity: Sums, series: _Series, values: Sequence[int], frame: Frame) -> list[Spot | None]:
    """What each column is about: a day says more than an hour or a month."""
    if series.dimension == "date":
        facts = DayFacts.of(activity)
        days = [date.fromisoformat(key) for key in series.keys]
        return [facts.spot(day, xp, frame) for day, xp in zip(days, values, strict=True)]
    return [
        Spot(
            "filter" if xp else "",
            [[series.dimension, key]],
            f"{crumb_of(series.dimension, (key,), frame)}  {number(xp)} XP",
        )
        for key, xp in zip(series.keys, values, strict=True)
    ]


def _whole_end(period: Period, today: date) -> date:
    """The last day of a period that is under way: of its week, month or year."""
    if period.last != today:
        return period.last
    if period.name == "week":
        return period.first + timedelta(days=6)
    if period.name in ("month", "year"):
        month = 12 if period.name == "year" else period.first.month
        first = period.first.replace(month=month, day=28)
        return (first + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return period.last


def _series(activity: Sums, period: Period, frame: Frame) -> _Series:
    today = frame.now.date()
    if period.days == 1:
        labels = {hour: f"{hour:02}" for hour in range(0, 24, 3)}
        now = frame.now.hour if period.last == today else -1
        return _Series("hour", [f"{hour:02}" for hour in range(24)], labels, now)
    end = _whole_end(period, today)
    if (end - period.first).days < DAYS:
        days = [period.first + timedelta(days=at) for at in range((end - period.first).days + 1)]
        now = days.index(today) if today in days else -1
        return _Series("date", [day.isoformat() for day in days], _day_labels(days), now)
    months = sorted(activity.by("month"))
    first = period.first.isoformat()[:7] if period.name != "all" else months[0]
    last = end.isoformat()[:7] if period.name != "all" else months[-1]
    keys = _months(
        max(first, months[0]) if period.days > 400 else first, last if period.days <= 400 else months[-1]
    )
    if len(keys) > 36:
        return _years(keys, today)
    labels = {at: MONTHS[int(key[5:]) - 1] for at, key in enumerate(keys)}
    now = keys.index(today.isoformat()[:7]) if today.isoformat()[:7] in keys else -1
    return _Series("month", keys, labels, now)


def _years(months: Sequence[str], today: date) -> _Series:
    years = sorted({key[:4] for key in months})
    now = years.index(f"{today.year:04}") if f"{today.year:04}" in years else -1
    return _Series("year", years, dict(enumerate(years)), now)


def _day_labels(days: Sequence[date]) -> dict[int, str]:
    if len(days) <= 7:
        return {at: WEEKDAYS[day.weekday()] for at, day in enumerate(days)}
    return {at: str(day.day) for at, day in enumerate(days) if day.day == 1 or day.day % 5 == 0}


def _months(first: str, last: str) -> list[str]:
    begin, end = (int(key[:4]) * 12 + int(key[5:7]) - 1 for key in (first, last))
    return [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(begin, end + 1)]
