"""The calendar heat map: a column a week, a row a weekday, five glyphs from none to most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from codestats.stats.activity import monday
from codestats.stats.dates import MONTHS, WEEKDAYS
from codestats.stats.heat import heat_level, thresholds
from codestats.text import number
from codestats.views.canvas import Frame, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["calendar_rows", "legend", "legend_column"]

LABEL = 4  # cells before the first week
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


def calendar_rows(days: Mapping[date, int], today: date, cells: int, frame: Frame) -> list[Row]:
    """Months, then Monday to Sunday; as many weeks up to today's as fit ``cells``, a year at most."""
    grid = _grid(today, cells)
    shown = {day: xp for day, xp in days.items() if grid.first <= day <= today}
    limits = thresholds(list(shown.values()))
    rows = [_month_row(grid)]
    for weekday, label in enumerate(WEEKDAYS):
        row = Row(label if weekday % 2 == 0 and weekday < 6 else "", "CodeStatsLabel").to(LABEL)
        for week in range(grid.weeks):
            day = grid.first + week * WEEK + timedelta(days=weekday)
            if day > today:
                break
            level = heat_level(shown.get(day, 0), limits)
            row.to(LABEL + week * grid.pitch).add(frame.glyphs.heat[level], f"CodeStatsHeat{level}")
        rows.append(row)
    return rows


def legend(frame: Frame) -> Row:
    """``less · ░ ▒ ▓ █ more``."""
    row = Row("less ", "CodeStatsLabel")
    for level, glyph in enumerate(frame.glyphs.heat):
        row.add(glyph, f"CodeStatsHeat{level}").add(" ")
    return row.add("more", "CodeStatsLabel")


def legend_column(days: Mapping[date, int], frame: Frame) -> list[Row]:
    """The same upright, with the least XP of each level; levels that few days cannot tell apart are left out."""
    limits = thresholds(list(days.values()))
    rows = []
    for level in (4, 3, 2, 1, 0):
        if 0 < level < 4 and limits[level - 1] == limits[level]:
            continue
        row = Row(frame.glyphs.heat[level], f"CodeStatsHeat{level}").add("  ")
        label = f"{number(limits[level - 1], 7)}+" if level else "none"
        rows.append(row.add(label, "CodeStatsLabel"))
    return rows
