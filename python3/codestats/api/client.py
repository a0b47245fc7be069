"""The service's HTTP API as three calls: post a pulse, get a profile, see whether it answers at all.

No call raises for what the network or the service does: it is in the outcome. urllib3 is imported when the
first request is made, never before: it would cost every start of the editor.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from codestats import __version__
from codestats.api.outcome import Outcome, Verdict, classify, classify_get, json_object
from codestats.credentials import fits_header, redact
from codestats.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codestats.api.pool import Answer, Pool
    from codestats.settings import Settings

__all__ = ["Client"]

PULSE_LIMIT = 64 * 1024  # bytes of an answer to a pulse
PROFILE_LIMIT = 8 * 1024 * 1024  # bytes of a profile; ten years of dates are some 100 KB
_SAFE = "/%:@!$&'()*+,;=?-._~"  # stays as it is in the target of a redirect
_ORIGIN = ("scheme", "hostname", "port")  # what must be alike for two addresses to be one service's

# `*/*` as in the documentation's example: asked for application/json, the service answers what it cannot
# read, or finds too large, with a bare 500 in place of 400 and 413 (service-api.md).
_HEADERS = {"Accept": "*/*", "User-Agent": f"codestats.vim/{__version__}"}


class Client:
    """Talks to the service that `settings` name. For one thread at a time."""

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.api_url)
        self._token = settings.api_key
        self._user = settings.username
        self._seconds = settings.request_timeout
        self._ca_file = settings.ca_file
        self._host = parts.hostname or ""
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._site = parts.path
        self._base = f"{parts.path}/api"
        self._pool: Pool | None = None

    def __repr__(self) -> str:
        return f"<Client of {self._origin}>"

    def post_pulse(self, body: bytes, coded_at: str = "") -> Outcome:
        """Send one pulse (JSON as in service-api.md), once. `coded_at` helps to tell a pulse that is too old."""
        if not self._token:
            return Outcome(
                Verdict.UNAUTHORIZED, "there is no token: set g:codestats_api_key", state="unauthorized"
            )
        if not fits_header(self._token):
            return Outcome(Verdict.UNAUTHORIZED, "g:codestats_api_key is no API token", state="unauthorized")
        headers = {**_HEADERS, "Content-Type": "application/json", "X-API-Token": self._token}
        result = self._request("POST", f"{self._base}/my/pulses", headers, body, PULSE_LIMIT)
        if isinstance(result, Outcome):
            return result
        if result.fault and result.status < 300:
            return self._lost(result.fault, "POST")
        return self._safe(classify(result.status, result.headers, result.body, coded_at=coded_at))

    def get_profile(self, user: str) -> tuple[Outcome, dict[str, Any] | None]:
        """Fetch a public profile: ANSWERED with the service's JSON object, or another verdict and None.

        The token is not sent. NOT_FOUND stands for an unknown as well as for a private user.
        """
        result = self._get_user(user)
        if isinstance(result, Outcome):
            return result, None
        if result.fault and result.status == 200:
            return self._lost(result.fault, "GET"), None
        outcome = self._safe(classify_get(result.status, result.headers, result.body))
        return outcome, json_object(result.body) if outcome.ok else None

    def ask_graph(self, document: Mapping[str, Any]) -> tuple[Outcome, dict[str, Any] | None]:
        """Ask `/profile-graph` about a user: ANSWERED with the `profile` of the answer, or another verdict and None.

        The token is not sent: it opens nothing there. Whatever is not a whole answer is none, and nothing to complain
        of: the service has never promised this address.
        """
        headers = {**_HEADERS, "Content-Type": "application/json"}
        body = json.dumps(document).encode()
        result = self._request("POST", f"{self._site}/profile-graph", headers, body, PROFILE_LIMIT)
        if isinstance(result, Outcome):
            return result, None
        if result.fault or result.status != 200:
            verdict = Verdict.NOT_FOUND if result.status in (404, 405, 410) else Verdict.UNAVAILABLE
            return Outcome(verdict, status=result.status), None
        answer = json_object(result.body) or {}
        data = answer.get("data")
        profile = data.get("profile") if isinstance(data, dict) and not answer.get("errors") else None
        if not isinstance(profile, dict):
            return Outcome(Verdict.UNAVAILABLE, status=200), None
        return Outcome(Verdict.ANSWERED, status=200), profile

    def probe(self) -> Outcome:
        """Whether the service answers, asked in a way that changes nothing: ANSWERED if so.

        Asks for the own profile, or a made-up one, without the token. Whether that user exists is all the
        same: a profile and a 404 are both the service's answers; a portal's page or redirect is neither.
        """
        outcome, _ = self.get_profile(self._user or "codestats.vim")
        if outcome.verdict is Verdict.NOT_FOUND:
            return replace(outcome, verdict=Verdict.ANSWERED, reason="")
        return outcome

    def close(self) -> None:
        """Close the kept connection, if there is one."""
        if self._pool:
            self._pool.close()

    def _get_user(self, user: str) -> Answer | Outcome:
        """The answer to a GET of a profile, after the redirect that fixes its letter case."""
        name = quote(user, safe="") if user.strip(".") else user.replace(".", "%2E")
        path = f"{self._base}/users/{name}"
        result = self._request("GET", path, _HEADERS, None, PROFILE_LIMIT)
        if isinstance(result, Outcome) or result.status not in (301, 302, 307, 308):
            return result
        path = self._own_user_path(path, result.headers)
        return self._request("GET", path, _HEADERS, None, PROFILE_LIMIT) if path else result

    def _own_user_path(self, path: str, headers: Mapping[str, str]) -> str:
        """Where a redirect leads, if that is to a profile of this same service; '' otherwise."""
        try:
            location = quote(headers["Location"].encode("latin-1"), safe=_SAFE)
            target = urlsplit(urljoin(self._origin + path, location))
            origin = urlsplit(self._origin)
            same = all(getattr(target, part) == getattr(origin, part) for part in _ORIGIN)
        except (KeyError, ValueError):
            return ""
        return target.path if location and same and target.path.startswith(f"{self._base}/users/") else ""

    def _request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, limit: int
    ) -> Answer | Outcome:
        """One request: its answer, or the outcome if there is none."""
        if not self._host:
            return Outcome(Verdict.UNAVAILABLE, "g:codestats_api_url is no usable address", state="error")
        try:
            pool = self._ready_pool()
        except Exception as error:  # noqa: BLE001 (no urllib3, no certificates, no proxy: said to the user)
            return self._not_sent(error)
        try:
            return pool.request(method, path, dict(headers), body, seconds=self._seconds, limit=limit)
        except Exception as error:  # noqa: BLE001 (whatever it was, the pulse's fate must be told)
            if pool.exchange.request_sent:
                return self._lost(error, method)
            return self._not_sent(error)

    def _ready_pool(self) -> Pool:
        from codestats.api.pool import Pool  # noqa: PLC0415 (late, see above)

        if self._pool is None:
            self._pool = Pool(self._origin, self._ca_file)
        return self._pool

    def _not_sent(self, error: BaseException) -> Outcome:
        from codestats.api.errors import why_not_sent  # noqa: PLC0415 (needs ssl: late, as urllib3)

        return self._safe(Outcome(Verdict.UNAVAILABLE, why_not_sent(error, self._host)))

    def _lost(self, error: BaseException, method: str) -> Outcome:
        """The outcome of a request that had left in full, but has no usable answer."""
        from codestats.api.errors import why_unanswered  # noqa: PLC0415 (as above)

        verdict = Verdict.IN_DOUBT if method == "POST" else Verdict.UNAVAILABLE
        return self._safe(Outcome(verdict, why_unanswered(error, self._host)))

    def _safe(self, outcome: Outcome) -> Outcome:
        """The outcome without the token, should the service have quoted it, on one clean line."""
        return replace(outcome, reason=redact(clean(outcome.reason), self._token))
