"""Whole engines on one data directory against the embedded service, through faults, stops, restarts and clock jumps.

A stopped engine is one that nobody waits for and whose editor hears nothing more; its editor's next host gets what was
not acknowledged again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from codestats import paths
from codestats.clock import Clock
from codestats.delivery.backoff import Backoff
from codestats.engine.engine import Engine
from support.fakes import Editor, rows, sums
from support.faults import fault_injector as w

FAULTS = {
    "error": w.says(500), "portal": w.PORTAL, "throttled": w.says(429, None, ("Retry-After", "1")),
    "wrong address": w.says(404), "closes": w.closes, "answer lost": w.only_pulses(w.takes_and_closes),
    "all answers lost": w.takes_and_closes, "no such token": w.says(403),
}  # fmt: skip
EDITORS = st.sampled_from(["vim", "nvim", "other"])
EXAMPLES = int(os.environ.get("ENGINE_EXAMPLES", "6"))
LARGEST_FAREWELL = 20.0


class ShiftedClock(Clock):
    """All engines' wall clock, jumped by so many seconds; a boot's clock goes on."""

    shift = 0.0
    offset = 0

    def now(self) -> float:
        return time.time() + self.shift

    def local_hour(self, epoch):
        from codestats.clock import LocalHour

        return LocalHour(time.strftime("%Y-%m-%dT%H", time.gmtime(epoch + self.offset * 60)), self.offset)


class Host:
    """An engine and the editor that talks to it."""

    def __init__(self, clock, configuration) -> None:
        self.editor = Editor()
        self.engine = Engine(self.editor.deliver, environ={}, clock=clock, backoff=Backoff(0.02, 0.1))
        self.engine.receive({"type": "configure", "settings": configuration})

    def acknowledged(self) -> set[str]:
        return {identity for message in list(self.editor.of("recorded")) for identity in message["ids"]}

    def stop(self) -> None:
        self.engine.stop(0)


class EveryXpIsAccountedFor(RuleBasedStateMachine):
    @initialize(hidden=st.booleans())
    def begin(self, hidden):
        self.directory = Path(tempfile.mkdtemp())
        self.weather = w.FaultInjector()
        self.service = w.service(self.weather)
        self.service.start()
        self.clock = ShiftedClock()
        self.configuration = {
            "api_key": self.service.token(), "api_url": self.service.url, "data_dir": str(self.directory),
            "request_timeout": 5,
        }  # fmt: skip
        self.service.private = hidden
        self.hosts: dict[str, Host] = {}
        self.batches: dict[str, dict] = {}
        self.owner: dict[str, str] = {}
        self.typed = Counter()

    def host(self, name):
        if name not in self.hosts:
            self.hosts[name] = Host(self.clock, self.configuration)
            acknowledged = self.done
            mine = [batch for identity, batch in self.batches.items() if self.owner[identity] == name]
            again = [batch for batch in mine if batch["id"] not in acknowledged]
            self.hosts[name].engine.receive({"type": "record", "batches": again})
        return self.hosts[name]

    @property
    def done(self) -> set[str]:
        alive = [host.acknowledged() for host in self.hosts.values()]
        return set().union(self.heard, *alive)

    heard: set[str] = set()  # noqa: RUF012 (replaced, never changed)

    @rule(
        name=EDITORS,
        xp=st.dictionaries(st.sampled_from(["=C", "=Go"]), st.integers(1, 50), min_size=1),
        wait=st.booleans(),
    )
    def type(self, name, xp, wait):
        batch = {"id": f"{len(self.batches)}", "at": int(self.clock.now()), "xp": xp}
        self.batches[batch["id"]], self.owner[batch["id"]] = batch, name
        self.typed.update({key.lstrip("="): amount for key, amount in xp.items()})
        self.host(name).engine.receive({"type": "record", "batches": [batch]})
        if wait:
            self.wait_for(name)

    @rule(name=EDITORS, wait=st.booleans())
    def flush(self, name, wait):
        self.host(name).engine.receive({"type": "flush"})
        if wait:
            self.wait_for(name)

    def wait_for(self, name):
        """Until it has done what it can now, or a moment has passed."""
        engine, end = self.host(name).engine, time.monotonic() + 1.0
        time.sleep(0.01)
        while not engine.is_settled and time.monotonic() < end:
            time.sleep(0.005)

    @precondition(lambda self: self.hosts)
    @rule(name=EDITORS)
    def stop(self, name):
        host = self.hosts.pop(name, None)
        if host:
            host.stop()
            self.heard = self.heard | host.acknowledged()

    @rule(fault=st.sampled_from(sorted(FAULTS)))
    def the_weather_turns(self, fault):
        self.weather.brew(FAULTS[fault])

    @rule()
    def the_weather_clears(self):
        self.weather.heal()

    @rule()
    def the_service_restarts(self):
        self.service.restart()

    @rule(jump=st.sampled_from([-86_400, -3600, 3600, 86_400]))
    def the_clock_jumps(self, jump):
        self.clock.shift = max(min(self.clock.shift + jump, 2 * 86_400), -2 * 86_400)

    @rule(offset=st.sampled_from([-210, 0, 60, 120]))
    def the_time_zone_changes(self, offset):
        self.clock.offset = offset

    @rule(seconds=st.floats(0.0, 0.05))
    def a_moment_passes(self, seconds):
        time.sleep(seconds)

    def teardown(self):
        if not hasattr(self, "service"):
            return
        try:
            self.weather.heal()
            self.all_is_sent()
        finally:
            for host in self.hosts.values():
                host.stop()
            self.service.close()
            shutil.rmtree(self.directory, ignore_errors=True)

    def all_is_sent(self):
        for name in ("vim", "nvim", "other"):
            self.host(name)
        end = time.monotonic() + LARGEST_FAREWELL
        database = paths.database_file(self.directory)
        while self.done != set(self.batches) or self.waits(database):
            assert time.monotonic() < end, (
                sums(database),
                [host.editor.status for host in self.hosts.values()],
            )
            for host in self.hosts.values():
                host.engine.receive({"type": "flush"})
            time.sleep(0.05)
        assert sum(sums(database).values()) == sum(self.typed.values())
        assert sums(database).keys() <= {"sent"}
        arrived = Counter(self.service.xp())
        doubted = Counter(
            dict(rows(database, "SELECT language, sum(xp) FROM ledger WHERE doubt GROUP BY language"))
        )
        assert not self.typed - arrived, "lost"
        twice = arrived - self.typed
        assert all(twice[name] <= doubted[name] * 20 for name in twice), "twice, and never in doubt"

    @staticmethod
    def waits(database):
        try:
            return bool(rows(database, "SELECT 1 FROM pulse"))
        except sqlite3.OperationalError:  # not yet made
            return True


EveryXpIsAccountedFor.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=25, deadline=None
)
TestEveryXpIsAccountedFor = EveryXpIsAccountedFor.TestCase
