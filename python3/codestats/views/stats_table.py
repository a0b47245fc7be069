"""The table of a period: language by XP, share, active hours, change, with totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codestats.text import number, percent, plural, width
from codestats.views.parts.canvas import Row, Spot
from codestats.views.parts.glyphs import meter
from codestats.views.parts.highlights import language_group
from codestats.views.parts.sentences import filter_spot, named
from codestats.views.parts.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codestats.stats.sums import Sums
    from codestats.views.parts.frame import Frame

__all__ = ["Figures", "change", "table_rows"]


NARROW = 60  # cells below which figures are short


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in a period and, where there is one, in the period before (called ``name``).

    ``hours``: active hours of the period by language, '' for all (adding them up takes a while).
    """

    now: Sums
    before: Sums | None
    name: str
    hours: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Line:
    """A language's figures; ``before`` -1: nothing to compare with."""

    name: str
    xp: int
    hours: int
    before: int
    is_total: bool = False

    @property
    def growth(self) -> float:
        """What the change is sorted by: new things above all growth, gone ones last."""
        if self.before <= 0:
            return float("inf") if self.xp and self.before == 0 else 0.0
        return self.xp / self.before - 1


def change(now: int, before: int, frame: Frame) -> tuple[str, str]:
    """``▲ 12%`` and its highlight group; ``new`` where there was nothing, ``=`` where nothing changed."""
    if before <= 0:
        return ("new", "CodeStatsGain") if now > 0 else ("", "CodeStatsLabel")
    if now == before:
        return "=", "CodeStatsLabel"
    gap = "" if frame.glyphs.more == "+" else " "
    points = round((now - before) * 100 / before)
    if points >= 1000:
        return f"{number(round(now / before))}{frame.glyphs.cross}", "CodeStatsGain"
    if now > before:
        return f"{frame.glyphs.more}{gap}{points}%", "CodeStatsGain"
    return f"{frame.glyphs.less}{gap}{-points}%", "CodeStatsLoss"


def _lines(figures: Figures) -> list[_Line]:
    """A line a language of either period, most XP first."""
    now = figures.now.by("language")
    before = figures.before.by("language") if figures.before is not None else None
    names = {**now, **(before or {})}
    lines = [
        _Line(
            name,
            now.get(name, 0),
            figures.hours.get(name, 0),
            before.get(name, 0) if before is not None else -1,
        )
        for name in names
    ]
    return sorted(lines, key=lambda line: (-line.xp, -line.before, line.name.casefold(), line.name))


@dataclass(frozen=True, slots=True)
class _Layout:
    """Widths of the columns (0: left out) and how their cells are drawn."""

    frame: Frame
    total: int
    most: int
    name: int
    bar: int
    xp: int
    rate: int
    before: int
    change: int

    def draw_name(self, line: _Line) -> Row:
        dot = "  " if line.is_total else f"{self.frame.glyphs.state} "
        row = Row(dot, "" if line.is_total else language_group(line.name))
        return row.add(self.frame.cut(self.frame.name(line.name) or "?", self.name - 2), "CodeStatsName")

    def draw_bar(self, line: _Line) -> Row:
        if line.is_total:
            return Row()
        done, rest = meter(line.xp / max(self.most, 1), self.bar, self.frame.glyphs)
        return Row(done, language_group(line.name)).add(rest, "CodeStatsTrack")

    def draw_xp(self, line: _Line) -> Row:
        return Row(number(line.xp, self.xp), "CodeStatsNumber")

    def draw_share(self, line: _Line) -> Row:
        return Row(percent(line.xp, self.total), "CodeStatsLabel")

    def draw_hours(self, line: _Line) -> Row:
        return Row(number(line.hours, 6), "CodeStatsLabel")

    def draw_rate(self, line: _Line) -> Row:
        return Row(number(line.xp // line.hours, self.rate) if line.hours else "", "CodeStatsLabel")

    def draw_before(self, line: _Line) -> Row:
        return Row(number(line.before, self.before) if line.before >= 0 else "", "CodeStatsLabel")

    def draw_change(self, line: _Line) -> Row:
        return Row(*change(line.xp, line.before, self.frame))

    def columns(self) -> list[Column[_Line]]:
        """The columns that have any width."""
        short = self.frame.inner < NARROW
        found: list[Column[_Line]] = [
            Column(
                "name",
                "Language",
                self.name,
                self.draw_name,
                lambda i: (i.name.casefold(), i.name),
                right=False,
            ),
            Column("bar", "", self.bar, self.draw_bar, right=False, sorts="xp"),
            Column("xp", "XP", self.xp, self.draw_xp, lambda i: i.xp),
            Column("share", "%" if short else "Share", 4 if short else 5, self.draw_share, sorts="xp"),
            Column("hours", "Hours", 5 if short else 7, self.draw_hours, lambda i: i.hours),
            Column("rate", "XP/h", self.rate, self.draw_rate, lambda i: i.xp / i.hours if i.hours else 0.0),
            Column("before", "Before", self.before, self.draw_before, lambda i: i.before),
            Column(
                "change", "Diff" if short else "Change", self.change, self.draw_change, lambda i: i.growth
            ),
        ]
        return [column for column in found if column.width > 0]


def _layout(lines: list[_Line], figures: Figures, frame: Frame) -> _Layout:
    """Figures first; the name takes what it needs, the bar what is left."""
    total, most = sum(line.xp for line in lines), lines[0].xp
    narrow, wide = frame.inner < NARROW, frame.inner >= 90
    compared = figures.before is not None
    xp = 5 if narrow else max(min(len(number(total)), 13), 5)
    rate = 6 if wide else 0
    before = max(xp, 8) if wide and compared else 0
    diff = (6 if narrow else 8) if compared else 0
    fixed = [xp, 4 if narrow else 5, 5 if narrow else 7, rate, before, diff]
    gap = 1 if narrow else 2
    room = frame.inner - sum(fixed) - gap * (1 + sum(cells > 0 for cells in fixed))
    longest = max(width(frame.name(line.name)) for line in lines) + 2
    name = max(min(longest, room * 3 // 5, 32), min(10, room))
    return _Layout(frame, total, most, name, max(room - name, 0), xp, rate, before, diff)


def table_rows(figures: Figures, state: dict[str, Any], frame: Frame) -> list[Row]:
    """Headings, a row a language, totals; where the columns are is noted in ``state``."""
    lines = _lines(figures)
    layout = _layout(lines, figures, frame)
    table = Table(layout.columns(), state, frame, 1 if frame.inner < NARROW else 2)
    state["columns"] = table.hit_areas()
    before = figures.before.total if figures.before is not None else -1
    total = _Line("Total", layout.total, figures.hours[""], before, is_total=True)
    rule = Row(frame.glyphs.rule * min(table.cells, frame.inner), "CodeStatsRule")
    rows = [table.row(line).about(_spot(line, layout.total, frame)) for line in table.shown(lines)]
    return [table.heading(), *rows, *table.rest(lines), rule, table.total(total)]


def _spot(line: _Line, whole: int, frame: Frame) -> Spot:
    sentence = f"{named(frame, line.name)}  {number(line.xp)} XP"
    if line.xp:
        sentence += (
            f" {frame.glyphs.dot} {percent(line.xp, whole)} {frame.glyphs.dot} {plural(line.hours, 'hour')}"
        )
        return filter_spot("language", line.name, sentence)
    return Spot("", line.name, sentence)
