"""Sums as `LedgerStats` has them, added up one entry after the other.

SQLite's sums are held against these, and views are drawn from them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple


class Entry(NamedTuple):
    """XP of one language on one machine in one local hour (``YYYY-MM-DDTHH``)."""

    hour: str
    language: str
    machine: str
    xp: int
    editor: str = "?"
    system: str = "?"

    @classmethod
    def at(cls, when, language, machine, xp):
        """An entry from a local time or from any ISO text that begins with date and hour."""
        hour = when.strftime("%Y-%m-%dT%H") if isinstance(when, datetime) else when[:13]
        return cls(hour.replace(" ", "T"), language, machine, xp)

    @property
    def day(self):
        return date.fromisoformat(self.hour[:10])


def _week(entry):
    return (entry.day - timedelta(days=entry.day.weekday())).isoformat()


KEYS = {
    "language": lambda entry: entry.language,
    "machine": lambda entry: entry.machine,
    "weekday": lambda entry: str(entry.day.weekday()),
    "hour": lambda entry: entry.hour[11:],
    "date": lambda entry: entry.hour[:10],
    "week": _week,
    "month": lambda entry: entry.hour[:7],
    "year": lambda entry: entry.hour[:4],
    "editor": lambda entry: entry.editor,
    "system": lambda entry: entry.system,
}


@dataclass(frozen=True)
class Activity:
    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, entries):
        """The well-formed ones of ``entries``: an hour that is one, XP above 0."""
        good = (
            Entry(hour, language or "?", machine or "?", xp, *tool)
            for hour, language, machine, xp, *tool in entries
            if xp > 0 and _is_hour(hour)
        )
        return cls(tuple(sorted(good)))

    def __bool__(self):
        return bool(self.entries)

    def _where(self, condition):
        return Activity(tuple(entry for entry in self.entries if condition(entry)))

    def between(self, first, last, hour=23):
        end = f"{last.isoformat()}T{hour:02}"
        return self._where(lambda entry: first.isoformat() <= entry.hour <= end)

    def until(self, hour):
        return self._where(lambda entry: entry.hour[11:] <= f"{hour:02}")

    def only(self, dimension, *keys):
        return self._where(lambda entry: KEYS[dimension](entry) in keys)

    @property
    def total(self):
        return sum(entry.xp for entry in self.entries)

    def by(self, dimension):
        sums = Counter()
        for entry in self.entries:
            sums[KEYS[dimension](entry)] += entry.xp
        return dict(sums)

    def cross(self, rows, columns):
        table = {}
        for entry in self.entries:
            row = table.setdefault(KEYS[rows](entry), Counter())
            row[KEYS[columns](entry)] += entry.xp
        return {row: dict(sums) for row, sums in table.items()}

    def active_hours(self):
        of_languages = Counter(language for _, language in {(one.hour, one.language) for one in self.entries})
        return {"": len({entry.hour for entry in self.entries}), **of_languages}

    def by_date(self):
        return {date.fromisoformat(day): xp for day, xp in self.by("date").items()}

    def best_hours(self, count):
        sums = Counter()
        for entry in self.entries:
            sums[entry.hour] += entry.xp
        best = sorted(((xp, hour) for hour, xp in sums.items()), reverse=True)
        return [(hour, xp) for xp, hour in best[:count]]


def _is_hour(hour):
    try:
        return hour == f"{date.fromisoformat(hour[:10])}T{int(hour[11:]):02}" and int(hour[11:]) < 24
    except ValueError:
        return False
