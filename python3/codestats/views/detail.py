"""What a drill-down shows: the part of the history that some filters leave, by all that they leave open."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from codestats.levels import level_of, standing, xp_of
from codestats.stats.dates import day_label
from codestats.stats.sums import NO_SUMS, TYPED_WITH, UNKNOWN
from codestats.text import number, percent, plural
from codestats.views.activity import Panel, Source, day_rows, hours_rows, weekday_rows
from codestats.views.breakdown import breakdown_rows
from codestats.views.keys import breakdown_of
from codestats.views.parts.canvas import Row, beside
from codestats.views.parts.charts import Line, bar_rows
from codestats.views.parts.chrome import crumb_row, section
from codestats.views.parts.heatmap import turned_map
from codestats.views.parts.sentences import DayFacts, crumb_of, filter_spot, notes_of
from codestats.views.parts.wrapping import wrap
from codestats.views.stats_table import Figures, table_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codestats.stats.sums import Sums
    from codestats.views.parts.frame import Frame

__all__ = ["Scope", "detail_rows", "is_known", "level_dates", "narrowed"]

Filter = tuple[str, tuple[str, ...]]
TWO = 84  # cells from which two charts stand side by side


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a drill-down begins: its name, and the history it looks into.

    ``account``: XP of each language as the service knows it, where the history is only this machine's part.
    """

    name: str
    activity: Sums
    account: Mapping[str, int]


def narrowed(activity: Sums, filters: Sequence[Filter]) -> Sums:
    """The part that is left; nothing where a filter makes no sense."""
    with suppress(ValueError, OverflowError):
        for dimension, keys in filters:
            activity = activity.only(dimension, *keys)
        return activity
    return NO_SUMS


def detail_rows(scope: Scope, filters: Sequence[Filter], state: dict[str, Any], frame: Frame) -> list[Row]:
    """Crumbs, figures, and charts by each dimension that is still open; a table's columns are noted in ``state``."""
    part = narrowed(scope.activity, filters)
    crumbs = [crumb_of(dimension, keys, frame) for dimension, keys in filters]
    rows = [crumb_row(scope.name, crumbs, frame).stays(), Row()]
    if not part:
        return [*rows, *_nothing(scope, filters, frame)]
    rows.append(_figures(scope, part, filters, frame))
    rows += [Row(line, "CodeStatsLabel") for note in notes_of(filters) for line in wrap(note, frame.inner)]
    rows.append(Row())
    taken = {dimension for dimension, _ in filters}
    days = part.by_date()
    rows += _time_rows(part, days, taken, state, frame)
    rows += _pairs(part, days, taken, frame)
    if "language" not in taken:
        by = breakdown_of(state)
        figures = Figures(part, None, "", part.active_hours())
        rows += breakdown_rows(part, by, state, frame) if by else table_rows(figures, state, frame)
    return rows


def _nothing(scope: Scope, filters: Sequence[Filter], frame: Frame) -> list[Row]:
    rows = [Row("Nothing of this in this machine's history.", "CodeStatsLabel")]
    xp = _account_xp(scope, filters)
    if xp:
        rows += [Row(), _account_row(xp, frame)]
    return rows


def _account_xp(scope: Scope, filters: Sequence[Filter]) -> int:
    """What the service knows of a language that is the only filter."""
    if [dimension for dimension, _ in filters] != ["language"]:
        return 0
    return scope.account.get(filters[0][1][0].casefold(), 0)


def _account_row(xp: int, frame: Frame) -> Row:
    stand = standing(xp)
    row = Row(f"LEVEL {stand.level:,}", "CodeStatsLevel").add("  ")
    row.add(number(xp), "CodeStatsNumber").add(" XP on all machines  ", "CodeStatsLabel")
    row.add(number(stand.missing), "CodeStatsNumber").add(f" to {stand.level + 1:,}", "CodeStatsLabel")
    return row.cut(frame.inner, frame.glyphs.ellipsis)


def _figures(scope: Scope, part: Sums, filters: Sequence[Filter], frame: Frame) -> Row:
    """XP, share of where the drill-down began, hours and days; of a language the level that all machines gave it."""
    total, whole = part.total, scope.activity.total
    hours, days = part.active_hours()[""], len(part.by("date"))
    row = Row(number(total), "CodeStatsNumber").add(" XP", "CodeStatsLabel")
    if total < whole:
        row.add("  ").add(percent(total, whole), "CodeStatsNumber").add(" of all here", "CodeStatsLabel")
    for figure, noun in ((hours, "active hour"), (days, "day")):
        if noun == "day" and any(dimension == "date" for dimension, _ in filters):
            continue
        count, _, word = plural(figure, noun).partition(" ")
        if row.cells + 4 + len(count) + len(word) <= frame.inner:
            row.add("   ").add(count, "CodeStatsNumber").add(f" {word}", "CodeStatsLabel")
    xp = _account_xp(scope, filters)
    if xp and row.cells + 3 + _account_row(xp, frame).cells <= frame.inner:
        row.end(frame.inner - _account_row(xp, frame).cells, "").join(_account_row(xp, frame))
    return row


def _time_rows(
    part: Sums, days: Mapping[date, int], taken: set[str], state: dict[str, Any], frame: Frame
) -> list[Row]:
    """A month's days as columns, a longer time as a map; how far that goes back is noted in ``state``."""
    if "date" in taken:
        return []
    first, last = min(days), max(days)
    if (last - first).days <= 31:
        shown = [first + timedelta(days=at) for at in range((last - first).days + 1)]
        return (
            [*day_rows("Days", shown, Source(days, DayFacts.of(part)), frame, 4), Row()]
            if len(shown) > 1
            else []
        )

    def facts(begin: date, end: date) -> DayFacts:
        return DayFacts.of(part.between(begin, end))

    return [*turned_map(days, last, state, "back_inside", frame, facts), Row()]


def _pairs(part: Sums, days: Mapping[date, int], taken: set[str], frame: Frame) -> list[Row]:
    """Hours, weekdays, machines, what it was typed with, levels: two side by side where there is room."""
    half = (frame.inner - 4) // 2 if frame.inner >= TWO else frame.inner
    panel, blocks = Panel(frame, half, can_open=True), []
    if "hour" not in taken:
        blocks.append(hours_rows(part.by("hour"), panel, 4))
    if not taken & {"weekday", "date"}:
        blocks.append(weekday_rows(days, -1, panel))
    names = [dimension for dimension in ("machine", *TYPED_WITH) if dimension not in taken]
    named = (name for name in names if name == "machine" or is_known(part, name))
    blocks += [_names(part, dimension, half, frame) for dimension in named]
    if taken == {"language"}:
        blocks += [levels] if (levels := _levels(days, half)) else []
    rows: list[Row] = []
    while blocks:
        if half < frame.inner and len(blocks) > 1:
            rows += [*beside(blocks[0], blocks[1], frame.inner - half), Row()]
            blocks = blocks[2:]
        else:
            rows += [*blocks.pop(0), Row()]
    return rows


def is_known(part: Sums, dimension: str) -> bool:
    """Whether there is a name; without one a chart would say "?" and no more."""
    return any(key != UNKNOWN for key in part.by(dimension))


def _names(part: Sums, dimension: str, cells: int, frame: Frame) -> list[Row]:
    """The machines, editors or systems with the most XP."""
    sums = part.by(dimension)
    ordered = sorted(sums, key=lambda name: (-sums[name], name))[:6]
    lines = [
        Line(
            frame.cut(crumb_of(dimension, (name,), frame), 18),
            sums[name],
            group="CodeStatsName",
            spot=filter_spot(
                dimension, name, f"{crumb_of(dimension, (name,), frame)}  {number(sums[name])} XP"
            ),
        )
        for name in ordered
    ]
    return [section(f"{dimension.capitalize()}s", cells), *bar_rows(lines, cells, frame)]


def _levels(days: Mapping[date, int], cells: int) -> list[Row]:
    """When this history's XP of a language reached its levels, the newest first."""
    reached = level_dates(days)
    if not reached:
        return []
    rows, line = [section("Levels", cells, "by this history")], Row()
    wide = len(f"{reached[-1][0]:,}")
    for level, day in reversed(reached[-24:]):
        part = Row(f"{level:{wide},} ", "CodeStatsLevel").add(day_label(day).ljust(11), "CodeStatsLabel")
        part.about(filter_spot("date", day.isoformat(), f"Level {level:,} on {day_label(day)}"))
        if line.cells and line.cells + 3 + part.cells > cells:
            rows.append(line)
            line = Row()
        line.to(line.cells + 3 * bool(line.cells)).join(part)
    return [*rows, line]


def level_dates(days: Mapping[date, int]) -> list[tuple[int, date]]:
    """(level, the day it was reached), in order of time."""
    found: list[tuple[int, date]] = []
    xp = level = 0
    for day in sorted(days):
        xp += days[day]
        if xp >= xp_of(level + 1):
            now = level_of(xp)
            found += [(reached, day) for reached in range(max(level + 1, now - 50), now + 1)]
            level = now
    return found
