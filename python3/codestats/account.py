"""What the service knows of all of a user's machines beside the public profile: hours, languages a day, since when.

Source: `/profile-graph`, which the website's own pages use. It is no part of the documented API: it may not be there,
may change or say nothing. As with profiles, a part that makes no sense counts as absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from codestats.profile import MAX_XP, sane_xp
from codestats.text import clean

__all__ = ["DAYS", "Account", "parse_account", "question"]

DAYS = 90
"""Of so many days, languages are asked for: what is further back is large, and not shown."""

_MOST_ROWS = 200_000

_QUESTION = """query($user: String, $since: Date!) { profile(username: $user) {
registered hourOfDayXps dayOfWeekXps { day xp } dayLanguageXps(since: $since) { date language xp } } }"""


@dataclass(frozen=True, slots=True)
class Account:
    """Of all machines, in the user's local time: XP by hour of the day (0 to 23) and weekday (0 is Monday) of all time.

    `days` has the last DAYS days: XP by language, by day. `fetched_at`: epoch seconds.
    """

    registered: date | None = None
    hours: Mapping[int, int] = field(default_factory=dict)
    weekdays: Mapping[int, int] = field(default_factory=dict)
    days: Mapping[date, Mapping[str, int]] = field(default_factory=dict)
    fetched_at: float = 0.0


def question(user: str, today: date) -> dict[str, Any]:
    """The request's document. `user` in the service's own spelling, and not of one who never sent a pulse."""
    since = today - timedelta(days=DAYS - 1)
    return {"query": _QUESTION, "variables": {"user": user, "since": since.isoformat()}}


def parse_account(found: object, fetched_at: float) -> Account | None:
    """The `profile` of an answer; None if it has nothing of what was asked for."""
    if not isinstance(found, Mapping):
        return None
    account = Account(
        _day(found.get("registered")),
        _hours(found.get("hourOfDayXps")),
        _weekdays(found.get("dayOfWeekXps")),
        _languages(found.get("dayLanguageXps")),
        fetched_at,
    )
    return account if account.hours or account.weekdays or account.days else None


def _day(value: object) -> date | None:
    try:
        return datetime.fromisoformat(str(value).replace("Z", "+00:00")).date()
    except ValueError:
        return None


def _hours(value: object) -> dict[int, int]:
    if not isinstance(value, Mapping):
        return {}
    hours = {str(hour): sane_xp(value.get(str(hour))) for hour in range(24)}
    return {int(hour): xp for hour, xp in hours.items() if xp}


def _weekdays(value: object) -> dict[int, int]:
    sums: dict[int, int] = {}
    for item in _items(value):
        day = item.get("day")
        if isinstance(day, int) and 1 <= day <= 7 and sane_xp(item.get("xp")):
            sums[day - 1] = sane_xp(item.get("xp"))
    return sums


def _languages(value: object) -> dict[date, dict[str, int]]:
    """Languages that differ in letter case only are one, as everywhere."""
    days: dict[date, dict[str, int]] = {}
    spelling: dict[str, str] = {}
    for item in _items(value):
        day, name, xp = _day(item.get("date")), clean(item.get("language")) or "?", sane_xp(item.get("xp"))
        if day is not None and xp:
            name = spelling.setdefault(name.casefold(), name)
            sums = days.setdefault(day, {})
            sums[name] = min(sums.get(name, 0) + xp, MAX_XP)
    return dict(sorted(days.items()))


def _items(value: object) -> list[Mapping[str, Any]]:
    found = value[:_MOST_ROWS] if isinstance(value, list) else []
    return [item for item in found if isinstance(item, Mapping)]
