"""A process is killed, or stands still, at each of its steps in turn, among answers that get lost: all XP arrives once.

The steps are counted out: first one run to its end, then one for each step in it. What is worst about a step (a pulse
that left, an answer that came, a look at the profile, a commit before or behind it) need not be known. `make test`
takes every fifth step, `make test-faults` the others.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codestats.exceptions import StorageError
from support.fakes import FakeClock, outcome, rows
from support.mortal import Books, Fate, Killed, Process

SILENCE, GATEWAY, ERROR = (
    outcome("IN_DOUBT"),
    outcome("IN_DOUBT", status=502),
    outcome("IN_DOUBT", status=500, is_spoken=True),
)
FAULTS = {
    "taken, no answer": (True, SILENCE),
    "taken, a gateway's answer": (True, GATEWAY),
    "not taken, no answer": (False, SILENCE),
    "not taken, an error": (False, ERROR),
    "not reached": (False, outcome("UNAVAILABLE")),
}
_STRIDE = 5
# The numbers of the requests that meet the fault.
WHEN = {"the first": [1], "the look": [1, 4], "again": [1, 5]}
C3, GO2, BOTH = {"C": 3}, {"Go": 2}, {"C": 3, "Go": 2}
SCRIPTS = {
    "one pulse": [("type", C3), ("send", 3, 6)],
    "two that are alike": [("type", C3), ("send", 1, 1), ("type", C3), ("send", 3, 6)],
    "one like two others": [
        ("type", BOTH), ("send", 1, 1), ("type", GO2), ("other", 1, 1), ("type", C3), ("send", 3, 6),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A computer that sent something before, so that there is a snapshot, and our machine is known."""
    path = tmp_path_factory.mktemp("moment") / "template.sqlite3"
    books, clock = Books(), FakeClock()
    first = Process(path, books, clock)
    for _ in range(2):
        first.type({"C": 1})
        first.send(4, 20)
    first.database._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    first.close()
    return path, books, clock


class Play:
    """A copy of that computer with two processes: `first`, whose fate it is, and `other`."""

    def __init__(self, template, directory, fate) -> None:
        path, books, clock = template
        self.path = directory / "spool.sqlite3"
        shutil.copy(path, self.path)
        self.books, self.clock = Books(), FakeClock(clock.time)
        self.clock.up = clock.up
        self.books.languages, self.books.machines = Counter(books.languages), Counter(books.machines)
        self.typed = Counter(books.languages)
        self.first, self.other = (Process(self.path, self.books, self.clock, fate) for fate in (fate, None))
        fate.steps = 0

    def run(self, script) -> None:
        for act, *values in script:
            if act == "type":
                self.type(*values)
            else:
                (self.first if act == "send" else self.other).send(*values)

    def type(self, xps) -> None:
        self.other.type(xps)
        self.typed.update(xps)

    def others_go_on(self) -> None:
        """For longer than a lease lasts."""
        self.clock.pass_seconds(7)
        with contextlib.suppress(StorageError):  # what stands still in a transaction has the database locked
            self.other.send(4, 3)

    def end(self, *processes) -> None:
        self.books.faults = {}
        self.type({"Lua": 1})
        for _ in range(8):
            if not self.left():
                break
            for process in processes:
                process.delivery.forget_waits()
                process.send(1, 20)

    def left(self) -> list[tuple]:
        return rows(self.path, "SELECT language, xp FROM pulse_xp")

    def verdict(self) -> dict:
        return {"arrived": self.books.languages, "left": self.left()}

    def close(self) -> None:
        self.first.close()
        self.other.close()
        for file in self.path.parent.glob(f"{self.path.name}*"):
            file.unlink()


def play(template, directory, at, what, *, script, faults):
    """One run; returns whether it came to that step, and what went wrong there."""
    fate = Fate(at)
    run = Play(template, directory, fate)
    fate.then = fate.kill if what == "killed" else run.others_go_on
    run.books.faults = faults
    try:
        try:
            run.run(script)
        except Killed:
            run.first.close()
        except StorageError:
            assert what != "killed"
        is_there, fate.at = fate.came, 0
        run.end(*([run.other] if fate.is_dead else [run.first, run.other]))
        verdict = run.verdict()
        is_good = verdict == {"arrived": run.typed, "left": []}
        if what == "stands still" and fate.where.startswith("before POST"):
            # Behind the last look at the lease: no process can know that it stood still there.
            is_good = not run.typed - run.books.languages
        return is_there, None if is_good else (at, fate.where, dict(run.typed), verdict)
    finally:
        run.close()


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("what", ["killed", "stands still"])
@pytest.mark.parametrize(
    "first", [1, *(pytest.param(first, marks=pytest.mark.faults) for first in range(2, _STRIDE + 1))]
)
def test_at_any_step(template, tmp_path, *, first, what, script, when):
    steps = 0
    for fault in FAULTS.values():
        at, is_there, faults = first - _STRIDE, True, dict.fromkeys(WHEN[when], fault)
        while is_there:
            at += _STRIDE
            is_there, wrong = play(template, tmp_path, at, what, script=SCRIPTS[script], faults=faults)
            assert not wrong
        steps += at
    assert steps > 5 * 20


LANGUAGES = ("Go", "Lua", "Py")
XPS = st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 3), min_size=1, max_size=2)
# So many requests get that, then so many the next one: it changes in the middle of a round, too.
WEATHER = st.lists(st.tuples(st.integers(1, 6), st.sampled_from([None, *FAULTS.values()])), max_size=20)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), XPS),
        st.tuples(st.sampled_from(["send", "other"]), st.just(1), st.sampled_from([0.2, 1, 3, 6, 20])),
    ),
    min_size=4,
    max_size=40,
)


@given(ACTS, WEATHER, st.integers(0, 60))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_answered_while_two_send_and_one_is_killed(template, tmp_path, acts, weather, at):
    fate = Fate(at)
    run = Play(template, tmp_path, fate)
    fate.then = fate.kill
    requests = [fault for number, fault in weather for _ in range(number)]
    run.books.faults = {number: fault for number, fault in enumerate(requests, 1) if fault}
    try:
        for act in acts:
            if fate.is_dead and act[0] == "send":
                continue
            try:
                run.run([act])
            except Killed:
                run.first.close()
        fate.at = 0
        run.end(*([run.other] if fate.is_dead else [run.first, run.other]))
        assert run.verdict() == {"arrived": run.typed, "left": []}
    finally:
        run.close()
