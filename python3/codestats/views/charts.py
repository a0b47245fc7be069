"""Charts: bars lying down with labels, upright columns with an axis, a weekday by hour grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestats.stats.dates import WEEKDAYS
from codestats.stats.heat import heat_level, thresholds
from codestats.text import number, width
from codestats.views.canvas import Frame, Row
from codestats.views.glyphs import bar, columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Chart", "Line", "axis", "bar_rows", "column_rows", "grid_rows"]


@dataclass(frozen=True, slots=True)
class Line:
    """One lying bar: its label, value, and whether it is the present one (this weekday)."""

    label: str
    value: int
    now: bool = False
    group: str = "CodeStatsLabel"


def bar_rows(lines: Sequence[Line], cells: int, frame: Frame, label_cells: int = 0) -> list[Row]:
    """A row a bar: label, bar, value at the right end of ``cells``."""
    most = max((line.value for line in lines), default=0)
    values = [number(line.value, 11 if cells >= 34 else 6) for line in lines]
    figure = max(map(len, values), default=0)
    label = min(label_cells or max((width(line.label) for line in lines), default=0), max(cells // 3, 3))
    room = max(cells - label - figure - 3, 1)
    rows = []
    for line, value in zip(lines, values, strict=True):
        row = Row(frame.cut(line.label, label), line.group).to(label + 1)
        drawn = bar(line.value / max(most, 1), room, frame.glyphs)
        row.add(drawn, "CodeStatsBarNow" if line.now else "CodeStatsBar")
        rows.append(row.end(cells, value, "CodeStatsNumber" if line.value else "CodeStatsLabel"))
    return rows


@dataclass(frozen=True, slots=True)
class Chart:
    """Upright columns: values from left to right, one every ``pitch`` cells, ``rows`` high.

    ``now`` is the index of the present column, -1 for none; ``gutter`` cells at the left are for figures.
    """

    values: Sequence[int]
    pitch: int
    rows: int
    now: int = -1
    gutter: int = 0


def column_rows(chart: Chart, frame: Frame) -> list[Row]:
    """The columns, the largest value beside the top and half of it beside the middle."""
    top = max(chart.values, default=0)
    lines = columns(list(chart.values), chart.rows, frame.glyphs)
    thick = max(chart.pitch - 1, 1)
    rows = []
    for at, line in enumerate(lines):
        row = Row()
        if chart.gutter:
            figure = top if at == 0 else top // 2 if chart.rows >= 4 and at == chart.rows // 2 else 0
            row.end(chart.gutter - 1, number(figure, chart.gutter - 1) if figure else "", "CodeStatsLabel")
            row.to(chart.gutter)
        last = at == len(lines) - 1
        for index, glyph in enumerate(line):
            row.to(chart.gutter + index * chart.pitch)
            if glyph != " ":
                row.add(glyph * thick, "CodeStatsBarNow" if index == chart.now else "CodeStatsBar")
            elif last:
                row.add(frame.glyphs.heat[0], "CodeStatsTrack")
        rows.append(row)
    return rows


def axis(labels: Mapping[int, str], chart: Chart) -> Row:
    """Labels under the columns of their indexes, but none that would touch another or leave the chart."""
    row = Row()
    end = chart.gutter + len(chart.values) * chart.pitch
    for index, label in sorted(labels.items()):
        cell = chart.gutter + index * chart.pitch
        free = not row.cells or row.cells < cell
        if free and cell + len(label) <= end:
            row.to(cell).add(label, "CodeStatsLabel")
    return row


def grid_rows(values: Mapping[tuple[int, int], int], pitch: int, frame: Frame) -> list[Row]:
    """Weekday (0 Monday) by hour as a heat map, hours above."""
    limits = thresholds(list(values.values()))
    top = Row()
    for hour in range(0, 24, 3 if pitch > 1 else 6):
        top.to(4 + hour * pitch).add(f"{hour:02}", "CodeStatsLabel")
    rows = [top]
    for weekday, name in enumerate(WEEKDAYS):
        row = Row(name, "CodeStatsLabel").to(4)
        for hour in range(24):
            level = heat_level(values.get((weekday, hour), 0), limits)
            glyph = frame.glyphs.heat[level]
            row.to(4 + hour * pitch).add(glyph * max(pitch - 1, 1), f"CodeStatsHeat{level}")
        rows.append(row)
    return rows
