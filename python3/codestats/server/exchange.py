"""Requests and responses as plain values: all the HTTP that the rules of this service need to know."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["HTML", "JSON", "Request", "Response", "html_page", "json_answer"]

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``path`` and ``query``, what follows its ``?``, are still percent-encoded.

    ``headers`` maps lower-case names to all the values sent; the repr leaves them out, as one is the token.
    ``too_large`` says that the body was longer than the server reads; ``body`` is then empty.
    """

    method: str
    path: str
    headers: Mapping[str, Sequence[str]] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    too_large: bool = False
    query: str = ""

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else ""

    @property
    def is_json(self) -> bool:
        """Whether the body is said to be JSON."""
        kind = self.header("content-type").partition(";")[0].strip().lower()
        return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; an empty ``content_type`` means that the header is not sent. ``parts`` are what follows the body."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    parts: Iterable[bytes] = ()
    parts_size: int = 0

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self.body) + self.parts_size


def json_answer(status: int, document: object) -> Response:
    """A JSON answer, written the way the real service writes it (compact, Unicode unescaped)."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(status, text.encode(), JSON)


def html_page(status: int, body: str = "", title: str = "") -> Response:
    """A small HTML page; ``body`` is markup, ``title`` is text. Without a body it shows the status."""
    name = HTTPStatus(status).phrase
    title = escape(title or f"{status} {name}")
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font-family:sans-serif;max-width:40em;margin:2em auto;padding:0 1em}"
        "td,th{text-align:left;padding:0 1em 0 0}td+td{text-align:right}</style></head>"
        f"<body>{body or f'<h1>{title}</h1>'}</body></html>\n"
    )
    # Names are other people's text: should one get past the escaping, the browser still runs nothing.
    policy = ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
    return Response(status, page.encode(), HTML, (policy,))
