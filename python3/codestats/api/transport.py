"""HTTP with a deadline: urllib3's connections, taught when to give up and to tell how far a request got.

`transport` and `pool` are the only modules that import urllib3 and are themselves imported only when the
first request is made. They work with urllib3 1.26 and 2. What is added to its connections:

- a deadline for the whole request, however slowly the answer drips in (timeouts count from byte to byte);
- whether the request had left in full, which is the difference between "not delivered" and "in doubt";
- whether the connection was made for it, or kept from the request before;
- the way to the host (`dialer.py`).
"""

# ruff: noqa: ANN401 (urllib3 1.26 has no types, and those of 2 differ from it)
from __future__ import annotations

import http.client
import io
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError, ProxyError

from codestats.api.dialer import Dialer

if TYPE_CHECKING:
    import socket

__all__ = ["POOLS", "Exchange"]


class Exchange:
    """One request on its way: until when it may take, and how far it got.

    A request that was not sent in full cannot have been taken: its body is shorter than its Content-Length.
    """

    def __init__(self) -> None:
        self.request_sent = False
        self.is_reused = True
        self.dialer = Dialer()
        self._deadline = 0.0

    def begin(self, seconds: float) -> None:
        """Start the next request, with so much time for all of it."""
        self.request_sent = False
        self.is_reused = True
        self._deadline = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left; raises TimeoutError when there are none."""
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the whole request took too long")
        return seconds


class _Reader(io.RawIOBase):
    """What a socket sends, waiting no longer for each piece than the exchange has left."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        self._sock = sock
        self._raw: Any = sock.makefile("rb", buffering=0)
        self._exchange = exchange

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        self._sock.settimeout(self._exchange.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Source:
    """Stands in for a socket where http.client wants nothing of it but a file to read."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        self._sock, self._exchange = sock, exchange

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._exchange))


def _response(
    exchange: Exchange, sock: socket.socket, *args: Any, **options: Any
) -> http.client.HTTPResponse:
    return http.client.HTTPResponse(_Source(sock, exchange), *args, **options)  # type: ignore[arg-type]


class _Watched:
    """Mixed into a connection class: reports to the `exchange` that the pool hands to each connection."""

    response_class: Any

    def __init__(self, *args: Any, exchange: Exchange, **options: Any) -> None:
        super().__init__(*args, **options)
        self._exchange = exchange

        self.response_class = partial(_response, exchange)

    def _new_conn(self) -> socket.socket:
        """Open the socket (urllib3's hook). Raises NewConnectionError, TimeoutError."""
        self._exchange.is_reused = False
        host, port, options = self._dns_host, self.port, self.socket_options or ()  # type: ignore[attr-defined]
        try:
            return self._exchange.dialer.connect(host, port, self._exchange.remaining, options)
        except TimeoutError:
            raise
        except OSError as error:
            # After EPIPE (in 2 ECONNRESET, too) urllib3 goes on to read the answer: here from no socket at all.
            raise NewConnectionError(self, "no connection") from error  # type: ignore[arg-type]

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self._exchange.remaining()  # name look-up and handshake may have used it all up

    def _tunnel(self) -> None:
        """Ask the proxy to lead on (http.client's hook); what goes wrong here is the proxy's doing."""
        try:
            super()._tunnel()  # type: ignore[misc]
        except (OSError, http.client.HTTPException) as error:
            raise ProxyError("no tunnel", error) from error

    def request(self, *args: Any, **options: Any) -> None:
        super().request(*args, **options)  # type: ignore[misc]
        self._exchange.request_sent = True


class _Connection(_Watched, HTTPConnection):
    pass


class _TLSConnection(_Watched, HTTPSConnection):
    pass


class _ConnectionPool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSConnectionPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


POOLS = {"http": _ConnectionPool, "https": _TLSConnectionPool}  # by scheme, as a pool manager wants them
