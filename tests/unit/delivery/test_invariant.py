"""Whatever happens in whatever order: every recorded XP is in exactly one place, and what arrived is accounted for."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from codestats.delivery.lease import SECONDS
from codestats.delivery.outbox import Outbox
from codestats.exceptions import LeaseLostError
from codestats.pulse import LARGEST_XP
from codestats.storage.database import Database
from codestats.storage.spool import ResolvedBatch, Spool
from support.fakes import START, FakeClock, rows, sums

LANGUAGES = st.sampled_from(["C", "Go", "Python"])
XP = st.one_of(st.integers(1, 50), st.just(LARGEST_XP))
HOLDERS = st.sampled_from(["nvim", "vim", "drain"])
FATES = st.sampled_from(["sent", "expired", "rejected", "put_back", "split", "answer lost"])


class XpIsNeverLostNorDoubled(RuleBasedStateMachine):
    claims = Bundle("claims")

    @initialize()
    def begin(self):
        self.directory = Path(tempfile.mkdtemp())
        self.path = self.directory / "spool.sqlite3"
        self.clock = FakeClock()
        self.databases, self.outboxes = {}, {}
        self.recorded, self.batches = 0, []
        self.arrived = 0
        self.reborn = 0

    def teardown(self):
        for database in self.databases.values():
            database.close()
        shutil.rmtree(self.directory)

    def opened(self, holder):
        if holder not in self.databases:
            self.databases[holder] = Database(self.path)
            self.databases[holder]._connection.execute("PRAGMA synchronous = OFF")
            self.reborn += 1
            self.outboxes[holder] = Outbox(self.databases[holder], self.clock, f"{holder} {self.reborn}")
        return self.databases[holder]

    @rule(holder=HOLDERS, xp=st.dictionaries(LANGUAGES, XP, min_size=1), ago=st.integers(-9000, 9 * 86_400))
    def record(self, holder, xp, ago):
        batch = ResolvedBatch(f"batch {len(self.batches)}", int(self.clock.now()) - ago, xp)
        self.batches.append(batch)
        assert Spool(self.opened(holder), self.clock).record([batch]) == sum(xp.values())
        self.recorded += sum(xp.values())

    @rule(holder=HOLDERS, data=st.data())
    def record_again(self, holder, data):
        if self.batches:
            batch = data.draw(st.sampled_from(self.batches))
            assert Spool(self.opened(holder), self.clock).record([batch]) == 0

    @rule(target=claims, holder=HOLDERS)
    def claim(self, holder):
        self.opened(holder)
        outbox = self.outboxes[holder]
        if outbox.acquire():
            return None
        claim = outbox.claim()
        return claim and (outbox, claim)

    @rule(target=claims, holder=HOLDERS)
    def claim_without_asking_for_the_lease(self, holder):
        self.opened(holder)
        outbox = self.outboxes[holder]
        try:
            claim = outbox.claim()
        except LeaseLostError:
            return None
        return claim and (outbox, claim)

    @rule(taken=consumes(claims), fate=FATES, arrived=st.booleans())
    def answer(self, taken, fate, arrived):
        if taken is None or taken[0] not in self.outboxes.values():
            return
        outbox, claim = taken
        if fate == "answer lost":
            self.arrived += claim.xp if arrived else 0
            outbox.doubt(claim)
        elif fate == "sent":
            self.arrived += claim.xp
            outbox.finish(claim, fate)
        elif fate in ("expired", "rejected"):
            outbox.finish(claim, fate)
        else:
            getattr(outbox, fate)(claim)

    @rule(holder=HOLDERS)
    def count_a_failure(self, holder):
        self.opened(holder)
        for (identity,) in rows(self.path, "SELECT id FROM pulse WHERE state = 'queued' LIMIT 1"):
            self.outboxes[holder].count_failure(identity)

    @rule(holder=HOLDERS, arrived=st.booleans())
    def kill(self, holder, arrived):
        """It may have had a request on its way."""
        if holder in self.databases:
            if arrived:
                query = "SELECT coalesce(sum(xp), 0) FROM pulse JOIN pulse_xp ON pulse = id WHERE state = 'sending'"
                mine = f" AND holder = '{self.outboxes[holder].lease.holder}'"
                self.arrived += rows(self.path, query + mine)[0][0]
            self.databases.pop(holder).close()
            del self.outboxes[holder]

    @rule(holder=HOLDERS)
    def leave(self, holder):
        self.opened(holder)
        self.outboxes[holder].release_lease()

    @rule(seconds=st.one_of(st.floats(0.1, 3 * SECONDS), st.integers(600, 2 * 86_400)))
    def time_passes(self, seconds):
        self.clock.pass_seconds(seconds)

    @rule(jump=st.sampled_from([-86_400, -3600, 3600, 86_400]))
    def the_clock_jumps(self, jump):
        self.clock.time = max(self.clock.time + jump, START - 30 * 86_400)

    @rule(offset=st.sampled_from([-210, 0, 60, 120]))
    def the_time_zone_changes(self, offset):
        self.clock.offset = offset

    @rule()
    def the_machine_boots(self):
        self.clock.boot_id, self.clock.up = self.clock.boot_id + "'", 10.0

    @invariant()
    def every_xp_is_in_one_place(self):
        if self.databases:
            assert sum(sums(self.path).values()) == self.recorded

    @invariant()
    def only_open_pulses_are_open(self):
        if self.databases:
            query = (
                "SELECT count(*) FROM pulse WHERE open AND (state != 'queued' OR failures OR doubts OR part)"
            )
            assert rows(self.path, query) == [(0,)]
            assert rows(
                self.path, "SELECT count(*) FROM pulse_xp WHERE pulse NOT IN (SELECT id FROM pulse)"
            ) == [(0,)]

    @invariant()
    def what_is_called_sent_arrived(self):
        if self.databases:
            assert sums(self.path).get("sent", 0) <= self.arrived


XpIsNeverLostNorDoubled.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
# 3 s of CPU, and as much as a busy machine makes of it.
TestXpIsNeverLostNorDoubled = pytest.mark.timeout(300)(XpIsNeverLostNorDoubled.TestCase)
