"""The calendar heat map: a column a week, a row a weekday, from none to most in shapes and shades."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from codestats.stats.activity import monday
from codestats.stats.dates import MONTHS, WEEKDAYS, days_label
from codestats.stats.heat import heat_level, thresholds
from codestats.text import number, plural
from codestats.views.parts.canvas import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from codestats.views.parts.frame import Frame
    from codestats.views.parts.sentences import DayFacts

__all__ = ["legend", "turned_map"]

LABEL = 5  # cells before the first week
YEAR = 53  # weeks
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Weeks shown: the first Monday, how many, and cells of a week."""

    first: date
    weeks: int
    pitch: int

    @property
    def span(self) -> timedelta:
        """What the map before goes back by; the largest ones share a week."""
        return min(self.weeks, YEAR - 1) * WEEK


def _grid(last: date, cells: int) -> _Grid:
    pitch = 2 if cells >= LABEL + 2 * YEAR - 1 else 1
    weeks = max(min(YEAR, (cells - LABEL + pitch - 1) // pitch), 1)
    try:
        return _Grid(monday(last) - (weeks - 1) * WEEK, weeks, pitch)
    except OverflowError:  # the year 1
        return _Grid(monday(last), 1, pitch)


def _month_row(grid: _Grid) -> Row:
    """Names of months over the first week that begins in them, where there is room."""
    row = Row().to(LABEL)
    for week in range(grid.weeks):
        start = grid.first + week * WEEK
        begins = week == 0 or start.month != (start - WEEK).month
        cell = LABEL + week * grid.pitch
        room = (grid.weeks - week) * grid.pitch >= 3
        early = (
            week == 0 and (start + (4 // grid.pitch - 1) * WEEK).month != start.month
        )  # the next name would touch it
        if begins and room and not early and (row.cells < cell or cell == LABEL):
            row.to(cell).add(MONTHS[start.month - 1], "CodeStatsLabel")
    return row


def turned_map(  # noqa: PLR0913, PLR0917 (what _map_rows() takes, and where it is noted)
    days: Mapping[date, int],
    last: date,
    state: dict[str, Any],
    part: str,
    frame: Frame,
    facts: Callable[[date, date], DayFacts],
) -> list[Row]:
    """The map as far back as ``state[part]`` says, within the maps that there are before: ``state["years"]``."""
    grid, wanted = _grid(last, frame.inner), state.get(part)
    state["years"] = most = max(-(-(grid.first - min(days, default=last)) // grid.span), 0)
    state[part] = back = min(max(wanted, 0), most) if isinstance(wanted, int) else 0
    return _map_rows(days, last, back, frame, facts)


def _map_rows(
    days: Mapping[date, int], last: date, back: int, frame: Frame, facts: Callable[[date, date], DayFacts]
) -> list[Row]:
    """The map up to a day, or one so many before it: months, then Monday to Sunday, its sum and the legend.

    It has as many weeks as fit the frame, a year at most; where it is not the last one, it says of which days it is.
    """
    if back:
        with suppress(OverflowError):
            last = monday(last - back * _grid(last, frame.inner).span) + WEEK - timedelta(days=1)
    grid = _grid(last, frame.inner)
    shown = {day: xp for day, xp in days.items() if grid.first <= day <= last}
    rows = [_month_row(grid), *_day_rows(shown, last, grid, frame, facts(grid.first, last))]
    wide = max(row.cells for row in rows)
    total = Row().to(LABEL).add(number(sum(shown.values())), "CodeStatsNumber")
    total.add(f" XP on {plural(len(shown), 'day')}", "CodeStatsLabel")
    if back:
        when = days_label(grid.first, last)
        whole = Row().join(total).add(f", {when}", "CodeStatsLabel")
        total = whole if whole.cells <= frame.inner else Row().to(LABEL).add(when, "CodeStatsLabel")
    below = total if total.cells <= frame.inner else Row()
    if below.cells + 2 + legend(frame).cells <= wide:
        below.to(wide - legend(frame).cells).join(legend(frame))
    return [*rows, below]


def _day_rows(
    days: Mapping[date, int], last: date, grid: _Grid, frame: Frame, facts: DayFacts
) -> Iterator[Row]:
    """A row a weekday."""
    limits = thresholds(list(days.values()))
    gap = " " * (grid.pitch - 1)
    for weekday, label in enumerate(WEEKDAYS):
        row = Row(label if weekday % 2 == 0 and weekday < 6 else "", "CodeStatsLabel").to(LABEL)
        for week in range(grid.weeks):
            day = grid.first + week * WEEK + timedelta(days=weekday)
            if day > last:
                break
            xp = days.get(day, 0)
            level = heat_level(xp, limits)
            # The gap in the same colour: neighbours of one level are one span.
            row.add(frame.glyphs.heat[level] + gap, f"CodeStatsHeat{level}", facts.spot(day, xp, frame))
        yield row


def legend(frame: Frame) -> Row:
    """``less ·▪▪■■ more``."""
    row = Row("less ", "CodeStatsLabel")
    for level, glyph in enumerate(frame.glyphs.heat):
        row.add(glyph, f"CodeStatsHeat{level}")
    return row.add(" more", "CodeStatsLabel")
