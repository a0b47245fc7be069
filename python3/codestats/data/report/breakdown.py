"""The breakdown of the local history for the page: language by each of BREAKDOWNS, and what each day had.

Small enough to be in the page, so that its script asks nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from codestats.stats.dates import LONG_MONTHS, MONTHS, WEEKDAYS, span_label
from codestats.stats.periods import parse_period
from codestats.stats.sums import BREAKDOWNS, TYPED_WITH, UNKNOWN
from codestats.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codestats.stats.sums import Sums

__all__ = ["NAMED", "Breakdown", "Day", "Line", "PeriodTables", "Table", "breakdown_of"]

NAMED = ("machine", *TYPED_WITH)
"""Dimensions whose keys are names."""

OTHERS = "others"

_PERIODS = ("week", "month", "year", "all")
_LINES = 300  # languages in a table, at most
_NAMES = 8  # columns
_MONTHS = 12
_HOURS = 3  # of a column
_OF_A_DAY = 20  # languages whose hours each day tells; the rest are one


@dataclass(frozen=True, slots=True)
class Line:
    """A language: its XP in each column."""

    name: str
    values: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self.values)


@dataclass(frozen=True, slots=True)
class Table:
    """Most XP first."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PeriodTables:
    """`name` is on the chip, `label` names the days; a table for each of BREAKDOWNS."""

    key: str
    name: str
    label: str
    tables: Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Day:
    """A language on a day: XP by hour, and by name along each of NAMED."""

    language: str
    hours: Mapping[int, int]
    named: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`columns` are those of a day's table along each of NAMED of which anything is known."""

    periods: tuple[PeriodTables, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    days: Mapping[date, Sequence[Day]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.periods)

    @property
    def by(self) -> tuple[str, ...]:
        """Those of BREAKDOWNS that there are tables of."""
        return tuple(by for by in BREAKDOWNS if by not in NAMED or by in self.columns)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Titles, and which of them a key of the dimension belongs to."""

    titles: tuple[str, ...]
    at: Mapping[str, int]


def breakdown_of(sums: Sums, today: date, first_day: date) -> Breakdown:
    """All tables up to today, and the days from `first_day` on; nothing where there is no history."""
    if not sums:
        return Breakdown()
    columns = {by: _named_columns(sums, by).titles for by in NAMED if by == "machine" or _is_known(sums, by)}
    recent = sums.between(first_day, today)
    days = _days(recent, tuple(columns))
    breakdown = Breakdown((), columns, days)
    periods = []
    for key in _PERIODS:
        period = parse_period(key, today)
        part = sums.between(period.first, period.last)
        if part:
            name, label = _names(key, part, today)
            periods.append(PeriodTables(key, name, label, {by: _table(part, by) for by in breakdown.by}))
    return replace(breakdown, periods=tuple(periods))


def _is_known(sums: Sums, by: str) -> bool:
    """Whether there is a name; without one a table would say "?" and no more."""
    return any(key != UNKNOWN for key in sums.by(by))


def _names(key: str, part: Sums, today: date) -> tuple[str, str]:
    """What is on the chip, and the days that it stands for."""
    days = part.by_date()
    period = parse_period(key, today)
    first = min(days) if key == "all" else period.first
    label = span_label(first, today, today)
    name = {
        "week": "This week",
        "month": LONG_MONTHS[today.month - 1],
        "year": str(today.year),
        "all": "All",
    }[key]
    return name, label


def _table(part: Sums, by: str) -> Table:
    columns = _columns(part, by)
    rows: dict[str, list[int]] = {}
    for language, sums in part.cross("language", by).items():
        values = rows.setdefault(_title(language), [0] * len(columns.titles))
        for key, xp in sums.items():
            values[columns.at[key]] += xp
    lines = [Line(name, tuple(values)) for name, values in rows.items()]
    lines.sort(key=lambda line: (-line.total, line.name.casefold(), line.name))
    if len(lines) > _LINES:
        rest = [line.values for line in lines[_LINES - 1 :]]
        lines[_LINES - 1 :] = [Line(OTHERS, tuple(map(sum, zip(*rest, strict=True))))]
    return Table(columns.titles, tuple(lines))


def _columns(part: Sums, by: str) -> _Columns:
    if by == "weekday":
        return _Columns(WEEKDAYS, {str(day): day for day in range(7)})
    if by == "hour":
        titles = tuple(f"{first:02}–{first + _HOURS - 1:02}" for first in range(0, 24, _HOURS))
        return _Columns(titles, {f"{hour:02}": hour // _HOURS for hour in range(24)})
    return _month_columns(part) if by == "month" else _named_columns(part, by)


def _month_columns(part: Sums) -> _Columns:
    """The latest ones; what was earlier is one."""
    keys = sorted(part.by("month"))
    late = keys[-_MONTHS:]
    years = len({key[:4] for key in late}) > 1
    titles = [MONTHS[int(key[5:]) - 1] + (f" {key[2:4]}" if years else "") for key in late]
    older = keys[: -len(late)]
    at = {key: place + bool(older) for place, key in enumerate(late)}
    return _Columns((*(["older"] if older else []), *titles), {**dict.fromkeys(older, 0), **at})


def _named_columns(part: Sums, by: str) -> _Columns:
    """Those with the most XP; the others are one."""
    ranked = _ranked(part, by)
    titles = list(ranked)
    shown = titles if len(titles) <= _NAMES else titles[: _NAMES - 1]
    at = {key: min(place, len(shown)) for place, keys in enumerate(ranked.values()) for key in keys}
    return _Columns((*shown, *([OTHERS] if len(shown) < len(titles) else [])), at)


def _title(name: str) -> str:
    """As it is shown; several names may be the same one then."""
    return clean(name) or "?"


def _by_title(sums: Mapping[str, int]) -> dict[str, int]:
    """XP by what is shown: those of which the same is shown are added up."""
    found: dict[str, int] = {}
    for name, xp in sums.items():
        found[_title(name)] = found.get(_title(name), 0) + xp
    return found


def _ranked(part: Sums, by: str) -> dict[str, list[str]]:
    """The keys that each title stands for, most XP first."""
    sums = part.by(by)
    totals = _by_title(sums)
    ranked: dict[str, list[str]] = {
        title: [] for title in sorted(totals, key=lambda title: (-totals[title], title))
    }
    for name in sorted(sums):
        ranked[_title(name)].append(name)
    return ranked


def _days(recent: Sums, dimensions: Sequence[str]) -> dict[date, list[Day]]:
    """The languages of each day, most XP first."""
    ranked = list(_ranked(recent, "language").items())
    found: dict[date, list[Day]] = {}
    groups = ranked[:_OF_A_DAY]
    if len(ranked) > _OF_A_DAY:
        groups.append((OTHERS, [name for _, names in ranked[_OF_A_DAY:] for name in names]))
    for title, names in groups:
        part = recent.only("language", *names)
        named = {by: part.cross("date", by) for by in dimensions}
        for day, hours in part.cross("date", "hour").items():
            by_hour = {int(hour): xp for hour, xp in hours.items()}
            by_name = {by: _by_title(sums.get(day, {})) for by, sums in named.items()}
            found.setdefault(date.fromisoformat(day), []).append(Day(title, by_hour, by_name))
    for languages in found.values():
        languages.sort(key=lambda one: -sum(one.hours.values()))
    return dict(sorted(found.items()))
