"""A proxy on loopback that knows one way, and how the service is known to it alone: by a name that no look-up finds."""

from __future__ import annotations

import base64
import contextlib
import select
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import trustme

from support import raw_server as raw

NAME = "codestats.invalid"  # no such name can be (RFC 2606)


class Proxy(raw.RawServer):
    """For an environment's HTTPS_PROXY; knows the way to this port of loopback, by whatever name.

    `asked` has the first lines of all requests. `refusal`, if set, is done in place of opening the way: a behaviour of
    raw_server. `let_in`, if set, is the one login (user:password) to which the way is opened.
    """

    def __init__(self, port: int) -> None:
        super().__init__(self._behave)
        self._target = port
        self.refusal: Callable[..., None] | None = None
        self.let_in: str | None = None

    @property
    def asked(self) -> list[str]:
        return [request.split(b"\r\n")[0].decode() for request in self.requests]

    def _behave(self, server: object, sock: socket.socket, request: bytes) -> None:
        if self.refusal is not None:
            self.refusal(server, sock, request)
        elif self.let_in is not None and _login(self.let_in) not in request:
            says(407, "Proxy-Authenticate: Basic")(server, sock, request)
        else:
            with socket.create_connection(("127.0.0.1", self._target)) as far:
                sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                relay(sock, far)
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def says(status: int, *headers: str) -> Callable[..., None]:
    return raw.answer_and_close(raw.http(status, b"", *headers))


def _login(text: str) -> bytes:
    return b"Proxy-Authorization: Basic " + base64.b64encode(text.encode())


def relay(one: socket.socket, other: socket.socket) -> None:
    """Until either end has had enough."""
    while True:
        for source in select.select([one, other], [], [])[0]:
            with contextlib.suppress(OSError):
                if data := source.recv(65536):
                    (other if source is one else one).sendall(data)
                    continue
            return


class Authority:
    """Issues certificates that only `file` makes trusted."""

    def __init__(self, directory: Path) -> None:
        self.own = trustme.CA()
        self.file = str(directory / "ca.pem")
        self.own.cert_pem.write_to_path(self.file)

    def context(self) -> ssl.SSLContext:
        """A good certificate: for the address, and for the name."""
        return context_of(self.own.issue_cert("127.0.0.1", NAME))


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def self_signed(directory: Path) -> ssl.SSLContext:
    """An authority that serves with its own certificate."""
    alone = trustme.CA()
    pem = directory / "alone.pem"
    pem.write_bytes(alone.private_key_pem.bytes() + alone.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
