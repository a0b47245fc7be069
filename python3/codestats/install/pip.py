"""pip for a Python that has none (Debian's, without python3-venv): its wheel off the package index, run as it is.

A wheel of pip runs without being installed; that is how the standard library's ensurepip uses the one it brings. What
is fetched is compared with the digest on the index's page (PEP 503), and comes by https or from this machine.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import html
import http.client
import os
import re
import sys
import urllib.request
from typing import IO, TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from codestats.address import is_loopback
from codestats.exceptions import CodeStatsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from http.client import HTTPMessage
    from pathlib import Path

__all__ = ["NoPipError", "fetch", "index_of", "run_code"]

_INDEX = "https://pypi.org/simple"
_SECONDS = 60.0
_LARGEST = 32 * 1024 * 1024  # bytes; pip's page has some 100 kB, its wheel 2 MB

_ANCHOR = re.compile(r"<a\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_WHEEL = re.compile(r"/(pip-(\d+(?:\.\d+)*)-py3-none-any\.whl)#sha256=([0-9a-f]{64})$")
_AT_LEAST = re.compile(r">=\s*(\d+)\.(\d+)")


class NoPipError(CodeStatsError):
    """The index could not be asked, or has no pip for this Python; the text says which."""


class _Wheel(NamedTuple):
    version: tuple[int, ...]
    name: str
    url: str
    sha256: str


def run_code(wheel: Path) -> str:
    """What to run with ``python -c`` in place of ``-m pip``."""
    return (
        f"import runpy, sys; sys.path.insert(0, {str(wheel)!r}); runpy.run_module('pip', run_name='__main__')"
    )


def fetch(directory: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Put the newest pip that this Python can run into the directory, as a wheel. Raises NoPipError, OSError."""
    page = f"{index_of(environ)}/pip/"
    text = _get(page).decode("utf-8", errors="replace")
    newest = max(_wheels(page, text), default=None)
    if newest is None:
        raise NoPipError("the package index has no pip for this Python")
    content = _get(newest.url)
    if hashlib.sha256(content).hexdigest() != newest.sha256:
        raise NoPipError("the package index gave a pip that is not the one it lists")
    path = directory / newest.name
    path.write_bytes(content)
    return path


def index_of(environ: Mapping[str, str]) -> str:
    """The index that pip would ask: its environment variable's, its settings', or the public one. Raises NoPipError."""
    if environ.get("PIP_NO_INDEX", "").lower() not in ("", "0", "false", "no", "off"):
        raise NoPipError("PIP_NO_INDEX is set, so no package index is asked")
    found = environ.get("PIP_INDEX_URL", "") or _configured(environ)
    return (found or _INDEX).rstrip("/")


def _configured(environ: Mapping[str, str]) -> str:
    """index-url of pip's settings files, the most particular one's."""
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read(_files(environ), encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return ""
    settings = (config.get(section, "index-url", fallback="") for section in ("install", "global"))
    return next(filter(None, settings), "")


def _files(environ: Mapping[str, str]) -> list[str]:
    """In the order in which each overrules those before it."""
    home = environ.get("HOME", "")
    user = environ.get("XDG_CONFIG_HOME", "") or f"{home}/.config"
    own = environ.get("PIP_CONFIG_FILE", "")
    files = ["/etc/xdg/pip/pip.conf", "/etc/pip.conf", f"{home}/.pip/pip.conf", f"{user}/pip/pip.conf", own]
    return [] if own == os.devnull else list(filter(None, files))


def _wheels(page: str, text: str) -> Iterator[_Wheel]:
    for anchor in _ANCHOR.findall(text):
        found = {name.lower(): html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(anchor)}
        url = urljoin(page, found.get("href", ""))
        match = _WHEEL.search(url)
        oldest = _AT_LEAST.search(found.get("data-requires-python", ""))
        fits = oldest is None or sys.version_info >= (int(oldest[1]), int(oldest[2]))
        if match and fits and "data-yanked" not in anchor:
            version = tuple(map(int, match[2].split(".")))
            yield _Wheel(version, match[1], url.partition("#")[0], match[3])


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Only to where one may go in the first place."""

    def redirect_request(  # noqa: PLR0913, PLR0917 (as its parent has it)
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _get(url: str) -> bytes:
    _check(url)
    url, login = _without_login(url)
    request = urllib.request.Request(url, headers={"Accept": "text/html"})  # noqa: S310 (checked above)
    if login:
        request.add_unredirected_header("Authorization", f"Basic {login}")
    try:
        with urllib.request.build_opener(_Redirects).open(request, timeout=_SECONDS) as answer:
            content: bytes = answer.read(_LARGEST + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:  # urllib's errors are OSErrors, too
        raise NoPipError(f"no network to the package index: {getattr(error, 'reason', error)}") from None
    if len(content) > _LARGEST:
        raise NoPipError("the package index sends without an end")
    return content


def _without_login(url: str) -> tuple[str, str]:
    """The address, and what stood before its host as pip has it, as Basic authentication wants it."""
    parts = urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=host).geturl(), base64.b64encode(unquote_to_bytes(login)).decode()


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise NoPipError("pip is fetched by https only, and the package index is not at such an address")
