"""Clocks that are wrong, and set, and wrong again: what is typed in a week arrives, with its date if that can be."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from codestats.api.outcome import Outcome, Verdict
from codestats.delivery.backoff import Backoff
from codestats.delivery.outbox import Outbox
from codestats.delivery.rounds import Delivery
from codestats.delivery.timed_service import TimedService
from codestats.storage.database import Database
from codestats.storage.dating import ACCEPTED, TOLERANCE, Dating
from codestats.storage.owners import NOBODY
from codestats.storage.spool import ResolvedBatch, Spool
from support.fakes import START, FakeClock, FakeReporter, rows, sums

HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400


class Machine:
    """A computer with a clock that may be `wrong` by so many seconds, and the service, which knows the `true` time."""

    def __init__(self, path) -> None:
        self.path = path
        self.true = float(START)
        self.wrong = 0.0
        self.clock = FakeClock()
        self.is_online = True
        self.tells_the_time = True
        self.told = []
        self.arrived = {}
        self.typed = {}
        self.number = 0
        self.boots = 1
        self.set_clock(0)
        self.start()

    def start(self) -> None:
        """Another session: nothing is known but what is on disk."""
        self.database = Database(self.path)
        self.database._connection.execute("PRAGMA synchronous = OFF")
        self.news = FakeReporter()
        dating = Dating(self.clock, self.told.append)
        outbox = Outbox(self.database, self.clock, f"holder {self.number}", NOBODY, dating)
        service = TimedService(self, dating, self.clock)
        self.delivery = Delivery(outbox, service, self.clock, Backoff(), self.news, lambda: True)

    def restart(self) -> None:
        self.database.close()
        self.start()

    def set_clock(self, wrong: float) -> None:
        self.wrong = wrong
        self.clock.time = self.true + wrong

    def pass_seconds(self, seconds: float) -> None:
        self.true += seconds
        self.clock.pass_seconds(seconds)

    def reboot(self, off: float = 60.0, wrong: float | None = None) -> None:
        """Switched off for so long; a clock without a battery may be anywhere afterwards."""
        self.database.close()
        self.true += off
        self.boots += 1
        self.clock.boot_id, self.clock.up = f"boot-{self.boots}", 30.0
        self.set_clock(self.wrong if wrong is None else wrong)
        self.start()

    def type(self, xp: int = 1, **batch) -> str:
        """Returns the language that tells this from what else is typed."""
        self.number += 1
        language = f"L{self.number}"
        stamp = {"at": int(self.clock.now()), "boot": self.clock.boot_id, "up": self.clock.uptime(), **batch}
        Spool(self.database, self.clock).record(
            [ResolvedBatch(f"batch {self.number}", xp={language: xp}, editor="Vim", **stamp)]
        )
        self.typed[language] = (self.true, xp)
        return language

    def send(self) -> None:
        self.delivery.forget_waits()
        self.delivery.send_round()

    def post_pulse(self, body: bytes, coded_at: str = "") -> Outcome:
        import json

        if not self.is_online:
            return Outcome(Verdict.UNAVAILABLE, "no network")
        pulse = json.loads(body)
        at = datetime.fromisoformat(pulse["coded_at"]).timestamp()
        if self.true - at > ACCEPTED:
            return self.says(Verdict.EXPIRED, 400)
        for entry in pulse["xps"]:
            assert entry["language"] not in self.arrived, "twice"
            self.arrived[entry["language"]] = (min(at, self.true), entry["xp"])
        return self.says(Verdict.SENT, 201)

    def probe(self) -> Outcome:
        return (
            self.says(Verdict.ANSWERED, 200) if self.is_online else Outcome(Verdict.UNAVAILABLE, "no network")
        )

    def get_profile(self, _user):
        return Outcome(Verdict.UNAVAILABLE, "hidden"), None

    def says(self, verdict, status) -> Outcome:
        return Outcome(verdict, "", status, served_at=float(int(self.true)) if self.tells_the_time else 0.0)

    def lateness(self, language: str) -> float:
        """By how many seconds the service has it later than it was typed."""
        return self.arrived[language][0] - self.typed[language][0]


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path / "spool.sqlite3")
    yield made
    made.database.close()


def is_right(machine, *languages):
    for language in languages:
        assert abs(machine.lateness(language)) <= TOLERANCE, language
    assert sum(sums(machine.path).values()) == sums(machine.path)["sent"]
    there = "SELECT hour, offset, language, sum(xp) FROM {} GROUP BY 1, 2, 3"
    assert rows(machine.path, there.format("typed_with")) == rows(machine.path, there.format("ledger"))


WRONG = [-2 * YEAR, -START, -8 * DAY, -3 * HOUR, 5 * HOUR, 30 * DAY, 2 * YEAR]
NAMES = [
    "two years back",
    "at 1970",
    "8 days back",
    "3 hours back",
    "5 hours ahead",
    "a month ahead",
    "2 years ahead",
]


@pytest.mark.parametrize("wrong", WRONG, ids=NAMES)
class TestAClock:
    def test_wrong_all_the_time(self, machine, wrong):
        machine.set_clock(wrong)
        typed = [machine.type(), machine.type()]
        machine.send()
        machine.pass_seconds(2 * HOUR)
        typed.append(machine.type())
        machine.send()
        machine.restart()
        machine.pass_seconds(2 * HOUR)
        typed.append(machine.type())
        machine.send()
        is_right(machine, *typed)

    def test_set_right_while_offline(self, machine, wrong):
        machine.is_online = False
        machine.set_clock(wrong)
        early = machine.type()
        machine.send()
        machine.pass_seconds(3 * HOUR)
        machine.set_clock(0)
        late = machine.type()
        machine.send()
        machine.is_online = True
        machine.send()
        is_right(machine, early, late)

    def test_set_wrong_while_offline(self, machine, wrong):
        machine.is_online = False
        early = machine.type()
        machine.pass_seconds(2 * HOUR)
        machine.set_clock(wrong)
        late = machine.type()
        machine.is_online = True
        machine.send()
        is_right(machine, early, late)

    def test_wrong_in_a_boot_in_which_the_service_was_heard(self, machine, wrong):
        """What was typed afterwards, offline, has an exact date in any later boot."""
        machine.set_clock(wrong)
        first = machine.type()
        machine.send()
        machine.is_online = False
        machine.pass_seconds(2 * HOUR)
        typed = machine.type()
        machine.pass_seconds(3 * HOUR)
        machine.reboot(off=5 * HOUR, wrong=0)
        machine.is_online = True
        machine.send()
        is_right(machine, first, typed)

    def test_right_again_after_the_next_boot(self, machine, wrong):
        """The one that was wrong was never seen beside the service's; the ones before and after were."""
        before = machine.type()
        machine.send()
        machine.is_online = False
        machine.reboot(wrong=wrong)
        typed = machine.type()
        machine.pass_seconds(3 * HOUR)
        machine.reboot(wrong=0)
        machine.is_online = True
        machine.send()
        assert abs(machine.lateness(before)) <= TOLERANCE
        assert -DAY < machine.lateness(typed) <= 4 * HOUR
        assert sums(machine.path) == {"sent": 2}

    def test_on_a_new_machine_right_after_the_next_boot(self, machine, wrong):
        machine.is_online = False
        machine.set_clock(wrong)
        typed = machine.type()
        machine.pass_seconds(3 * HOUR)
        machine.reboot(wrong=0)
        machine.is_online = True
        machine.send()
        assert typed in machine.arrived
        assert sums(machine.path) == {"sent": 1}

    def test_wrong_in_two_boots(self, machine, wrong):
        machine.is_online = False
        machine.set_clock(wrong)
        first = machine.type()
        machine.reboot(wrong=wrong)
        second = machine.type()
        machine.is_online = True
        machine.send()
        is_right(machine, second)
        assert first in machine.arrived

    def test_the_user_is_told_by_how_much_and_that_it_is_right_again(self, machine, wrong):
        machine.set_clock(wrong)
        machine.type()
        machine.send()
        assert machine.told[-1] == pytest.approx(-wrong, abs=2)
        machine.set_clock(0)
        machine.type()
        machine.send()
        assert machine.told[-1] == 0.0

    def test_the_history_has_it_in_the_hour_of_the_service(self, machine, wrong):
        machine.set_clock(wrong)
        machine.type()
        machine.send()
        with closing(Database(machine.path)) as database, database.reading() as connection:
            rows = connection.execute("SELECT hour FROM ledger").fetchall()
        assert rows == [(machine.clock.local_hour(machine.true).hour,)]

    def test_of_one_editor_beside_others_that_are_right(self, machine, wrong):
        machine.is_online = False
        typed = [machine.type()]
        right = machine.clock.time
        machine.clock.time += wrong
        machine.restart()
        typed.append(machine.type())
        machine.is_online = True
        machine.send()
        machine.clock.time = right
        machine.restart()
        machine.send()
        is_right(machine, *typed)

    def test_in_a_service_that_does_not_tell_the_time(self, machine, wrong):
        """Set right later: uptime alone tells how old it is."""
        machine.tells_the_time = machine.is_online = False
        machine.set_clock(wrong)
        typed = machine.type()
        machine.pass_seconds(HOUR)
        machine.set_clock(0)
        machine.is_online = True
        machine.send()
        is_right(machine, typed)


def test_what_is_older_than_a_week_by_clocks_that_are_right_expires(machine):
    machine.type()
    machine.send()
    machine.is_online = False
    old = machine.type()
    machine.pass_seconds(5 * DAY)
    young = machine.type()
    machine.pass_seconds(3 * DAY)
    machine.is_online = True
    machine.send()
    assert [(state, xps) for state, xps, _ in machine.news.given_up] == [("expired", {old: 1})]
    assert young in machine.arrived


def test_the_time_is_asked_for_once_a_boot_and_where_it_matters(machine):
    asked = []
    machine.probe = lambda: asked.append(1) or Machine.probe(machine)
    machine.type()
    machine.send()
    machine.pass_seconds(2 * DAY)
    machine.restart()
    machine.type()
    machine.send()
    assert len(asked) == 1
    machine.pass_seconds(2 * DAY)
    machine.set_clock(3 * DAY)
    machine.type()
    machine.send()
    assert len(asked) == 2
    machine.type()
    machine.send()
    assert len(asked) == 2


def test_a_clock_set_between_typing_and_taking_in_does_not_matter(machine):
    """As with a hand-over file."""
    machine.set_clock(-2 * YEAR)
    stamp = {"at": int(machine.clock.now()), "boot": machine.clock.boot_id, "up": machine.clock.uptime()}
    machine.pass_seconds(HOUR)
    machine.set_clock(0)
    typed = machine.type(**stamp)
    machine.typed[typed] = (machine.true - HOUR, 1)
    machine.send()
    is_right(machine, typed)


def test_a_batch_of_a_container_whose_uptime_is_another_is_dated_by_the_clock(machine):
    typed = machine.type(up=5.0)
    machine.pass_seconds(HOUR)
    machine.send()
    is_right(machine, typed)


def test_a_host_that_was_paused_does_not_date_by_what_it_heard_before(machine):
    """A virtual machine: its uptime stands still, and its clock is set when it goes on."""
    machine.type()
    machine.send()
    machine.true += 10 * HOUR
    machine.set_clock(0)
    machine.restart()
    typed = machine.type()
    machine.send()
    is_right(machine, typed)


class EverythingOfTheLastWeekArrives(RuleBasedStateMachine):
    """Whatever clocks, boots, sessions and the network do."""

    @initialize()
    def begin(self):
        self.directory = Path(tempfile.mkdtemp())
        self.machine = Machine(self.directory / "spool.sqlite3")

    def teardown(self):
        self.machine.database.close()
        shutil.rmtree(self.directory)

    @rule()
    def type(self):
        self.machine.type()

    @rule(seconds=st.sampled_from([1, 60, 20 * 60, 5 * HOUR, 30 * HOUR]))
    def time_passes(self, seconds):
        self.machine.pass_seconds(seconds)

    @rule(wrong=st.sampled_from([0, *WRONG]))
    def the_clock_is_set(self, wrong):
        self.machine.set_clock(wrong)

    @rule(off=st.sampled_from([20, 3 * HOUR]), wrong=st.sampled_from([None, 0, *WRONG]))
    def the_machine_boots(self, off, wrong):
        self.machine.reboot(off, wrong)

    @rule()
    def another_session(self):
        self.machine.restart()

    @rule()
    def the_network_comes_or_goes(self):
        self.machine.is_online = not self.machine.is_online

    @rule()
    def send(self):
        self.machine.send()

    @precondition(lambda self: self.machine.is_online)
    @rule()
    def all_arrives(self):
        """Once the service was heard, what is younger than a week is there, and only what is older was given up."""
        self.machine.send()
        machine = self.machine
        missing = {language for language in machine.typed if language not in machine.arrived}
        for language in missing:
            assert machine.true - machine.typed[language][0] > ACCEPTED - 2 * TOLERANCE, language

    @invariant()
    def every_xp_is_in_one_place(self):
        assert sum(sums(self.machine.path).values()) == len(self.machine.typed)


EverythingOfTheLastWeekArrives.TestCase.settings = settings(
    max_examples=80, stateful_step_count=40, deadline=None
)
# 3 s of CPU, and as much as a busy machine makes of it.
TestEverythingOfTheLastWeekArrives = pytest.mark.timeout(300)(EverythingOfTheLastWeekArrives.TestCase)
