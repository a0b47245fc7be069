"""The statistics view: a period of the local ledger as a table, or broken down along a second dimension."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from codestats.stats.periods import NAMES, Period, parse_period
from codestats.stats.sums import NO_SUMS, Sums
from codestats.text import number, plural
from codestats.views import chrome
from codestats.views.breakdown import breakdown_rows
from codestats.views.canvas import Frame, Row, View, finish, wrap
from codestats.views.keys import BREAKDOWNS, KEYS
from codestats.views.stats_table import Figures, change, table_rows
from codestats.views.timeline import timeline_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["StatsData", "stats_view"]

HINTS = (
    ("Tab", "period"),
    ("?", "keys"),
    ("q", "close"),
    ("b", "break down"),
    ("%", "percent"),
    ("s", "sort"),
)


@dataclass(frozen=True, slots=True)
class StatsData:
    """The whole ledger."""

    activity: Sums = NO_SUMS


def stats_view(data: StatsData, state: Mapping[str, Any], frame: Frame) -> View:
    """The period of ``state["period"]``."""
    shown: dict[str, Any] = {k: v for k, v in state.items() if k not in ("columns", "cursor")}
    try:
        period = parse_period(str(state.get("period", "")), frame.now.date())
    except ValueError as error:
        rows = [*chrome.tabs(NAMES, "", frame), Row()]
        rows += [Row(line, "CodeStatsWarning") for line in wrap(str(error), frame.inner)]
    else:
        shown["period"] = period.name
        rows = chrome.tabs(NAMES, period.name, frame)
        if state.get("help"):
            rows += chrome.help_rows(KEYS["stats"])
        else:
            rows += _body(data, period, shown, frame, frame.height - len(rows) - 2)
    view = finish("Code::Stats statistics", chrome.with_footer(rows, HINTS, frame), frame, shown)
    return replace(view, keys=tuple(key for key, _ in KEYS["stats"] if key != "q"))


def _body(data: StatsData, period: Period, state: dict[str, Any], frame: Frame, height: int) -> list[Row]:
    """Heading, totals, and a table; a timeline between where there are rows left."""
    figures = _figures(data.activity, period, frame)
    rows = [Row(), *_summary(figures, period, frame)]
    if not figures.now:
        return [*rows, Row(), Row("Nothing was typed in this time.", "CodeStatsLabel")]
    by = state.get("breakdown")
    if by in BREAKDOWNS:
        table = breakdown_rows(figures.now, str(by), state, frame)
    else:
        table = table_rows(figures, state, frame)
    timeline = timeline_rows(figures.now, period, frame)
    if height - len(rows) - len(table) - 2 >= len(timeline):
        rows += [Row(), *timeline]
    return [*rows, Row(), *table]


def _figures(activity: Sums, period: Period, frame: Frame) -> Figures:
    """The period's entries and those to compare with; of yesterday what was typed by this time of day."""
    now = activity.between(period.first, period.last)
    if period.before is None:
        return Figures(now, None, "", now.active_hours())
    return Figures(now, period.earlier(activity, frame.now), frame.name(period.before[2]), now.active_hours())


def _summary(figures: Figures, period: Period, frame: Frame) -> list[Row]:
    """The period's name; XP, change, active hours and days in a line."""
    total = figures.now.total
    days, hours = len(figures.now.by("date")), figures.hours[""]
    parts = Row(f"{number(total)} XP", "CodeStatsNumber")
    more = [(plural(hours, "active hour"), "CodeStatsLabel")]
    if period.days > 1:
        more.append((plural(days, "active day"), "CodeStatsLabel"))
    if figures.before is not None and (total or figures.before.total):
        text, group = change(total, figures.before.total)
        if text == "new":
            text = f"none {figures.name}"
        elif text:  # "12x vs 1–27 Oct"
            text += f" vs {figures.name}"
        more.insert(0, (text, group))
    for text, group in more:
        if parts.cells + 3 + len(text) <= frame.inner:
            parts.add("   ").add(text, group)
    return [Row(frame.cut(period.label, frame.inner), "CodeStatsTitle"), parts]
