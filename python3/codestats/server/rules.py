"""What makes a pulse acceptable: a pure function from the JSON document to a pulse or the service's refusal.

The order of the checks is the service's own: shape, the time of ``coded_at``, its age, its offset, then every entry.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestats.server.timestamp import local_time, parse_instant, parse_offset

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["GoodPulse", "MalformedError", "Refusal", "check_pulse", "parse_json"]

MAX_AGE = 7 * 24 * 3600
"""Seconds; documented: pulses more than a week old are not accepted."""
MAX_XP = 2**31 - 1
MAX_LANGUAGE = 255
NO_LANGUAGE = "Plain text"


class MalformedError(Exception):
    """The body is not JSON at all."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that says no: status and the ``error`` text."""

    status: int
    error: str


@dataclass(frozen=True, slots=True)
class GoodPulse:
    """A pulse that may be stored.

    ``coded_at`` as sent; ``sent_at`` in epoch seconds, never in the future; ``offset`` of the local time in
    seconds east of UTC; ``xps`` the entries in their order, names trimmed, a name may come twice.
    """

    coded_at: str
    sent_at: float
    offset: int
    xps: tuple[tuple[str, int], ...]

    @property
    def local_time(self) -> datetime:
        """The time of the pulse where it was typed, without a zone; dates and hours of a profile go by it."""
        return local_time(self.sent_at, self.offset)


_BAD_SHAPE = Refusal(400, "Invalid xps format.")
_BAD_TIMESTAMP = Refusal(400, "Invalid coded_at format.")
_BAD_OFFSET = Refusal(400, "Invalid TZ offset!")
_TOO_OLD = Refusal(400, "Invalid date.")
_BAD_ENTRY = Refusal(400, "Invalid XP format.")
_UNSTORABLE = Refusal(500, "Unknown error")


def parse_json(body: bytes) -> object:
    """The document in a body. Raises MalformedError for what the service's own parser would not take."""
    try:
        text = body.decode()
        document = json.loads(text, parse_constant=_no_constant, parse_int=_parse_int)
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair decodes but is no text
    except (ValueError, RecursionError) as error:
        raise MalformedError from error
    return document


def check_pulse(document: object, now: float) -> GoodPulse | Refusal:
    """The pulse in a JSON document at the time ``now`` (epoch seconds), or why it is refused as a whole."""
    if not isinstance(document, dict) or "coded_at" not in document:
        return _BAD_SHAPE
    entries = document.get("xps")
    if not isinstance(entries, list):
        return _BAD_SHAPE
    coded_at = document["coded_at"]
    time = _check_time(coded_at, now)
    if isinstance(time, Refusal):
        return time
    xps = _check_entries(entries)
    if isinstance(xps, Refusal):
        return xps
    return GoodPulse(coded_at, *time, xps)


def _check_time(coded_at: object, now: float) -> tuple[float, int] | Refusal:
    sent_at = parse_instant(coded_at)
    if sent_at is None:
        return _BAD_TIMESTAMP
    if int(now - sent_at) > MAX_AGE:
        return _TOO_OLD
    offset = parse_offset(coded_at)
    return _BAD_OFFSET if offset is None else (min(sent_at, now), offset)


def _check_entries(entries: list[object]) -> tuple[tuple[str, int], ...] | Refusal:
    found: list[tuple[str, int]] = []
    for entry in entries:
        language, xp = (entry.get("language"), entry.get("xp")) if isinstance(entry, dict) else (None, None)
        # bool is an int in Python, but not in JSON.
        if not isinstance(language, str) or not isinstance(xp, int) or isinstance(xp, bool) or xp < 0:
            return _BAD_ENTRY
        found.append((language.strip() or NO_LANGUAGE, xp))
    if any(xp > MAX_XP or len(name) > MAX_LANGUAGE or "\0" in name for name, xp in found):
        return _UNSTORABLE
    return tuple(found)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _parse_int(digits: str) -> int:
    """An int; one of thousands of digits, which Python declines to read, stays far too large."""
    return int(digits[:30])
