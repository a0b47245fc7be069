"""The calls of administration: which there are, who may make them, and what they answer.

Answers are JSON; a refusal is ``{"error": "…"}`` with what to do. A token is in an answer once: when it was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from codestats.server.admin.access import SCOPES, Caller, caller_of, given_tokens
from codestats.server.admin.files import FORMATS
from codestats.server.exchange import Request, Response, json_answer
from codestats.server.profile import profile_of
from codestats.server.rules import MalformedError, parse_json

if TYPE_CHECKING:
    from codestats.server.admin.access import AccessTokens
    from codestats.server.admin.exports import Export, Exports, ExportWorker
    from codestats.server.machines import Machine
    from codestats.server.store import Store, User

__all__ = ["PREFIXES", "Administration"]

PREFIXES = ("/api/my/", "/api/admin/")

_LONGEST = 255
_NOTHING = Response(204)


class _Call(NamedTuple):
    """A request to answer: who makes it, what its path names, and its JSON document."""

    caller: Caller
    names: tuple[str, ...]
    document: Mapping[str, Any]


class _RefusalError(Exception):
    """The answer is no: a status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Administration:
    """Answers out of a store; safe for use from any thread."""

    def __init__(
        self,
        store: Store,
        access: AccessTokens,
        exports: Exports,
        worker: ExportWorker,
        clock: Callable[[], float],
    ) -> None:
        """``clock`` gives epoch seconds."""
        self._store = store
        self._access = access
        self._exports = exports
        self._worker = worker
        self._clock = clock

    def answer(self, request: Request) -> Response:
        """The answer to a request."""
        method = "GET" if request.method == "HEAD" else request.method
        found = [(route, match) for route in _ROUTES if (match := route.path.fullmatch(request.path))]
        if not found:
            return _refused(404, "There is no such address: doc/service.md has them all.")
        for route, match in found:
            if route.method == method:
                return self._answer(request, route, match.groups())
        allowed = ", ".join(route.method for route, _ in found)
        refusal = _refused(405, f"This address takes {allowed}.")
        return Response(405, refusal.body, refusal.content_type, (("Allow", allowed),))

    def _answer(self, request: Request, route: _Route, names: tuple[str, ...]) -> Response:
        caller = caller_of(request, self._access, self._store.machines)
        if caller is None:
            several = len(given_tokens(request)) > 1
            sentence = (
                "Give one token." if several else "You must be authenticated: give a token that is good."
            )
            refusal = _refused(401, sentence)
            return Response(401, refusal.body, refusal.content_type, (("WWW-Authenticate", "Bearer"),))
        if not caller.may(route.scope):
            return _refused(403, f"This token may {caller.scope}; '{route.scope}' is needed.")
        try:
            return route.handler(self, _Call(caller, names, _document(request)))
        except _RefusalError as refusal:
            return _refused(refusal.status, str(refusal))

    # -- /api/my ------------------------------------------------------------------------------

    def _profile(self, call: _Call) -> Response:
        return json_answer(200, profile_of(self._store, call.caller.user, self._clock()))

    def _machines(self, call: _Call) -> Response:
        return json_answer(
            200, {"machines": [asdict(one) for one in self._store.machines.of(call.caller.user_id)]}
        )

    def _make_machine(self, call: _Call) -> Response:
        name = _name(call.document)
        token = self._store.machines.issue(call.caller.user_id, name)
        if token is None:
            raise _RefusalError(
                409, "There is a machine of that name: POST to its /token makes another token."
            )
        [made] = [one for one in self._store.machines.of(call.caller.user_id) if one.name == name]
        return json_answer(201, {**asdict(made), "token": token})

    def _change_machine(self, call: _Call) -> Response:
        machine, machines, user = self._machine(call), self._store.machines, call.caller.user_id
        known = {"active", "name"}
        if not call.document or not call.document.keys() <= known:
            raise _RefusalError(400, "Give 'active' (true or false), 'name', or both.")
        name = _name(call.document) if "name" in call.document else machine.name
        active = call.document.get("active", machine.active)
        if not isinstance(active, bool):
            raise _RefusalError(400, "'active' must be true or false.")
        if name != machine.name and not machines.rename(user, machine.name, name):
            raise _RefusalError(409, "There is a machine of that name.")
        machines.set_active(user, name, active=active)
        return json_answer(200, asdict(self._machine(call)))

    def _renew_machine(self, call: _Call) -> Response:
        machine = self._machine(call)
        token = self._store.machines.renew(call.caller.user_id, machine.name)
        return json_answer(201, {**asdict(self._machine(call)), "token": token})

    def _revoke_machine(self, call: _Call) -> Response:
        self._store.machines.revoke(call.caller.user_id, self._machine(call).name)
        return _NOTHING

    def _machine(self, call: _Call) -> Machine:
        for machine in self._store.machines.of(call.caller.user_id):
            if str(machine.id) == call.names[0]:
                return machine
        raise _RefusalError(404, "You have no such machine.")

    def _tokens(self, call: _Call) -> Response:
        return json_answer(200, {"tokens": [asdict(one) for one in self._access.of(call.caller.user_id)]})

    def _make_token(self, call: _Call) -> Response:
        scope = call.document.get("scope", "read")
        if scope not in SCOPES[1:]:
            raise _RefusalError(400, f"'scope' must be one of {', '.join(SCOPES[1:])}.")
        if not call.caller.may(scope):
            raise _RefusalError(403, f"This token may {call.caller.scope}; it can't make one that may more.")
        made, token = self._access.make(call.caller.user_id, _name(call.document), scope)
        return json_answer(201, {**asdict(made), "token": token})

    def _revoke_token(self, call: _Call) -> Response:
        return self._gone("token", self._access.revoke(call.caller.user_id, int(call.names[0])))

    def _list_exports(self, call: _Call) -> Response:
        return json_answer(200, {"exports": [asdict(one) for one in self._exports.of(call.caller.user_id)]})

    def _ask_export(self, call: _Call) -> Response:
        kind = call.document.get("format", "csv")
        if kind not in FORMATS:
            raise _RefusalError(400, f"'format' must be one of {', '.join(FORMATS)}.")
        export = self._exports.ask(call.caller.user_id, kind)
        self._worker.wake()
        place = ("Location", f"/api/my/exports/{export.id}")
        answer = json_answer(202, asdict(export))
        return Response(202, answer.body, answer.content_type, (place,))

    def _export(self, call: _Call) -> Response:
        return json_answer(200, asdict(self._found_export(call)))

    def _export_file(self, call: _Call) -> Response:
        export = self._found_export(call)
        if export.state != "done":
            raise _RefusalError(409, f"The export is {export.state}.")
        _, kind, name = FORMATS[export.format]
        headers = (("Content-Disposition", f'attachment; filename="{name}"'),)
        parts = self._exports.parts(export.id)
        return Response(200, b"", kind, headers, parts, export.size)

    def _delete_export(self, call: _Call) -> Response:
        return self._gone("export", self._exports.delete(call.caller.user_id, int(call.names[0])))

    def _found_export(self, call: _Call) -> Export:
        export = self._exports.find(call.caller.user_id, int(call.names[0]))
        if export is None:
            raise _RefusalError(404, "You have no such export.")
        return export

    @staticmethod
    def _gone(noun: str, was_there: bool) -> Response:  # noqa: FBT001 (what a deletion tells)
        if not was_there:
            raise _RefusalError(404, f"You have no such {noun}.")
        return _NOTHING

    # -- /api/admin ---------------------------------------------------------------------------

    def _users(self, _: _Call) -> Response:
        return json_answer(200, {"users": [_user(user) for user in self._store.users()]})

    def _make_user(self, call: _Call) -> Response:
        name = _name(call.document)
        if self._store.user(name) is not None:
            raise _RefusalError(409, "There is a user of that name.")
        return json_answer(201, _user(self._store.make_user(name)))

    def _change_user(self, call: _Call) -> Response:
        private = call.document.get("private")
        if not isinstance(private, bool) or call.document.keys() != {"private"}:
            raise _RefusalError(400, "Give 'private': true or false.")
        for user in self._store.users():
            if str(user.id) == call.names[0]:
                self._store.set_private(user.name, private=private)
                return json_answer(200, {**_user(user), "private": private})
        raise _RefusalError(404, "There is no such user.")

    def _aliases(self, _: _Call) -> Response:
        aliases = [{"language": name, "kept_as": kept} for name, kept in self._store.aliases().items()]
        return json_answer(200, {"aliases": aliases})

    def _set_alias(self, call: _Call) -> Response:
        language, kept = _name(call.document, "language"), _name(call.document, "kept_as")
        if language.casefold() == kept.casefold():
            raise _RefusalError(400, "A language can't be an alias of itself.")
        self._store.set_alias(language, kept)
        return self._aliases(call)

    def _drop_alias(self, call: _Call) -> Response:
        self._store.set_alias(_name(call.document, "language"), None)
        return self._aliases(call)


def _user(user: User) -> dict[str, object]:
    return {"id": user.id, "name": user.name, "private": user.private, "registered": user.registered}


def _name(document: Mapping[str, Any], key: str = "name") -> str:
    name = document.get(key)
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST or not name.isprintable():
        raise _RefusalError(400, f"'{key}' must be a name: printable text of 1 to {_LONGEST} characters.")
    return name.strip()


def _document(request: Request) -> Mapping[str, Any]:
    """The body's object; an empty one of no body. Raises _RefusalError."""
    if request.too_large:
        raise _RefusalError(413, "The body is too large.")
    if not request.body:
        return {}
    if not request.is_json:
        raise _RefusalError(415, "Send the body with the header 'Content-Type: application/json'.")
    try:
        document = parse_json(request.body)
    except MalformedError:
        raise _RefusalError(400, "The body is no JSON.") from None
    if not isinstance(document, Mapping):
        raise _RefusalError(400, "The body must be a JSON object.")
    return document


def _refused(status: int, sentence: str) -> Response:
    return json_answer(status, {"error": sentence})


class _Route(NamedTuple):
    method: str
    path: re.Pattern[str]
    scope: str
    handler: Callable[[Administration, _Call], Response]


def _route(
    method: str, path: str, scope: str, handler: Callable[[Administration, _Call], Response]
) -> _Route:
    return _Route(method, re.compile(path.replace("ID", r"(\d{1,15})")), scope, handler)


# ruff: noqa: SLF001 - the class's own methods
_ROUTES = (
    _route("GET", "/api/my/profile", "read", Administration._profile),
    _route("GET", "/api/my/machines", "manage", Administration._machines),
    _route("POST", "/api/my/machines", "manage", Administration._make_machine),
    _route("PATCH", "/api/my/machines/ID", "manage", Administration._change_machine),
    _route("POST", "/api/my/machines/ID/token", "manage", Administration._renew_machine),
    _route("DELETE", "/api/my/machines/ID/token", "manage", Administration._revoke_machine),
    _route("GET", "/api/my/tokens", "manage", Administration._tokens),
    _route("POST", "/api/my/tokens", "manage", Administration._make_token),
    _route("DELETE", "/api/my/tokens/ID", "manage", Administration._revoke_token),
    _route("GET", "/api/my/exports", "read", Administration._list_exports),
    _route("POST", "/api/my/exports", "read", Administration._ask_export),
    _route("GET", "/api/my/exports/ID", "read", Administration._export),
    _route("GET", "/api/my/exports/ID/file", "read", Administration._export_file),
    _route("DELETE", "/api/my/exports/ID", "read", Administration._delete_export),
    _route("GET", "/api/admin/users", "admin", Administration._users),
    _route("POST", "/api/admin/users", "admin", Administration._make_user),
    _route("PATCH", "/api/admin/users/ID", "admin", Administration._change_user),
    _route("GET", "/api/admin/aliases", "admin", Administration._aliases),
    _route("PUT", "/api/admin/aliases", "admin", Administration._set_alias),
    _route("DELETE", "/api/admin/aliases", "admin", Administration._drop_alias),
)
