"""Pages as sentences, for screen readers: what the drawings say, one thing a line, nothing by position or shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestats.levels import standing
from codestats.profile import Profile
from codestats.stats.activity import days_summary
from codestats.stats.dates import MONTHS, WEEKDAYS, day_label
from codestats.stats.sums import TYPED_WITH, UNKNOWN
from codestats.text import number, percent, plural
from codestats.views.parts.canvas import Spot
from codestats.views.parts.sentences import filter_spot
from codestats.views.parts.wrapping import WHOLE, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codestats.profile import Tally
    from codestats.stats.periods import Period
    from codestats.stats.sums import Sums
    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = [
    "SORTS",
    "Said",
    "Telling",
    "habits",
    "profile_sentences",
    "stats_lines",
    "stats_sentences",
    "tallies",
]

Said = tuple[str, Spot | None]
"""A sentence, and what it is about."""

SORTS = ("xp", "name", "hours", "before")
"""What lines of a period can be sorted by."""


def _compared(now: int, before: int, label: str) -> str:
    """``61% more than 1–27 Oct (37,300 XP)``."""
    if before == 0:
        return f"none in {label}"
    if now == before:
        return f"as many as in {label}"
    points = abs(now - before) * 100 / before
    if points >= 1000:
        return f"{now / before:,.0f} times as many as in {label}, which had {number(before)}"
    return f"{points:.0f}% {'more' if now > before else 'less'} than in {label}, which had {number(before)}"


@dataclass(frozen=True, slots=True)
class Telling:
    """How a period is told: broken down `by` a dimension, counts or shares of each language, in which order."""

    by: str = ""
    as_percent: bool = False
    sort: str = "xp"
    is_reversed: bool = False


def stats_sentences(sums: Sums, period: Period, frame: Frame, telling: Telling) -> list[str]:
    """A period: its sum, then a line a language; with `by`, what each has in each column."""
    return [text.replace(WHOLE, " ") for text, _ in stats_lines(sums, period, frame, telling)]


def stats_lines(sums: Sums, period: Period, frame: Frame, telling: Telling) -> list[Said]:
    """The same, each with what it is about."""
    part = sums.between(period.first, period.last)
    if not part:
        return [(frame.name(f"{period.label}: nothing was typed.").replace("–", frame.dash), None)]
    earlier = period.earlier(sums, frame.now)
    hours, days = part.active_hours(), len(part.by("date"))
    before = earlier.by("language") if earlier is not None else {}
    text = f"{period.label}: {number(part.total)} XP"
    if earlier is not None and period.before is not None:
        text += f", {_compared(part.total, earlier.total, period.before[2])}"
    typed = f"Typed in {plural(hours[''], 'hour')} on {plural(days, 'day')}."
    lines: list[Said] = [(frame.name(f"{text}.").replace("–", frame.dash), None), (typed, None)]
    languages = part.by("language")
    largest = {"xp": languages, "hours": hours, "before": before, "name": {}}[telling.sort]
    names = sorted(languages, key=lambda name: (-largest.get(name, 0), name.casefold()))
    if telling.is_reversed:
        names.reverse()
    lines.append((_order(len(names), telling), None))
    cross = part.cross("language", telling.by) if telling.by else {}
    for name in names:
        xp = languages[name]
        share = percent(xp, part.total)
        line = f"{frame.kept(name)}: {number(xp)} XP, {share}, in {plural(hours[name], 'hour')}"
        line = f"{line}{_cells(cross[name], telling, frame) if telling.by else ''}."
        lines.append((line, filter_spot("language", name, "")))
    return lines


def _order(count: int, telling: Telling) -> str:
    words = {"xp": "XP", "name": "name", "hours": "hours", "before": "XP of the time before"}
    turned = ", the last first" if telling.is_reversed else ""
    by = f", each by {telling.by}" if telling.by else ""
    return f"{plural(count, 'language')} by {words[telling.sort]}{turned}{by}:"


def _cells(cells: Mapping[str, int], telling: Telling, frame: Frame) -> str:
    whole_row = sum(cells.values())
    figures = {
        key: percent(xp, whole_row) if telling.as_percent else number(xp) for key, xp in sorted(cells.items())
    }
    told = (whole(f"{_titled(key, telling.by, frame)} {figure}") for key, figure in figures.items())
    return f"; {', '.join(told)}"


def _titled(key: str, by: str, frame: Frame) -> str:
    """A key of a dimension in words."""
    if by == "weekday":
        return WEEKDAYS[int(key)]
    if by == "hour":
        return f"{int(key)} h"
    if by == "month":
        return f"{MONTHS[int(key[5:7]) - 1]} {key[:4]}"
    return "unknown" if by in TYPED_WITH and key == UNKNOWN else frame.kept(key)


def profile_sentences(data: ProfileData, frame: Frame) -> list[str]:
    """A profile: level, habits, then a line a language and a machine."""
    if data.profile is None:
        return []
    said = [*habits(data, frame), *tallies("languages", data.profile.languages, frame)]
    return [text for text, _ in [*said, *tallies("machines", data.profile.machines, frame)]]


def habits(data: ProfileData, frame: Frame) -> list[Said]:
    """Level, today and this week, streaks and the best day."""
    profile = data.profile or Profile()
    now, days = standing(profile.total_xp), days_summary(data.calendar, frame.now.date())
    level = f"level {now.level} with {number(profile.total_xp)} XP, {number(now.missing)} to level {now.level + 1}"
    recent = f"in the last 12 hours {number(profile.new_xp)} XP"
    goal = f" of {number(data.goal)} XP to reach" if data.goal > 0 else " XP"
    if 0 < data.goal <= days.today:
        goal = f" XP, the goal of {number(data.goal)} XP is reached"
    lines = [
        f"{frame.kept(profile.user)}: {level}.",
        f"Today {number(days.today)}{goal}, this week {number(days.week)} XP, {recent}.",
        f"The streak is {plural(days.streak, 'day')}, the longest was {plural(days.longest, 'day')}.",
    ]
    if days.best_day is not None:
        lines.append(f"The best day was {day_label(days.best_day)} with {number(days.best)} XP.")
    return [(line, None) for line in lines]


def tallies(what: str, found: Sequence[Tally], frame: Frame, most: int = 5000) -> list[Said]:
    """How many languages or machines, and a line each, of the first ones."""
    whole = sum(tally.xp for tally in found)
    first = f", the first {most:,}" if len(found) > most else ""
    lines: list[Said] = [(f"{plural(len(found), what[:-1])}{first}:", None)] if found else []
    for tally in found[:most]:
        recent = f", {number(tally.recent)} of it in the last 12 hours" if tally.recent else ""
        share = percent(tally.xp, whole)
        text = f"{frame.kept(tally.name)}: {number(tally.xp)} XP, {share}, level {tally.level}{recent}."
        lines.append((text, filter_spot(what[:-1], tally.name, "")))
    return lines
