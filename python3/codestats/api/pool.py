"""One kept-alive connection to one origin: TLS always verified, straight or through a proxy."""

# ruff: noqa: ANN401 (urllib3 1.26 has no types, and those of 2 differ from it)
from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3

from codestats.address import is_ip
from codestats.api.errors import InvalidCertificatesError
from codestats.api.proxy import proxy_for
from codestats.api.transport import POOLS, Exchange

__all__ = ["Answer", "Pool"]

_OLD = urllib3.__version__.startswith("1.")  # type: ignore[attr-defined]

LONGEST_IDLE = 30.0
"""Seconds that a connection may lie unused: servers close idle ones, and closing races with sending."""

_DISTRUST = 3600.0
"""Seconds without keeping connections, after one that was kept died without a word: something on the way drops them."""


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
        self._keeps_again_at = 0.0  # by the monotonic clock
        self.exchange = Exchange()
        self._manager = _manager(origin, ca_file, self.exchange)

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
        # By the wall clock: it goes on in a sleeping laptop.
        is_idle = not 0 <= time.time() - self._last_used <= LONGEST_IDLE
        if is_idle or time.monotonic() < self._keeps_again_at:
            self._manager.clear()
        self.exchange.begin(seconds)
        try:
            response = self._manager.connection_from_url(self._origin).urlopen(
                method,
                path,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(seconds),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
                enforce_content_length=True,  # 1.26 would take half a body for a whole one
            )
        except Exception:
            self._note_silence()
            raise
        self.exchange.dialer.was_good()
        answer = _read(response, limit)
        self._last_used = time.time()
        return answer

    def _note_silence(self) -> None:
        """A connection led to no answer: use another address, and no connection that lay in wait."""
        self.exchange.dialer.was_bad()
        if self.exchange.is_reused:
            self._keeps_again_at = time.monotonic() + _DISTRUST

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
            raise InvalidCertificatesError from None
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


def _manager(origin: str, ca_file: str, exchange: Exchange) -> _Straight | _Proxied:
    context = _tls_context(ca_file) if origin.startswith("https:") else None
    if context and _OLD and is_ip(urlsplit(origin).hostname or ""):
        # 1.26 tells OpenSSL no host that is an address, and compares it with the certificate by itself.
        context.check_hostname = False
    proxy = proxy_for(origin)
    manager: _Straight | _Proxied
    if proxy is None:
        manager = _Straight(maxsize=1, ssl_context=context)
    else:
        url, headers = proxy
        context_there = _tls_context(ca_file)
        manager = _Proxied(
            url, maxsize=1, ssl_context=context, proxy_headers=headers, proxy_ssl_context=context_there
        )
    manager.watch(exchange)
    return manager
