"""The ways in which `/profile-graph` takes a query: JSON, one or a list; the bare text; a form; the address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from codestats.server.exchange import Response, html_page, json_answer
from codestats.server.graphql import ExplodedError, answer_to
from codestats.server.profile_graph import SCHEMA
from codestats.server.rules import MalformedError, parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codestats.server.exchange import Request
    from codestats.server.store import Store

__all__ = ["PATH", "answer_graph"]

PATH = "/profile-graph"

_NO_QUERY = json_answer(400, {"errors": [{"message": "No query document supplied"}]})
_EXPLODED = "The server some kind of exploded."


@dataclass(frozen=True, slots=True)
class _Query:
    text: str = ""
    variables: Mapping[str, object] = field(default_factory=dict)
    operation: str = ""


def answer_graph(store: Store, request: Request) -> Response:
    """The answer to a request of any method."""
    if not _takes_html(request.header("accept")):
        return Response(500) if "json" in request.header("accept") else html_page(406)
    if request.too_large:
        return html_page(413)
    try:
        return _answer_all(store, _queries(request))
    except MalformedError:
        return html_page(400)
    except ExplodedError:
        return html_page(500, title=_EXPLODED)


def _answer_all(store: Store, queries: _Query | list[_Query]) -> Response:
    if isinstance(queries, list):
        return json_answer(200, [{"payload": _answer(store, query)} for query in queries])
    return json_answer(200, _answer(store, queries)) if queries.text.strip() else _NO_QUERY


def _answer(store: Store, query: _Query) -> dict[str, object]:
    return answer_to(query.text, query.variables, query.operation, SCHEMA, store)


def _takes_html(accept: str) -> bool:
    """The address lies behind a filter for a browser's pages, so asking for JSON by name fails."""
    kinds = {kind.partition(";")[0].strip().lower() for kind in accept.split(",")}
    return not accept.strip() or bool(kinds & {"*/*", "text/*", "text/html"})


def _queries(request: Request) -> _Query | list[_Query]:
    """What is asked. Raises MalformedError."""
    in_address = _of_form(request.query)
    kind = request.header("content-type").partition(";")[0].strip().lower()
    if not request.body:
        return in_address
    if kind == "application/json":
        document = parse_json(request.body)
        return [_of_json(one) for one in document] if isinstance(document, list) else _of_json(document)
    try:
        text = request.body.decode()
    except UnicodeDecodeError as error:
        raise MalformedError from error
    if kind == "application/x-www-form-urlencoded":
        return _of_form(text)
    return _Query(text, in_address.variables, in_address.operation)


def _of_json(document: object) -> _Query:
    if not isinstance(document, dict):
        return _Query()
    text, operation = document.get("query"), document.get("operationName")
    return _Query(
        text if isinstance(text, str) else "",
        _variables(document.get("variables")),
        operation if isinstance(operation, str) else "",
    )


def _of_form(text: str) -> _Query:
    found = parse_qs(text, keep_blank_values=True)
    query, variables, operation = (
        found.get(name, [""])[0] for name in ("query", "variables", "operationName")
    )
    return _Query(query, _variables(variables), operation)


def _variables(given: object) -> Mapping[str, object]:
    """An object, or the text of one."""
    if isinstance(given, str) and given:
        given = parse_json(given.encode())
    return given if isinstance(given, dict) else {}
