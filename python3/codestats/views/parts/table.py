"""A sortable table: headings, an arrow on the sorted one, and where the columns are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from codestats.views.parts.canvas import Row, Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codestats.views.parts.frame import Frame

__all__ = ["MOST", "Column", "Table", "is_descending"]

T = TypeVar("T")

MOST = 400  # items; more are shown when they are asked for: an editor reads and draws them on its main thread


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column: ``cell`` draws an item in ``width`` cells, ``rank`` orders items (None: it cannot).

    ``sorts``: the column that is sorted instead, where both have one order (a share and its XP).
    """

    key: str
    title: str
    width: int
    cell: Callable[[T], Row]
    rank: Callable[[T], Any] | None = None
    right: bool = True
    sorts: str = ""


def is_descending(state: Mapping[str, Any]) -> bool:
    """The order the state asks for; the largest first unless it says otherwise."""
    return bool(state.get("descending", True))


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """Columns in a frame, sorted as the state says, else by the column ``xp``."""

    columns: Sequence[Column[T]]
    state: Mapping[str, Any]
    frame: Frame
    gap: int = 2

    @property
    def sorted_by(self) -> Column[T] | None:
        """The column that the items are sorted by."""
        by_key = {column.key: column for column in self.columns if column.rank}
        return by_key.get(str(self.state.get("sort", "xp"))) or by_key.get("xp")

    @property
    def cells(self) -> int:
        """Cells of a line."""
        return sum(column.width for column in self.columns) + self.gap * (len(self.columns) - 1)

    def sorted(self, items: Sequence[T]) -> list[T]:
        """The items in the state's order; equal ones stay as they were."""
        chosen = self.sorted_by
        if chosen is None or chosen.rank is None:
            return list(items)
        return sorted(items, key=chosen.rank, reverse=is_descending(self.state))

    def shown(self, items: Sequence[T]) -> list[T]:
        """The first items in the state's order: as many as an editor can take at once."""
        return self.sorted(items)[: None if self.frame.printed else self._most]

    def rest(self, items: Sequence[T]) -> list[Row]:
        """A row that shows more of them, where some were left out."""
        left = 0 if self.frame.printed else len(items) - self._most
        if left <= 0:
            return []
        row = (
            Row()
            .to(2)
            .add(f"{left:,} more", "CodeStatsLabel")
            .add(f" {self.frame.glyphs.dot} press ", "CodeStatsLabel")
        )
        spot = Spot("more", "", f"show {min(left, MOST):,} of {left:,} more")
        return [row.add("Enter", "CodeStatsKey").about(spot)]

    @property
    def _most(self) -> int:
        times = self.state.get("more", 0)
        return MOST * (1 + max(times, 0) if isinstance(times, int) else 1)

    def heading(self) -> Row:
        """The titles, the sorted one with an arrow; each sorts."""
        chosen = self.sorted_by
        return self._line([self._title(column, sorted_=column is chosen) for column in self.columns]).stays()

    def _title(self, column: Column[T], *, sorted_: bool) -> Row:
        key = column.sorts or (column.key if column.rank else "")
        spot = Spot("sort", key, f"sort by {column.title}") if key else None
        if not sorted_:
            return Row(self.frame.cut(column.title, column.width), "CodeStatsHeader", spot)
        arrow = self.frame.glyphs.down if is_descending(self.state) else self.frame.glyphs.up
        text = (
            f"{column.title} {arrow}" if len(column.title) + 2 <= column.width else f"{column.title}{arrow}"
        )
        return Row(self.frame.cut(text, column.width), "CodeStatsSort", spot)

    def row(self, item: T) -> Row:
        """One item."""
        return self._line([column.cell(item) for column in self.columns])

    def total(self, item: T) -> Row:
        """A row of sums, in one colour."""
        plain = self.row(item)
        row = Row()
        for text, _, _ in plain.parts:
            row.add(text, "" if text.isspace() else "CodeStatsTotal")
        return row

    def _line(self, cells: list[Row]) -> Row:
        row = Row()
        start = 0
        for cell, column in zip(cells, self.columns, strict=True):
            blank = max(column.width - cell.cells, 0) if column.right else 0
            row.to(start + blank).join(cell)
            start += column.width + self.gap
        return row

    def hit_areas(self) -> list[list[Any]]:
        """``[start, end, key]`` of each sortable column, in cells of the window."""
        areas: list[list[Any]] = []
        start = self.frame.margin
        for column in self.columns:
            if column.rank or column.sorts:
                areas.append([start, start + column.width + self.gap, column.sorts or column.key])
            start += column.width + self.gap
        return areas
