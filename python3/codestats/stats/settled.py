"""One language that stands in the history under several names, where the user has settled which one it is: summed up.

The history itself is not rewritten: another word of the user's, and the names stand for themselves again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from codestats.stats.sums import Sums

__all__ = ["SettledSums", "sum_up"]


def sum_up(xps: Mapping[str, int], names: Mapping[str, str]) -> dict[str, int]:
    """XP by language, with those together that `names` (folded name → settled name) makes one."""
    summed: dict[str, int] = {}
    for name, xp in xps.items():
        settled = names.get(name.casefold(), name)
        summed[settled] = summed.get(settled, 0) + xp
    return summed


@dataclass(frozen=True, slots=True)
class SettledSums:
    """`sums` as `stats.sums.Sums`, with languages under the names that `names` (folded name → settled name) gives."""

    sums: Sums
    names: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.sums)

    def between(self, first: date, last: date, hour: int = 23) -> Sums:
        """The part from ``first`` to ``last``, both included, of the last day up to an hour."""
        return replace(self, sums=self.sums.between(first, last, hour))

    def until(self, hour: int) -> Sums:
        """What was typed up to that hour of each day."""
        return replace(self, sums=self.sums.until(hour))

    def only(self, dimension: str, *keys: str) -> Sums:
        """The part where ``dimension`` is one of ``keys``; a language under any of its names."""
        if dimension == "language":
            keys = (*dict.fromkeys((*keys, *(name for key in keys for name in self._spelled(key)))),)
        return replace(self, sums=self.sums.only(dimension, *keys))

    def _spelled(self, settled: str) -> list[str]:
        return [name for name in self.sums.by("language") if self.names.get(name.casefold()) == settled]

    @property
    def total(self) -> int:
        """All XP."""
        return self.sums.total

    def by(self, dimension: str) -> dict[str, int]:
        """XP along a dimension: key -> XP."""
        sums = self.sums.by(dimension)
        return sum_up(sums, self.names) if dimension == "language" else sums

    def cross(self, rows: str, columns: str) -> dict[str, dict[str, int]]:
        """XP along two dimensions: row key -> column key -> XP."""
        table = self.sums.cross(rows, columns)
        if columns == "language":
            table = {row: sum_up(cells, self.names) for row, cells in table.items()}
        if rows != "language":
            return table
        summed: dict[str, dict[str, int]] = {}
        for name, cells in table.items():
            row = summed.setdefault(self.names.get(name.casefold(), name), {})
            for column, xp in cells.items():
                row[column] = row.get(column, 0) + xp
        return summed

    def active_hours(self) -> dict[str, int]:
        """Language -> number of different hours in which it earned XP under any of its names; '' -> of any language."""
        hours = self.sums.active_hours()
        together: dict[str, list[str]] = {}
        for name in hours:
            together.setdefault(self.names.get(name.casefold(), name), []).append(name)
        return {
            settled: hours[names[0]]
            if len(names) == 1
            else self.sums.only("language", *names).active_hours()[""]
            for settled, names in together.items()
        }

    def by_date(self) -> dict[date, int]:
        """XP of each day."""
        return self.sums.by_date()

    def best_hours(self, count: int) -> list[tuple[str, int]]:
        """The hours (``YYYY-MM-DDTHH``) with the most XP, and that XP, best first."""
        return self.sums.best_hours(count)
