"""The calendar heat map: a column a week, a row a weekday, from none to most in shapes and shades."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from codestats.stats.activity import monday
from codestats.stats.dates import MONTHS, WEEKDAYS
from codestats.stats.heat import heat_level, thresholds
from codestats.views.canvas import Frame, Row
from codestats.views.sentences import DayFacts

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LABEL", "calendar_rows", "legend"]

LABEL = 5  # cells before the first week
YEAR = 53  # weeks
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Weeks shown: the first Monday, how many, and cells of a week."""

    first: date
    weeks: int
    pitch: int


def _grid(today: date, cells: int) -> _Grid:
    pitch = 2 if cells >= LABEL + 2 * YEAR - 1 else 1
    weeks = max(min(YEAR, (cells - LABEL + pitch - 1) // pitch), 1)
    try:
        return _Grid(monday(today) - (weeks - 1) * WEEK, weeks, pitch)
    except OverflowError:  # the year 1
        return _Grid(monday(today), 1, pitch)


def _month_row(grid: _Grid) -> Row:
    """Names of months over the first week that begins in them, where there is room."""
    row = Row().to(LABEL)
    for week in range(grid.weeks):
        start = grid.first + week * WEEK
        begins = week == 0 or start.month != (start - WEEK).month
        cell = LABEL + week * grid.pitch
        room = (grid.weeks - week) * grid.pitch >= 3
        early = week == 0 and (start + 2 * WEEK).month != start.month  # the next name would touch it
        if begins and room and not early and (row.cells < cell or cell == LABEL):
            row.to(cell).add(MONTHS[start.month - 1], "CodeStatsLabel")
    return row


def calendar_rows(
    days: Mapping[date, int], last: date, cells: int, frame: Frame, facts: DayFacts | None = None
) -> list[Row]:
    """Months, then Monday to Sunday; as many weeks up to that of ``last`` as fit ``cells``, a year at most."""
    grid = _grid(last, cells)
    facts = facts or DayFacts()
    shown = {day: xp for day, xp in days.items() if grid.first <= day <= last}
    limits = thresholds(list(shown.values()))
    gap = " " * (grid.pitch - 1)
    rows = [_month_row(grid)]
    for weekday, label in enumerate(WEEKDAYS):
        row = Row(label if weekday % 2 == 0 and weekday < 6 else "", "CodeStatsLabel").to(LABEL)
        for week in range(grid.weeks):
            day = grid.first + week * WEEK + timedelta(days=weekday)
            if day > last:
                break
            xp = shown.get(day, 0)
            level = heat_level(xp, limits)
            # The gap in the same colour: neighbours of one level are one span.
            row.add(frame.glyphs.heat[level] + gap, f"CodeStatsHeat{level}", facts.spot(day, xp, frame))
        rows.append(row)
    return rows


def legend(frame: Frame) -> Row:
    """``less ·▪▪■■ more``."""
    row = Row("less ", "CodeStatsLabel")
    for level, glyph in enumerate(frame.glyphs.heat):
        row.add(glyph, f"CodeStatsHeat{level}")
    return row.add(" more", "CodeStatsLabel")
