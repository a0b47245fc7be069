"""Looking for a pulse in doubt in the own profile: found is only what nothing else could explain."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from codestats.api.outcome import Outcome, Verdict
from codestats.delivery.arrival import Doubt, ProfileSnapshot
from codestats.delivery.arrival_check import ArrivalCheck, ProfileAwayError, note_sent
from codestats.delivery.backoff import Backoff
from codestats.delivery.outbox import Outbox
from codestats.delivery.rounds import Delivery, RoundResult
from codestats.delivery.service_aliases import known_aliases
from codestats.exceptions import LeaseLostError
from codestats.storage.owners import Owner
from codestats.storage.spool import ResolvedBatch
from support.fakes import START, FakeReporter, FakeService, outcome, rows


class ProfileService(FakeService):
    """Has one user; `take(xps, machine)` is what the service does with a pulse."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.languages, self.machines, self.aliases = {}, {}, {}
        self.is_public = True
        self.is_away = False
        self.looks = 0

    def take(self, xps, machine="laptop"):
        for sent, xp in xps.items():
            name = self.aliases.get(sent, sent)
            self.languages[name] = self.languages.get(name, 0) + xp
            self.machines[machine] = self.machines.get(machine, 0) + xp
        return Outcome(Verdict.SENT, status=201)

    def get_profile(self, user):
        self.looks += 1
        if self.is_away:
            return outcome("UNAVAILABLE"), None
        if not self.is_public:
            return outcome("NOT_FOUND"), None
        tally = lambda sums: {name: {"xps": xp, "new_xps": 0} for name, xp in sums.items()}  # noqa: E731
        total = sum(self.languages.values())
        answer = {"total_xp": total, "languages": tally(self.languages), "machines": tally(self.machines)}
        return Outcome(Verdict.ANSWERED, status=200), json.loads(json.dumps(answer))


def seen(languages, machines, total=None):
    return ProfileSnapshot(sum(languages.values()) if total is None else total, languages, machines)


BEFORE = seen({"c": 10, "go": 5}, {"laptop": 15})
NEW = seen({}, {})

# name: (profile of now, sent since, pulse, times it was sent, our machine, how often it arrived)
FINDINGS = {
    "it alone": (seen({"c": 13, "go": 5}, {"laptop": 18}), {}, {"C": 3}, 1, "laptop", 1),
    "two languages": (seen({"c": 13, "go": 7}, {"laptop": 20}), {}, {"C": 3, "Go": 2}, 1, "laptop", 1),
    "a new language": (seen({"c": 10, "go": 5, "lua": 1}, {"laptop": 16}), {}, {"Lua": 1}, 1, "laptop", 1),
    "after others were sent": (
        seen({"c": 13, "go": 5, "lua": 1}, {"laptop": 19}), {"c": 3}, {"Lua": 1}, 1, "laptop", 1,
    ),
    "twice, sent twice": (seen({"c": 16, "go": 5}, {"laptop": 21}), {}, {"C": 3}, 2, "laptop", 2),
    "nothing": (BEFORE, {}, {"C": 3}, 1, "laptop", 0),
    "nothing, machine unknown": (BEFORE, {}, {"C": 3}, 1, "", 0),
    "only what was sent": (seen({"c": 13, "go": 5}, {"laptop": 18}), {"c": 3}, {"C": 3}, 1, "laptop", 0),
    "less than it": (seen({"c": 12, "go": 5}, {"laptop": 17}), {}, {"C": 3}, 1, "laptop", 0),
    "another machine sent the same": (
        seen({"c": 13, "go": 5}, {"laptop": 15, "desktop": 3}), {}, {"C": 3}, 1, "laptop", 0,
    ),
    "another machine sent the same, ours has sent nothing yet": (
        seen({"c": 13, "go": 5}, {"laptop": 18}), {}, {"C": 3}, 1, "", None,
    ),
    "both sent the same": (
        seen({"c": 16, "go": 5}, {"laptop": 18, "desktop": 3}), {}, {"C": 3}, 1, "laptop", 1,
    ),
    "another machine sent more": (
        seen({"c": 20, "go": 9}, {"laptop": 18, "desktop": 11}), {}, {"C": 3}, 1, "laptop", 1,
    ),
    "another machine sent more, it not": (
        seen({"c": 20, "go": 9}, {"laptop": 15, "desktop": 14}), {}, {"C": 3}, 1, "laptop", 0,
    ),
    "another machine sent in other languages, machine unknown": (
        seen({"c": 10, "go": 9}, {"laptop": 15, "desktop": 4}), {}, {"C": 3}, 1, "", 0,
    ),
    "another machine sent more, machine unknown": (
        seen({"c": 20, "go": 5}, {"laptop": 18, "desktop": 7}), {}, {"C": 3}, 1, "", None,
    ),
    "kept as an alias": (seen({"c": 10, "go": 8}, {"laptop": 18}), {}, {"Golang": 3}, 1, "laptop", 1),
    "kept as an alias while another machine sends": (
        seen({"c": 14, "go": 8}, {"laptop": 18, "desktop": 4}), {}, {"Golang": 3}, 1, "laptop", 1,
    ),
    "kept as an alias, of which some was sent": (
        seen({"c": 10, "go": 12}, {"laptop": 22}), {"golang": 4}, {"Golang": 3}, 1, "laptop", 1,
    ),
    "kept as an alias, machine unknown": (
        seen({"c": 10, "go": 12}, {"laptop": 22}), {"golang": 4}, {"Golang": 3}, 1, "", 1,
    ),
    "not there, and somebody uses this machine's token for another language": (
        seen({"c": 10, "go": 8}, {"laptop": 18}), {}, {"C": 3}, 1, "laptop", 0,
    ),
    "there, and somebody uses this machine's token for another language": (
        seen({"c": 13, "go": 9}, {"laptop": 22}), {}, {"C": 3}, 1, "laptop", 1,
    ),
    "somebody uses this machine's token for the same language": (
        seen({"c": 18, "go": 5}, {"laptop": 23}), {}, {"C": 3}, 1, "laptop", None,
    ),
    "the first of a new user": (seen({"c": 3}, {"laptop": 3}), {}, {"C": 3}, 1, "", 1),
    "an empty profile": (NEW, {}, {"C": 3}, 1, "laptop", None),
}  # fmt: skip


@pytest.mark.parametrize("name", FINDINGS)
def test_how_often_it_arrived(name):
    now, sent, xps, times, machine, expected = FINDINGS[name]
    before = NEW if name == "the first of a new user" else BEFORE
    assert before.find(now, sent, [Doubt(xps, times)], machine).times == expected


@pytest.mark.parametrize(
    "now, expected",
    [
        (seen({"c": 13, "go": 5}, {"laptop": 18}), 1),
        (seen({"c": 14, "go": 5}, {"laptop": 19}), 0),
        (seen({"c": 17, "go": 5}, {"laptop": 22}), 1),
        (BEFORE, 0),
    ],
    ids=["it", "the other", "both", "neither"],
)
def test_two_in_doubt_are_told_apart(now, expected):
    assert BEFORE.find(now, {}, [Doubt({"C": 3}, 1), Doubt({"C": 4}, 1)], "laptop").times == expected


@pytest.mark.parametrize(
    "others", [[{"C": 3}], [{"C": 3}, {"Go": 2}, {"C": 3, "Go": 2}]], ids=["one", "a sum"]
)
def test_of_those_that_are_alike_it_is_all_the_same_which_one_is_there(others):
    now = seen({"c": 13, "go": 5}, {"laptop": 18})
    assert BEFORE.find(now, {}, [Doubt({"C": 3}, 1), *(Doubt(xps, 1) for xps in others)], "laptop").times == 1
    assert BEFORE.find(now, {"c": 3}, [Doubt(xps, 1) for xps in others], "laptop").times == 0


def test_rather_two_that_are_alike_once_each_than_one_of_them_twice():
    now = seen({"c": 16, "go": 5}, {"laptop": 21})
    assert BEFORE.find(now, {}, [Doubt({"C": 3}, 2)] * 2, "laptop").times == 1


def test_many_in_doubt_are_told_apart_but_not_any_number():
    now = seen({"c": 13, "go": 5}, {"laptop": 18})
    assert BEFORE.find(now, {}, [Doubt({"C": 3}, 1)] * 40, "laptop").times == 1
    assert BEFORE.find(BEFORE, {}, [Doubt({"C": 3 + number}, 1) for number in range(40)], "laptop").times == 0
    many = seen({"c": 10 + 2**14, "go": 5}, {"laptop": 15 + 2**14})
    assert BEFORE.find(many, {}, [Doubt({"C": 2**number}, 1) for number in range(14)], "laptop").times is None


def test_our_machine_is_what_grew_by_what_was_sent():
    now = seen({"c": 13, "go": 5}, {"laptop": 18})
    assert BEFORE.machine_of(now, {"c": 3}) == "laptop"
    assert BEFORE.machine_of(now, {"c": 4}) == ""
    assert BEFORE.machine_of(now, {}) == ""
    assert BEFORE.machine_of(seen({"c": 13, "go": 8}, {"laptop": 18, "desktop": 3}), {"c": 3}) == ""


@pytest.fixture
def web():
    service = ProfileService()
    service.answer = service.take
    return service


@pytest.fixture
def check(database, web, clock):
    return ArrivalCheck(database, web, clock, "me", "mine")


def found(check, xps, times=1):
    return check.confirm([Doubt(xps, times)]).times


def test_one_snapshot_serves_for_ten_minutes_and_all_editors(check, web, database, clock):
    check.prepare()
    check.prepare()
    ArrivalCheck(database, web, clock, "me", "mine").prepare()
    assert web.looks == 1
    clock.pass_seconds(601)
    check.prepare()
    assert web.looks == 2


def test_another_account_has_another_snapshot(check, web, database, clock):
    check.prepare()
    other = ArrivalCheck(database, web, clock, "me", "other")
    web.take({"C": 3})
    assert found(check, {"C": 3}) == 1
    assert found(other, {"C": 3}) is None


def test_our_machine_is_known_after_the_first_pulse_that_arrived(check, web, database, clock):
    check.prepare()
    web.take({"C": 3})
    with database.transaction() as connection:
        note_sent(connection, "mine", {"C": 3}, int(clock.now()))
    check.prepare()
    web.take({"C": 5}, "desktop")
    assert found(check, {"C": 5}) == 0
    web.take({"C": 5})
    assert found(check, {"C": 5}) == 1


def test_a_hidden_profile_is_not_asked_for_with_every_pulse_and_proves_nothing(check, web):
    web.is_public = False
    for _ in range(5):
        check.prepare()
    assert web.looks == 1
    assert found(check, {"C": 3}) is None
    assert web.looks == 1


def test_an_outage_says_nothing_of_the_profile(check, web, clock):
    web.is_away = True
    for _ in range(3):
        with pytest.raises(ProfileAwayError):
            check.prepare()
    web.is_away = False
    check.prepare()
    web.take({"C": 3})
    assert found(check, {"C": 3})


def test_an_old_snapshot_goes_when_there_is_no_new_one(check, web, clock):
    check.prepare()
    clock.pass_seconds(601)
    web.is_public = False
    check.prepare()
    web.is_public = True
    web.take({"C": 3})
    assert found(check, {"C": 3}) is None


def test_in_an_outage_an_old_snapshot_is_better_than_none(check, web, clock):
    check.prepare()
    clock.pass_seconds(4000)
    web.is_away = True
    check.prepare()
    web.is_away = False
    web.take({"C": 3})
    assert found(check, {"C": 3}) == 1


def test_no_snapshot_right_after_a_pulse(check, web, database, clock):
    with database.transaction() as connection:
        connection.execute("INSERT INTO meta VALUES('last_sent', ?)", (int(clock.now()) - 1,))
    assert check.prepare() == 4
    assert web.looks == 0
    clock.pass_seconds(4)
    assert check.prepare() == 0
    assert web.looks == 1


@pytest.mark.parametrize("jump", [-86400, 86400])
def test_a_clock_that_jumps_makes_nobody_wait(jump, check, database, clock):
    with database.transaction() as connection:
        connection.execute("INSERT INTO meta VALUES('last_sent', ?)", (int(clock.now()) - 1,))
    clock.time += jump
    assert check.prepare() == 0


def test_without_a_user_nothing_is_asked(database, web, clock):
    ArrivalCheck(database, web, clock, "", "mine").prepare()
    assert web.looks == 0


# With the delivery --------------------------------------------------------------------------------


class Lost:
    """A service that takes the pulse, or doesn't, and whose answer to one with XP gets lost, so many times."""

    def __init__(self, web, times=1, *, is_taken=True):
        self.web, self.times, self.is_taken = web, times, is_taken
        web.answer = self

    def __call__(self, xps):
        if not xps or not self.times:
            return self.web.take(xps)
        self.times -= 1
        if self.is_taken:
            self.web.take(xps)
        return outcome("IN_DOUBT")


class Sending:
    """An account's delivery, with a moment passing between two rounds."""

    def __init__(self, database, spool, web, clock, check):
        self.spool, self.web, self.clock = spool, web, clock
        outbox = Outbox(database, clock, "me", Owner("mine"))
        self.delivery = Delivery(outbox, web, clock, Backoff(), FakeReporter(), lambda: True, check)
        self._number = 0

    def record(self, xp):
        self._number += 1
        self.spool.record([ResolvedBatch(f"batch {self._number}", START, xp)])

    def rounds(self, number=1, seconds=6.0):
        for _ in range(number):
            result = self.delivery.send_round()
            self.clock.pass_seconds(seconds)
        return result

    def settle(self):
        """Until all is sent."""
        self.rounds(8, 20)


@pytest.fixture
def sending(database, spool, web, clock, check):
    return Sending(database, spool, web, clock, check)


@pytest.fixture
def known(sending):
    """Something of ours has arrived before, so that our machine can be known."""
    sending.record({"C": 1})
    sending.settle()
    return sending


DOUBT_IN_LEDGER = "SELECT state, doubt, sum(xp) FROM ledger GROUP BY state, doubt"


def test_a_pulse_that_arrived_is_not_sent_again(sending, web, path):
    Lost(web)
    sending.record({"C": 3, "Go": 1})
    assert sending.rounds().state == "offline"
    sending.record({"C": 5})
    sending.settle()
    assert web.languages == {"C": 8, "Go": 1}
    assert rows(path, DOUBT_IN_LEDGER) == [("sent", 0, 9)]


def test_nor_is_it_when_nothing_else_is_typed(sending, web):
    Lost(web)
    sending.record({"C": 3, "Go": 1})
    sending.settle()
    assert web.languages == {"C": 3, "Go": 1}


def test_what_did_not_arrive_is_sent_again(sending, web, path):
    Lost(web, is_taken=False)
    sending.record({"C": 3})
    sending.settle()
    assert web.languages == {"C": 3}
    assert rows(path, DOUBT_IN_LEDGER) == [("sent", 0, 3)]


@pytest.mark.parametrize("is_taken", [True, False])
@pytest.mark.parametrize("of_another", [{"C": 3}, {"C": 1}, {"Go": 3}, {"C": 3, "Go": 7}])
def test_another_machine_may_send_meanwhile(is_taken, of_another, known, web):
    Lost(web, is_taken=is_taken)
    known.record({"C": 3})
    known.rounds()
    web.take(of_another, "desktop")
    known.settle()
    assert Counter(web.languages) == Counter({"C": 4}) + Counter(of_another)


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_machine_that_is_the_only_one_to_be_seen_need_not_be_ours(is_taken, sending, web):
    """The very first pulse of this machine is in doubt, another machine sends just the same; more is typed."""
    web.take({"C": 9}, "desktop")
    Lost(web, is_taken=is_taken)
    sending.record({"C": 5})
    sending.rounds()
    web.take({"C": 5}, "desktop")
    sending.record({"Go": 2})
    sending.settle()
    assert web.languages == {"C": 19, "Go": 2}


@pytest.mark.parametrize("is_taken", [True, False])
def test_a_language_that_the_service_keeps_as_an_alias(is_taken, known, web):
    web.aliases["Golang"] = "Go"
    Lost(web, is_taken=is_taken)
    known.record({"Golang": 7})
    known.settle()
    assert web.languages == {"C": 1, "Go": 7}


def names_known(path):
    with closing(sqlite3.connect(path)) as connection:
        return known_aliases(connection, "mine")


def sends_alone(known, xps):
    """A pulse, and the next look at the profile."""
    known.record(xps)
    known.settle()
    known.clock.pass_seconds(601)
    known.record({"C": 1})
    known.settle()


class TestAnAlias:
    def test_it_is_known_when_it_was_seen_twice(self, known, web, path):
        web.aliases["Golang"] = "Go"
        known.clock.pass_seconds(601)
        sends_alone(known, {"Golang": 7})
        assert names_known(path) == {}
        sends_alone(known, {"Golang": 2, "C": 2})
        assert names_known(path) == {"golang": "go"}

    def test_another_machine_that_sends_as_much_misleads_nobody(self, known, web, path):
        """The profile lags behind; each time another language of another machine has grown by just the same."""
        known.clock.pass_seconds(601)
        for other in ("Go", "Lua", "Go"):
            web.answer = lambda xps: Outcome(Verdict.SENT, status=201)
            known.record({"Zig": 7})
            known.settle()
            web.answer = web.take
            web.take({other: 7}, "desktop")
            known.clock.pass_seconds(601)
            known.record({"C": 1})
            known.settle()
            assert names_known(path) == {}

    def test_it_is_forgotten_when_the_profile_has_the_language(self, known, web, path):
        web.aliases["Golang"] = "Go"
        known.clock.pass_seconds(601)
        for _ in range(2):
            sends_alone(known, {"Golang": 7})
        web.aliases.clear()
        sends_alone(known, {"Golang": 7})
        assert names_known(path) == {}

    @pytest.mark.parametrize("is_taken", [True, False])
    def test_it_tells_of_a_pulse_in_doubt_beside_another_machine(self, is_taken, known, web):
        web.aliases["Golang"] = "Go"
        known.clock.pass_seconds(601)
        for _ in range(2):
            sends_alone(known, {"Golang": 7})
        Lost(web, is_taken=is_taken)
        known.record({"Golang": 5})
        known.rounds()
        web.take({"C": 5}, "desktop")
        known.settle()
        assert web.languages["Go"] == 19


def test_a_duplicate_does_not_mislead_the_next_one(sending, web):
    """What came twice is in the profile and once in the ledger: the same XP again must not look like it."""
    Lost(web)
    web.is_public = False
    sending.record({"C": 3})
    sending.settle()
    assert web.languages == {"C": 6}
    web.is_public = True
    sending.clock.pass_seconds(601)
    Lost(web, is_taken=False)
    sending.record({"C": 3})
    sending.settle()
    assert web.languages == {"C": 9}


def test_answers_lost_for_a_whole_outage_double_nothing(sending, web):
    Lost(web, times=4)
    for number in range(6):
        sending.record({"C": number + 1})
        sending.rounds(2)
    sending.settle()
    assert web.languages == {"C": 21}


def test_a_pulse_in_doubt_is_looked_for_when_its_service_has_had_time_to_take_it(known, web):
    """A gateway gives up before the service behind it is done."""
    answers = [outcome("IN_DOUBT", status=504)]
    web.answer = lambda xps: answers.pop() if xps and answers else web.take(xps)
    known.record({"C": 3})
    known.rounds(1, 0)
    assert known.rounds(1, 4) == RoundResult(wait=1.0, has_begun=False)
    web.take({"C": 3})
    known.settle()
    assert web.languages == {"C": 4}


def test_while_the_profile_is_not_to_be_had_nothing_in_doubt_goes_again(known, web, monkeypatch):
    """A probe and an empty pulse got through, and then a portal is back."""
    Lost(web)
    known.record({"C": 3})
    known.rounds()
    look, answers = web.get_profile, [outcome("UNAVAILABLE"), outcome("UNAVAILABLE")]
    monkeypatch.setattr(web, "get_profile", lambda user: (answers.pop(), None) if answers else look(user))
    assert known.rounds().state == "offline"
    assert known.rounds().state == "offline"
    known.settle()
    assert web.languages == {"C": 4}


def test_nothing_goes_out_before_there_is_a_snapshot(sending, web):
    web.is_away = True
    sending.record({"C": 3})
    assert sending.rounds(3).state == "offline"
    assert web.log.count({"C": 3}) == 0
    web.is_away = False
    Lost(web)
    sending.settle()
    assert web.languages == {"C": 3}


def test_a_service_that_never_shows_a_profile_gets_pulses_after_an_hour(sending, web):
    web.is_away = True
    sending.record({"C": 3})
    for _ in range(5):
        assert sending.rounds(1, 800).state == "offline"
    assert sending.rounds().state == ""
    assert web.languages == {"C": 3}
    sending.record({"C": 4})
    sending.rounds()
    assert web.languages == {"C": 7}


def test_one_look_in_vain_hours_after_another_one_is_no_outage_of_hours(sending, web):
    web.is_away = True
    sending.record({"C": 3})
    assert sending.rounds(1, 4000).state == "offline"
    assert sending.rounds(1, 4000).state == "offline"
    assert web.languages == {}


def test_no_snapshot_of_what_another_process_sends(database, spool, web, clock):
    """One that stood still while it looked, for longer than a lease lasts."""
    outbox, other = (Outbox(database, clock, name, Owner("mine")) for name in ("me", "other"))
    check = ArrivalCheck(database, web, clock, "me", "mine", outbox.lease)
    spool.record([ResolvedBatch("one", START, {"C": 3})])
    assert outbox.acquire() == 0
    look = web.get_profile

    def slow(user):
        clock.pass_seconds(7)
        assert other.acquire() == 0
        web.take(other.claim().pulse.xps)
        return look(user)

    web.get_profile = slow
    with pytest.raises(LeaseLostError):
        check.prepare()
    assert rows(database.path, "SELECT * FROM meta WHERE key LIKE 'snapshot%'") == []


def test_many_in_doubt_at_once_wait_for_the_look(known, web):
    """Answers to all pulses with XP get lost, and empty pulses pass: no more are in doubt than can be told apart."""
    Lost(web, times=100)
    for number in range(20):
        known.record({"C": number + 1})
        known.rounds(1, 1)
    assert rows(known.spool._database.path, "SELECT count(*) FROM pulse WHERE state = 'doubt'")[0][0] <= 6
    Lost(web, times=0)
    known.settle()
    assert web.languages == {"C": 211}


def test_in_a_stream_of_pulses_there_is_a_pause_for_a_new_snapshot(known, web):
    """A pulse that is sent again, as nobody could tell, takes the snapshot along: the next one has one again."""
    Lost(web)
    known.record({"C": 3})
    known.rounds(1)
    web.is_public = False
    known.rounds(1, 0)
    assert web.languages == {"C": 7}
    web.is_public = True
    known.record({"C": 4})
    for _ in range(5):
        result = known.rounds(1, 1.0)
        assert result == RoundResult(wait=1.0, has_begun=False)
    Lost(web)
    known.settle()
    assert web.languages == {"C": 11}


@pytest.mark.parametrize("often", [0, 40], ids=["in one go", "with interruptions"])
@pytest.mark.parametrize("is_public", [True, False], ids=["public", "hidden"])
def test_a_week_offline_is_one_request_more_than_it_has_hours(sending, web, clock, often, is_public):
    web.is_public = is_public
    sending.delivery._outbox._dating.hear(clock.now(), clock.uptime())  # as from a profile's answer
    hours = [ResolvedBatch(f"hour {number}", START - number * 3600, {"C": 1}) for number in range(168)]
    sending.spool.record(hours)
    asked = []
    sending.delivery._should_continue = lambda: asked.append(1) or not often or len(asked) % often
    sending.rounds(12, 1)
    assert web.languages == {"C": 168}
    assert web.looks + len(web.log) == 169
