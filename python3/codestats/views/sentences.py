"""What is said about a thing that is pointed at: a day of the map, a language, a machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codestats.levels import standing
from codestats.stats.dates import WEEKDAYS, day_label
from codestats.text import number, percent
from codestats.views.canvas import Frame, Spot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from codestats.stats.sums import Sums

__all__ = ["DayFacts", "filter_spot", "level_sentence", "named"]


def named(frame: Frame, name: str) -> str:
    """A language's or a machine's name, short enough for a sentence."""
    return frame.cut(frame.kept(name) or "?", 30)


def filter_spot(dimension: str, key: str, sentence: str) -> Spot:
    """A spot that drills down."""
    return Spot("filter", [[dimension, key]], sentence)


def level_sentence(frame: Frame, name: str, xp: int, whole: int) -> str:
    """``Python  255,560 XP · 28% · level 12, 14,840 to 13``."""
    stand, dot = standing(xp), frame.glyphs.dot
    share = f"{percent(xp, whole)} {dot} " if whole else ""
    level = f"level {stand.level:,}, {number(stand.missing)} to {stand.level + 1:,}"
    return f"{named(frame, name)}  {number(xp)} XP {dot} {share}{level}"


def _hours(hours: Mapping[str, int], dash: str) -> str:
    """From the first hour typed in to the end of the last: ``9–17 h``."""
    return f"{int(min(hours))}{dash}{int(max(hours)) + 1} h" if hours else ""


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What is known of days, keys as `Sums.cross` has them.

    Languages are of all machines where the service tells them, hours of the local history.
    """

    languages: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    hours: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, activity: Sums) -> DayFacts:
        """Of a span that is shown."""
        return cls(activity.cross("date", "language"), activity.cross("date", "hour"))

    def known_better(self, days: Mapping[date, Mapping[str, int]]) -> DayFacts:
        """With the languages of the days of which somebody else knows more XP."""
        here = {name.casefold(): name for languages in self.languages.values() for name in languages}
        better = {
            day.isoformat(): {here.get(name.casefold(), name): xp for name, xp in languages.items()}
            for day, languages in days.items()
            if sum(languages.values()) > sum(self.languages.get(day.isoformat(), {}).values())
        }
        return DayFacts({**self.languages, **better}, self.hours) if better else self

    def spot(self, day: date, xp: int, frame: Frame) -> Spot:
        """``Tue 1 Sep 2026  2,868 XP · Rust 61% · 9–17 h``: drills down where the local history has it."""
        key, dot = day.isoformat(), frame.glyphs.dot
        when = f"{WEEKDAYS[day.weekday()]} {day_label(day)}"
        if not xp:
            return Spot("", key, f"{when}  no XP")
        parts = [f"{when}  {number(xp)} XP"]
        languages = self.languages.get(key)
        if not languages:
            return Spot("", key, parts[0])
        best = max(languages, key=lambda name: (languages[name], name))
        parts.append(f"{named(frame, best)} {percent(languages[best], sum(languages.values()))}")
        parts.append(_hours(self.hours.get(key, {}), frame.dash))
        text = f" {dot} ".join(part for part in parts if part)
        return Spot("filter", [["date", key]], text) if key in self.hours else Spot("", key, text)
