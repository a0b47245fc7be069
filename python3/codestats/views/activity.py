"""The activity page: the last 30 days by language, weekdays, hours of the day, and the week as a heat map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from codestats.stats.activity import means_of_a_week
from codestats.stats.dates import MONTHS, WEEKDAYS
from codestats.text import number, plural
from codestats.views.parts.canvas import Row, Spot, beside
from codestats.views.parts.charts import Chart, Line, axis, bar_rows, column_rows, grid_rows
from codestats.views.parts.chrome import section
from codestats.views.parts.heatmap import legend
from codestats.views.parts.sentences import DayFacts, filter_spot
from codestats.views.parts.stacks import legend_with_goal, stacks_of
from codestats.views.parts.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from codestats.stats.sums import Sums
    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = ["Panel", "Source", "activity_rows", "day_rows", "hours_rows", "weekday_rows"]

NO_HOURS = "Hours come from this machine's own history, and there is none yet."
NO_HOURS_OF_OTHERS = "The service tells the days of others, not their hours."


@dataclass(frozen=True, slots=True)
class Panel:
    """Where a chart stands: how wide, what is noted beside its title, whether its parts can be looked into."""

    frame: Frame
    cells: int
    note: str = ""
    can_open: bool = False

    def spot(self, dimension: str, key: str, sentence: str, xp: int) -> Spot | None:
        """What a part is about."""
        return filter_spot(dimension, key, sentence) if self.can_open and xp else None


class Source(NamedTuple):
    """Days to draw: XP of each, what else is known of them, XP to reach each day (0: no goal).

    ``top``: the XP of a full column, where several charts share a scale.
    """

    days: Mapping[date, int]
    facts: DayFacts
    goal: int = 0
    top: int = 0


def activity_rows(data: ProfileData, frame: Frame, height: int) -> list[Row]:
    """The page in about ``height`` rows."""
    today = frame.now.date()
    year = {day: xp for day, xp in data.calendar.items() if 0 <= (today - day).days < 365}
    activity = data.activity.between(today - timedelta(days=364), today)
    two = frame.inner >= 64
    right = (55 if frame.inner >= 100 else 34) if two else frame.inner
    left = frame.inner - right - 4 if two else frame.inner
    panel = Panel(frame, left, "last 12 months", can_open=bool(activity))
    weekdays = weekday_rows(year, today.weekday(), panel)
    hours = _hours(data, activity, right, frame)
    lower = beside(weekdays, hours, frame.inner - right) if two else [*weekdays, Row(), *hours]
    shown = [today - timedelta(days=ago) for ago in range(29, -1, -1)]
    high = min(max(height - len(lower) - 5, 4), 9)
    source = Source(data.calendar, data.facts(shown[0], today), data.goal)
    rows = [*day_rows("Last 30 days", shown, source, frame, high), Row(), *lower]
    if activity and height - len(rows) >= 10:
        rows += [Row(), *_week_rows(activity.cross("weekday", "hour"), frame)]
    return rows


def _hours(data: ProfileData, activity: Sums, cells: int, frame: Frame) -> list[Row]:
    if data.account is not None and data.account.hours:
        hours = {f"{hour:02}": xp for hour, xp in data.account.hours.items()}
        return hours_rows(hours, Panel(frame, cells, "all machines, all time"))
    if activity:
        panel = Panel(frame, cells, "this machine, last 12 months", can_open=True)
        return hours_rows(activity.by("hour"), panel)
    lines = wrap(NO_HOURS if data.own else NO_HOURS_OF_OTHERS, cells)
    return [Row("Hours", "CodeStatsTitle"), *(Row(line, "CodeStatsLabel") for line in lines)]


def weekday_rows(days: Mapping[date, int], now: int, panel: Panel) -> list[Row]:
    """XP of each weekday as lying bars; ``now`` is today's (-1: none)."""
    sums = [0] * 7
    for day, xp in days.items():
        sums[day.weekday()] += xp
    lines = [
        Line(name, xp, at == now, spot=panel.spot("weekday", str(at), f"{name}  {number(xp)} XP", xp))
        for at, (name, xp) in enumerate(zip(WEEKDAYS, sums, strict=True))
    ]
    return [section("Weekdays", panel.cells, panel.note), *bar_rows(lines, panel.cells, panel.frame, 3)]


def hours_rows(hours: Mapping[str, int], panel: Panel, rows: int = 6) -> list[Row]:
    """XP of each hour of the day as columns, with heading and axis."""
    values = [hours.get(f"{hour:02}", 0) for hour in range(24)]
    dash = panel.frame.dash
    spots = [
        panel.spot("hour", f"{at:02}", f"{at:02}{dash}{at + 1:02} h  {number(xp)} XP", xp)
        for at, xp in enumerate(values)
    ]
    gutter = 6 if panel.cells >= 6 + 24 else 0
    pitch = max((panel.cells - gutter) // 24, 1)
    chart = Chart(values, pitch, rows, panel.frame.now.hour, gutter, spots=spots)
    step = 3 if pitch > 1 else 6
    labels = axis({hour: f"{hour:02}" for hour in range(0, 24, step)}, chart)
    return [section("Hours", panel.cells, panel.note), *column_rows(chart, panel.frame), labels]


def day_rows(title: str, shown: Sequence[date], source: Source, frame: Frame, rows: int) -> list[Row]:
    """Days as columns stacked by language, with the goal as a line, the mean of 7 days as dots, and a legend."""
    values = [source.days.get(day, 0) for day in shown]
    gutter = 8 if frame.inner >= 60 else 6
    facts = source.facts
    stacks = stacks_of([day.isoformat() for day in shown], values, facts.languages)
    today = frame.now.date()
    chart = Chart(
        values,
        max(min((frame.inner - gutter) // len(shown), 8), 1),
        rows,
        next((at for at, day in enumerate(shown) if day == today), -1),
        gutter,
        spots=[facts.spot(day, xp, frame) for day, xp in zip(shown, values, strict=True)],
        stacks=stacks.parts if stacks.named else (),
        goal=source.goal,
        means=means_of_a_week(shown, source.days),
        scale=source.top,
    )
    active = sum(value > 0 for value in values)
    note = f"{number(sum(values))} XP on {plural(active, 'day')}" if active else "nothing yet"
    if active and frame.inner >= 60:
        note += f", {frame.glyphs.mean} mean of 7 days"
    labels = {at: f"{day.day} {MONTHS[day.month - 1]}" for at, day in enumerate(shown) if day.weekday() == 0}
    lines = [section(title, frame.inner, note), *column_rows(chart, frame), axis(labels, chart)]
    legend_row = legend_with_goal(stacks, chart, frame)
    return [*lines, legend_row] if legend_row.cells > gutter else lines


def _week_rows(cross: Mapping[str, Mapping[str, int]], frame: Frame) -> list[Row]:
    """Weekday by hour as a heat map."""
    values = {(int(weekday), int(hour)): xp for weekday, hours in cross.items() for hour, xp in hours.items()}
    grid = grid_rows(values, min(max((frame.inner - 4) // 24, 1), 3), frame)
    head = section("Week", frame.inner)
    end = max(row.cells for row in grid)
    return [head.to(end - legend(frame).cells).join(legend(frame)) if frame.inner > 40 else head, *grid]
