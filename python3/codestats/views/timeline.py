"""XP along a period, as columns: of hours, days, months or years, whichever gives a readable number."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from codestats.stats.dates import MONTHS, WEEKDAYS
from codestats.views.charts import Chart, axis, column_rows

if TYPE_CHECKING:
    from codestats.stats.periods import Period
    from codestats.stats.sums import Sums
    from codestats.views.canvas import Frame, Row

__all__ = ["timeline_rows"]

ROWS = 5
GUTTER = 8


def timeline_rows(activity: Sums, period: Period, frame: Frame) -> list[Row]:
    """The chart with its axis; empty where the frame is too narrow or there is too little to show."""
    keys, labels, sums = _series(activity, period)
    room = frame.inner - GUTTER
    if len(keys) < 2 or room < len(keys):
        return []
    pitch = min(room // len(keys), 6)
    today = frame.now.strftime("%Y-%m-%dT%H")
    present = [at for at, key in enumerate(keys) if key in (today[:4], today[:7], today[:10])]
    if period.name == "today":
        present = [frame.now.hour]
    chart = Chart([sums.get(key, 0) for key in keys], pitch, ROWS, present[0] if present else -1, GUTTER)
    return [*column_rows(chart, frame), axis(labels, chart)]


def _series(activity: Sums, period: Period) -> tuple[list[str], dict[int, str], dict[str, int]]:
    """Keys from left to right, labels by index, XP by key."""
    if period.days == 1:
        return [f"{h:02}" for h in range(24)], {h: f"{h:02}" for h in range(0, 24, 3)}, activity.by("hour")
    days = activity.by("date")
    first = max(period.first, date.fromisoformat(min(days)))
    last = min(period.last, date.fromisoformat(max(days)))
    if period.days <= 62:
        return (*_days(period.first, period.last), days)
    months = activity.by("month")
    if (last - first).days <= 3 * 366:
        return (*_months(first, last), months)
    years: dict[str, int] = {}
    for month, xp in months.items():
        years[month[:4]] = years.get(month[:4], 0) + xp
    keys = [f"{year:04}" for year in range(first.year, last.year + 1)]
    return keys, dict(enumerate(keys)), years


def _days(first: date, last: date) -> tuple[list[str], dict[int, str]]:
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    if len(days) <= 7:
        labels = {at: WEEKDAYS[day.weekday()] for at, day in enumerate(days)}
    else:
        labels = {at: str(day.day) for at, day in enumerate(days) if day.day == 1 or day.day % 5 == 0}
    return [day.isoformat() for day in days], labels


def _months(first: date, last: date) -> tuple[list[str], dict[int, str]]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    months = [divmod(first.year * 12 + first.month - 1 + at, 12) for at in range(count)]
    return [f"{y:04}-{m + 1:02}" for y, m in months], {at: MONTHS[m] for at, (_, m) in enumerate(months)}
