"""Stand-ins for the clocks, the service and the editor; and a reader that counts all XP of a database."""

from __future__ import annotations

import sqlite3
import threading
import time

from codestats.api.outcome import Outcome, Verdict
from codestats.clock import Clock, LocalHour

START = 1_700_000_000  # 2023-11-14T22:13:20Z


class FakeClock(Clock):
    """A clock that stands still until it is told otherwise; `offset` in minutes."""

    def __init__(self, now: float = START, offset: int = 60) -> None:
        self.boot_id = "boot-1"
        self.time = now
        self.up = 1000.0
        self.offset = offset

    def now(self) -> float:
        return self.time

    def uptime(self) -> float:
        return self.up

    def pass_seconds(self, seconds: float) -> None:
        self.time += seconds
        self.up += seconds

    def local_hour(self, epoch: float) -> LocalHour:
        hour = time.strftime("%Y-%m-%dT%H", time.gmtime(epoch + self.offset * 60))
        return LocalHour(hour, self.offset)


SENT = Outcome(Verdict.SENT, status=201)
ANSWERED = Outcome(Verdict.ANSWERED, status=200)


def outcome(verdict: str, reason: str = "why", **values) -> Outcome:
    return Outcome(Verdict[verdict], reason, **values)


class FakeService:
    """Answers by `answer(xps)`; keeps what it was sent, in order: dictionaries, and 'probe' for a GET."""

    def __init__(self, answer=lambda xps: SENT, probe=lambda: ANSWERED) -> None:
        self.answer = answer
        self.answer_probe = probe
        self.log = []
        self.moments = []

    def post_pulse(self, body: bytes, coded_at: str = "") -> Outcome:
        import json

        pulse = json.loads(body)
        self.moments.append(coded_at)
        xps = {}
        for entry in pulse["xps"]:
            xps[entry["language"]] = xps.get(entry["language"], 0) + entry["xp"]
        self.log.append(xps)
        return self.answer(xps)

    def probe(self) -> Outcome:
        self.log.append("probe")
        return self.answer_probe()

    def close(self) -> None:
        pass


class FakeReporter:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.arrived, self.given_up, self.notes = [], [], []

    def sent(self, claim) -> None:
        self.arrived.append(dict(claim.pulse.xps))

    def lost(self, claim, state, reason) -> None:
        self.given_up.append((state, dict(claim.pulse.xps), reason))

    def note(self, text) -> None:
        self.notes.append(text)


class Editor:
    """Collects an engine's messages; `wait_for` waits until one of them, or all together, satisfy a question."""

    def __init__(self) -> None:
        self.messages = []
        self._condition = threading.Condition()

    def deliver(self, message) -> None:
        with self._condition:
            self.messages.append(message)
            self._condition.notify_all()

    def wait_for(self, question, timeout: float = 20.0):
        with self._condition:
            assert self._condition.wait_for(lambda: question(self), timeout), self.messages

    def of(self, kind: str) -> list:
        return [message for message in self.messages if message["type"] == kind]

    @property
    def status(self) -> dict:
        return ([{}] + [message["status"] for message in self.of("status")])[-1]

    def wait_for_state(self, state: str) -> None:
        self.wait_for(lambda editor: editor.status.get("state") == state)

    def wait_for_recorded(self, identity: str) -> None:
        self.wait_for(lambda editor: any(identity in message["ids"] for message in editor.of("recorded")))


def wait_until(question, timeout: float = 30.0) -> None:
    end = time.monotonic() + timeout
    while not question():
        assert time.monotonic() < end
        time.sleep(0.005)


def sums(path) -> dict[str, int]:
    """XP by state over pulses and ledger, read past the code under test."""
    connection = sqlite3.connect(path)
    try:
        waiting = "SELECT state, sum(xp) FROM pulse JOIN pulse_xp ON pulse = id GROUP BY state"
        done = "SELECT state, sum(xp) FROM ledger GROUP BY state"
        return {**dict(connection.execute(waiting)), **dict(connection.execute(done))}
    finally:
        connection.close()


def rows(path, query: str) -> list[tuple]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
