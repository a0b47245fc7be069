"""The sender's thread, as others meet it: Vim's main thread asks whether it is busy, and must not wait for that."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from codestats.api.outcome import Verdict
from codestats.clock import Clock
from codestats.delivery.backoff import Backoff
from codestats.delivery.rounds import Stop
from codestats.delivery.sender import Sender
from codestats.settings import Settings
from unit.core.fakes import wait_until


class SlowToClose:
    """A connection with nothing to send, whose closing takes as long as the disk wants."""

    is_current = True

    def __init__(self) -> None:
        self.is_used, self.is_closing, self.may_close = (threading.Event() for _ in range(3))

    def round(self) -> Stop:
        self.is_used.set()
        return Stop()

    def write_what_is_due(self) -> None:
        pass

    def close(self) -> None:
        self.is_closing.set()
        self.may_close.wait(3)


class Silent:
    """Stands for the notices."""

    def __getattr__(self, _name):
        return lambda *_, **__: None


@pytest.fixture
def connection():
    return SlowToClose()


@pytest.fixture
def sender(connection):
    sender = Sender(lambda _: connection, Clock(), Backoff(), Silent(), lambda: None)
    sender.start()
    yield sender
    connection.may_close.set()
    sender.stop(5)


def test_waiting_for_a_turn_is_no_news():
    """An outage lasts, though its next look at the service has to wait for another editor."""
    stops = [
        Stop(Verdict.UNAVAILABLE, "why"),
        Stop(wait=0.01, has_begun=False),
        Stop(wait=0.01, has_begun=False),
    ]
    states, is_over = [], threading.Event()

    class InTurn(SlowToClose):
        def round(self) -> Stop:
            if stops:
                return stops.pop(0)
            is_over.set()
            return Stop()

    class Heard(Silent):
        def delivery(self, state, *_) -> None:
            states.append((state, len(stops)))

    connection = InTurn()
    connection.may_close.set()
    sender = Sender(lambda _: connection, Clock(), Backoff(0.01, 0.01), Heard(), lambda: None)
    sender.start()
    sender.configure(Settings(api_key="one"))
    assert is_over.wait(5)
    sender.stop(5)
    assert states[:2] == [("offline", 2), ("idle", 0)]


@pytest.mark.parametrize("change", [{"ca_file": "/a"}, {"api_url": "http://localhost"}, {"api_key": "two"}])
def test_what_may_have_been_in_the_way_ends_the_wait(change):
    rounds = []

    class Refused(SlowToClose):
        def round(self) -> Stop:
            rounds.append(None)
            return Stop(Verdict.UNAVAILABLE, "why")

    connection = Refused()
    connection.may_close.set()
    sender = Sender(lambda _: connection, Clock(), Backoff(3600, 3600), Silent(), lambda: None)
    sender.start()
    settings = Settings(api_key="one")
    sender.configure(settings)
    wait_until(lambda: len(rounds) == 1 and sender.is_waiting)
    sender.configure(replace(settings, request_timeout=7))
    wait_until(lambda: sender.is_waiting)
    assert len(rounds) == 1
    sender.configure(replace(settings, request_timeout=7, **change))
    wait_until(lambda: len(rounds) == 2)
    sender.stop(5)


def test_nobody_waits_while_it_closes_its_connection(sender, connection):
    sender.configure(Settings(api_key="one"))
    assert connection.is_used.wait(5)
    sender.configure(Settings(api_key="two"))
    assert connection.is_closing.wait(5)
    begin = time.monotonic()
    assert not sender.is_waiting
    sender.wake()
    assert time.monotonic() - begin < 1
