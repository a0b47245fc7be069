"""The public profile of a user, in the shape of the API documentation ("Endpoint: Profile")."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from codestats.server.store import Store

__all__ = ["Profile", "Sum", "profile_of"]

NEW = 12 * 3600
"""Seconds; documented: ``new_xps`` is the XP of the last 12 hours."""


class Sum(TypedDict):
    """XP of a language or machine: all of it, and what is new."""

    xps: int
    new_xps: int


class Profile(TypedDict):
    """The answer of ``GET /api/users/NAME``."""

    user: str
    total_xp: int
    new_xp: int
    machines: dict[str, Sum]
    languages: dict[str, Sum]
    dates: dict[str, int]


def profile_of(store: Store, user: str, now: float) -> Profile:
    """The profile of an existing user at the time ``now`` (epoch seconds).

    A deactivated machine is not among the machines; its XP is in everything else.
    """
    since = now - NEW
    languages = store.sums(user, "language", since)
    return {
        "user": user,
        "total_xp": sum(total for total, _ in languages.values()),
        "new_xp": sum(new for _, new in languages.values()),
        "machines": _sums(store.sums(user, "machine", since, active=True)),
        "languages": _sums(languages),
        "dates": {date: total for date, (total, _) in store.sums(user, "date").items()},
    }


def _sums(found: dict[str, tuple[int, int]]) -> dict[str, Sum]:
    return {name: {"xps": total, "new_xps": new} for name, (total, new) in found.items()}
