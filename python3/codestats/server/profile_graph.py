"""`/profile-graph`: what the website's own profile page asks for, which the API has not. Seen, never documented.

The schema is the real one's, without its descriptions of itself (`__schema`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from codestats.server.graphql import Argument, ExplodedError, FieldType, NoAnswerError, Schema
from codestats.server.timestamp import parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codestats.server.store import Store, User

__all__ = ["SCHEMA"]

_YEAR = date(2000, 1, 1)  # the year whose days `dayOfYearXps` counts: it has a 29 February
_NO_USER = "User not found or no access to profile."


@dataclass(frozen=True, slots=True)
class _Profile:
    """Whose profile is asked for."""

    store: Store
    user: User

    def sums(self, *columns: str, since: float = 0.0, first_day: str = "") -> list[tuple[Any, ...]]:
        """XP by some columns: rows of their values and the XP. An inactive machine is not among the machines."""
        active = "machine" in columns
        return self.store.sums_by(self.user.name, columns, since=since, first_day=first_day, active=active)


def _profile(store: Store, arguments: Mapping[str, Any]) -> _Profile:
    if arguments.get("username") is None:
        raise ExplodedError
    user = store.user(arguments["username"])
    if user is None or user.private or user.name != arguments["username"]:  # another spelling is nobody's
        raise NoAnswerError(_NO_USER)
    return _Profile(store, user)


def _registered(profile: _Profile, _: Mapping[str, Any]) -> str:
    moment = datetime.fromtimestamp(int(profile.user.registered), timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _total(profile: _Profile, _: Mapping[str, Any]) -> int:
    return sum(xp for (xp,) in profile.sums())


def _named(profile: _Profile, column: str, arguments: Mapping[str, Any]) -> list[dict[str, object]]:
    since = parse_instant(arguments.get("since")) or 0.0
    return [{"name": name, "xp": xp} for name, xp in profile.sums(column, since=since)]


def _dates(profile: _Profile, arguments: Mapping[str, Any]) -> list[dict[str, object]]:
    rows = profile.sums("date", first_day=arguments.get("since", ""))
    return [{"date": day, "xp": xp} for day, xp in rows]


def _day_languages(profile: _Profile, arguments: Mapping[str, Any]) -> list[dict[str, object]]:
    rows = profile.sums("date", "language", first_day=arguments["since"])
    return [{"date": day, "language": language, "xp": xp} for day, language, xp in rows]


def _weekdays(profile: _Profile, arguments: Mapping[str, Any]) -> list[dict[str, object]]:
    if not profile.sums("date"):  # a user who has never sent anything
        raise ExplodedError
    rows = profile.sums("date", first_day=arguments.get("since", ""))
    sums = _added((date.fromisoformat(day).isoweekday(), xp) for day, xp in rows)
    return [{"day": day, "xp": xp} for day, xp in sorted(sums.items())]


def _days_of_year(profile: _Profile, _: Mapping[str, Any]) -> dict[str, int]:
    sums = {str(day): 0 for day in range(1, 367)}
    for day, xp in profile.sums("date"):
        at = (date.fromisoformat(day).replace(year=_YEAR.year) - _YEAR) // timedelta(days=1) + 1
        sums[str(at)] += xp
    return sums


def _hours(profile: _Profile, _: Mapping[str, Any]) -> dict[str, int]:
    return {str(hour): xp for hour, xp in profile.sums("hour")}


def _added(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for key, xp in pairs:
        sums[key] = sums.get(key, 0) + xp
    return sums


def _parts(*names: str) -> dict[str, FieldType]:
    """The fields of an item, which is a dictionary."""

    def part(name: str) -> FieldType:
        return FieldType(lambda item, _: item[name])

    return {name: part(name) for name in names}


_SINCE_TIME = {"since": Argument("Datetime")}
_SINCE_DAY = {"since": Argument("Date")}

SCHEMA: Schema = {
    "RootQueryType": {"profile": FieldType(_profile, "Profile", {"username": Argument("String")})},
    "Profile": {
        "registered": FieldType(_registered),
        "totalXp": FieldType(_total),
        "languages": FieldType(
            lambda of, given: _named(of, "language", given), "ProfileLanguage", _SINCE_TIME
        ),
        "machines": FieldType(lambda of, given: _named(of, "machine", given), "ProfileMachine", _SINCE_TIME),
        "dates": FieldType(_dates, "ProfileDate", _SINCE_DAY),
        "dayLanguageXps": FieldType(
            _day_languages, "ProfileDayLanguage", {"since": Argument("Date", is_required=True)}
        ),
        "dayOfWeekXps": FieldType(_weekdays, "ProfileDayOfWeek", _SINCE_DAY),
        "dayOfYearXps": FieldType(_days_of_year),
        "hourOfDayXps": FieldType(_hours),
    },
    "ProfileLanguage": _parts("name", "xp"),
    "ProfileMachine": _parts("name", "xp"),
    "ProfileDate": _parts("date", "xp"),
    "ProfileDayLanguage": _parts("date", "language", "xp"),
    "ProfileDayOfWeek": _parts("day", "xp"),
}
