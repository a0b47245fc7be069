"""The sender's thread, as others meet it: Vim's main thread asks whether it is busy, and must not wait for that."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from codestats.clock import Clock
from codestats.delivery.backoff import Backoff
from codestats.delivery.rounds import RoundResult
from codestats.delivery.sender import Sender
from codestats.settings import Settings
from codestats.work import Work
from support.fakes import START, FakeClock, wait_until


class SlowToClose:
    """A connection with nothing to send, whose closing takes as long as the disk wants."""

    is_current = True

    def __init__(self) -> None:
        self.is_used, self.is_closing, self.may_close = (threading.Event() for _ in range(3))

    def send_round(self) -> RoundResult:
        self.is_used.set()
        return RoundResult()

    def flush_outcome(self) -> None:
        pass

    def forget_waits(self) -> None:
        pass

    def close(self) -> None:
        self.is_closing.set()
        self.may_close.wait(3)


class Silent:
    """Stands for the reporter."""

    def __getattr__(self, _name):
        return lambda *_, **__: None


@pytest.fixture
def connection():
    return SlowToClose()


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def sender(connection, work):
    sender = Sender(lambda _: connection, Clock(), Backoff(), Silent(), lambda: None, work)
    sender.start()
    yield sender
    connection.may_close.set()
    sender.stop(5)


def test_waiting_for_a_turn_is_no_news():
    """An outage lasts, though its next look at the service has to wait for another editor."""
    stops = [
        RoundResult("offline", "why"),
        RoundResult(wait=0.01, has_begun=False),
        RoundResult(wait=0.01, has_begun=False),
    ]
    states, is_over = [], threading.Event()

    class InTurn(SlowToClose):
        def send_round(self) -> RoundResult:
            if stops:
                return stops.pop(0)
            is_over.set()
            return RoundResult()

    class Heard(Silent):
        def delivery(self, state, *_) -> None:
            states.append((state, len(stops)))

    connection = InTurn()
    connection.may_close.set()
    work = Work()
    sender = Sender(lambda _: connection, Clock(), Backoff(0.01, 0.01), Heard(), lambda: None, work)
    sender.start()
    sender.configure(Settings(api_key="one"))
    assert is_over.wait(5)
    sender.stop(5)
    assert states[:2] == [("offline", 2), ("idle", 0)]


@pytest.mark.parametrize("change", [{"ca_file": "/a"}, {"api_url": "http://localhost"}, {"api_key": "two"}])
def test_what_may_have_been_in_the_way_ends_the_wait(change):
    rounds = []

    class Refused(SlowToClose):
        def send_round(self) -> RoundResult:
            rounds.append(None)
            return RoundResult("offline", "why")

    connection = Refused()
    connection.may_close.set()
    work = Work()
    sender = Sender(lambda _: connection, Clock(), Backoff(3600, 3600), Silent(), lambda: None, work)
    sender.start()
    settings = Settings(api_key="one")
    sender.configure(settings)
    wait_until(lambda: len(rounds) == 1 and work.is_settled)
    sender.configure(replace(settings, request_timeout=7))
    wait_until(lambda: work.is_settled)
    assert len(rounds) == 1
    sender.configure(replace(settings, request_timeout=7, **change))
    wait_until(lambda: len(rounds) == 2)
    sender.stop(5)


def test_nobody_waits_while_it_closes_its_connection(sender, connection, work):
    sender.configure(Settings(api_key="one"))
    assert connection.is_used.wait(5)
    sender.configure(Settings(api_key="two"))
    assert connection.is_closing.wait(5)
    begin = time.monotonic()
    assert not work.is_settled
    sender.wake()
    assert time.monotonic() - begin < 1


def test_a_token_that_is_not_accepted_is_tried_again_every_hour():
    rounds, clock = [], FakeClock()

    class Refused(SlowToClose):
        def send_round(self) -> RoundResult:
            rounds.append(None)
            return RoundResult("unauthorized", "why")

    told = []

    class Heard(Silent):
        def delivery(self, *state) -> None:
            told.append(state)

    session = Refused()
    session.may_close.set()
    work = Work()
    sender = Sender(lambda _: session, clock, Backoff(1, 1), Heard(), lambda: None, work)
    sender.start()
    sender.configure(Settings(api_key="one"))
    wait_until(lambda: len(rounds) == 1 and work.is_settled)
    assert told == [("unauthorized", "why", START + 3600)]
    assert not sender.can_send
    clock.pass_seconds(3598)
    sender.wake()
    wait_until(lambda: work.is_settled)
    assert len(rounds) == 1
    clock.pass_seconds(2)
    sender.wake()
    wait_until(lambda: len(rounds) == 2)
    sender.stop(5)


def test_a_bug_is_told_and_sending_goes_on():
    failures, rounds = [], []

    class Broken(SlowToClose):
        def send_round(self) -> RoundResult:
            rounds.append(None)
            raise OverflowError("secret")

    class Heard(Silent):
        def failed(self, doing, error) -> None:
            failures.append((doing, type(error)))

    session = Broken()
    session.may_close.set()
    work = Work()
    sender = Sender(lambda _: session, Clock(), Backoff(), Heard(), lambda: None, work)
    sender.start()
    sender.configure(Settings(api_key="one"))
    wait_until(lambda: failures == [("sending", OverflowError)] and work.is_settled)
    sender.flush()
    wait_until(lambda: len(rounds) == 2)
    sender.stop(5)
