"""The one reader of the ledger's sums: XP and active hours of any days, along any dimension, under any filters.

What is asked is answered by the fewest rows of `ledger_sums` that will do, at once, however long the ledger is.
"""

# ruff: noqa: S608 - queries are put together from this module's own words
from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from codestats.storage.ledger_sums import COUNTS, DIFFERENCES, HOURS
from codestats.storage.sum_parts import DAY, MONTH, YEAR, Part, parts_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

__all__ = ["LedgerStats"]

_ONE_DAY = timedelta(days=1)
_ALL_DAY = frozenset(range(24))

_KEYS = {
    "language": "pair.language",
    "machine": "pair.machine",
    "weekday": "CAST(weekday AS TEXT)",
    "date": "span",
    "week": "date(span, '-' || weekday || ' days')",  # its Monday
    "month": "substr(span, 1, 7)",
    "year": "substr(span, 1, 4)",
}
_COARSEST = {"date": DAY, "week": DAY, "month": MONTH}

_NOBODY = "\0"  # no name at all is nobody's; '' would be everybody's

Sums = dict[tuple[str, ...], list[int]]


class _Stretch(NamedTuple):
    """Days of which the same hours are wanted."""

    first: date
    last: date
    hours: frozenset[int]


@dataclass(frozen=True, slots=True)
class LedgerStats:
    """Sums of some part of what was counted; each is asked of the database when it is wanted.

    Good for as long as the transaction in which `ledger_sums.overlay` was called. The part: days `first` to `last`, of
    the last one only the hours up to `last_hour`, of each only `hours`; of one language, machine, weekday, or of all.
    """

    connection: sqlite3.Connection
    first: date = date.min
    last: date = date.max
    last_hour: int = 23
    hours: frozenset[int] = _ALL_DAY
    filters: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return self.total > 0

    def between(self, first: date, last: date, hour: int = 23) -> LedgerStats:
        """The part from ``first`` to ``last``, both included, of the last day up to an hour."""
        if last > self.last:
            last, hour = self.last, self.last_hour
        elif last == self.last:
            hour = min(hour, self.last_hour)
        return replace(self, first=max(first, self.first), last=last, last_hour=hour)

    def until(self, hour: int) -> LedgerStats:
        """What was typed up to that hour of each day."""
        return replace(self, hours=self.hours & frozenset(range(hour + 1)))

    def only(self, dimension: str, key: str) -> LedgerStats:
        """The part where ``dimension`` is ``key``."""
        if dimension == "hour":
            return replace(self, hours=self.hours & {int(key)})
        if dimension in ("language", "machine", "weekday"):
            return replace(self, filters=(*self.filters, (dimension, key)))
        return self.between(*_days_of(dimension, key))

    @property
    def total(self) -> int:
        """All XP."""
        return sum(sums[0] for sums in self._sums((), "xp").values())

    def by(self, dimension: str) -> dict[str, int]:
        """XP along a dimension: key -> XP."""
        if dimension == "hour":
            sums = self._sums((), "each hour").get((), [])
            return {f"{hour:02}": xp for hour, xp in enumerate(sums) if xp > 0}
        found = self._sums((dimension,), "xp")
        return {key: xp for (key,), (xp,) in sorted(found.items()) if xp > 0}

    def cross(self, rows: str, columns: str) -> dict[str, dict[str, int]]:
        """XP along two dimensions: row key -> column key -> XP."""
        if rows == columns:
            return {key: {key: xp} for key, xp in self.by(rows).items()}
        if rows == "hour":
            return _turned(self.cross(columns, rows))
        table: dict[str, dict[str, int]] = {}
        if columns == "hour":
            for (row,), sums in self._sums((rows,), "each hour").items():
                for hour, xp in enumerate(sums):
                    if xp > 0:
                        table.setdefault(row, {})[f"{hour:02}"] = xp
            return table
        for (row, column), (xp,) in self._sums((rows, columns), "xp").items():
            if xp > 0:
                table.setdefault(row, {})[column] = xp
        return table

    def active_hours(self) -> dict[str, int]:
        """Language -> number of different hours in which it earned XP; '' -> of any language."""
        whole = self._sums((), "hours").get((), [0])[0]
        by_language = self._sums(("language",), "hours")
        return {"": whole, **{language: hours for (language,), (hours,) in by_language.items() if hours > 0}}

    def by_date(self) -> dict[date, int]:
        """XP of each day."""
        return {date.fromisoformat(day): xp for day, xp in self.by("date").items()}

    def best_hours(self, count: int) -> list[tuple[str, int]]:
        """The hours (``YYYY-MM-DDTHH``) with the most XP, and that XP, best first."""
        days = self._sums(("date",), "each hour").items()
        hours = [(xp, f"{day}T{hour:02}") for (day,), sums in days for hour, xp in enumerate(sums) if xp > 0]
        return [(moment, xp) for xp, moment in sorted(hours, reverse=True)[:count]]

    def _sums(self, keys: tuple[str, ...], what: str) -> Sums:
        """Keys along the dimensions -> XP, active hours, or the XP of each hour of the day."""
        coarsest = min((_COARSEST.get(key, YEAR) for key in keys), default=YEAR)
        found: Sums = {}
        for stretch in self._stretches():
            days = Part(DIFFERENCES, stretch.first.isoformat(), stretch.last.isoformat())
            for part in (*parts_of(stretch.first, stretch.last, coarsest), days):
                values = _values(what, part.table, stretch.hours)
                for row in self._rows(part, keys, values):
                    key, sums = row[: len(keys)], row[len(keys) :]
                    known = found.get(key)
                    found[key] = [*sums] if known is None else [*map(sum, zip(known, sums, strict=True))]
        return found

    def _stretches(self) -> Iterator[_Stretch]:
        if self.first > self.last or not self.hours:
            return
        if self.last_hour >= max(_ALL_DAY):
            yield _Stretch(self.first, self.last, self.hours)
            return
        if self.first < self.last:
            yield _Stretch(self.first, self.last - _ONE_DAY, self.hours)
        hours = self.hours & frozenset(range(self.last_hour + 1))
        if hours:
            yield _Stretch(self.last, self.last, hours)

    def _rows(self, part: Part, keys: tuple[str, ...], values: list[str]) -> list[tuple]:  # type: ignore[type-arg]
        source = part.table + " AS pair"
        if (
            part.table != DIFFERENCES
        ):  # each pair's rows are found by the key: the spans of all others are not read
            source = (
                f"sum_pair AS pair CROSS JOIN {part.table} AS sums"
                " ON sums.language = pair.language AND sums.machine = pair.machine"
            )
        conditions, given = self._conditions(keys)
        conditions += ["span >= ?", "span <= ?"]
        given += [part.first, part.last]
        names = [_KEYS[key] for key in keys]
        columns = [*names, *(f"coalesce(sum({value}), 0)" for value in values)]
        group = f" GROUP BY {', '.join(sorted(names))}" if names else ""  # language first: as the rows are
        query = f"SELECT {', '.join(columns)} FROM {source} WHERE {' AND '.join(conditions)}{group}"
        return self.connection.execute(query, given).fetchall()

    def _conditions(self, keys: tuple[str, ...]) -> tuple[list[str], list[str]]:
        """SQL's conditions for the filters, and the values in them; one row stands for all unless it is asked for."""
        conditions, given = [], []
        for dimension, key in self.filters:
            conditions.append(f"{_KEYS[dimension]} = ?")
            given.append(key or _NOBODY)
        filtered = {dimension for dimension, _ in self.filters}
        for dimension in ("language", "machine"):
            if dimension in keys:
                conditions.append(f"{_KEYS[dimension]} <> ''")
            elif dimension not in filtered:
                conditions.append(f"{_KEYS[dimension]} = ''")
        return conditions, given


def _values(what: str, table: str, hours: frozenset[int]) -> list[str]:
    """What to sum up, as SQL."""
    if what == "each hour":
        return [name if hour in hours else "0" for hour, name in enumerate(HOURS)]
    if hours == _ALL_DAY:
        return [what]  # the two columns of totals have these names
    if what == "xp":
        return [" + ".join(HOURS[hour] for hour in sorted(hours))]
    if table == "sum_day":
        return [" + ".join(f"({HOURS[hour]} > 0)" for hour in sorted(hours))]
    return [" + ".join(COUNTS[hour] for hour in sorted(hours))]


def _days_of(dimension: str, key: str) -> tuple[date, date]:
    """The days of a year, month, week or date. Raises ValueError for a key that is none."""
    if dimension == "year":
        return date(int(key), 1, 1), date(int(key), 12, 31)
    if dimension == "month":
        first = date.fromisoformat(f"{key}-01")
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    first = date.fromisoformat(key)
    return first, first + 6 * _ONE_DAY if dimension == "week" else first


def _turned(table: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Rows as columns."""
    turned: dict[str, dict[str, int]] = {}
    for row, columns in table.items():
        for column, xp in columns.items():
            turned.setdefault(column, {})[row] = xp
    return turned
