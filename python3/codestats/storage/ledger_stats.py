"""The history's sums, added up by SQLite: what `activity.Activity` answers, without a row of it in memory."""

# ruff: noqa: S608 - queries are put together from this module's own words
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from codestats.storage.ledger_query import counted, values

if TYPE_CHECKING:
    import sqlite3

__all__ = ["EVERYTHING", "HistorySums", "Span", "hours_of"]

Span = tuple[str, str]
"""Hours as bounds [first, last) of text."""

EVERYTHING: Span = ("", "~")

# The keys of `activity.DIMENSIONS`.
_KEYS = {
    "language": "language",
    "machine": "machine",
    "weekday": "cast((strftime('%w', substr(hour, 1, 10)) + 6) % 7 AS TEXT)",
    "hour": "substr(hour, 12)",
    "month": "substr(hour, 1, 7)",
    "date": "substr(hour, 1, 10)",
}
_ROWS = f"({counted('hour >= :first AND hour < :last')}) WHERE xp > 0 AND substr(hour, 12) <= :until"
# In the order of the ledger's key, so nothing is sorted but what is left.
_HOURS = f"(SELECT hour, sum(xp) AS xp FROM {_ROWS} GROUP BY hour)"


def hours_of(first: date, last: date) -> Span:
    """The hours from one day to another, both included."""
    return first.isoformat(), f"{last.isoformat()}T~"


@dataclass(frozen=True, slots=True)
class HistorySums:
    """Sums of a span, each asked of the database when it is wanted: for as long as the connection reads."""

    connection: sqlite3.Connection
    span: Span = EVERYTHING
    last_hour: str = "23"

    def __bool__(self) -> bool:
        return bool(self._rows(f"SELECT 1 FROM {_ROWS} LIMIT 1"))

    def between(self, first: date, last: date) -> HistorySums:
        """The part from ``first`` to ``last``, both included."""
        begin, end = hours_of(first, last)
        return HistorySums(
            self.connection, (max(begin, self.span[0]), min(end, self.span[1])), self.last_hour
        )

    def until(self, hour: int) -> HistorySums:
        """What was typed up to that hour of each day."""
        return HistorySums(self.connection, self.span, f"{hour:02}")

    @property
    def total(self) -> int:
        """All XP."""
        return int(self._rows(f"SELECT coalesce(sum(xp), 0) FROM {_ROWS}")[0][0])

    def by(self, dimension: str) -> dict[str, int]:
        """XP along one of `activity.DIMENSIONS`: key -> XP."""
        source = _ROWS if dimension in ("language", "machine") else _HOURS
        return dict(self._rows(f"SELECT {_KEYS[dimension]}, sum(xp) FROM {source} GROUP BY 1"))

    def cross(self, rows: str, columns: str) -> dict[str, dict[str, int]]:
        """XP along two dimensions: row key -> column key -> XP."""
        table: dict[str, dict[str, int]] = {}
        query = f"SELECT {_KEYS[rows]}, {_KEYS[columns]}, sum(xp) FROM {_ROWS} GROUP BY 1, 2"
        for row, column, xp in self._rows(query):
            table.setdefault(row, {})[column] = xp
        return table

    def active_hours(self) -> dict[str, int]:
        """Language -> number of different hours in which it earned XP; '' -> of any language."""
        [(hours,)] = self._rows(f"SELECT count(DISTINCT hour) FROM {_ROWS}")
        by_language = self._rows(f"SELECT language, count(DISTINCT hour) FROM {_ROWS} GROUP BY 1")
        return {"": hours, **dict(by_language)}

    def by_date(self) -> dict[date, int]:
        """XP of each day."""
        return {date.fromisoformat(day): xp for day, xp in self.by("date").items()}

    def _rows(self, query: str) -> list[tuple]:  # type: ignore[type-arg]
        first, last = self.span
        given = values(first=first, last=last, until=self.last_hour)
        return self.connection.execute(query, given).fetchall()
