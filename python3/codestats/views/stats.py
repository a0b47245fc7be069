"""The statistics view: a period of the local ledger as a table, or broken down along a second dimension."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from codestats.stats.periods import NAMES, Period, parse_period
from codestats.stats.sources import NO_SOURCES, Sources
from codestats.stats.steps import filters_around, kind_of, step
from codestats.stats.sums import NO_SUMS, Sums
from codestats.text import number
from codestats.views.breakdown import breakdown_rows
from codestats.views.detail import Scope, detail_rows
from codestats.views.hints import hints
from codestats.views.keymap import KEYS, keys_of
from codestats.views.keys import BY_SOURCE, breakdown_of, filters_of
from codestats.views.parts import chrome
from codestats.views.parts.canvas import Row, View, finish
from codestats.views.parts.wrapping import wrap
from codestats.views.plain_pages import detail_lines, period_lines
from codestats.views.sources import sources_rows
from codestats.views.stats_table import Figures, change, table_rows
from codestats.views.timeline import has_means, timeline_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codestats.views.parts.frame import Frame

__all__ = ["StatsData", "stats_view"]

SCOPE = "this machine and imports"
VOLATILE = ("columns", "cursor", "earlier", "later", "years", "tab")


@dataclass(frozen=True, slots=True)
class StatsData:
    """The whole ledger; ``goal``: XP a day, 0 for none; ``sources``: where the text came from."""

    activity: Sums = NO_SUMS
    goal: int = 0
    sources: Sources = NO_SOURCES


def stats_view(data: StatsData, state: Mapping[str, Any], frame: Frame) -> View:
    """The period of ``state["period"]``."""
    shown: dict[str, Any] = {k: v for k, v in state.items() if k not in VOLATILE}
    today = frame.now.date()
    try:
        period = parse_period(str(state.get("period", "")), today)
    except ValueError as error:
        rows = [*chrome.tabs(NAMES, "", frame), Row()]
        rows += [Row(line, "CodeStatsWarning") for line in wrap(frame.name(str(error)), frame.inner)]
    else:
        kind = kind_of(period)
        shown |= {
            "period": period.name,
            "tab": kind,
            "earlier": step(period, -1, today),
            "later": step(period, 1, today),
        }
        shown |= filters_around(filters_of(state), today)
        rows = chrome.tabs(NAMES, kind, frame)
        if state.get("breakdown") != BY_SOURCE:
            _tell_whose(rows, frame)
        if state.get("help"):
            rows += chrome.help_rows(KEYS["stats"])
        else:
            rows += _body(data, period, shown, frame, frame.height - len(rows))
    view = finish("Code::Stats statistics", rows, frame, shown)
    return replace(view, keys=keys_of("stats"), hints=hints("stats", shown, keys_of("stats"), rows))


def _tell_whose(tabs: list[Row], frame: Frame) -> None:
    """Behind the tabs, where there is room: the profile is of all machines, this is not."""
    if tabs and not frame.plain and tabs[0].cells + 3 + len(SCOPE) <= frame.inner:
        tabs[0].end(frame.inner, SCOPE, "CodeStatsLabel")


def _body(data: StatsData, period: Period, state: dict[str, Any], frame: Frame, height: int) -> list[Row]:
    """Heading, totals, and a table; a timeline between where there are rows left."""
    filters = filters_of(state)
    if state.get("breakdown") == BY_SOURCE and not filters:
        return sources_rows(data.sources, period, state, frame)
    if frame.plain and not filters:
        return period_lines(data.activity, period, state, frame)
    figures = _figures(data.activity, period, frame)
    if filters:
        scope = Scope(period.label.replace("–", frame.dash), figures.now, {})
        return (
            detail_lines(scope, filters, frame) if frame.plain else detail_rows(scope, filters, state, frame)
        )
    rows = _summary(figures, period, frame)
    if not figures.now:
        return [*rows, Row(), Row(_nothing(period), "CodeStatsLabel")]
    by = breakdown_of(state)
    table = breakdown_rows(figures.now, by, state, frame) if by else table_rows(figures, state, frame)
    left = height - len(rows) - 2
    # A long table may go on out of sight, but not all of it.
    high = min(max(left - min(len(table), max(left * 3 // 5, 8)) - 3, 0), 9)
    if high >= 3:
        timeline = timeline_rows(data.activity, period, frame, high, data.goal)
        if timeline and has_means(period, frame.now.date()):
            rows[0].add(f"  {frame.glyphs.mean} mean of 7 days", "CodeStatsLabel")
        rows += [Row(), *timeline] if timeline else []
    return [*rows, Row(), *table]


def _nothing(period: Period) -> str:
    when = {"today": "today", "week": "this week", "month": "this month", "year": "this year", "all": "yet"}
    return f"Nothing typed {when.get(period.name, 'in this time')}."


def _figures(activity: Sums, period: Period, frame: Frame) -> Figures:
    """The period's entries and those to compare with; of the last day no more than has passed of today."""
    now = activity.between(period.first, period.last)
    if period.before is None:
        return Figures(now, None, "", now.active_hours())
    return Figures(now, period.earlier(activity, frame.now), frame.name(period.before[2]), now.active_hours())


def _summary(figures: Figures, period: Period, frame: Frame) -> list[Row]:
    """The period's name; XP, change, hours, days and XP a day in a line."""
    total = figures.now.total
    days, hours = len(figures.now.by("date")), figures.hours[""]
    row = Row(number(total), "CodeStatsNumber").add(" XP", "CodeStatsLabel")
    parts = [Row(number(hours), "CodeStatsNumber").add(" h typed in", "CodeStatsLabel")]
    if period.days > 1 and days:
        of_all = f" of {period.days:,} days" if period.name != "all" else f" {'day' if days == 1 else 'days'}"
        parts.append(Row(number(days), "CodeStatsNumber").add(of_all, "CodeStatsLabel"))
        parts.append(Row(number(total // days), "CodeStatsNumber").add(" a day", "CodeStatsLabel"))
    if figures.before is not None and (total or figures.before.total):
        text, group = change(total, figures.before.total, frame)
        told = f" vs {figures.name}"
        if text == "new":
            text, told = "", f"none in {figures.name}"
        parts.insert(0, Row(text, group).add(told, "CodeStatsLabel"))
    for part in parts:
        if row.cells + 4 + part.cells <= frame.inner:
            row.to(row.cells + 4).join(part)
    return [Row(frame.cut(period.label, frame.inner), "CodeStatsTitle"), row]
