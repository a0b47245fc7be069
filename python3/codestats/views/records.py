"""The records page: bests, streaks, levels with their dates, milestones, a year ago, the year in review. Facts only."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from codestats.stats.activity import days_summary, monday
from codestats.stats.dates import LONG_MONTHS, WEEKDAYS, day_label, days_label
from codestats.text import number, percent, plural, width
from codestats.views.detail import level_dates
from codestats.views.parts.canvas import Row, Spot, beside
from codestats.views.parts.chrome import section
from codestats.views.parts.sentences import filter_spot, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codestats.stats.sums import Sums
    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = ["record_blocks", "records_rows"]

LABEL = 16
TWO = 84
STEPS = (1_000, 10_000, 50_000, 100_000, 250_000, 500_000, *(1_000_000 * 2**at for at in range(40)))

Fact = tuple[str, str, str, Spot | None]
Block = tuple[str, list[Fact]]


def records_rows(data: ProfileData, frame: Frame) -> list[Row]:
    """All of it; two columns where there is room."""
    left, right = record_blocks(data, frame)
    if not left and not right:
        return [Row("No records yet.", "CodeStatsTitle")]
    half = (frame.inner - 4) // 2 if frame.inner >= TWO else frame.inner
    one, other = (
        [row for title, facts in part for row in _block(title, facts, half, frame)] for part in (left, right)
    )
    return beside(one, other, frame.inner - half) if half < frame.inner else [*one, *other]


def record_blocks(data: ProfileData, frame: Frame) -> tuple[list[Block], list[Block]]:
    """Headings and their facts, left and right; both empty where nothing was ever counted."""
    today = frame.now.date()
    days = {day: xp for day, xp in data.calendar.items() if day <= today}
    if not days:
        return [], []
    left = [
        ("Bests", _bests(data, days, today, frame)),
        ("Milestones", _milestones(data, days, frame)),
        ("All machines, all time", _account(data, frame)),
    ]
    right = [
        (f"{today.year} in review", _review(data.activity, days, today, frame)),
        ("Levels", _levels(days)),
        ("A year ago today", _year_ago(days, today)),
    ]
    return left, right


def _block(title: str, facts: list[Fact], cells: int, frame: Frame) -> list[Row]:
    if not facts:
        return []
    rows = [section(title, cells)]
    for label, figure, note, spot in facts:
        row = Row(frame.cut(label, LABEL - 1), "CodeStatsLabel").to(LABEL).add(figure, "CodeStatsNumber")
        rows.append(row.about(spot))
        if note and row.cells + 2 + width(note) <= cells:
            row.add("  ").add(note, "CodeStatsLabel")
        elif note:
            rows.append(Row().to(2).add(frame.cut(note, cells - 2), "CodeStatsLabel").about(spot))
    return [*rows, Row()]


def _day_spot(day: date, xp: int) -> Spot:
    return filter_spot(
        "date", day.isoformat(), f"{WEEKDAYS[day.weekday()]} {day_label(day)}  {number(xp)} XP"
    )


def _bests(data: ProfileData, days: Mapping[date, int], today: date, frame: Frame) -> list[Fact]:
    facts: list[Fact] = []
    dash = frame.dash
    for moment, xp in data.activity.best_hours(1):
        day, hour = date.fromisoformat(moment[:10]), int(moment[11:])
        note = f"{day_label(day)}, {hour:02}{dash}{hour + 1:02} h"
        facts.append(("Hour", number(xp), note, filter_spot("date", moment[:10], f"Best hour: {note}")))
    best = max(days, key=lambda day: (days[day], day))
    facts.append(("Day", number(days[best]), day_label(best), _day_spot(best, days[best])))
    weeks, months = Counter[date](), Counter[str]()
    for day, xp in days.items():
        weeks[monday(day)] += xp
        months[day.isoformat()[:7]] += xp
    week, xp = max(weeks.items(), key=lambda item: (item[1], item[0]))
    facts.append(("Week", number(xp), f"of {day_label(week)}", None))
    month, xp = max(months.items(), key=lambda item: (item[1], item[0]))
    name = f"{LONG_MONTHS[int(month[5:]) - 1]} {month[:4]}"
    facts.append(("Month", number(xp), name, filter_spot("month", month, f"{name}  {number(xp)} XP")))
    known = days_summary(days, today)
    if known.longest_end is not None:
        first = known.longest_end - timedelta(days=known.longest - 1)
        note = days_label(first, known.longest_end)
        facts.append(("Longest streak", plural(known.longest, "day"), note, None))
    facts.append(("Active", plural(known.active, "day"), f"since {day_label(min(days))}", None))
    return facts


def _levels(days: Mapping[date, int]) -> list[Fact]:
    """The last ones of the account."""
    return [
        (f"Level {level:,}", day_label(day), "", _day_spot(day, days[day]))
        for level, day in reversed(level_dates(days)[-6:])
    ]


def _milestones(data: ProfileData, days: Mapping[date, int], frame: Frame) -> list[Fact]:
    """Round totals, and when there were how many languages."""
    facts: list[Fact] = []
    xp, steps = 0, list(STEPS)
    for day in sorted(days):
        xp += days[day]
        while steps and xp >= steps[0]:
            facts.append((f"{number(steps.pop(0), 11)} XP", day_label(day), "", _day_spot(day, days[day])))
    facts = facts[-5:][::-1]
    languages = data.profile.languages if data.profile else ()
    for count in (100, 50, 25, 10, 5):
        if len(languages) >= count:
            reached = [tally for tally in languages if tally.level >= 1]
            note = f"{len(reached):,} of them at level 1 or more"
            facts.append(("Languages", f"{len(languages):,}", frame.cut(note, 40), None))
            break
    return facts


def _account(data: ProfileData, frame: Frame) -> list[Fact]:
    """What only the service knows: since when, and the habits of all machines."""
    account, facts = data.account, list[Fact]()
    if account is None:
        return facts
    if account.registered is not None:
        facts.append(("Registered", day_label(account.registered), "", None))
    dash = frame.dash
    if account.hours:
        hour, xp = max(account.hours.items(), key=lambda item: (item[1], -item[0]))
        share = percent(xp, sum(account.hours.values()))
        facts.append(("Busiest hour", f"{hour:02}{dash}{hour + 1:02} h", f"{number(xp)} XP, {share}", None))
    if account.weekdays:
        weekday, xp = max(account.weekdays.items(), key=lambda item: (item[1], -item[0]))
        share = percent(xp, sum(account.weekdays.values()))
        facts.append(("Busiest weekday", WEEKDAYS[weekday], f"{number(xp)} XP, {share}", None))
    return facts


def _year_ago(days: Mapping[date, int], today: date) -> list[Fact]:
    try:
        then = today.replace(
            year=today.year - 1, day=28 if (today.month, today.day) == (2, 29) else today.day
        )
    except ValueError:
        return []
    xp = days.get(then, 0)
    if not xp:
        return []
    return [(f"{WEEKDAYS[then.weekday()]} {day_label(then)}", f"{number(xp)} XP", "", _day_spot(then, xp))]


def _review(activity: Sums, days: Mapping[date, int], today: date, frame: Frame) -> list[Fact]:
    """This year so far."""
    first = today.replace(month=1, day=1)
    year = {day: xp for day, xp in days.items() if day >= first}
    if not year:
        return []
    total = sum(year.values())
    facts: list[Fact] = [("XP", number(total), f"on {plural(len(year), 'day')}", None)]
    weekdays = Counter[int]()
    for day, xp in year.items():
        weekdays[day.weekday()] += xp
    busiest, xp = max(weekdays.items(), key=lambda item: item[1])
    facts.append(("Busiest weekday", WEEKDAYS[busiest], percent(xp, total), None))
    here = activity.between(first, today)
    languages = here.by("language")
    if languages:
        best = max(languages, key=lambda name: (languages[name], name))
        share = percent(languages[best], sum(languages.values()))
        spot = filter_spot("language", best, f"{named(frame, best)}  {number(languages[best])} XP")
        facts.append(("Most typed", named(frame, best), share, spot))
        before = activity.between(date.min, first - timedelta(days=1)).by("language")
        new = sorted((name for name in languages if name not in before), key=lambda name: -languages[name])
        if before and new:
            note = ", ".join(named(frame, name) for name in new[:4])
            facts.append(("New languages", f"{len(new):,}", note, None))
    return facts
