"""A user's public profile: from the service's JSON to values that can be trusted and shown.

Source: API documentation, *Endpoint: Profile*. Names are free text by other people and every
part may be missing or wrong: nothing here raises for what the service says; a part that makes no
sense counts as absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import nlargest
from math import isnan
from typing import Any

from codestats.levels import level_of
from codestats.text import clean

__all__ = ["MAX_XP", "Profile", "Tally", "parse_profile", "sane_xp", "summed_up", "with_counted"]

MAX_XP = 10**15  # more than anyone can type; keeps every sum and column sane
MAX_NAMES = 5000
MAX_DAYS = 100 * 366


@dataclass(frozen=True, slots=True)
class Tally:
    """XP of one language or machine; ``recent`` is of the last 12 hours."""

    name: str
    xp: int
    recent: int = 0

    @property
    def level(self) -> int:
        """The level of this XP."""
        return level_of(self.xp)


@dataclass(frozen=True, slots=True)
class Profile:
    """A sanitised profile: names printable and unique, XP in 0..MAX_XP, most XP first."""

    user: str = ""
    total_xp: int = 0
    new_xp: int = 0
    languages: tuple[Tally, ...] = ()
    machines: tuple[Tally, ...] = ()
    dates: Mapping[date, int] = field(default_factory=dict)

    @property
    def level(self) -> int:
        """The user's level."""
        return level_of(self.total_xp)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever counted."""
        return self.total_xp == 0 and not self.languages and not self.dates

    def to_message(self) -> dict[str, Any]:
        """The ``profile`` message for the editor."""
        return {
            "type": "profile",
            "user": self.user,
            "total_xp": self.total_xp,
            "new_xp": self.new_xp,
            "level": self.level,
            "languages": {tally.name: tally.xp for tally in self.languages},
        }


def sane_xp(value: object) -> int:
    """A count of XP, 0 where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    if isinstance(value, float) and isnan(value):  # of a huge int it cannot be asked
        return 0
    return int(min(max(value, 0), MAX_XP))


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _ranked(sums: Mapping[str, Tally]) -> tuple[Tally, ...]:
    return tuple(sorted(sums.values(), key=lambda t: (-t.xp, t.name.casefold(), t.name)))


def _tallies(value: object, *, fold_case: bool) -> tuple[Tally, ...]:
    """Name -> {xps, new_xps} as tallies; names that become one when cleaned are added up.

    Languages differing in letter case only are one for the service, so here too.
    """
    found = [
        Tally(clean(name) or "?", sane_xp(part.get("xps")), sane_xp(part.get("new_xps")))
        for name, part in _mapping(value).items()
        if isinstance(part, Mapping)
    ]
    found = nlargest(MAX_NAMES, found, key=lambda tally: tally.xp)
    sums: dict[str, Tally] = {}
    for tally in found:
        key = tally.name.casefold() if fold_case else tally.name
        sums[key] = _sum(sums.get(key), tally)
    return _ranked(sums)


def _sum(old: Tally | None, new: Tally) -> Tally:
    if old is None:
        return new
    return Tally(old.name, min(old.xp + new.xp, MAX_XP), min(old.recent + new.recent, MAX_XP))


def _dates(value: object) -> dict[date, int]:
    """ISO date -> XP, in order, without empty days."""
    days: dict[date, int] = {}
    for text, xp in list(_mapping(value).items())[:MAX_DAYS]:
        try:
            day = date.fromisoformat(text)
        except (TypeError, ValueError):
            continue
        if sane_xp(xp):
            days[day] = sane_xp(xp)
    return dict(sorted(days.items()))


def parse_profile(answer: object, user: str = "") -> Profile:
    """The answer of ``GET /api/users/NAME`` (decoded JSON); ``user``: the name asked for."""
    parts = _mapping(answer)
    languages = _tallies(parts.get("languages"), fold_case=True)
    total = sane_xp(parts.get("total_xp")) or min(sum(t.xp for t in languages), MAX_XP)
    return Profile(
        user=clean(parts.get("user")) or clean(user),
        total_xp=total,
        new_xp=sane_xp(parts.get("new_xp")),
        languages=languages,
        machines=_tallies(parts.get("machines"), fold_case=False),
        dates=_dates(parts.get("dates")),
    )


def with_counted(profile: Profile, counted: Mapping[str, int], today: date) -> Profile:
    """The *live* profile: the last known one plus ``counted`` (language -> XP) since it was got."""
    gains = {clean(name): sane_xp(xp) for name, xp in counted.items() if clean(name) and sane_xp(xp)}
    gained = sum(gains.values())
    if not gained:
        return profile
    dates = dict(profile.dates)
    dates[today] = dates.get(today, 0) + gained
    return replace(
        profile,
        total_xp=min(profile.total_xp + gained, MAX_XP),
        new_xp=min(profile.new_xp + gained, MAX_XP),
        languages=_plus(profile.languages, gains),
        dates=dict(sorted(dates.items())),
    )


def summed_up(profile: Profile, names: Mapping[str, str]) -> Profile:
    """The profile with languages as one that `names` (folded name → the name) makes one."""
    sums: dict[str, Tally] = {}
    for tally in profile.languages:
        name = names.get(tally.name.casefold(), tally.name)
        sums[name.casefold()] = _sum(sums.get(name.casefold()), replace(tally, name=name))
    return replace(profile, languages=_ranked(sums))


def _plus(tallies: tuple[Tally, ...], gains: Mapping[str, int]) -> tuple[Tally, ...]:
    """Languages, whatever their letter case."""
    sums = {tally.name.casefold(): tally for tally in tallies}
    for name, xp in gains.items():
        key = name.casefold()
        sums[key] = _sum(sums.get(key), Tally(name, xp, xp))
    return _ranked(sums)
