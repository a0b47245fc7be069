"""A sortable table: headings, an arrow on the sorted one, and where the columns are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from codestats.views.canvas import Frame, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Column", "hit_areas", "is_descending", "sorted_items", "table_rows"]

T = TypeVar("T")
GAP = 2


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column: ``cell`` draws an item in ``width`` cells, ``rank`` orders items (None: cannot be sorted)."""

    key: str
    title: str
    width: int
    cell: Callable[[T], Row]
    rank: Callable[[T], Any] | None = None
    right: bool = True


def _sort_column(columns: Sequence[Column[T]], state: Mapping[str, Any]) -> Column[T] | None:
    """The column the state names, else the one named ``xp``."""
    by_key = {column.key: column for column in columns if column.rank}
    return by_key.get(str(state.get("sort", "xp"))) or by_key.get("xp")


def is_descending(state: Mapping[str, Any]) -> bool:
    """The order the state asks for; the largest first unless it says otherwise."""
    return bool(state.get("descending", True))


def sorted_items(items: Sequence[T], columns: Sequence[Column[T]], state: Mapping[str, Any]) -> list[T]:
    """The items in the state's order; equal ones stay as they were, most XP first."""
    column = _sort_column(columns, state)
    if column is None or column.rank is None:
        return list(items)
    return sorted(items, key=column.rank, reverse=is_descending(state))


def _heading(column: Column[T], arrow: str) -> Row:
    group = "CodeStatsSort" if arrow else "CodeStatsHeader"
    text = f"{column.title} {arrow}" if arrow else column.title
    row = Row()
    if not column.right:
        return row.add(text, group)
    return row.end(column.width, text, group)


def table_rows(
    items: Sequence[T], columns: Sequence[Column[T]], state: Mapping[str, Any], frame: Frame
) -> list[Row]:
    """Headings, then a row an item in the order of ``items``."""
    chosen = _sort_column(columns, state)
    arrow = frame.glyphs.down if is_descending(state) else frame.glyphs.up
    rows = [_line([_heading(c, arrow if c is chosen else "") for c in columns], columns)]
    rows += [_line([column.cell(item) for column in columns], columns) for item in items]
    return rows


def _line(cells: list[Row], columns: Sequence[Column[T]]) -> Row:
    row = Row()
    start = 0
    for cell, column in zip(cells, columns, strict=True):
        row.to(start + max(column.width - cell.cells, 0) if column.right else start).join(cell)
        start += column.width + GAP
    return row


def hit_areas(columns: Sequence[Column[T]], offset: int) -> list[list[Any]]:
    """``[start, end, key]`` of each sortable column, in cells of the window (``offset``: its margin)."""
    areas: list[list[Any]] = []
    start = offset
    for column in columns:
        if column.rank:
            areas.append([start, start + column.width + GAP, column.key])
        start += column.width + GAP
    return areas
