"""What a calendar of XP says about a person's habit: streaks, bests, today and this week.

Days of a profile and of the ledger are plain mappings ``date -> XP``; :func:`days_summary` reads the rest off them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Days", "days_summary", "means_of_a_week", "merge_days", "monday"]

ONE_DAY = timedelta(days=1)


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


def means_of_a_week(shown: Sequence[date], days: Mapping[date, int]) -> list[float]:
    """The mean of each day and the six before it."""
    try:
        return [sum(days.get(day - ago * ONE_DAY, 0) for ago in range(7)) / 7 for day in shown]
    except OverflowError:
        return []


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
