"""An embedded service that can be given a fault: what it does with requests, down to the bytes, until it is healed.

A fault is a function `(handler, request)` that answers or does not. `FaultInjector.brew(fault)` starts it, `heal()`
ends it; `met` is set when a request ran into it.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from email.utils import formatdate
from time import time
from typing import Any, ClassVar

from codestats.server import Service
from codestats.server.exchange import HTML, JSON, Request, Response
from codestats.server.server import Handler

LATER = 600  # seconds

Fault = Callable[["FaultyHandler", Request], None]


class FaultInjector:
    """The fault of the moment, and what requests met it."""

    def __init__(self) -> None:
        self.met = threading.Event()
        self.healed = threading.Event()
        self.fault: Fault | None = None
        self.requests = self.pulses = 0
        self.in_flight = self.most_in_flight = 0
        self.lock = threading.Lock()

    def brew(self, fault: Fault) -> None:
        self.met.clear()
        self.healed.clear()
        self.fault = fault

    def heal(self) -> None:
        self.fault = None
        self.healed.set()


class FaultyHandler(Handler):
    """The service's handler, under the weather that `service()` gave it."""

    weather: ClassVar[FaultInjector]

    def handle_request(self) -> None:
        request = self._request()
        if request is None:
            return
        weather = self.weather
        fault = weather.fault
        with weather.lock:
            weather.requests += 1
            weather.pulses += request.method == "POST"
            weather.in_flight += carries_xp(request)
            weather.most_in_flight = max(weather.most_in_flight, weather.in_flight)
        try:
            if fault is None:
                self.send(self.answer(request))
            else:
                fault(self, request)
        finally:
            with weather.lock:
                weather.in_flight -= carries_xp(request)

    do_GET = do_HEAD = do_POST = handle_request  # noqa: N815 (http.server's names)

    def take(self, request: Request) -> Response:
        """What the service does and would answer."""
        self.weather.met.set()
        return self.answer(request)

    def wait(self) -> None:
        """Hang until the service is healed (or the test is over)."""
        self.weather.met.set()
        self.weather.healed.wait(60)
        self.hang_up()

    def hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def raw(self, data: bytes) -> None:
        self.weather.met.set()
        self.wfile.write(data)
        self.wfile.flush()


def service(weather: FaultInjector, **options: Any) -> Service:
    """An embedded service under that weather."""
    return Service(handler=type("WeatherHandler", (FaultyHandler,), {"weather": weather}), **options)


def carries_xp(request: Request) -> bool:
    with contextlib.suppress(ValueError, AttributeError):
        return request.method == "POST" and bool(json.loads(request.body)["xps"])
    return False


# Faults: each a function of (handler, request) ---------------------------------------------------


def says(
    status: int, document: object = None, *headers: tuple[str, str], kind: str = JSON, retry_after: str = ""
) -> Fault:
    """Answer every request so, and take nothing. `retry_after`: seconds, or "date" for that of `LATER` from now."""
    body = (
        document.encode() if isinstance(document, str) else json.dumps(document or {"error": "no"}).encode()
    )

    def fault(handler: FaultyHandler, _request: Request) -> None:
        when = formatdate(time() + LATER, usegmt=True) if retry_after == "date" else retry_after
        later = (("Retry-After", when),) if when else ()
        handler.weather.met.set()
        handler.send(Response(status, body, kind, (*headers, *later)))

    return fault


def takes_and_says(status: int, document: object = None, *, kind: str = JSON, retry_after: str = "") -> Fault:
    """The service takes every pulse, and something on the way back puts its own answer in place of the service's."""
    words = says(status, document, kind=kind, retry_after=retry_after)

    def fault(handler: FaultyHandler, request: Request) -> None:
        handler.take(request)
        words(handler, request)

    return fault


def renamed(request: Request, old: str, new: str) -> Request:
    names = [json.dumps(language).encode() for language in (old, new)]
    return replace(request, body=request.body.replace(*names))


def renames(old: str, new: str) -> Fault:
    """The service keeps a language as an alias of another one."""

    def fault(handler: FaultyHandler, request: Request) -> None:
        handler.send(handler.take(renamed(request, old, new)))

    return fault


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def changes_profile(change: Callable[[dict[str, Any]], object]) -> Fault:
    """All is taken; what a profile shows is not what it should be."""

    def fault(handler: FaultyHandler, request: Request) -> None:
        response = handler.take(request)
        if request.method == "GET" and response.status == 200:
            profile = json.loads(response.body)
            change(profile)
            response = replace(response, body=json.dumps(profile).encode())
        handler.send(response)

    return fault


ODD_PROFILES: dict[str, dict[str, Any]] = {
    "numbers that nobody can have": {
        "total_xp": 10**400, "languages": {"Odd": {"xps": 10**400, "new_xps": -(10**400)}},
    },
    "other kinds of values": {"total_xp": "many", "languages": ["C"], "machines": None, "dates": 5},
    "nothing": {"total_xp": None, "languages": {}, "machines": {}, "dates": {}},
}  # fmt: skip


PORTAL = says(200, "<html><h1>Welcome to Hotel WiFi</h1></html>", kind=HTML)


def only_pulses(fault: Fault) -> Fault:
    """Profiles are answered as ever."""

    def chosen(handler: FaultyHandler, request: Request) -> None:
        if request.method == "POST":
            fault(handler, request)
        else:
            handler.send(handler.answer(request))

    return chosen


def hangs(handler: FaultyHandler, _request: Request) -> None:
    """Nothing comes, and nothing was taken."""
    handler.wait()


def hangs_after_headers(handler: FaultyHandler, request: Request) -> None:
    handler.take(request)
    handler.raw(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{")
    handler.wait()


def takes_and_hangs(handler: FaultyHandler, request: Request) -> None:
    handler.take(request)
    handler.wait()


def takes_and_closes(handler: FaultyHandler, request: Request) -> None:
    handler.take(request)
    handler.hang_up()


def closes(handler: FaultyHandler, _request: Request) -> None:
    handler.weather.met.set()
    handler.hang_up()


def takes_and_resets(handler: FaultyHandler, request: Request) -> None:
    handler.take(request)
    handler.raw(
        b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{"ok":"Gr'
    )
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def drips(handler: FaultyHandler, request: Request) -> None:
    """A byte at a time, each well within any read timeout, until the client has had enough."""
    response = handler.take(request)
    data = b"HTTP/1.1 %d Slow\r\nContent-Length: %d\r\n\r\n" % (response.status, 4000) + b" " * 4000
    with contextlib.suppress(OSError):
        for byte in data:
            handler.raw(bytes([byte]))
            if handler.weather.healed.wait(0.05):
                break
    handler.hang_up()


def endless(handler: FaultyHandler, request: Request) -> None:
    response = handler.take(request)
    with contextlib.suppress(OSError):
        handler.raw(b"HTTP/1.1 %d Endless\r\nContent-Type: application/json\r\n\r\n" % response.status)
        while not handler.weather.healed.is_set():
            handler.raw(b" " * 65536)
    handler.hang_up()


def elsewhere(url: str) -> Fault:
    return says(302, "<html>moved</html>", ("Location", f"{url}/api/my/pulses"), kind=HTML)
