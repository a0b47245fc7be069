"""The activity page: weekdays, hours of the day, the last 30 days, and the week as a heat map."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from codestats.stats.dates import MONTHS, WEEKDAYS
from codestats.text import number, plural
from codestats.views.canvas import Frame, Row, beside, wrap
from codestats.views.charts import Chart, Line, axis, bar_rows, column_rows, grid_rows
from codestats.views.chrome import section
from codestats.views.heatmap import legend

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from codestats.views.profile_data import ProfileData

__all__ = ["activity_rows"]

NO_HOURS = "Hours come from this machine's own history, and there is none yet."
NO_HOURS_OF_OTHERS = "The service tells the days of others, not their hours."


def activity_rows(data: ProfileData, frame: Frame, height: int) -> list[Row]:
    """The page in about ``height`` rows."""
    today = frame.now.date()
    year = {day: xp for day, xp in data.calendar.items() if 0 <= (today - day).days < 365}
    activity = data.activity.between(today - timedelta(days=364), today)
    right = frame.inner if frame.inner < 64 else 55 if frame.inner >= 100 else 34
    left = frame.inner if right == frame.inner else min(frame.inner - right - 4, 48)
    weekdays = weekday_rows(year, today.weekday(), left, frame)
    if activity:
        hours = hours_rows(activity.by("hour"), right, frame)
    else:
        lines = wrap(NO_HOURS if data.own else NO_HOURS_OF_OTHERS, right)
        hours = [Row("Hours", "CodeStatsTitle"), *(Row(line, "CodeStatsLabel") for line in lines)]
    rows = beside(weekdays, hours, frame.inner - right) if left < frame.inner else [*weekdays, Row(), *hours]
    high = min(max(height - len(rows) - 4, 4), 8)
    rows += [Row(), *month_rows(data.calendar, today, high, frame)]
    if activity and height - len(rows) >= 11:
        rows += [Row(), *_week_rows(activity.cross("weekday", "hour"), frame)]
    return rows


def weekday_rows(days: Mapping[date, int], now: int, cells: int, frame: Frame) -> list[Row]:
    """XP of each weekday as lying bars; ``now`` is today's (-1: none)."""
    sums = [0] * 7
    for day, xp in days.items():
        sums[day.weekday()] += xp
    lines = [Line(name, xp, at == now) for at, (name, xp) in enumerate(zip(WEEKDAYS, sums, strict=True))]
    return [section("Weekdays", cells, "last 12 months"), *bar_rows(lines, cells, frame, 3)]


def hours_rows(hours: Mapping[str, int], cells: int, frame: Frame) -> list[Row]:
    """XP of each hour of the day as columns; eight rows with heading and axis."""
    values = [hours.get(f"{hour:02}", 0) for hour in range(24)]
    gutter = 7 if cells >= 7 + 24 else 0
    chart = Chart(values, max((cells - gutter) // 24, 1), 6, frame.now.hour, gutter)
    step = 3 if chart.pitch > 1 else 6
    labels = axis({hour: f"{hour:02}" for hour in range(0, 24, step)}, chart)
    return [section("Hours", cells, "this machine, last 12 months"), *column_rows(chart, frame), labels]


def month_rows(days: Mapping[date, int], today: date, rows: int, frame: Frame) -> list[Row]:
    """The last 30 days as columns, Mondays named below."""
    shown = [today - timedelta(days=back) for back in range(29, -1, -1)]
    values = [days.get(day, 0) for day in shown]
    gutter = 8 if frame.inner >= 60 else 6
    chart = Chart(values, max((frame.inner - gutter) // 30, 1), rows, 29, gutter)
    total, active = sum(values), sum(value > 0 for value in values)
    note = f"{number(total)} XP on {plural(active, 'day')}" if active else "nothing yet"
    labels = {at: f"{day.day} {MONTHS[day.month - 1]}" for at, day in enumerate(shown) if day.weekday() == 0}
    lines = [section("Last 30 days", frame.inner, note), *column_rows(chart, frame)]
    if chart.pitch > 1:
        lines.append(axis({at: WEEKDAYS[day.weekday()][0] for at, day in enumerate(shown)}, chart))
    return [*lines, axis(labels, chart)]


def _week_rows(cross: Mapping[str, Mapping[str, int]], frame: Frame) -> list[Row]:
    """Weekday by hour as a heat map."""
    values = {(int(weekday), int(hour)): xp for weekday, hours in cross.items() for hour, xp in hours.items()}
    grid = grid_rows(values, min(max((frame.inner - 4) // 24, 1), 3), frame)
    head = section("Week", frame.inner)
    end = max(row.cells for row in grid)
    return [head.to(end - legend(frame).cells).join(legend(frame)) if frame.inner > 40 else head, *grid]
