"""What makes a pulse acceptable: a pure function from the JSON document to a pulse or the service's refusal.

The order of the checks is the service's own: shape, then ``coded_at``, then its age, then every entry.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = [
    "GoodPulse", "MalformedError", "Refusal", "check_pulse", "local_time", "parse_json", "parse_timestamp",
]  # fmt: skip

MAX_AGE = 7 * 24 * 3600
"""Seconds; documented: pulses more than a week old are not accepted."""
MAX_XP = 2**31 - 1
MAX_LANGUAGE = 255
NO_LANGUAGE = "Plain text"

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the offset is reckoned separately: no overflow in year 9999
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|([+-])(\d\d):?([0-5]\d))", re.ASCII)


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


def local_time(moment: float, offset: int) -> datetime:
    """Epoch seconds as local time, ``offset`` seconds east of UTC, without a zone."""
    return _EPOCH + timedelta(seconds=moment + offset)


def check_pulse(document: object, now: float) -> GoodPulse | Refusal:
    """The pulse in a JSON document at the time ``now`` (epoch seconds), or why it is refused as a whole."""
    if not isinstance(document, dict) or "coded_at" not in document:
        return _BAD_SHAPE
    entries = document.get("xps")
    if not isinstance(entries, list):
        return _BAD_SHAPE
    coded_at = document["coded_at"]
    timestamp = parse_timestamp(coded_at)
    if timestamp is None:
        return _BAD_TIMESTAMP
    sent_at, offset = timestamp
    if now - sent_at > MAX_AGE:
        return _TOO_OLD
    xps = _check_entries(entries)
    if isinstance(xps, Refusal):
        return xps
    return GoodPulse(coded_at, min(sent_at, now), offset, xps)


def parse_timestamp(text: object) -> tuple[float, int] | None:
    """Epoch seconds and offset in seconds of an RFC 3339 timestamp with an offset; None for anything else."""
    match = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    whole, fraction, sign, hours, minutes = match.groups()
    try:
        local = (datetime.fromisoformat(whole) - _EPOCH).total_seconds()
    except ValueError:  # the 30th of February
        return None
    offset = int(hours or 0) * 3600 + int(minutes or 0) * 60
    if offset >= 24 * 3600:
        return None
    offset = -offset if sign == "-" else offset
    return local + float(fraction or 0) - offset, offset


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
