"""One kept-alive connection to one origin: TLS always verified, straight or through a proxy."""

# ruff: noqa: ANN401 (urllib3 1.26 has no types, and those of 2 differ from it)
from __future__ import annotations

import base64
import ssl
import time
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3

from . import address
from .transport import POOLS, Exchange

__all__ = ["Answer", "BadCertificates", "BadProxy", "Pool", "proxy_for"]

LONGEST_IDLE = (
    30.0  # seconds a connection may lie unused: servers close idle ones, and closing races with sending
)


class BadProxy(Exception):  # noqa: N818 (named after the thing, as everywhere here)
    """The environment names a proxy that cannot be used; the text says why, without its password."""


class BadCertificates(Exception):  # noqa: N818 (as above)
    """`ca_file` cannot be read, or holds no certificates."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `headers` finds names in any letter case.

    `fault` is what broke off an answer of which only status and headers are known, or that has no end.
    """

    status: int
    headers: Any
    body: bytes = b""
    fault: Exception | None = None


class Pool:
    """Requests to `origin` (scheme://host[:port]), one at a time; `ca_file` adds trusted certificates.

    `exchange` tells after a failure how far the request got.
    """

    def __init__(self, origin: str, ca_file: str = "") -> None:
        self._origin = origin
        self._last_used = 0.0
        self.exchange = Exchange()
        context = _tls_context(ca_file) if origin.startswith("https:") else None
        self._manager = _manager(origin, context, self.exchange)

    def request(  # noqa: PLR0913 (a request has these parts)
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None,
        *,
        seconds: float,
        limit: int,
    ) -> Answer:
        """Make one request in at most `seconds`, read at most `limit` bytes. Never retries or redirects.

        Raises whatever urllib3, ssl or the system has to say where there is not even a status.
        """
        if (
            not 0 <= time.time() - self._last_used <= LONGEST_IDLE
        ):  # by the wall clock: it goes on in a sleeping laptop
            self._manager.clear()
        self.exchange.begin(seconds)
        connect = min(
            seconds, max(3.0, seconds / 3)
        )  # for each of the host's addresses; one may lead nowhere
        response = self._manager.connection_from_url(self._origin).urlopen(
            method,
            path,
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(connect=connect, read=seconds),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
            enforce_content_length=True,  # 1.26 would take half a body for a whole one
        )
        answer = _read(response, limit)
        self._last_used = time.time()
        return answer

    def close(self) -> None:
        """Close the kept connection."""
        self._manager.clear()


def _read(response: Any, limit: int) -> Answer:
    fault: Exception | None
    try:
        body = b""
        while len(body) <= limit and (more := response.read(limit + 1 - len(body))):
            body += more  # and once more at the end: only then does urllib3 say that there should be more
        fault = ValueError("too long") if len(body) > limit else None
    except Exception as error:  # noqa: BLE001 (the status alone can be enough: the caller judges)
        fault = error
    if fault:
        response.close()  # what is left of it on the line belongs to nobody
        return Answer(response.status, response.headers, fault=fault)
    response.release_conn()
    return Answer(response.status, response.headers, body)


def _tls_context(ca_file: str) -> ssl.SSLContext:
    """The system's trusted certificates, and those of `ca_file`; names are always checked."""
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ValueError):  # ssl.SSLError is an OSError
            raise BadCertificates from None
    return context


class _Manager:
    """Mixed into urllib3's managers: the connections they make are ours and report to `exchange`."""

    exchange: Exchange
    pool_classes_by_scheme: Any

    def watch(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.pool_classes_by_scheme = POOLS

    def _new_pool(self, *args: Any, **options: Any) -> Any:
        pool = super()._new_pool(*args, **options)  # type: ignore[misc]
        pool.conn_kw["exchange"] = self.exchange
        return pool


class _Straight(_Manager, urllib3.PoolManager):
    pass


class _Proxied(_Manager, urllib3.ProxyManager):
    pass


def _manager(origin: str, context: ssl.SSLContext | None, exchange: Exchange) -> _Straight | _Proxied:
    options: dict[str, Any] = {"maxsize": 1}
    if context is not None:
        options |= {"ssl_context": context, "cert_reqs": "CERT_REQUIRED"}
    proxy = proxy_for(origin)
    manager: _Straight | _Proxied
    if proxy is None:
        manager = _Straight(**options)
    else:
        url, headers = proxy
        manager = _Proxied(url, proxy_headers=headers, proxy_ssl_context=context, **options)
    manager.watch(exchange)
    return manager


def proxy_for(origin: str) -> tuple[str, dict[str, str]] | None:
    """The environment's proxy for an origin, as its address and the headers it wants, or None for none.

    HTTPS_PROXY, then ALL_PROXY, but for what NO_PROXY names, in either letter case (and what macOS and
    Windows are set to). Never for this very machine: a proxy's loopback is not ours, and there the token
    may travel unencrypted. HTTP_PROXY thereby has no use: plain http:// is for loopback addresses only.
    Raises BadProxy.
    """
    target = urlsplit(origin)
    host = target.hostname or ""
    if address.is_loopback(host) or urllib.request.proxy_bypass(f"{host}:{target.port or 443}"):
        return None
    proxies = urllib.request.getproxies()
    given = proxies.get(target.scheme) or proxies.get("all")
    return _proxy(given) if given else None


def _proxy(given: str) -> tuple[str, dict[str, str]]:
    try:
        parts = urlsplit(given if "://" in given else f"http://{given}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        raise BadProxy("the proxy in HTTPS_PROXY or ALL_PROXY is no address like http://proxy:3128")
    if parts.scheme not in ("http", "https"):
        raise BadProxy("the proxy in HTTPS_PROXY or ALL_PROXY must begin with http:// or https://")
    host = f"[{host}]" if ":" in host else host
    url = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    if parts.username is None:
        return url, {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return url, {"Proxy-Authorization": f"Basic {base64.b64encode(login).decode()}"}
