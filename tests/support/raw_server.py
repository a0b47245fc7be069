"""A server that does what it is told, down to the bytes and resets, for the faults no HTTP library will make.

`RawServer(behaviour)` listens on a free loopback port; each request (head and body, as bytes) is noted in
`.requests` and handed with its socket to `behaviour`, which answers it or not. After the behaviour returned
the next request on that connection is read, unless it closed the socket.
"""

import contextlib
import socket
import struct
import threading

TOKEN = "SFMyNTY.OEotWWdnPT0jI01qaz0.X0wVEZquh8Ogau1iTtBihYqqL71FD8N6p5ChQiIpaxQ"  # of the documentation
PULSE = b'{"coded_at":"2024-05-17T12:00:00+02:00","xps":[{"language":"Python","xp":7}]}'
TIMEOUT = 0.6  # seconds that each fault costs that ends only when the client has waited enough
GREAT = b'{"ok":"Great success!"}'


def http(status, body=b"", *headers, length=None):
    """The bytes of an answer."""
    lines = [
        f"HTTP/1.1 {status} Whatever",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class RawServer:
    def __init__(self, behaviour, *, context=None):
        self._behaviour = behaviour
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._open = []
        self.port = self._listener.getsockname()[1]
        self.closing = threading.Event()  # behaviours that hang wait for this
        self.connections = 0
        self.requests = []

    @property
    def url(self):
        return f"http{'s' if self._context else ''}://127.0.0.1:{self.port}"

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        self._listener.close()
        for thread in list(self._threads):
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                self._open.append(sock)
                self._threads.append(threading.Thread(target=self._serve, args=(sock,)))
                self._threads[-1].start()

    def _serve(self, sock):
        with contextlib.suppress(OSError):
            if self._context:
                sock = self._context.wrap_socket(sock, server_side=True)
                self._open.append(sock)
            with contextlib.closing(sock), sock.makefile("rb") as stream:
                while not self.closing.is_set() and (request := read_request(stream)):
                    self.requests.append(request)
                    self._behaviour(self, sock, request)
        sock.close()


@contextlib.contextmanager
def serve_once(handle):
    """A listener whose one connection is given to `handle` unread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            with contextlib.suppress(OSError):
                sock, _ = listener.accept()
                with contextlib.closing(sock):
                    handle(sock)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def read_request(stream):
    """One whole request as bytes; b'' at the end."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return b""
        head += line
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    return head + stream.read(length)


# Behaviours: (server, socket, request) ---------------------------------------------------------------


def answer(data):
    """Send these bytes and be ready for the next request."""

    def behave(_server, sock, _request):
        sock.sendall(data)

    return behave


def answer_and_close(data=b""):
    """Send these bytes and close in good order."""

    def behave(_server, sock, _request):
        sock.sendall(data)
        socket.socket.shutdown(sock, socket.SHUT_RDWR)

    return behave


def answer_and_reset(data=b""):
    """Send these bytes and reset the connection once they have arrived at the other end's kernel."""

    def behave(_server, sock, _request):
        sock.sendall(data)
        reset(sock)

    return behave


def reset(sock):
    """Close with a RST instead of a FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw = socket.socket(fileno=sock.detach())
    raw.close()


def answer_and_hang(data=b""):
    """Send these bytes, then nothing more until the server is closed."""

    def behave(server, sock, _request):
        sock.sendall(data)
        server.closing.wait()

    return behave


def drip(data, pause=0.02):
    """Send the bytes one by one, each well within any read timeout."""

    def behave(server, sock, _request):
        for byte in data:
            sock.sendall(bytes([byte]))
            if server.closing.wait(pause):
                return

    return behave


def endless(start, more):
    """Send the start, then more of the same for ever."""

    def behave(server, sock, _request):
        sock.sendall(start)
        while not server.closing.is_set():
            sock.sendall(more)

    return behave
