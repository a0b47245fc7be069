"""What an answer of the service means for the pulse that was sent (delivery.md, its table; service-api.md).

Pure: no network, no clock but the one handed in. What got no answer is judged in `client.py` beside it.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from codestats.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LONGEST_WAIT", "OLDEST", "Outcome", "Verdict", "classify", "classify_get", "json_object"]

LONGEST_WAIT = 3600.0  # seconds: a server's (or a clock's) mistake must not silence the plugin for days
OLDEST = 7 * 86400.0  # seconds: older pulses are not accepted (API documentation, "Add pulse")
_QUOTED = 120  # characters of the service's own words that are passed on


class Verdict(Enum):
    """What becomes of the pulse; ANSWERED and NOT_FOUND are for requests that carry none."""

    SENT = "sent"  # the service has it
    EXPIRED = "expired"  # too old, the service will never take it
    BAD_PULSE = "bad pulse"  # the service will never take it; others may pass
    UNAUTHORIZED = "unauthorized"  # hold everything until the token changes or the user asks
    WRONG_ADDRESS = "wrong address"  # hold, backoff
    REDIRECTED = "redirected"  # never followed; hold, backoff
    THROTTLED = "throttled"  # wait as told
    SERVER_ERROR = "server error"  # backoff; for one pulse again and again while others pass: reject that one
    UNAVAILABLE = "unavailable"  # known not to have been delivered: backoff
    IN_DOUBT = "in doubt"  # may have been delivered: only after the service answers a harmless GET
    ANSWERED = "answered"  # a GET was answered by what looks like the service
    NOT_FOUND = "not found"  # no such user, or a private one


@dataclass(frozen=True, slots=True)
class Outcome:
    """A request's end; `reason` is one clean line without the token, `retry_after` in seconds."""

    verdict: Verdict
    reason: str = ""
    status: int = 0
    retry_after: float = 0.0
    served_at: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the request did what it was for."""
        return self.verdict in (Verdict.SENT, Verdict.ANSWERED)


_NO_SERVICE = "is g:codestats_api_url the service's address?"
_PLAIN: dict[int, tuple[Verdict, str]] = {
    401: (Verdict.UNAUTHORIZED, "the service does not accept the token: check g:codestats_api_key"),
    403: (Verdict.UNAUTHORIZED, "the service does not accept the token: check g:codestats_api_key"),
    404: (Verdict.WRONG_ADDRESS, f"there is no pulse API at this address: {_NO_SERVICE}"),
    405: (Verdict.WRONG_ADDRESS, f"pulses are not taken at this address: {_NO_SERVICE}"),
    406: (Verdict.WRONG_ADDRESS, f"this address does not speak JSON: {_NO_SERVICE}"),
    407: (Verdict.UNAVAILABLE, "a proxy asks for a password: put it into HTTPS_PROXY"),
    408: (Verdict.UNAVAILABLE, "the service waited too long for the request"),
    410: (Verdict.WRONG_ADDRESS, f"the pulse API has gone from this address: {_NO_SERVICE}"),
    413: (Verdict.BAD_PULSE, "the service finds the pulse too large"),
    422: (Verdict.BAD_PULSE, "the service does not understand the pulse"),
    429: (Verdict.THROTTLED, "the service asks for fewer requests"),
    503: (Verdict.SERVER_ERROR, "the service is not available at the moment"),
    # A gateway gave up waiting, but the service behind it had the pulse and may yet take it.
    504: (Verdict.IN_DOUBT, "the service did not answer its gateway in time"),
    511: (Verdict.UNAVAILABLE, "the network wants you to log in first"),
}


def classify(
    status: int, headers: Mapping[str, str], body: bytes, *, coded_at: str = "", now: float | None = None
) -> Outcome:
    """The outcome of a POST of one pulse from its complete answer.

    `headers` must look names up in any letter case; `coded_at` (RFC 3339), if given, tells an old pulse even
    where the service words its refusal in a new way; `now` is epoch seconds, for tests.
    """
    now = time.time() if now is None else now
    verdict, reason = _judge(status, headers, body, is_old=_is_old(coded_at, now))
    wait = retry_after(headers.get("Retry-After"), now) if status in (429, 503) else 0.0
    if status == 503 and wait:
        verdict = Verdict.THROTTLED
    if verdict is not Verdict.SENT:
        reason = f"{reason} ({status})"
    return Outcome(verdict, reason, status, wait, http_date(headers.get("Date")))


def classify_get(
    status: int, headers: Mapping[str, str], body: bytes, *, now: float | None = None
) -> Outcome:
    """The outcome of a GET of a profile, sent without the token: ANSWERED only with a JSON object."""
    if status == 200 and json_object(body) is not None:
        return Outcome(Verdict.ANSWERED, status=status, served_at=http_date(headers.get("Date")))
    if status == 404:
        return Outcome(
            Verdict.NOT_FOUND, "unknown or private profile", status, 0.0, http_date(headers.get("Date"))
        )
    outcome = classify(status, headers, body, now=now)
    if outcome.verdict is Verdict.IN_DOUBT:  # nothing was sent that could be doubtful
        return replace(outcome, verdict=Verdict.SERVER_ERROR)
    if 400 <= status < 500 and outcome.verdict not in (Verdict.THROTTLED, Verdict.UNAVAILABLE):
        return Outcome(
            Verdict.WRONG_ADDRESS, f"the service shows no profiles at this address ({status})", status
        )
    if outcome.verdict is Verdict.SENT:
        return Outcome(Verdict.UNAVAILABLE, f"the answer is no profile ({status})", status)
    return outcome


def _judge(status: int, headers: Mapping[str, str], body: bytes, *, is_old: bool) -> tuple[Verdict, str]:
    if status in _PLAIN:
        verdict, reason = _PLAIN[status]
        return verdict, reason + (_said(body) if verdict is Verdict.BAD_PULSE else "")
    if status == 400:
        return _bad_request(body, is_old=is_old)
    if 200 <= status < 300:
        return _accepted(status, body)
    if 300 <= status < 400:
        return (
            Verdict.REDIRECTED,
            f"the service points {_target(headers)}, which is not followed: {_NO_SERVICE}",
        )
    # Also what the service is not known to answer: no reason to give a pulse up for good.
    if 400 <= status < 600:
        culprit = "had an error" if status >= 500 else "refused the pulse"
        return Verdict.SERVER_ERROR, f"the service {culprit}" + _said(body)
    return Verdict.IN_DOUBT, "the service answered with an unknown status"


def _accepted(status: int, body: bytes) -> tuple[Verdict, str]:
    """Only 201 with the JSON answer is the service's; anything else may be a captive portal's welcome.

    An answer without a length may have been cut short unnoticed: 201 and what could be the beginning of
    the service's words is no portal's, but no certain success either.
    """
    answer = json_object(body)
    if answer is None and status == 201 and body.lstrip()[:1] in (b"", b"{"):
        return Verdict.IN_DOUBT, "the service's answer is cut short"
    if answer is None:
        return (
            Verdict.UNAVAILABLE,
            "something else than the service answered; does the network want you to log in?",
        )
    if status != 201:
        return Verdict.UNAVAILABLE, f"the answer is not that of the pulse API: {_NO_SERVICE}"
    return Verdict.SENT, ""


def _bad_request(body: bytes, *, is_old: bool) -> tuple[Verdict, str]:
    answer = json_object(body)
    if answer is None:
        # Not the service's own words, so it may be anything between here and there, and would refuse
        # every pulse alike: not a reason to give a pulse up, unless others pass.
        return Verdict.SERVER_ERROR, "something else than the service refused the pulse"
    if is_old or answer.get("error") == "Invalid date.":
        return Verdict.EXPIRED, "the pulse is older than a week, the service takes it no more"
    return Verdict.BAD_PULSE, "the service refused the pulse" + _said(body)


def _said(body: bytes) -> str:
    """The service's own explanation, cleaned and cut, as the rest of a sentence; '' where there is none."""
    words = clean((json_object(body) or {}).get("error"), _QUOTED)
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
        wait = _seconds_until(value or "", now)
    return min(max(wait, 0.0), LONGEST_WAIT) if math.isfinite(wait) else 0.0


def _seconds_until(date: str, now: float) -> float:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 (a slow import, rarely needed)

    try:
        moment = parsedate_to_datetime(date)
        if moment.tzinfo is None:  # "-0000", or an old form without a zone: HTTP dates are in GMT
            moment = moment.replace(tzinfo=timezone.utc)
        return moment.timestamp() - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def http_date(value: str | None) -> float:
    """The epoch second of an HTTP date, 0.0 for none or garbage."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 (a slow import, rarely needed)

    try:
        moment = parsedate_to_datetime(value or "")
        if moment.tzinfo is None:  # "-0000", or an old form without a zone: HTTP dates are in GMT
            moment = moment.replace(tzinfo=timezone.utc)
        return max(moment.timestamp(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
