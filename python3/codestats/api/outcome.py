"""What an answer means for the request that got it (doc/dev/delivery.md has the table).

Pure: no network, no clock but the one handed in. What got no answer is judged in `client.py`.

An answer to a pulse is asked one question: are these the service's own words? Only they say what became of the pulse.
A status alone says nothing: proxies, portals and firewalls answer with any of them, also when the service behind them
has taken the pulse.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from codestats.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "LONGEST_WAIT",
    "OLDEST",
    "Outcome",
    "Verdict",
    "classify",
    "classify_get",
    "http_date",
    "json_object",
]

LONGEST_WAIT = 3600.0  # seconds: a server's (or a clock's) mistake must not silence the plugin for days
OLDEST = 7 * 86400.0  # seconds: older pulses are not accepted (API documentation, "Add pulse")
_QUOTED = 120  # characters of the service's own words that are passed on


class Verdict(Enum):
    """What became of the request."""

    SENT = "sent"  # the service said that it has the pulse
    EXPIRED = "expired"  # the service said that the pulse is too old, and it is: no service ever takes it
    REFUSED = "refused"  # the service said that it does not take this pulse: it is not there
    UNAUTHORIZED = "unauthorized"  # the service said that it does not know the token: the pulse is not there
    IN_DOUBT = "in doubt"  # the pulse left, and no word of the service's about it came back
    UNAVAILABLE = "unavailable"  # the request did not leave whole (or a GET had no usable answer)
    ANSWERED = "answered"  # a GET got a profile
    NOT_FOUND = "not found"  # the service said that there is no such user, or a private one


@dataclass(frozen=True, slots=True)
class Outcome:
    """A request's end; `reason` is one clean line without the token, times are in seconds.

    `state` is what the trouble is to the user: 'offline', 'unauthorized' or 'error' (a wrong address). `is_spoken`:
    the answer is an error in JSON, as the service writes them. `is_dated`: a refusal that names the pulse's date.
    `served_at` is when the answer was made by its own clock, as an epoch second; 0.0 for unknown.
    """

    verdict: Verdict
    reason: str = ""
    status: int = 0
    retry_after: float = 0.0
    state: str = "offline"
    is_spoken: bool = False
    is_dated: bool = False
    served_at: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the request did what it was for."""
        return self.verdict in (Verdict.SENT, Verdict.ANSWERED)

    @property
    def is_word(self) -> bool:
        """Whether the service itself answered, so that it is known to be there and at work."""
        return self.verdict in (Verdict.SENT, Verdict.EXPIRED, Verdict.REFUSED)


# The service's words (seen at its own server; service-api.md).
_BAD_TOKEN = (403, "You must be authenticated")
_TOO_OLD = "Invalid date."
_BAD_PULSE = {"Invalid coded_at format.", "Invalid XP format.", "Invalid xps format."}

_CHECK_ADDRESS = "check g:codestats_api_url"
_REASONS = {  # status: (state, reason); what is not in here is the service's or somebody else's mishap
    401: ("offline", "something on the way to the service wants a login"),
    403: ("offline", "something on the way to the service forbids access"),
    404: ("error", f"there is no Code::Stats at this address: {_CHECK_ADDRESS}"),
    405: ("error", f"this address takes no such request: {_CHECK_ADDRESS}"),
    406: ("error", f"this address does not speak JSON: {_CHECK_ADDRESS}"),
    407: ("offline", "a proxy asks for a password: put it into HTTPS_PROXY"),
    408: ("offline", "the service waited too long for the request"),
    410: ("error", f"Code::Stats has gone from this address: {_CHECK_ADDRESS}"),
    413: ("offline", "the pulse is too large for something on the way to the service"),
    429: ("offline", "the service asks for fewer requests"),
    503: ("offline", "the service is not available at the moment"),
    504: ("offline", "the service did not answer its gateway in time"),
    511: ("offline", "the network wants you to log in first"),
}

_MISHAPS = {  # by the status's first digit
    2: "something other than the service answered: does the network want you to log in?",
    4: "the request was refused, but not in the service's words",
    5: "the service had an error",
}


def classify(
    status: int, headers: Mapping[str, str], body: bytes, *, coded_at: str = "", now: float | None = None
) -> Outcome:
    """The outcome of a POST of one pulse from its answer (`body` empty if it was cut short).

    `headers` must look names up in any letter case; `coded_at` (RFC 3339) is the pulse's; `now` the epoch second by
    the local clock, for tests.
    """
    now = time.time() if now is None else now
    served_at = http_date(headers.get("Date"))
    words = _error(body)
    if status == 201 and _is_success(body):
        return Outcome(Verdict.SENT, status=status, served_at=served_at)
    if (status, words) == _BAD_TOKEN:
        reason = "token rejected (403)"
        return Outcome(Verdict.UNAUTHORIZED, reason, status, state="unauthorized", served_at=served_at)
    if status == 400 and words == _TOO_OLD:
        return _too_old(coded_at, now, served_at)
    if status == 400 and words in _BAD_PULSE:
        reason = f'the service refused the pulse: "{words}" (400)'
        return Outcome(Verdict.REFUSED, reason, status, is_spoken=True, served_at=served_at)
    state, reason = _judge(status, headers, body)
    wait = _wait(status, headers, served_at or now)
    is_spoken = bool(words) and status >= 400
    return Outcome(
        Verdict.IN_DOUBT, f"{reason} ({status})", status, wait, state, is_spoken, served_at=served_at
    )


def classify_get(
    status: int, headers: Mapping[str, str], body: bytes, *, now: float | None = None
) -> Outcome:
    """The outcome of a GET of a profile, sent without the token: ANSWERED only with a JSON object."""
    now = time.time() if now is None else now
    served_at = http_date(headers.get("Date"))
    if status == 200 and json_object(body) is not None:
        return Outcome(Verdict.ANSWERED, status=status, served_at=served_at)
    if status == 404 and _error(body):
        return Outcome(Verdict.NOT_FOUND, "unknown or private profile", status, served_at=served_at)
    state, reason = _judge(status, headers, body)
    wait = _wait(status, headers, served_at or now)
    return Outcome(Verdict.UNAVAILABLE, f"{reason} ({status})", status, wait, state, served_at=served_at)


def _too_old(coded_at: str, now: float, served_at: float) -> Outcome:
    """Believed of a pulse that is older than a week by both clocks: one of them may be wrong by years."""
    if _is_old(coded_at, now) and (not served_at or _is_old(coded_at, served_at)):
        reason = "the pulse is older than a week, no longer accepted (400)"
        return Outcome(Verdict.EXPIRED, reason, 400, is_spoken=True, is_dated=True, served_at=served_at)
    reason = "the service finds a new pulse too old: check this machine's clock (400)"
    return Outcome(Verdict.REFUSED, reason, 400, is_spoken=True, is_dated=True, served_at=served_at)


def _wait(status: int, headers: Mapping[str, str], now: float) -> float:
    """The seconds that the answer asks for, where its status is one that may."""
    return retry_after(headers.get("Retry-After"), now) if status in (429, 503) else 0.0


def _judge(status: int, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """The state and the reason of an answer that does not tell what became of the pulse."""
    if status in _REASONS:
        return _REASONS[status]
    if 300 <= status < 400:
        return "error", f"the service points {_target(headers)}, which is not followed: {_CHECK_ADDRESS}"
    if status == 201 and json_object(body) is None and body.lstrip()[:1] in (b"", b"{"):
        return "offline", "the service's answer is cut short"
    return "offline", _MISHAPS.get(status // 100, "the service answered with an unknown status") + _said(body)


def _is_success(body: bytes) -> bool:
    """`{"ok": "Great success!"}`, whatever the words; a portal's `{"login": …}` is not it."""
    answer = json_object(body)
    return answer is not None and isinstance(answer.get("ok"), str) and bool(answer["ok"])


def _error(body: bytes) -> str:
    """The words of `{"error": "…"}`, '' for any other body."""
    error = (json_object(body) or {}).get("error")
    return error if isinstance(error, str) else ""


def _said(body: bytes) -> str:
    """An explanation that came along, cleaned and cut, as the rest of a sentence; '' where there is none."""
    words = clean(_error(body), _QUOTED)
    return f': "{words}"' if words else ""


def _target(headers: Mapping[str, str]) -> str:
    """Where a redirect leads, in words: only its host is told, the rest of it is of no use to the user."""
    try:
        host = urlsplit(headers.get("Location") or "").hostname
    except ValueError:
        host = None
    return f"to {clean(host, 80)}" if host else "elsewhere"


def _is_old(coded_at: str, now: float) -> bool:
    try:
        moment = datetime.fromisoformat(coded_at.replace("Z", "+00:00"))
    except ValueError:
        return False
    return moment.tzinfo is not None and moment.timestamp() < now - OLDEST


def json_object(body: bytes) -> dict[str, Any] | None:
    """The body as a JSON object, or None: not JSON, another kind of value, or nested absurdly deep."""
    try:
        value = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def retry_after(value: str | None, now: float) -> float:
    """Seconds to wait by `Retry-After` (RFC 9110, 10.2.3): 0 for none or garbage, at most LONGEST_WAIT."""
    try:
        wait = float(value or "")
    except ValueError:
        moment = http_date(value)
        wait = moment - now if moment else 0.0
    return min(max(wait, 0.0), LONGEST_WAIT) if math.isfinite(wait) else 0.0


def http_date(value: str | None) -> float:
    """The epoch second of an HTTP date, 0.0 for none or garbage."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 (a slow import, not for the editor's start)

    try:
        moment = parsedate_to_datetime(value or "")
        if moment.tzinfo is None:  # "-0000", or an old form without a zone: HTTP dates are in GMT
            moment = moment.replace(tzinfo=timezone.utc)
        return max(moment.timestamp(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
