"""A period broken down: language by machine, weekday, hour or month, as counts or each row's percentage.

The numbers stand left and the same as a heat map right of them where both fit; in a narrow window
the heat map alone. Either way a column sorts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codestats.stats.dates import MONTHS, WEEKDAYS
from codestats.stats.heat import heat_level, thresholds
from codestats.text import number, percent, short, width
from codestats.views.canvas import Frame, Row
from codestats.views.heatmap import legend
from codestats.views.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codestats.stats.sums import Sums

__all__ = ["breakdown_rows"]

CELL = 5  # cells of a number: 99k, 1.2M, 100%
GAP = 1
WIDE = 90


@dataclass(frozen=True, slots=True)
class _Bucket:
    """A column: its heading, and the keys of the dimension that it sums up."""

    title: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Line:
    """A language: XP by bucket; ``total`` of all."""

    name: str
    values: tuple[int, ...]
    total: int


def _one_each(keys: Sequence[str], titles: Sequence[str]) -> list[_Bucket]:
    return [_Bucket(title, frozenset((key,))) for key, title in zip(keys, titles, strict=True)]


def _hour_buckets(size: int) -> list[_Bucket]:
    return [
        _Bucket(f"{first:02}", frozenset(f"{hour:02}" for hour in range(first, first + size)))
        for first in range(0, 24, size)
    ]


def _hours(room: int) -> list[_Bucket]:
    size = next((size for size in (1, 2, 3, 4, 6) if 24 // size <= room), 8)
    return _hour_buckets(size)


def _months(keys: Sequence[str], room: int) -> list[_Bucket]:
    """The latest months, what was earlier in one column."""
    ordered = sorted(keys)
    late = ordered if len(ordered) <= room else ordered[-max(room - 1, 1) :]
    buckets = _one_each(late, [MONTHS[int(key[5:7]) - 1] for key in late])
    early = frozenset(ordered[: len(ordered) - len(late)])
    return [_Bucket("older", early), *buckets] if early else buckets


def _machines(sums: Mapping[str, int], room: int, frame: Frame) -> list[_Bucket]:
    """The machines with the most XP, the others in one column."""
    ordered = sorted(sums, key=lambda key: (-sums[key], key))
    shown = ordered if len(ordered) <= room else ordered[: max(room - 1, 1)]
    buckets = _one_each(shown, [frame.name(key) or "?" for key in shown])
    rest = frozenset(ordered[len(shown) :])
    return [*buckets, _Bucket("others", rest)] if rest else buckets


def _buckets(activity: Sums, by: str, room: int, frame: Frame) -> list[_Bucket]:
    """At most ``room`` columns for dimension ``by`` (weekdays are always seven)."""
    if by == "weekday":
        return _one_each([str(day) for day in range(7)], WEEKDAYS)
    if by == "hour":
        return _hours(room)
    if by == "month":
        return _months(list(activity.by("month")), room)
    return _machines(activity.by("machine"), room, frame)


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
    """What fits a frame: cells of the name, the number columns, whether numbers and heat map show."""

    name: int
    room: int
    cell: int
    numbers: bool
    heat: int


def _plan(activity: Sums, by: str, frame: Frame, longest: int) -> _Plan:
    """Numbers if at least the least number of columns fits, the heat map too if that still fits."""
    name = max(min(longest, 24 if frame.inner >= 90 else 14), 8)
    cell = 9 if by == "machine" and frame.inner >= 60 else CELL
    figure = 8 if frame.inner >= 60 else 6
    room = (frame.inner - name - figure - GAP) // (cell + GAP)
    least = {"weekday": 7, "hour": 4, "machine": 2, "month": 3}[by]
    wanted = {"weekday": 7, "hour": 12, "machine": 99, "month": 13}[by]
    if by in ("machine", "month"):
        wanted = len(activity.by(by))
        least = min(least, wanted)
    if room < least:
        pitch = 3 if by == "hour" else 2
        return _Plan(
            name, max((frame.inner - name - figure - 3) // pitch, 1), cell, numbers=False, heat=pitch
        )
    room = min(room, wanted)
    left = frame.inner - (name + figure + GAP) - 3
    if frame.inner >= WIDE:  # rather fewer numbers than no heat map
        heat = 24 if by == "hour" else 0
        room = max(min(room, (left - heat) // (cell + GAP + (0 if heat else 1))), least)
    if by == "hour":
        room = len(_hours(room))
    left -= room * (cell + GAP)
    columns = 24 if by == "hour" else room
    heat = next((pitch for pitch in (2, 1) if columns * pitch <= left), 0)
    return _Plan(name, room, cell, numbers=True, heat=heat)


def breakdown_rows(activity: Sums, by: str, state: dict[str, Any], frame: Frame) -> list[Row]:
    """Heading, table with totals, heat map; where the columns are is noted in ``state``."""
    longest = max(width(frame.name(name)) for name in activity.by("language"))
    plan = _plan(activity, by, frame, longest)
    buckets = _buckets(activity, by, plan.room, frame)
    lines = _lines(activity, by, buckets)
    as_percent = bool(state.get("percent"))
    table = Table(_columns(buckets, plan, frame, as_percent=as_percent), state, frame, GAP)
    state["columns"] = table.hit_areas()
    ordered = table.sorted(lines)
    total = _Line(
        "Total", tuple(map(sum, zip(*(line.values for line in lines), strict=True))), activity.total
    )
    rows = [table.heading(), *map(table.row, ordered)]
    if plan.heat:
        fine = _hour_buckets(1) if by == "hour" and plan.numbers else buckets
        _add_heat(rows, _heat(_lines(activity, by, fine), ordered, as_percent=as_percent), fine, plan, frame)
    rows.append(Row(frame.glyphs.rule * min(table.cells, frame.inner), "CodeStatsRule"))
    what = "each row in percent" if as_percent else "XP"
    head = Row(f"Language {frame.glyphs.cross} {by}", "CodeStatsTitle").add(f"  {what}", "CodeStatsLabel")
    if plan.heat:
        end = max(row.cells for row in rows)
        if head.cells + legend(frame).cells + 2 <= end:
            head.to(end - legend(frame).cells).join(legend(frame))
    return [head, Row(), *rows, table.total(total)]


def _columns(buckets: list[_Bucket], plan: _Plan, frame: Frame, *, as_percent: bool) -> list[Column[_Line]]:
    """Name, XP, and a column a bucket where numbers are shown."""

    def draw_name(line: _Line) -> Row:
        return Row(frame.cut(frame.name(line.name) or "?", plan.name), "CodeStatsName")

    def draw_total(line: _Line) -> Row:
        return Row(number(line.total, 7 if frame.inner >= 60 else 5), "CodeStatsNumber")

    columns: list[Column[_Line]] = [
        Column("name", "Language", plan.name, draw_name, lambda i: (i.name.casefold(), i.name), right=False),
        Column("xp", "XP", 8 if frame.inner >= 60 else 6, draw_total, lambda i: i.total),
    ]
    if plan.numbers:
        columns += [
            Column(
                f"column{at}", bucket.title, plan.cell, _draw(at, frame, as_percent), _rank(at, as_percent)
            )
            for at, bucket in enumerate(buckets)
        ]
    return columns


def _draw(at: int, frame: Frame, as_percent: bool) -> Callable[[_Line], Row]:  # noqa: FBT001 — only called above
    def draw(line: _Line) -> Row:
        value = line.values[at]
        if not value:
            return Row(frame.glyphs.heat[0], "CodeStatsHeat0")
        return Row(percent(value, line.total) if as_percent else short(value), "CodeStatsNumber")

    return draw


def _rank(at: int, as_percent: bool) -> Callable[[_Line], float]:  # noqa: FBT001 — only called above
    def rank(line: _Line) -> float:
        return line.values[at] / max(line.total, 1) if as_percent else line.values[at]

    return rank


def _heat(fine: list[_Line], ordered: list[_Line], *, as_percent: bool) -> list[tuple[int, ...]]:
    """Values of the heat map in the table's order; parts per 10,000 of the row as percentages."""
    by_name = {line.name: line for line in fine}
    found = [by_name[line.name] for line in ordered]
    if not as_percent:
        return [line.values for line in found]
    return [tuple(-(-value * 10_000 // max(line.total, 1)) for value in line.values) for line in found]


def _add_heat(
    rows: list[Row], values: list[tuple[int, ...]], buckets: list[_Bucket], plan: _Plan, frame: Frame
) -> None:
    """The heat map at the right of the table's rows, its first letters above."""
    limits = thresholds([value for line in values for value in line])
    start = max(row.cells for row in rows) + (3 if plan.numbers else 2)
    step = 1 if len(buckets) < 24 else 6
    rows[0].to(start)
    for at in range(0, len(buckets), step):
        letters = 2 if buckets[at].title.isdecimal() and plan.heat * step >= 3 else 1
        rows[0].to(start + at * plan.heat).add(buckets[at].title[:letters], "CodeStatsHeader")
    for row, line in zip(rows[1:], values, strict=True):
        row.to(start)
        for at, value in enumerate(line):
            level = heat_level(value, limits)
            row.to(start + at * plan.heat).add(frame.glyphs.heat[level], f"CodeStatsHeat{level}")
