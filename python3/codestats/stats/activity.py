"""What was counted, by local hour, language and machine, and the sums the views ask for.

The ledger hands over :class:`Entry` values; :class:`Activity` adds them up along one or two
*dimensions* (language, machine, weekday, hour, month, date). Days of a profile and of the ledger
are plain mappings ``date -> XP``; :func:`days_summary` reads streaks and bests off them.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = ["DIMENSIONS", "Activity", "Days", "Entry", "Sums", "days_summary", "merge_days", "monday"]

ONE_DAY = timedelta(days=1)


class Entry(NamedTuple):
    """XP of one language on one machine in one local hour (``YYYY-MM-DDTHH``)."""

    hour: str
    language: str
    machine: str
    xp: int

    @classmethod
    def at(cls, when: datetime | str, language: str, machine: str, xp: int) -> Entry:
        """An entry from a local time or from any ISO text that begins with date and hour."""
        hour = when.strftime("%Y-%m-%dT%H") if isinstance(when, datetime) else when[:13]
        return cls(hour.replace(" ", "T"), language, machine, xp)


@lru_cache(maxsize=8192)
def _weekday(day: str) -> str:
    """0 (Monday) to 6, as text so that every dimension has text keys."""
    return str(date.fromisoformat(day).weekday())


# Dimension -> the keys of some entries. Generators instead of a call an entry: ledgers are long.
DIMENSIONS: dict[str, Callable[[Sequence[Entry]], Iterator[str]]] = {
    "language": lambda entries: (entry[1] for entry in entries),
    "machine": lambda entries: (entry[2] for entry in entries),
    "weekday": lambda entries: (_weekday(entry[0][:10]) for entry in entries),
    "hour": lambda entries: (entry[0][11:] for entry in entries),
    "month": lambda entries: (entry[0][:7] for entry in entries),
    "date": lambda entries: (entry[0][:10] for entry in entries),
}


class Sums(Protocol):
    """What is asked of some span of time: of an `Activity`, or of the database (`sums.HistorySums`)."""

    def __bool__(self) -> bool:
        """Whether there is anything."""

    def between(self, first: date, last: date) -> Sums:
        """The part from ``first`` to ``last``, both included."""

    def until(self, hour: int) -> Sums:
        """What was typed up to that hour of each day."""

    @property
    def total(self) -> int:
        """All XP."""

    def by(self, dimension: str) -> dict[str, int]:
        """XP along one of DIMENSIONS: key -> XP."""

    def cross(self, rows: str, columns: str) -> dict[str, dict[str, int]]:
        """XP along two dimensions: row key -> column key -> XP."""

    def active_hours(self) -> dict[str, int]:
        """Language -> number of different hours in which it earned XP; '' -> of any language."""

    def by_date(self) -> dict[date, int]:
        """XP of each day."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Entries of some span of time in their order; every sum is made when it is asked for."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry | tuple[str, str, str, int]]) -> Activity:
        """The well-formed ones of ``entries``: an hour that is one, XP above 0."""
        good = (  # each text once in memory
            Entry(intern(hour), intern(language or "?"), intern(machine or "?"), xp)
            for hour, language, machine, xp in entries
            if xp > 0 and _is_hour(hour)
        )
        return cls(tuple(sorted(good)))

    def __bool__(self) -> bool:
        return bool(self.entries)

    def between(self, first: date, last: date) -> Activity:
        """The part from ``first`` to ``last``, both included."""
        begin = bisect_left(self.entries, first.isoformat(), key=_hour_of)
        end = bisect_left(self.entries, f"{last.isoformat()}T99", key=_hour_of)
        return Activity(self.entries[begin:end])

    def until(self, hour: int) -> Activity:
        """What was typed up to that hour of each day."""
        last = f"T{hour:02}"
        return Activity(tuple(entry for entry in self.entries if entry.hour[10:] <= last))

    @property
    def total(self) -> int:
        """All XP."""
        return sum(entry[3] for entry in self.entries)

    def by(self, dimension: str) -> dict[str, int]:
        """XP along one of DIMENSIONS: key -> XP."""
        sums: dict[str, int] = {}
        for key, entry in zip(DIMENSIONS[dimension](self.entries), self.entries, strict=True):
            sums[key] = sums.get(key, 0) + entry[3]
        return sums

    def cross(self, rows: str, columns: str) -> dict[str, dict[str, int]]:
        """XP along two dimensions: row key -> column key -> XP."""
        keys = zip(DIMENSIONS[rows](self.entries), DIMENSIONS[columns](self.entries), strict=True)
        sums: dict[tuple[str, str], int] = {}
        for key, entry in zip(keys, self.entries, strict=True):
            sums[key] = sums.get(key, 0) + entry[3]
        table: dict[str, dict[str, int]] = {}
        for (row, column), xp in sums.items():
            table.setdefault(row, {})[column] = xp
        return table

    def active_hours(self) -> dict[str, int]:
        """Language -> number of different hours in which it earned XP; '' -> of any language."""
        hours = {"": 0}
        last_hour = last_language = ""
        for hour, language, _, _ in self.entries:  # in order: what is alike stands together
            if hour != last_hour:
                hours[""] += 1
            elif language == last_language:
                continue
            hours[language] = hours.get(language, 0) + 1
            last_hour, last_language = hour, language
        return hours

    def by_date(self) -> dict[date, int]:
        """XP of each day."""
        return {date.fromisoformat(day): xp for day, xp in self.by("date").items()}


def _hour_of(entry: Entry) -> str:
    return entry[0]


@lru_cache(maxsize=8192)
def _is_day(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return len(day) == 10


def _is_hour(hour: object) -> bool:
    return isinstance(hour, str) and hour[10:] in _HOURS and _is_day(hour[:10])


_HOURS = frozenset(f"T{hour:02}" for hour in range(24))


def merge_days(*calendars: Mapping[date, int]) -> dict[date, int]:
    """Day by day the largest count, for calendars that each saw only a part.

    The profile knows all machines but not what is still queued, the ledger knows the queue but
    one machine: the truth is at least the larger, and adding them would count twice.
    """
    merged: dict[date, int] = {}
    for calendar in calendars:
        for day, xp in calendar.items():
            merged[day] = max(merged.get(day, 0), xp)
    return merged


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - day.weekday() * ONE_DAY


@dataclass(frozen=True, slots=True)
class Days:
    """What a calendar says about a person's habit; XP and lengths in days."""

    today: int = 0
    week: int = 0
    streak: int = 0
    longest: int = 0
    longest_end: date | None = None
    best: int = 0
    best_day: date | None = None
    active: int = 0


def _streaks(days: list[date]) -> list[tuple[int, date]]:
    """(length, last day) of each run of consecutive days; ``days`` sorted."""
    runs: list[tuple[int, date]] = []
    for day in days:
        if runs and (day - runs[-1][1]).days == 1:
            runs[-1] = (runs[-1][0] + 1, day)
        else:
            runs.append((1, day))
    return runs


def days_summary(calendar: Mapping[date, int], today: date) -> Days:
    """Habits up to ``today``; a streak is alive until a whole day passed without XP.

    A day of tomorrow (someone further east) counts as part of the present, later ones do not.
    """
    known = {day: xp for day, xp in calendar.items() if xp > 0 and (day - today).days <= 1}
    if not known:
        return Days()
    runs = _streaks(sorted(known))
    length, end = runs[-1]
    longest, longest_end = max(runs)
    best_day = max(known, key=lambda day: (known[day], day))
    return Days(
        today=known.get(today, 0),
        week=sum(xp for day, xp in known.items() if monday(day) == monday(today)),
        streak=length if (today - end).days <= 1 else 0,
        longest=longest,
        longest_end=longest_end,
        best=known[best_day],
        best_day=best_day,
        active=len(known),
    )
