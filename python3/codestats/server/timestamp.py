"""When a pulse was typed: ``coded_at`` as leniently as the service reads it, which is by far more than RFC 3339.

The service looks for a date and a time anywhere in the text, with any separators or none, and only afterwards for the
offset at its end. Seen are the forms of doc/dev/service-api.md; the rest follows from the source of the service's
release 2.2.0 and of the library that it parses with (calendar 1.0.0).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

__all__ = ["local_time", "parse_instant", "parse_offset", "parse_timestamp"]

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the offset is reckoned separately: no overflow in year 9999
_MICROSECONDS = 6
# Bytes, not text: a separator is one byte, so one letter of another script is too long for it.
_INSTANT = re.compile(
    rb"(\d{4})\D?(\d\d)\D?(\d\d)\D(\d\d)\D?(\d\d)\D?(\d\d)(?:[.,](\d+))?(?:[zZ]|([+-])(\d{1,2}):?(\d\d))"
)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)", re.ASCII)
_OFFSET_LENGTH = len("+00:00")


def local_time(moment: float, offset: int) -> datetime:
    """Epoch seconds as local time, ``offset`` seconds east of UTC, without a zone."""
    return _EPOCH + timedelta(seconds=moment + offset)


def parse_timestamp(text: object) -> tuple[float, int] | None:
    """Epoch seconds and offset in seconds; None for what is not both."""
    moment, offset = parse_instant(text), parse_offset(text)
    return None if moment is None or offset is None else (moment, offset)


def parse_instant(text: object) -> float | None:
    """Epoch seconds of the first timestamp in a text; None without one, and for an impossible one."""
    match = _INSTANT.search(text.encode(errors="replace")) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, sign, hours, minutes = match.groups()[6:]
    is_utc = sign is None or (hours, minutes) == (b"00", b"00")
    if is_utc and (hour > 23 or minute > 59 or second > 59):
        return None  # with another offset, the service lets them run over
    try:
        date = datetime(year, month, day)  # noqa: DTZ001 - as above
    except ValueError:  # the 30th of February
        return None
    moment = (date - _EPOCH).total_seconds() + hour * 3600 + minute * 60 + second
    east = _seconds(sign.decode(), hours, minutes) if sign else 0
    return moment + float(b"0." + (fraction or b"0")[:_MICROSECONDS]) - east


def parse_offset(text: object) -> int | None:
    """Seconds east of UTC at the end of a timestamp; None for a text without."""
    if not isinstance(text, str):
        return None
    text = text.strip()
    if text[-1:] in ("z", "Z"):
        return 0
    for length in (_OFFSET_LENGTH, _OFFSET_LENGTH - 1):
        if match := _OFFSET.fullmatch(text[-length:]):
            return _seconds(*match.groups())
    return None


def _seconds(sign: str, hours: str | bytes, minutes: str | bytes) -> int:
    seconds = int(hours) * 3600 + int(minutes) * 60
    return -seconds if sign == "-" else seconds
