"""The overview's map of a year, and what stands beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from codestats.stats.dates import MONTHS
from codestats.text import number
from codestats.views.parts.canvas import Row, beside
from codestats.views.parts.glyphs import spark
from codestats.views.parts.heatmap import turned_map

if TYPE_CHECKING:
    from datetime import date

    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = ["year_rows"]


def year_rows(data: ProfileData, state: dict[str, Any], frame: Frame) -> list[Row]:
    """The map of a year, facts beside it where it is narrow; how far it goes back is noted in ``state``."""
    rows = turned_map(data.calendar, frame.now.date(), state, "back", frame, data.facts)
    wide = max(row.cells for row in rows)
    if frame.inner - wide >= 17:
        rows = beside(rows, _year_facts(data, frame, frame.inner - wide - 3), wide + 3)
    return rows


def _year_facts(data: ProfileData, frame: Frame, cells: int) -> list[Row]:
    """Bests and the last fortnight, right of a map that leaves room."""
    days, today = data.days(frame.now), frame.now.date()
    facts = [
        ("best day", number(days.best, 9), _day(days.best_day, today)),
        ("longest", f"{days.longest:,} d", _day(days.longest_end, today)),
    ]
    rows = [Row()]
    for label, figure, when in facts:
        rows.append(Row(label, "CodeStatsLabel").end(cells, figure, "CodeStatsNumber"))
        rows.append(Row().end(cells, when, "CodeStatsLabel"))
    last = [data.calendar.get(today - timedelta(days=ago), 0) for ago in range(13, -1, -1)]
    total = number(sum(last), 9)
    rows += [Row(), Row("14 d", "CodeStatsLabel").end(cells, total, "CodeStatsNumber")]
    return [*rows, Row().end(cells, spark(last, frame.glyphs), "CodeStatsBar")]


def _day(day: date | None, today: date) -> str:
    """A past day, of another year without the day of the month."""
    if day is None:
        return ""
    month = MONTHS[day.month - 1]
    return f"{day.day} {month}" if day.year == today.year else f"{month} {day.year}"
