"""The overview page: who, which level, what lately, and a year at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.levels import standing
from codestats.profile import Profile
from codestats.text import number, plural
from codestats.views.canvas import Frame, Row, beside, wrap
from codestats.views.charts import Line, bar_rows
from codestats.views.chrome import section
from codestats.views.glyphs import meter
from codestats.views.heatmap import MONTHS, calendar_rows, legend, legend_column

if TYPE_CHECKING:
    from datetime import date

    from codestats.activity import Days
    from codestats.views.profile_data import ProfileData

__all__ = ["overview_rows"]


def overview_rows(data: ProfileData, frame: Frame, height: int) -> list[Row]:
    """The page in about ``height`` rows: languages are listed where some are left."""
    profile = data.profile or Profile()
    rows = _level_rows(profile, frame)
    if profile.is_empty and not data.calendar:
        return [*rows, Row(), *_empty_rows(frame)]
    rows += [Row(), *_tiles(data.days(frame.now), profile, data.goal, frame)]
    rows += [Row(), *_year_rows(data, frame)]
    left = height - len(rows) - 2
    if left >= 3 and profile.languages:
        rows += [Row(), *_language_rows(profile, frame, min(left, 10))]
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


def _day(day: date | None) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else ""


def _tiles(days: Days, profile: Profile, goal: int, frame: Frame) -> list[Row]:
    """Six figures over their labels: in one line where they fit, else three and three."""
    goal_note = f"of {number(goal, 7)}" if goal > 0 else ""
    tiles = [
        (number(days.today, 10), "today", goal_note),
        (number(days.week, 10), "this week", ""),
        (number(profile.new_xp, 10), "last 12 h", ""),
        (plural(days.streak, "day"), "streak", ""),
        (plural(days.longest, "day"), "longest", _day(days.longest_end)),
        (number(days.best, 10), "best day", _day(days.best_day)),
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


def _language_rows(profile: Profile, frame: Frame, rows: int) -> list[Row]:
    """The languages with the most XP, as bars."""
    lines = [
        Line(frame.cut(frame.name(tally.name), 18), tally.xp, group="CodeStatsName")
        for tally in profile.languages[: rows - 1]
    ]
    return [section("Languages", frame.inner), *bar_rows(lines, frame.inner, frame)]
