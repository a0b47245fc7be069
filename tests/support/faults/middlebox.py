"""Something on the way that forgets a connection after its first request, without a word to either end."""

from __future__ import annotations

import contextlib
import select
import socket
import threading


class Middlebox:
    """Leads on to a port of loopback. `first_only`: what comes on a connection after its first answer is swallowed."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = [self._listener]
        self.first_only = True
        self.port = self._listener.getsockname()[1]
        self.swallowed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Middlebox:  # noqa: PYI034 - Self is not in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._open.append(near)
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._target)) as far:
            is_answered = False
            while True:
                for source in select.select([near, far], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is near and is_answered and self.first_only:
                        self.swallowed.set()
                        continue
                    is_answered = is_answered or source is far
                    (far if source is near else near).sendall(data)
