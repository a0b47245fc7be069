"""What the service answers: from a request to a response, with no socket in sight.

The answers are those of the API documentation (v. 1.0.1) and, where it is silent, of the service's own server
as observed. Its oddities, such as a 500 with an empty body, are kept: clients meet them there.
"""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from codestats.server.admin.routes import PREFIXES
from codestats.server.exchange import Request, Response, html_page, json_answer
from codestats.server.graph_endpoint import PATH, answer_graph
from codestats.server.page import profile_page, start_page
from codestats.server.profile import profile_of
from codestats.server.rules import MalformedError, Refusal, check_pulse, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from codestats.server.admin.routes import Administration
    from codestats.server.machines import Account
    from codestats.server.store import Store, StoredPulse, User

__all__ = ["Api"]

_PULSES = "/api/my/pulses"
_PROFILES = "/api/users/"
_PAGES = "/users/"
_STARTS = ("/", "/my/machines")
_READING = ("HEAD", "GET")
_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")

_UNAUTHENTICATED = Response(403, b'{"error": "You must be authenticated"}')
_UNKNOWN_ERROR = json_answer(500, {"error": "Unknown error"})
_NO_USER = json_answer(404, {"error": "User not found or private."})
_GREAT_SUCCESS = json_answer(201, {"ok": "Great success!"})

_log = logging.getLogger("codestats.server")


class Api:
    """Answers requests out of a store; safe for use from any thread."""

    def __init__(
        self,
        store: Store,
        administration: Administration,
        clock: Callable[[], float],
        on_pulse: Callable[[StoredPulse], None],
    ) -> None:
        """``clock`` gives epoch seconds; ``on_pulse`` is called for each pulse once it is stored."""
        self._store = store
        self._clock = clock
        self._on_pulse = on_pulse
        self._administration = administration

    def now(self) -> float:
        """The service's time in epoch seconds."""
        return self._clock()

    def answer(self, request: Request) -> Response:
        """The answer to a request; never raises."""
        request = replace(request, path=_one_slash(request.path))
        try:
            if request.path == PATH:
                return answer_graph(self._store, request)
            return self._answer(request)
        except sqlite3.Error as error:
            _log.error("The data file failed: %s", error)
            return _UNKNOWN_ERROR

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(PREFIXES) and request.path != _PULSES:
            return self._administration.answer(request)
        document: object = {}
        if request.method in _WITH_BODY:  # bodies are parsed before anything else is looked at
            if request.too_large:
                return _framework_error(request, 413)
            try:
                document = _document(request)
            except MalformedError:
                return _framework_error(request, 400)
        if request.path == _PULSES and request.method == "POST":
            return self._add_pulse(request, document)
        if request.path.startswith(_PROFILES):
            return _readable_anywhere(self._profile_or_preflight(request))
        return self._page(request) if request.method in _READING else html_page(404)

    def _profile_or_preflight(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(200, headers=(("Access-Control-Allow-Methods", ",".join(_READING)),))
        return self._profile(request) if request.method in _READING else html_page(404)

    def _add_pulse(self, request: Request, document: object) -> Response:
        if not _accepts_json(request):
            return html_page(406)
        account = self._account(request)
        if account is None:
            return _UNAUTHENTICATED
        now = self._clock()
        pulse = check_pulse(document, now)
        if isinstance(pulse, Refusal):
            return json_answer(pulse.status, {"error": pulse.error})
        self._on_pulse(self._store.add(account, pulse, now))
        return _GREAT_SUCCESS

    def _account(self, request: Request) -> Account | None:
        tokens = request.headers.get("x-api-token", ())
        return self._store.machines.account(tokens[0].strip()) if len(tokens) == 1 else None

    def _profile(self, request: Request) -> Response:
        if not _accepts_json(request):
            return html_page(406)
        user = self._public_user(request, _PROFILES)
        if isinstance(user, Response):
            return user
        if user is None:
            return _NO_USER
        return json_answer(200, profile_of(self._store, user.name, self._clock()))

    def _page(self, request: Request) -> Response:
        """The profile for people, and where tokens are; not part of the API."""
        if request.path in _STARTS:
            return start_page()
        if not request.path.startswith(_PAGES):
            return html_page(404)
        user = self._public_user(request, _PAGES)
        if isinstance(user, Response):
            return user
        if user is None:
            return html_page(404, title="User not found or private.")
        return profile_page(profile_of(self._store, user.name, self._clock()))

    def _public_user(self, request: Request, prefix: str) -> User | Response | None:
        """The user named after the prefix, or a redirection to their spelling; None: unknown or private."""
        name = unquote_plus(request.path[len(prefix) :])
        user = self._store.user(name)
        if user is None or user.private:
            return None
        if user.name != name:
            return _redirection(prefix + quote(user.name, safe=""))
        return user


def _one_slash(path: str) -> str:
    """A path without empty parts: slashes may be doubled, and one may stand at the end."""
    return "/" + "/".join(part for part in path.split("/") if part)


def _readable_anywhere(response: Response) -> Response:
    """What a page of any other origin may read in a browser."""
    return replace(response, headers=(*response.headers, ("Access-Control-Allow-Origin", "*")))


def _redirection(location: str) -> Response:
    page = html_page(302, f'<p>You are being <a href="{location}">redirected</a>.</p>')
    return Response(302, page.body, page.content_type, (("Location", location), *page.headers))


def _document(request: Request) -> object:
    """The JSON of the body; of an empty body or another content type an empty document.

    Raises MalformedError.
    """
    return parse_json(request.body) if request.is_json and request.body else {}


def _accepts_json(request: Request) -> bool:
    accept = request.header("accept").lower()
    kinds = [kind.partition(";")[0].strip() for kind in accept.split(",")]
    return not accept or "*/*" in accept or "application/json" in kinds or "application/*" in kinds


def _framework_error(request: Request, status: int) -> Response:
    """An error from below the API: an HTML page, but 500 and nothing if JSON is asked for by name."""
    if request.header("accept") and "*/*" not in request.header("accept") and _accepts_json(request):
        return Response(500)
    return html_page(status)
