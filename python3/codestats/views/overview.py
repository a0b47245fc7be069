"""The overview page: who, which level, what lately, and a year at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.levels import standing
from codestats.profile import Profile
from codestats.stats.dates import MONTHS
from codestats.text import number, plural
from codestats.views.canvas import Frame, Row, beside, wrap
from codestats.views.charts import Line, bar_rows
from codestats.views.chrome import section
from codestats.views.glyphs import meter
from codestats.views.heatmap import calendar_rows, legend, legend_column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from codestats.profile import Tally
    from codestats.views.profile_data import ProfileData

__all__ = ["overview_rows"]


def overview_rows(data: ProfileData, frame: Frame, height: int) -> list[Row]:
    """The page in about ``height`` rows: languages are listed where some are left."""
    profile = data.profile or Profile()
    rows = _level_rows(profile, frame)
    if profile.is_empty and not data.calendar:
        return [*rows, Row(), *_empty_rows(frame)]
    rows += [Row(), *_tiles(data, profile, frame)]
    rows += [Row(), *_year_rows(data, frame)]
    left = height - len(rows) - 2
    if left >= 3 and profile.languages:
        rows += [Row(), *_top_rows(profile, frame, min(left, 11))]
    return rows


def _empty_rows(frame: Frame) -> list[Row]:
    text = "Type something: each keystroke that changes text is 1 XP."
    lines = wrap(text, frame.inner)
    return [Row("No XP yet.", "CodeStatsTitle"), *(Row(line, "CodeStatsLabel") for line in lines)]


def _level_rows(profile: Profile, frame: Frame) -> list[Row]:
    """Name and level, the way to the next level as a line, figures under it."""
    stand = standing(profile.total_xp)
    level = f"level {stand.level:,}"
    name = frame.cut(frame.name(profile.user) or "?", frame.inner - len(level) - 2)
    done, rest = meter(stand.progress, frame.inner - 5, frame.glyphs)
    missing = f"{number(stand.missing)} to level {stand.level + 1:,}"
    total = f"{number(profile.total_xp)} XP"
    if len(total) + len(missing) + 2 > frame.inner:
        missing = f"{number(stand.missing, 6)} to go"
    return [
        Row(name, "CodeStatsTitle").end(frame.inner, level, "CodeStatsLevel"),
        Row(done, "CodeStatsProgress")
        .add(rest, "CodeStatsTrack")
        .end(frame.inner, f"{int(stand.progress * 100)}%", "CodeStatsNumber"),
        Row(total, "CodeStatsNumber").end(frame.inner, missing, "CodeStatsLabel"),
    ]


def _day(day: date | None, today: date) -> str:
    """A past day, of another year without the day of the month: it is a tile's smallest print."""
    if day is None:
        return ""
    month = MONTHS[day.month - 1]
    return f"{day.day} {month}" if day.year == today.year else f"{month} {day.year}"


def _tiles(data: ProfileData, profile: Profile, frame: Frame) -> list[Row]:
    """Six figures over their labels: in one line where they fit, else three and three."""
    days, today = data.days(frame.now), frame.now.date()
    goal_note = f"of {number(data.goal, 7)}" if data.goal > 0 else ""
    tiles = [
        (number(days.today, 10), "today", goal_note),
        (number(days.week, 10), "this week", ""),
        (number(profile.new_xp, 10), "last 12 h", ""),
        (plural(days.streak, "day"), "streak", ""),
        (plural(days.longest, "day"), "longest", _day(days.longest_end, today)),
        (number(days.best, 10), "best day", _day(days.best_day, today)),
    ]
    across = 6 if frame.inner >= 72 else 3
    pitch = frame.inner // across
    rows: list[Row] = []
    for at in range(0, len(tiles), across):
        block = [Row(), Row(), Row()]
        for column, tile in enumerate(tiles[at : at + across]):
            for row, text, group in zip(block, tile, GROUPS_OF_TILE, strict=True):
                row.to(column * pitch).add(frame.cut(text, pitch - 1), group)
        rows += block if block[2].cells or across == 6 else block[:2]
    return rows


GROUPS_OF_TILE = ("CodeStatsNumber", "CodeStatsLabel", "CodeStatsRule")


def _year_rows(data: ProfileData, frame: Frame) -> list[Row]:
    """The calendar, with its legend where there is room: at the right or below."""
    days, today = data.calendar, frame.now.date()
    grid = calendar_rows(days, today, frame.inner, frame)
    wide = max(row.cells for row in grid)
    year = {day: xp for day, xp in days.items() if 0 <= (today - day).days < 365}
    if wide + 14 <= frame.inner:
        return beside(grid, [Row(), Row(), *legend_column(year, frame)], wide + 3)
    note = f"{number(sum(year.values()))} XP on {plural(len(year), 'day')} in a year"
    below = Row().to(4)
    if 4 + len(note) + 2 + legend(frame).cells <= frame.inner:
        below.add(note, "CodeStatsLabel")
    return [*grid, below.to(wide - legend(frame).cells).join(legend(frame))]


def _top_rows(profile: Profile, frame: Frame, rows: int) -> list[Row]:
    """The languages with the most XP as bars, the machines beside them in a wide window."""
    if frame.inner < 90 or not profile.machines:
        return _bars("Languages", profile.languages, rows, frame.inner, frame)
    half = frame.inner // 2 - 3
    languages = _bars("Languages", profile.languages, rows, half, frame)
    return beside(languages, _bars("Machines", profile.machines, rows, half, frame), frame.inner - half)


def _bars(title: str, tallies: Sequence[Tally], rows: int, cells: int, frame: Frame) -> list[Row]:
    lines = [
        Line(frame.cut(frame.name(tally.name), 18), tally.xp, group="CodeStatsName")
        for tally in tallies[: rows - 1]
    ]
    return [section(title, cells), *bar_rows(lines, cells, frame)]
