"""Connections to a host with several addresses, some of them dead, and with a slow name: all on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest

from codestats.api import dialer as dialer_module
from codestats.api.dialer import Dialer
from codestats.api.outcome import Verdict
from support import raw_server as raw
from support.raw_server import GREAT, PULSE, RawServer, http

NAME = "127.0.0.1"  # what is looked up; what is found is each test's own


class Time:
    """What an exchange has left."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def __call__(self) -> float:
        if (left := self.end - time.monotonic()) <= 0:
            raise TimeoutError("the whole request took too long")
        return left


@contextlib.contextmanager
def deaf():
    """An address that answers no SYN: its listener's queue is full (Linux). Yields its port."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            sock = waiting.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.fixture
def found(monkeypatch):
    """The ports of loopback that the name is found to be at; `found.before` is done first by a look-up."""

    class Found:
        ports: list[int] = []  # noqa: RUF012 (set by each test)
        look_ups = 0
        before = staticmethod(lambda: None)

        def look_up(self, _host, _port, **_options):
            self.look_ups += 1
            self.before()
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in self.ports]

    made = Found()
    monkeypatch.setattr(socket, "getaddrinfo", made.look_up)
    return made


def great():
    return RawServer(raw.answer(http(201, GREAT)))


def port_of(sock):
    with contextlib.closing(sock):
        return sock.getpeername()[1]


def test_dead_addresses_before_the_good_one(found):
    with deaf() as one, deaf() as two, deaf() as three, great() as good:
        found.ports = [one, two, three, good.port]
        begin = time.monotonic()
        assert port_of(Dialer().connect(NAME, 1, Time(10))) == good.port
        assert time.monotonic() - begin < 3


def test_the_good_one_goes_first_from_then_on(found):
    with deaf() as dead, great() as good:
        found.ports = [dead, good.port]
        dialer = Dialer()
        dialer.connect(NAME, 1, Time(10)).close()
        dialer.was_good()
        begin = time.monotonic()
        assert port_of(dialer.connect(NAME, 1, Time(10))) == good.port
        assert time.monotonic() - begin < dialer_module._HEAD_START


def test_one_that_led_to_no_answer_goes_last(found):
    with great() as one, great() as two:
        found.ports = [one.port, two.port]
        dialer = Dialer()
        dialer.connect(NAME, 1, Time(10)).close()
        dialer.was_bad()
        assert port_of(dialer.connect(NAME, 1, Time(10))) == two.port


def test_refused_ones_cost_nothing(found):
    with great() as good:
        found.ports = [unused(), unused(), good.port]
        begin = time.monotonic()
        assert port_of(Dialer().connect(NAME, 1, Time(10))) == good.port
        assert time.monotonic() - begin < dialer_module._HEAD_START


def test_all_refused_is_told_as_that(found):
    found.ports = [unused(), unused()]
    with pytest.raises(ConnectionRefusedError):
        Dialer().connect(NAME, 1, Time(10))


def test_all_dead_takes_no_longer_than_there_is_time(found):
    with deaf() as one, deaf() as two:
        found.ports = [one, two]
        begin = time.monotonic()
        with pytest.raises(TimeoutError):
            Dialer().connect(NAME, 1, Time(0.6))
        assert time.monotonic() - begin < 2


def test_no_address_at_all(found):
    with pytest.raises(OSError, match="no address"):
        Dialer().connect(NAME, 1, Time(10))


def test_no_socket_stays_open(found):
    with deaf() as dead, great() as good:
        found.ports = [dead, good.port]
        before = open_sockets()
        Dialer().connect(NAME, 1, Time(10)).close()
        assert open_sockets() <= before + 1  # the server's


def open_sockets():
    from pathlib import Path

    return sum(
        "socket" in str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()
    )


def unused():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class TestASlowName:
    def test_found_late_it_serves_the_next_try(self, found):
        go_on = threading.Event()
        found.before = lambda: go_on.wait(10)
        with great() as good:
            found.ports = [good.port]
            dialer = Dialer()
            with pytest.raises(TimeoutError):
                dialer.connect(NAME, 1, Time(0.2))
            go_on.set()
            assert port_of(dialer.connect(NAME, 1, Time(10))) == good.port
        assert found.look_ups == 1

    def test_known_addresses_are_used_meanwhile(self, found, monkeypatch):
        monkeypatch.setattr(dialer_module, "_LATE", 0.1)
        go_on = threading.Event()
        with great() as good:
            found.ports = [good.port]
            dialer = Dialer()
            dialer.connect(NAME, 1, Time(10)).close()
            dialer.was_good()
            found.before = lambda: go_on.wait(10)
            try:
                assert port_of(dialer.connect(NAME, 1, Time(10))) == good.port
            finally:
                go_on.set()

    def test_a_name_that_is_not_found_is_told_as_that(self, found):
        def fails():
            raise socket.gaierror(socket.EAI_NONAME, "no such name")

        with great() as good:
            found.ports = [good.port]
            dialer = Dialer()
            dialer.connect(NAME, 1, Time(10)).close()
            found.before = fails
            with pytest.raises(socket.gaierror):
                dialer.connect(NAME, 1, Time(10))


def test_a_pulse_gets_past_dead_addresses(found, client_of):
    with deaf() as one, deaf() as two, great() as good:
        found.ports = [one, two, good.port]
        client = client_of("http://127.0.0.1:1", request_timeout=10)
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        client.close()
