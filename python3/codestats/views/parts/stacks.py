"""Columns stacked by language: the largest in their own colours, what is left in a quiet one, and the legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestats.text import number, percent, plural
from codestats.views.parts.canvas import Row
from codestats.views.parts.highlights import language_group
from codestats.views.parts.sentences import filter_spot, named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codestats.views.parts.charts import Chart
    from codestats.views.parts.frame import Frame

__all__ = ["Stacks", "legend_with_goal", "stacks_of"]

SHOWN = 6  # languages with a colour of their own
REST = "CodeStatsOther"


@dataclass(frozen=True, slots=True)
class Stacks:
    """The parts of each column from the bottom; XP of the languages that have a colour, of the rest, of all."""

    parts: tuple[tuple[tuple[str, int], ...], ...]
    named: Mapping[str, int]
    rest: int

    def legend(self, frame: Frame, cells: int) -> Row:
        """``● Rust  ● Python  ● other``, as far as there is room."""
        row, whole = Row(), sum(self.named.values()) + self.rest
        for name, xp in self.named.items():
            label = frame.cut(frame.name(name) or "?", 18)
            spot = filter_spot(
                "language",
                name,
                f"{named(frame, name)}  {number(xp)} XP {frame.glyphs.dot} {percent(xp, whole)}",
            )
            part = Row(f"{frame.glyphs.state} ", language_group(name), spot).add(
                label, "CodeStatsLabel", spot
            )
            if row.cells + 2 + part.cells > cells:
                return row
            row.to(row.cells + 2 * bool(row.cells)).join(part)
        if row.cells and self.rest and row.cells + 9 <= cells:
            row.to(row.cells + 2 * bool(row.cells)).add(f"{frame.glyphs.state} ", REST).add(
                "other", "CodeStatsLabel"
            )
        return row


def legend_with_goal(stacks: Stacks, chart: Chart, frame: Frame) -> Row:
    """The legend of a chart's columns, and at the right on how many days its goal was met."""
    row = Row().to(chart.gutter).join(stacks.legend(frame, frame.inner - chart.gutter))
    if chart.goal > 0 and (met := sum(value >= chart.goal for value in chart.values)):
        told = f"goal {number(chart.goal)} met on {plural(met, 'day')}"
        if row.cells + 3 + len(told) <= frame.inner:
            row.end(frame.inner, told, "CodeStatsLabel")
    return row


def stacks_of(keys: Sequence[str], values: Sequence[int], cross: Mapping[str, Mapping[str, int]]) -> Stacks:
    """For columns of ``keys`` that are ``values`` high: what no language accounts for counts as the rest."""
    sums: dict[str, int] = {}
    for key in keys:
        for name, xp in cross.get(key, {}).items():
            sums[name] = sums.get(name, 0) + xp
    top = sorted(sums, key=lambda name: (-sums[name], name.casefold(), name))[:SHOWN]
    parts = []
    for key, value in zip(keys, values, strict=True):
        of_day = cross.get(key, {})
        column = [(language_group(name), of_day[name]) for name in top if of_day.get(name)]
        left = value - sum(xp for _, xp in column)
        parts.append((*column, (REST, left)) if left > 0 else tuple(column))
    shown = {name: sums[name] for name in top}
    return Stacks(tuple(parts), shown, max(sum(values) - sum(shown.values()), 0))
