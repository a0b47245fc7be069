"""A period broken down: language by another dimension, as counts or each row's percentage.

The figures stand on grounds of heat; in a narrow window the heat map alone. Either way a column sorts, and a cell
drills down to its language and its part of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codestats.stats.dates import MONTHS, WEEKDAYS
from codestats.stats.heat import heat_level, thresholds
from codestats.stats.sums import TYPED_WITH
from codestats.text import number, percent, short, width
from codestats.views.parts.canvas import Row, Spot
from codestats.views.parts.heatmap import legend
from codestats.views.parts.highlights import language_group
from codestats.views.parts.sentences import crumb_of, filter_spot, named
from codestats.views.parts.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codestats.stats.sums import Sums
    from codestats.views.parts.frame import Frame

__all__ = ["breakdown_rows"]

CELL = 5  # cells of a figure and a blank before it: 999k, 1.2M, 100%
GAP = 1
MOST_KEYS = 12  # of a column that can be drilled into: what is left out may be hundreds of machines
ROOMY = 60
WIDE = 14  # cells of a column that has a name's length: figures are whole there
LEAST = {"weekday": 7, "hour": 4, "machine": 2, "month": 3, "editor": 2, "system": 2}
MOST = {"weekday": 7, "hour": 12, "machine": 99, "month": 13, "editor": 99, "system": 99}


@dataclass(frozen=True, slots=True)
class _Bucket:
    """A column: its heading, the keys of the dimension that it sums up, and what it is called in a sentence."""

    title: str
    keys: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A language: XP by bucket; ``total`` of all."""

    name: str
    values: tuple[int, ...]
    total: int
    is_total: bool = False


def _hour_buckets(size: int, dash: str) -> list[_Bucket]:
    return [
        _Bucket(
            f"{first:02}",
            tuple(f"{hour:02}" for hour in range(first, first + size)),
            f"{first:02}{dash}{first + size:02} h",
        )
        for first in range(0, 24, size)
    ]


def _hours(room: int, frame: Frame) -> list[_Bucket]:
    size = next((size for size in (1, 2, 3, 4, 6) if 24 // size <= room), 8)
    return _hour_buckets(size, frame.dash)


def _months(keys: Sequence[str], room: int) -> list[_Bucket]:
    """The latest months, what was earlier in one column."""
    ordered = sorted(keys)
    late = ordered if len(ordered) <= room else ordered[-max(room - 1, 1) :]
    buckets = [
        _Bucket(MONTHS[int(key[5:7]) - 1], (key,), f"{MONTHS[int(key[5:7]) - 1]} {key[:4]}") for key in late
    ]
    early = tuple(ordered[: len(ordered) - len(late)])
    return [_Bucket("older", early), *buckets] if early else buckets


def _names(sums: Mapping[str, int], by: str, room: int, frame: Frame) -> list[_Bucket]:
    """The machines, editors or systems with the most XP, the others in one column."""
    ordered = sorted(sums, key=lambda key: (-sums[key], key))
    shown = ordered if len(ordered) <= room else ordered[: max(room - 1, 1)]
    buckets = [_Bucket(frame.name(key) or "?", (key,), crumb_of(by, (key,), frame)) for key in shown]
    rest = tuple(ordered[len(shown) :])
    return [*buckets, _Bucket("others", rest)] if rest else buckets


def _buckets(activity: Sums, by: str, room: int, frame: Frame) -> list[_Bucket]:
    """At most ``room`` columns for dimension ``by`` (weekdays are always seven)."""
    if by == "weekday":
        return [_Bucket(title, (str(day),)) for day, title in enumerate(WEEKDAYS)]
    if by == "hour":
        return _hours(room, frame)
    if by == "month":
        return _months(list(activity.by("month")), room)
    return _names(activity.by(by), by, room, frame)


def _lines(activity: Sums, by: str, buckets: list[_Bucket]) -> list[_Line]:
    """A line a language, most XP first."""
    bucket_of = {key: at for at, bucket in enumerate(buckets) for key in bucket.keys}
    lines = []
    for name, sums in activity.cross("language", by).items():
        values = [0] * len(buckets)
        for key, xp in sums.items():
            values[bucket_of[key]] += xp
        lines.append(_Line(name, tuple(values), sum(values)))
    return sorted(lines, key=lambda line: (-line.total, line.name.casefold(), line.name))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What fits a frame: cells of name and XP, how many columns, cells of each; whether figures stand in them."""

    name: int
    figure: int
    share: int
    room: int
    cell: int
    numbers: bool


def _plan(activity: Sums, by: str, frame: Frame, longest: int) -> _Plan:
    """Figures if at least the least number of columns fits, else the heat map alone."""
    name = max(min(longest, 26 if frame.inner >= 90 else 16), 8)
    figure = 8 if frame.inner >= ROOMY else 6
    share = 6 if frame.inner >= 90 else 0
    left = frame.inner - name - figure - share
    wanted = min(MOST[by], len(activity.by(by))) if by not in ("weekday", "hour") else MOST[by]
    room = left // (CELL + GAP)
    if room < min(LEAST[by], wanted):
        pitch = 1 if by == "hour" and left < 48 else 2
        return _Plan(name, figure, 0, max((left - 2) // pitch, 1), pitch - 1, numbers=False)
    room = len(_hours(room, frame)) if by == "hour" else min(room, wanted)
    cell = min(left // room - GAP, WIDE if by in ("machine", *TYPED_WITH) else 8)
    # What is left over lets the sums be whole.
    figure += min(max(len(number(activity.total)) + GAP - figure, 0), left - room * (cell + GAP))
    return _Plan(name, figure, share, room, cell, numbers=True)


def breakdown_rows(activity: Sums, by: str, state: dict[str, Any], frame: Frame) -> list[Row]:
    """Heading, table with totals; where the columns are is noted in ``state``."""
    longest = 2 + max(width(frame.name(name)) for name in activity.by("language"))
    plan = _plan(activity, by, frame, longest)
    buckets = _buckets(activity, by, plan.room, frame)
    lines = _lines(activity, by, buckets)
    as_percent = bool(state.get("percent"))
    cells = _Cells(frame, by, plan, buckets, activity.total, as_percent, _limits(lines, as_percent))
    table = Table(cells.columns(), state, frame, GAP if plan.numbers else 0)
    state["columns"] = table.hit_areas()
    sums = tuple(map(sum, zip(*(line.values for line in lines), strict=True)))
    total = _Line("Total", sums, activity.total, is_total=True)
    rows = [table.heading(), *(table.row(line).about(cells.spot(line)) for line in table.shown(lines))]
    rows += table.rest(lines)
    rows += [Row(frame.glyphs.rule * min(table.cells, frame.inner), "CodeStatsRule"), table.row(total)]
    what = "each row in percent" if as_percent else "XP"
    head = Row(f"Language {frame.glyphs.cross} {by}", "CodeStatsTitle").add(f"  {what}", "CodeStatsLabel")
    end = max(row.cells for row in rows)
    if not plan.numbers and head.cells + legend(frame).cells + 2 <= end:
        head.to(end - legend(frame).cells).join(legend(frame))
    return [head, Row(), *rows]


def _limits(lines: list[_Line], as_percent: bool) -> tuple[int, int, int, int]:  # noqa: FBT001 - only called above
    return thresholds([_weight(line, at, as_percent) for line in lines for at in range(len(line.values))])


def _weight(line: _Line, at: int, as_percent: bool) -> int:  # noqa: FBT001 - only called here
    """What heat and order go by: XP, or parts per 10,000 of the row."""
    return -(-line.values[at] * 10_000 // max(line.total, 1)) if as_percent else line.values[at]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Draws the cells of the table."""

    frame: Frame
    by: str
    plan: _Plan
    buckets: list[_Bucket]
    total: int
    as_percent: bool
    limits: tuple[int, int, int, int]

    def columns(self) -> list[Column[_Line]]:
        """Name, XP, share, and a column a bucket."""
        plan = self.plan
        columns: list[Column[_Line]] = [
            Column(
                "name",
                "Language",
                plan.name,
                self.draw_name,
                lambda i: (i.name.casefold(), i.name),
                right=False,
            ),
            Column("xp", "XP", plan.figure - GAP, self.draw_total, lambda i: i.total),
        ]
        if plan.share:
            columns.append(Column("share", "Share", plan.share - GAP, self.draw_share, sorts="xp"))
        if not plan.numbers:
            columns.append(Column("gap", "", 2, lambda _: Row()))
        for at, bucket in enumerate(self.buckets):
            title = bucket.title if plan.numbers else bucket.title[: plan.cell + 1]
            if not plan.numbers and len(self.buckets) == 24 and at % 6:
                title = ""
            cells = plan.cell if plan.numbers else plan.cell + 1
            columns.append(
                Column(f"column{at}", title, cells, self._drawer(at), self._rank(at), right=plan.numbers)
            )
        return columns

    def spot(self, line: _Line) -> Spot:
        share = percent(line.total, self.total)
        sentence = f"{named(self.frame, line.name)}  {number(line.total)} XP {self.frame.glyphs.dot} {share}"
        return filter_spot("language", line.name, sentence)

    def draw_name(self, line: _Line) -> Row:
        if line.is_total:
            return Row("  ").add(line.name, "CodeStatsTotal")
        row = Row(f"{self.frame.glyphs.state} ", language_group(line.name))
        return row.add(self.frame.cut(self.frame.name(line.name) or "?", self.plan.name - 2), "CodeStatsName")

    def draw_total(self, line: _Line) -> Row:
        return Row(number(line.total, self.plan.figure - GAP), "CodeStatsNumber")

    def draw_share(self, line: _Line) -> Row:
        return Row(percent(line.total, self.total), "CodeStatsLabel")

    def _drawer(self, at: int) -> Callable[[_Line], Row]:
        return lambda line: self._draw(line, at)

    def _rank(self, at: int) -> Callable[[_Line], int]:
        return lambda line: _weight(line, at, self.as_percent)

    def _draw(self, line: _Line, at: int) -> Row:
        value, cells = line.values[at], self.plan.cell
        level = heat_level(_weight(line, at, self.as_percent), self.limits) if not line.is_total else 0
        spot = self._cell_spot(line, at)
        if not self.plan.numbers:
            glyph = " " if line.is_total else self.frame.glyphs.heat[level]
            return Row(glyph + " " * cells, f"CodeStatsHeat{level}", spot)
        if not value:
            return Row(self.frame.glyphs.heat[0].rjust(cells), "CodeStatsHeat0")
        figure = number(value, WIDE - 1) if cells == WIDE else short(value)
        text = percent(value, line.total) if self.as_percent else figure
        group = f"CodeStatsGround{level}" if level else "CodeStatsTotal"
        return Row(text.rjust(cells), group, spot)

    def _cell_spot(self, line: _Line, at: int) -> Spot | None:
        bucket, value = self.buckets[at], line.values[at]
        if not value or len(bucket.keys) > (1 if self.by == "month" else MOST_KEYS):
            return None
        filters = [[self.by, *bucket.keys]]
        if not line.is_total:
            filters.insert(0, ["language", line.name])
        dot, name = self.frame.glyphs.dot, "All" if line.is_total else named(self.frame, line.name)
        where = f"{name} {dot} {bucket.name or bucket.title}"
        return Spot(
            "filter", filters, f"{where}  {number(value)} XP {dot} {percent(value, line.total)} of the row"
        )
