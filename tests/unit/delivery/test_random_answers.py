"""Whatever is answered to whom, in whatever order: nothing is lost, and with a public profile nothing comes twice."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from codestats.api.outcome import Outcome, Verdict
from codestats.delivery.arrival_check import ArrivalCheck
from codestats.delivery.backoff import Backoff
from codestats.delivery.outbox import Outbox
from codestats.delivery.rounds import Delivery
from codestats.storage.database import Database
from codestats.storage.dating import Dating
from codestats.storage.owners import Owner
from codestats.storage.spool import ResolvedBatch, Spool
from support.fakes import FakeClock, FakeReporter, FakeService, outcome, sums

# Two computers of alice, who has a machine for each, and one on which bob types as well.
COMPUTERS = {"laptop": ("alice", "bob"), "desktop": ("alice",)}
EDITORS = [(computer, user) for computer, users in COMPUTERS.items() for user in users]
LANGUAGES = ("C", "Go", "Golang")  # the last one is kept as an alias of the one before
NOT_ITS_WORDS = [
    outcome("IN_DOUBT"),
    *[outcome("IN_DOUBT", status=status) for status in (200, 201, 302, 403, 404, 413, 502)],
    outcome("IN_DOUBT", status=500, is_spoken=True),
]
ITS_WORDS = [
    outcome("REFUSED", status=400, is_spoken=True),
    outcome("REFUSED", status=400, is_spoken=True, is_dated=True),
    outcome("UNAUTHORIZED", status=403, state="unauthorized"),
    outcome("UNAVAILABLE"),
]
XP = st.dictionaries(st.sampled_from(LANGUAGES), st.integers(1, 3), min_size=1)
WEATHER = st.one_of(
    st.none(),
    st.tuples(st.booleans(), st.sampled_from(NOT_ITS_WORDS)),
    st.tuples(st.just(False), st.sampled_from(ITS_WORDS)),
)


class TheService:
    """All users' books. `weather`: whether a pulse is taken, and what is answered in place of its own words."""

    def __init__(self) -> None:
        self.weather = None
        self.is_away = False
        self.languages = {user: Counter() for user in ("alice", "bob")}
        self.machines = {user: Counter() for user in ("alice", "bob")}

    def take(self, user, machine, xps) -> None:
        for name, xp in xps.items():
            self.languages[user]["Go" if name == "Golang" else name] += xp
            self.machines[user][machine] += xp

    def profile(self, user):
        def tally(xps):
            return {name: {"xps": xp, "new_xps": 0} for name, xp in xps.items()}

        total = sum(self.languages[user].values())
        return {
            "total_xp": total, "languages": tally(self.languages[user]), "machines": tally(self.machines[user]),
        }  # fmt: skip


class Line(FakeService):
    """One editor's line to the service."""

    def __init__(self, service, user, machine) -> None:
        super().__init__(self.post)
        self.service, self.user, self.machine = service, user, machine

    def post(self, xps) -> Outcome:
        is_taken, answer = self.service.weather or (True, Outcome(Verdict.SENT, status=201))
        if is_taken:
            self.service.take(self.user, self.machine, xps)
        return answer

    def probe(self) -> Outcome:
        return outcome("UNAVAILABLE") if self.service.is_away else Outcome(Verdict.ANSWERED, status=200)

    def get_profile(self, user):
        probed = self.probe()
        return probed, self.service.profile(user) if probed.ok else None


class NothingIsLostOrComesTwice(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.directory = Path(tempfile.mkdtemp())
        self.clock = FakeClock()
        self.service = TheService()
        self.typed = {user: Counter() for user in ("alice", "bob")}
        self.number = 0
        self.databases = {}
        for computer in COMPUTERS:
            self.databases[computer] = Database(self.directory / f"{computer}.sqlite3")
            self.databases[computer]._connection.execute("PRAGMA synchronous = OFF")
        self.deliveries = {}
        for editor in EDITORS:
            self.type(editor, {"C": 1})
            self.send(editor, 20)
            self.send(editor, 20)

    def teardown(self):
        if hasattr(self, "databases"):
            try:
                self.all_is_well_again()
            finally:
                for database in self.databases.values():
                    database.close()
                shutil.rmtree(self.directory)

    def delivery(self, editor):
        if editor not in self.deliveries:
            computer, user = editor
            owner = Owner(f"{user} at {computer}", "here", user, f"{user} {computer}")
            database = self.databases[computer]
            line = Line(self.service, user, computer)
            self.number += 1
            dating = Dating(self.clock)
            dating.hear(self.clock.now(), self.clock.uptime())
            outbox = Outbox(database, self.clock, f"process {self.number}", owner, dating)
            check = ArrivalCheck(database, line, self.clock, user, owner.key)
            made = Delivery(outbox, line, self.clock, Backoff(), FakeReporter(), lambda: True, check)
            self.deliveries[editor] = (made, Spool(database, self.clock, owner))
        return self.deliveries[editor]

    @rule(editor=st.sampled_from(EDITORS), xp=XP)
    def type(self, editor, xp):
        self.number += 1
        spool = self.delivery(editor)[1]
        spool.note_owner()
        spool.record([ResolvedBatch(f"batch {self.number}", int(self.clock.now()), xp)])
        self.typed[editor[1]].update({"Go" if name == "Golang" else name: 0 for name in xp})
        for name, amount in xp.items():
            self.typed[editor[1]]["Go" if name == "Golang" else name] += amount

    @rule(editor=st.sampled_from(EDITORS), seconds=st.sampled_from([6, 20, 400, 4000]))
    def send(self, editor, seconds):
        self.delivery(editor)[0].send_round()
        self.clock.pass_seconds(seconds)

    @rule(weather=WEATHER, is_away=st.booleans())
    def the_weather_changes(self, weather, is_away):
        self.service.weather, self.service.is_away = weather, is_away and weather is not None

    @rule(editor=st.sampled_from(EDITORS))
    def is_started_again(self, editor):
        self.deliveries.pop(editor, None)

    @rule(editor=st.sampled_from(EDITORS))
    def the_user_asks_for_sending(self, editor):
        self.delivery(editor)[0].forget_waits()
        self.send(editor, 6)

    def all_is_well_again(self):
        self.service.weather, self.service.is_away = None, False
        for _ in range(12):
            for editor in EDITORS:
                self.delivery(editor)[0].forget_waits()
                self.send(editor, 1000)
        for computer in COMPUTERS:
            assert {*sums(self.directory / f"{computer}.sqlite3")} == {"sent"}
        assert self.service.languages == self.typed


NothingIsLostOrComesTwice.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestNothingIsLostOrComesTwice = NothingIsLostOrComesTwice.TestCase
