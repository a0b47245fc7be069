"""Charts: bars lying down with labels, upright columns with an axis, a weekday by hour grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestats.stats.dates import WEEKDAYS
from codestats.stats.heat import heat_level, thresholds
from codestats.text import number, width
from codestats.views.parts.canvas import Row, Spot
from codestats.views.parts.glyphs import columns, meter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codestats.views.parts.frame import Frame

__all__ = ["Chart", "Line", "axis", "bar_rows", "column_rows", "grid_rows"]


@dataclass(frozen=True, slots=True)
class Line:
    """One lying bar: its label, value, whether it is the present one (this weekday), and what it is about."""

    label: str
    value: int
    now: bool = False
    group: str = "CodeStatsLabel"
    bar: str = "CodeStatsBar"
    spot: Spot | None = None
    dot: str = ""  # the group of a dot before the label


def bar_rows(lines: Sequence[Line], cells: int, frame: Frame, label_cells: int = 0) -> list[Row]:
    """A row a bar: label, bar on its track, value at the right end of ``cells``."""
    most = max((line.value for line in lines), default=0)
    values = [number(line.value, 11 if cells >= 34 else 6) for line in lines]
    figure = max(map(len, values), default=0)
    label = min(label_cells or max((width(line.label) for line in lines), default=0), max(cells // 3, 3))
    rows = []
    for line, value in zip(lines, values, strict=True):
        row = Row(f"{frame.glyphs.state} ", line.dot) if line.dot else Row()
        room = max(cells - row.cells - label - figure - 3, 1)
        start = row.cells
        row.add(frame.cut(line.label, label), line.group).to(start + label + 1)
        done, rest = meter(line.value / max(most, 1), room, frame.glyphs)
        row.add(done, "CodeStatsBarNow" if line.now else line.bar).add(rest, "CodeStatsTrack")
        rows.append(
            row.end(cells, value, "CodeStatsNumber" if line.value else "CodeStatsLabel").about(line.spot)
        )
    return rows


@dataclass(frozen=True, slots=True)
class Chart:
    """Upright columns: values from left to right, one every ``pitch`` cells, ``rows`` high.

    ``now`` is the index of the present column, -1 for none; ``gutter`` cells at the left are for figures. ``spots``:
    what each column is about. ``stacks``: the parts of each column from the bottom, (group, value). ``goal``: a line
    across; ``means``: a mark a column. ``scale``: what a full column stands for at
    least, where several charts share it.
    """

    values: Sequence[int]
    pitch: int
    rows: int
    now: int = -1
    gutter: int = 0
    spots: Sequence[Spot | None] = ()
    stacks: Sequence[Sequence[tuple[str, int]]] = ()
    goal: int = 0
    means: Sequence[float] = ()
    scale: int = 0

    @property
    def top(self) -> int:
        """The value of a column of full height: a goal is to be seen unless it is far off."""
        most = max(self.scale, *self.values) if self.values else self.scale
        return max(most, self.goal) if self.goal <= 3 * most else most

    def group(self, index: int, row: int) -> str:
        """The colour of a column in a row (0: the lowest): of the part that is in the middle of the cell."""
        if index < len(self.stacks) and self.stacks[index]:
            level = (row + 0.5) * self.top / self.rows
            for group, value in self.stacks[index]:
                level -= value
                if level < 0:
                    return group
            return self.stacks[index][-1][0]
        return "CodeStatsBarNow" if index == self.now else "CodeStatsBar"

    def is_at(self, row: int, value: float) -> bool:
        """Whether a value falls into a row."""
        return value > 0 and self.top > 0 and row <= value * self.rows / self.top - 0.01 < row + 1


def column_rows(chart: Chart, frame: Frame) -> list[Row]:
    """The columns, the largest value beside the top and half of it beside the middle."""
    lines = columns(list(chart.values), chart.rows, frame.glyphs, chart.top)
    return [
        _column_row(chart, frame, line, chart.rows - 1 - at, _figure(chart, at))
        for at, line in enumerate(lines)
    ]


def _figure(chart: Chart, at: int) -> int:
    """What stands beside a line, from the top; 0: nothing."""
    if at == 0:
        return chart.top
    return chart.top // 2 if chart.rows >= 4 and at == chart.rows // 2 else 0


def _column_row(chart: Chart, frame: Frame, line: str, level: int, figure: int) -> Row:
    row = Row()
    if chart.gutter:
        label = number(figure, chart.gutter - 1) if figure else ""
        row.end(chart.gutter - 1, label, "CodeStatsLabel").to(chart.gutter)
    thick = max(chart.pitch - 1, 1)
    has_goal = chart.is_at(level, chart.goal)
    for index, glyph in enumerate(line):
        spot = chart.spots[index] if index < len(chart.spots) else None
        text, group = glyph * thick, chart.group(index, level)
        if glyph == " ":
            text, group = _blank(chart, frame, index, level, has_goal=has_goal)
        row.add(text, group, spot)
        if chart.pitch > 1:
            row.add(frame.glyphs.goal if has_goal else " ", "CodeStatsGoal" if has_goal else "", spot)
    return row


def _blank(chart: Chart, frame: Frame, index: int, level: int, *, has_goal: bool) -> tuple[str, str]:
    """What stands where a column does not reach: the goal, its mean, the ground."""
    thick = max(chart.pitch - 1, 1)
    if index < len(chart.means) and chart.is_at(level, chart.means[index]):
        return frame.glyphs.mean * thick, "CodeStatsLabel"
    if has_goal:
        return frame.glyphs.goal * thick, "CodeStatsGoal"
    if level == 0:
        return frame.glyphs.heat[0] + " " * (thick - 1), "CodeStatsTrack"
    return " " * thick, ""


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
    """Weekday (0 Monday) by hour as a heat map, hours above; a cell drills down to both."""
    limits = thresholds(list(values.values()))
    dash = frame.dash
    top = Row()
    for hour in range(0, 24, 3 if pitch > 1 else 6):
        top.to(4 + hour * pitch).add(f"{hour:02}", "CodeStatsLabel")
    rows = [top]
    for weekday, name in enumerate(WEEKDAYS):
        row = Row(name, "CodeStatsLabel").to(4)
        for hour in range(24):
            xp = values.get((weekday, hour), 0)
            level = heat_level(xp, limits)
            sentence = f"{name} {hour:02}{dash}{hour + 1:02} h  {number(xp)} XP"
            spot = (
                Spot("filter", [["weekday", str(weekday)], ["hour", f"{hour:02}"]], sentence) if xp else None
            )
            glyph = frame.glyphs.heat[level]
            row.add(glyph + " " * (pitch - 1), f"CodeStatsHeat{level}", spot)
        rows.append(row)
    return rows
