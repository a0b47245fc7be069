"""The map of a year: a cell a day, in columns of weeks. Without the page's script it is a picture with words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.stats.dates import MONTHS, WEEKDAYS, day_label
from codestats.stats.heat import heat_level, thresholds
from codestats.text import number, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codestats.data.report.model import Report, Week

__all__ = ["year_map"]


def year_map(report: Report, weeks: Sequence[Week]) -> str:
    """The section: map, what the day pointed at was, and the scale."""
    year = report.year
    limits = thresholds(list(year.values()))
    days = "".join(
        f'<span class="h{heat_level(year.get(day, 0), limits)}" data-day="{day}"'
        f' title="{day_label(day)}: {number(year.get(day, 0))} XP"></span>'
        for week in weeks
        for day in week
        if day is not None
    )
    names = "".join(f"<span>{name if row in (0, 2, 4) else ''}</span>" for row, name in enumerate(WEEKDAYS))
    scale = "".join(f'<i class="h{level}"></i>' for level in range(5))
    total = f"{number(sum(year.values()))} XP on {plural(len(year), 'day')}"
    return (
        '<section class="wide"><h2>A year</h2><div class="map">'
        f'<div class="weekdays" aria-hidden="true">{names}</div><div class="weeks"><div class="inner">'
        f'<div class="months" aria-hidden="true">{_months(weeks)}</div>'
        f'<div class="days" role="group" aria-label="XP of each day: {total}">{days}</div></div></div></div>'
        f'<div class="key soft"><output>{total}</output><span>less {scale} more</span></div></section>'
    )


def _months(weeks: Sequence[Week]) -> str:
    """A cell a week: the name of the month above the week in which it begins, where there is room."""
    parts, free_from = [], 0
    for column, week in enumerate(weeks):
        first = week[0]
        name = ""
        begins = first is not None and (column == 0 or first.day <= 7)
        if first is not None and begins and free_from <= column < len(weeks) - 1:
            turns_soon = column == 0 and any(
                later[0] and later[0].month != first.month for later in weeks[1:3]
            )
            if not turns_soon:
                name, free_from = MONTHS[first.month - 1], column + 3
        parts.append(f"<span>{name}</span>")
    return "".join(parts)
