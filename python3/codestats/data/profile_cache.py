"""A user's profile for a command: the service's answer, or the last one that an editor or a command kept."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codestats.data import ledger
from codestats.exceptions import StorageError
from codestats.storage.history import History

if TYPE_CHECKING:
    from pathlib import Path

    from codestats.settings import Settings

__all__ = ["Answer", "last_known", "look_up"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The service's JSON and when it came (epoch seconds, 0: never); `note` says why it is not of now."""

    profile: dict[str, Any] | None = None
    fetched_at: float = 0.0
    is_cached: bool = False
    note: str = ""


def last_known(directory: Path, settings: Settings, user: str) -> Answer:
    """The answer that was kept. Raises StorageError."""
    with ledger.opened(directory) as database:
        kept = History(database).kept_profile(settings.api_url, user) if database and user else None
    return Answer(kept[1], kept[0], is_cached=True) if kept else Answer()


def look_up(directory: Path, settings: Settings, user: str, max_age: float) -> Answer:
    """The answer of now, or a kept one younger than `max_age` seconds, or an older one with a note.

    Nothing is said of the disk: a profile that cannot be kept can still be shown.
    """
    kept = Answer()
    with suppress(StorageError, OSError):
        kept = last_known(directory, settings, user)
    if kept.profile is not None and 0 <= time.time() - kept.fetched_at < max_age:
        return kept
    outcome, profile = _ask(settings, user)
    if profile is None:
        return Answer(kept.profile, kept.fetched_at, is_cached=True, note=outcome)
    answer = Answer(profile, time.time())
    with suppress(StorageError, OSError), ledger.opened(directory) as database:
        if database is not None:
            History(database).keep_profile(settings.api_url, user, answer.fetched_at, profile)
    return answer


def _ask(settings: Settings, user: str) -> tuple[str, dict[str, Any] | None]:
    """(why there is none, the profile)."""
    from codestats.api.client import Client  # noqa: PLC0415 (urllib3 is heavy, and a kept answer needs none)

    client = Client(settings)
    try:
        outcome, profile = client.get_profile(user)
    finally:
        client.close()
    return outcome.reason, profile
