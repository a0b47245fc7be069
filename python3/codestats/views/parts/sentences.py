"""What is said about a thing that is pointed at or looked into: a day of the map, a language, a machine."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from codestats.levels import standing
from codestats.stats.dates import MONTHS, WEEKDAYS, day_label
from codestats.stats.sums import TYPED_WITH, UNKNOWN
from codestats.text import number, percent, plural
from codestats.views.parts.canvas import Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codestats.stats.sums import Sums
    from codestats.views.parts.frame import Frame

__all__ = ["DayFacts", "crumb_of", "filter_spot", "level_sentence", "named", "notes_of"]

Filter = tuple[str, tuple[str, ...]]


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


# -------------------------------------------------------------- what a drill-down is called


def _tool(dimension: str, key: str, frame: Frame) -> str:
    return f"unknown {dimension}" if key == UNKNOWN else named(frame, key)


_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_WORDS: dict[str, Callable[[str, str, Frame], str]] = {
    "date": lambda key, _, __: (
        f"{WEEKDAYS[date.fromisoformat(key).weekday()]} {day_label(date.fromisoformat(key))}"
    ),
    "week": lambda key, _, __: f"Week of {day_label(date.fromisoformat(key))}",
    "month": lambda key, _, __: f"{MONTHS[int(key[5:7]) - 1]} {key[:4]}",
    "weekday": lambda key, _, __: _WEEKDAYS[int(key)],
    "editor": lambda key, _, frame: _tool("editor", key, frame),
    "system": lambda key, _, frame: _tool("system", key, frame),
    "hour": lambda key, last, frame: f"{int(key):02}{frame.dash}{int(last) + 1:02} h",
}


def crumb_of(dimension: str, keys: Sequence[str], frame: Frame) -> str:
    """A filter in words: ``Tue 1 Sep 2026``, ``Fridays``, ``09–12 h``."""
    if len(keys) > 1 and dimension != "hour":
        return plural(len(keys), dimension)
    with suppress(ValueError, IndexError, KeyError):
        return frame.name(_WORDS[dimension](keys[0], keys[-1], frame))
    return named(frame, keys[0])


def notes_of(filters: Sequence[Filter]) -> list[str]:
    """What the history cannot know of these parts."""
    tools = [(dimension, UNKNOWN in keys) for dimension, keys in filters if dimension in TYPED_WITH]
    unknown = " and the ".join(dimension for dimension, is_unknown in tools if is_unknown)
    known = " and no ".join(dimension for dimension, is_unknown in tools if not is_unknown)
    notes = [f"It was imported, or typed before the {unknown} was noted."] if unknown else []
    return (
        [*notes, f"Only what was noted on this machine: what is imported has no {known}."] if known else notes
    )
