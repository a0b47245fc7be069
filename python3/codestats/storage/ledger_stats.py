"""The one reader of the ledger's sums: XP and active hours of any days, along any dimension, under any filters.

What is asked is answered by the fewest rows of `ledger_sums` that will do, at once, however long the ledger is.
"""

# ruff: noqa: S608 - queries are put together from this module's own words
from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from codestats.storage.ledger_sums import ALIKE, COUNTS, DIFFERENCES, HOURS, NAMES, OPEN_DAYS
from codestats.storage.sum_parts import DAY, MONTH, YEAR, Part, parts_of
from codestats.storage.typed_with import EDITOR, SYSTEM

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

__all__ = ["LedgerStats"]

_ONE_DAY = timedelta(days=1)
_ALL_DAY = frozenset(range(24))

_KEYS = {
    "language": "name.language",
    "machine": "name.machine",
    "tool": "name.tool",
    "editor": EDITOR.format("name.tool"),
    "system": SYSTEM.format("name.tool"),
    "weekday": "CAST(weekday AS TEXT)",
    "date": "span",
    "week": "date(span, '-' || weekday || ' days')",  # its Monday
    "month": "substr(span, 1, 7)",
    "year": "substr(span, 1, 4)",
}
_OF_TOOL = frozenset({"tool", "editor", "system"})
_DAYS = frozenset({"date", "week", "month", "year"})
"""Dimensions that are days, all of them in a row."""
_COARSEST = {"date": DAY, "week": DAY, "month": MONTH}

_BY_NAME = f"sum_name AS name CROSS JOIN {{}} AS sums ON {ALIKE.format('sums')}"
_CLOSED_DAYS = _BY_NAME.format("sum_day") + " AND span NOT IN (SELECT day FROM temp.sum_open)"
_DAY_BY_DAY = (_CLOSED_DAYS, f"{OPEN_DAYS} AS name")
"""Where each day's rows are, once."""

_NOBODY = "\0"  # no name at all is nobody's; '' would be everybody's

Span = tuple[date, date]
Sums = dict[tuple[str, ...], list[int]]


class _Stretch(NamedTuple):
    """Days of which the same hours are wanted."""

    first: date
    last: date
    hours: frozenset[int]


@dataclass(frozen=True, slots=True)
class LedgerStats:
    """Sums of some part of what was counted; each is asked of the database when it is wanted.

    Good for as long as the transaction in which `ledger_sums.overlay` was called. The part: days of `spans`, both ends
    included, of the day of `cut` only up to its hour, of each only `hours`; of some languages, machines, editors,
    systems, weekdays.
    """

    connection: sqlite3.Connection
    spans: tuple[Span, ...] = ((date.min, date.max),)
    cut: tuple[date, int] | None = None
    hours: frozenset[int] = _ALL_DAY
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return self.total > 0

    def between(self, first: date, last: date, hour: int = 23) -> LedgerStats:
        """The part from ``first`` to ``last``, both included, of the last day up to an hour."""
        part = self._within([(first, last)])
        if hour >= max(_ALL_DAY):
            return part
        return replace(part, cut=min(self.cut or (last, hour), (last, hour)))

    def _within(self, spans: Iterable[Span]) -> LedgerStats:
        pairs = [(max(a, c), min(b, d)) for a, b in self.spans for c, d in spans]
        return replace(self, spans=tuple(sorted({(first, last) for first, last in pairs if first <= last})))

    def until(self, hour: int) -> LedgerStats:
        """What was typed up to that hour of each day."""
        return replace(self, hours=self.hours & frozenset(range(hour + 1)))

    def only(self, dimension: str, *keys: str) -> LedgerStats:
        """The part where ``dimension`` is one of ``keys``."""
        if dimension == "hour":
            return replace(self, hours=self.hours & {int(key) for key in keys})
        if dimension in _KEYS and dimension not in _DAYS:
            return replace(self, filters=(*self.filters, (dimension, keys)))
        return self._within([_days_of(dimension, key) for key in sorted(set(keys))])

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
        return self._cross_hours(rows) if columns == "hour" else self._cross_spans(rows, columns)

    def _cross_hours(self, rows: str) -> dict[str, dict[str, int]]:
        table: dict[str, dict[str, int]] = {}
        for (row,), sums in self._sums((rows,), "each hour").items():
            for hour, xp in enumerate(sums):
                if xp > 0:
                    table.setdefault(row, {})[f"{hour:02}"] = xp
        return table

    def _cross_spans(self, rows: str, columns: str) -> dict[str, dict[str, int]]:
        table: dict[str, dict[str, int]] = {}
        for (row, column), (xp,) in self._sums((rows, columns), "xp").items():
            if xp > 0:
                table.setdefault(row, {})[column] = xp
        return table

    def active_hours(self) -> dict[str, int]:
        """Language -> number of different hours in which it earned XP; '' -> of any language."""
        count = self._hours_of_several if self._has_several() else self._hours_of_one
        by_language = count(("language",))
        return {
            "": count(()).get((), 0),
            **{key[0]: hours for key, hours in by_language.items() if hours > 0},
        }

    def _hours_of_one(self, keys: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        return {key: hours for key, (hours,) in self._sums(keys, "hours").items()}

    def _has_several(self) -> bool:
        """Whether several rows together stand for one thing: their hours are not to be added up."""
        if any(len(keys) > 1 for dimension, keys in self.filters if dimension in ("language", "machine")):
            return True
        return bool(_OF_TOOL & self._filtered()) and len(self._sums(("tool",), "hours")) > 1

    def _hours_of_several(self, keys: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """Day by day: in how many hours any of them earned XP."""
        conditions, given = self._conditions(keys)
        where = " AND ".join((*conditions, "span >= ?", "span <= ?"))
        names = "".join(f"{_KEYS[key]}, " for key in keys)
        active: dict[tuple[str, ...], int] = {}
        for first, last, hours in self._stretches():
            bits = " + ".join(f"({HOURS[hour]} > 0) * {1 << hour}" for hour in sorted(hours))
            for source in _DAY_BY_DAY:
                query = f"SELECT {names}span, {bits} FROM {source} WHERE {where}"
                for *key, found in self.connection.execute(
                    query, (*given, first.isoformat(), last.isoformat())
                ):
                    at = tuple(key)
                    active[at] = active.get(at, 0) | found
        counts: dict[tuple[str, ...], int] = {}
        for at, found in active.items():
            counts[at[:-1]] = counts.get(at[:-1], 0) + found.bit_count()
        return counts

    def _filtered(self) -> set[str]:
        return {dimension for dimension, _ in self.filters}

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
        for first, last in self.spans if self.hours else ():
            if self.cut is None or last < self.cut[0]:
                yield _Stretch(first, last, self.hours)
                continue
            day, hour = self.cut
            if first < day:
                yield _Stretch(first, day - _ONE_DAY, self.hours)
            hours = self.hours & frozenset(range(hour + 1))
            if hours and first <= day:
                yield _Stretch(day, day, hours)

    def _rows(self, part: Part, keys: tuple[str, ...], values: list[str]) -> list[tuple]:  # type: ignore[type-arg]
        source = part.table + " AS name"
        if (
            part.table != DIFFERENCES
        ):  # each name's rows are found by the key: the spans of others are not read
            source = _BY_NAME.format(part.table)
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
        for dimension, wanted in self.filters:
            conditions.append(f"{_KEYS[dimension]} IN ({', '.join('?' * len(wanted))})")
            given += [key or _NOBODY for key in wanted]
        asked = self._filtered().union(keys)
        if _OF_TOOL & asked:
            asked.add("tool")
        conditions += [f"name.{name} {'<>' if name in asked else '='} ''" for name in NAMES]
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


def _days_of(dimension: str, key: str) -> Span:
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
