"""The HTTP side: sockets, threads and framing around the Api.

Tests make faults without any help from here: they subclass Handler and override ``before`` (answer something
else), ``answer`` (do something around the real answer) or ``send`` (put anything on ``self.connection``).
"""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from codestats.server.body import BodyError, ClientGoneError, read_body
from codestats.server.exchange import Request, Response

if TYPE_CHECKING:
    import ssl

    from codestats.server.api import Api

    _Connection = socket.socket | tuple[bytes, socket.socket]  # the second kind is for UDP servers

__all__ = ["Handler", "Server"]

_IDLE = 60.0
"""Seconds after which a silent connection is closed."""


class Handler(BaseHTTPRequestHandler):
    """One connection, with keep-alive."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "codestats.vim"
    sys_version = ""
    timeout = _IDLE
    disable_nagle_algorithm = True
    wbufsize = -1  # one segment an answer

    def before(self, request: Request) -> Response | None:  # noqa: ARG002 - for those who override it
        """Asked first for every request; an answer given here is sent instead of the service's own."""
        return None

    def answer(self, request: Request) -> Response:
        """The answer to a request."""
        return self.before(request) or self.server.api.answer(request)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date of answers: by the clock that pulses are judged by."""
        return super().date_time_string(self.server.api.now() if timestamp is None else timestamp)

    def send(self, response: Response) -> None:
        """Puts an answer on the wire."""
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if response.content_type:
            self.send_header("Content-Type", response.content_type)
        self.send_header("Cache-Control", "max-age=0, private, must-revalidate")
        self.send_header("Content-Length", str(response.size))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
            for part in response.parts:
                self.wfile.write(part)
        self.wfile.flush()

    def handle_request(self) -> None:
        """Reads the request whose first lines are parsed, and answers it."""
        request = self._request()
        if request is not None:
            self.send(self.answer(request))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_request  # noqa: N815 - its names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing; pulses are reported by the Api."""

    def _request(self) -> Request | None:
        headers: dict[str, list[str]] = {}
        for name, value in self.headers.items():
            headers.setdefault(name.lower(), []).append(value)
        try:
            body = read_body(self.headers, self.rfile)
        except BodyError as error:
            self.close_connection = True
            self.send(Response(error.status))
            return None
        except ClientGoneError:
            self.close_connection = True
            return None
        if body is None:
            self.close_connection = True
        path, _, query = self.path.partition("?")
        return Request(self.command, path, headers, body or b"", body is None, query)


class Server(ThreadingHTTPServer):
    """The listening socket and its connections; a thread each."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, host: str, port: int, api: Api, handler: type[Handler], tls: ssl.SSLContext | None = None
    ) -> None:
        """Binds at once (port 0: a free one). Raises OSError."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self.address_family, address = found[0], found[4]
        self.api = api
        self._tls = tls
        self._changed = threading.Condition()
        self._live: set[socket.socket] = set()
        super().__init__((str(address[0]), port), handler)

    def server_bind(self) -> None:
        """Binds without the reverse look-up of the host name that http.server does here."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, object]:
        """Accepts a connection; its TLS handshake is left to its own thread."""
        connection, address = super().get_request()
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._changed:
            self._live.add(connection)
        return connection, address

    def shutdown_request(self, request: _Connection) -> None:
        """Closes a connection, however it ended."""
        super().shutdown_request(request)
        with self._changed:
            self._live.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: _Connection, client_address: object) -> None:
        """A client that went away is nobody's fault; anything else is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def close_connections(self, grace: float) -> None:
        """Ends idle connections now, those with a request under way after its answer or ``grace`` seconds."""
        self._end_all(socket.SHUT_RD)
        with self._changed:
            if self._changed.wait_for(lambda: not self._live, grace):
                return
        self._end_all(socket.SHUT_RDWR)

    def _end_all(self, how: int) -> None:
        with self._changed:
            for connection in self._live:
                with suppress(OSError):  # the client was faster
                    socket.socket.shutdown(connection, how)  # an SSLSocket's own would drop the encryption
