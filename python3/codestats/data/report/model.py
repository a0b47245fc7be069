"""What a report shows: the profile of the service and the local history, put together once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from codestats.data.report.breakdown import Breakdown, breakdown_of
from codestats.data.report.source_tables import SourceTables, source_tables
from codestats.levels import Standing, standing
from codestats.profile import Tally
from codestats.stats.activity import Days, days_summary, merge_days, monday
from codestats.stats.sources import NO_SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codestats.profile import Profile
    from codestats.stats.sources import Sources
    from codestats.stats.sums import Sums

__all__ = ["WEEKS", "Report", "Week", "report_of", "weeks"]

WEEKS = 54
_WEEK = timedelta(days=7)

Week = tuple["date | None", ...]
"""Monday to Sunday; None for a day that is still to come."""


@dataclass(frozen=True, slots=True)
class Report:
    """`user` '' for the history of this machine alone; `weekdays` from Monday, `hours` from midnight on."""

    user: str
    now: datetime
    standing: Standing
    recent: int
    days: Days
    calendar: Mapping[date, int]
    languages: tuple[Tally, ...]
    machines: tuple[Tally, ...]
    weekdays: tuple[int, ...]
    hours: tuple[int, ...]
    breakdown: Breakdown = field(default_factory=Breakdown)
    sources: SourceTables | None = None

    @property
    def today(self) -> date:
        """The day it was made."""
        return self.now.date()

    @property
    def year(self) -> dict[date, int]:
        """The days that the heat map shows."""
        first = weeks(self.today)[0][0]
        return {day: xp for day, xp in self.calendar.items() if first and first <= day <= self.today}


def weeks(today: date) -> list[Week]:
    """The weeks of a year up to today's."""
    first = monday(today) - (WEEKS - 1) * _WEEK
    days = [first + timedelta(days=number) for number in range(7 * WEEKS)]
    return [
        tuple(day if day <= today else None for day in days[at : at + 7]) for at in range(0, len(days), 7)
    ]


def report_of(
    profile: Profile | None, activity: Sums, user: str, now: datetime, sources: Sources = NO_SOURCES
) -> Report:
    """The profile where there is one, the local history for the rest and in its place."""
    calendar = activity.by_date()
    if profile is not None:
        calendar = merge_days(profile.dates, calendar)
        languages, machines = profile.languages, profile.machines
        total, recent = profile.total_xp, profile.new_xp
    else:
        languages, machines = _tallies(activity.by("language")), _tallies(activity.by("machine"))
        total, recent = activity.total, 0
    weekdays, hours = activity.by("weekday"), activity.by("hour")
    return Report(
        user=user,
        now=now,
        standing=standing(total),
        recent=recent,
        days=days_summary(calendar, now.date()),
        calendar=calendar,
        languages=languages,
        machines=machines,
        weekdays=tuple(weekdays.get(str(day), 0) for day in range(7)),
        hours=tuple(hours.get(f"{hour:02}", 0) for hour in range(24)),
        breakdown=breakdown_of(activity, now.date(), monday(now.date()) - (WEEKS - 1) * _WEEK),
        sources=source_tables(sources),
    )


def _tallies(sums: Mapping[str, int]) -> tuple[Tally, ...]:
    return tuple(Tally(name, xp) for name, xp in sorted(sums.items(), key=lambda item: (-item[1], item[0])))
