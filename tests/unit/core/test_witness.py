"""The own profile as a witness: it speaks only where nothing else could explain what it shows."""

from __future__ import annotations

import json

import pytest

from codestats.api.outcome import Outcome, Verdict
from codestats.delivery.arrival import Baseline, Witness
from codestats.delivery.rounds import Stop
from codestats.storage.spool import ResolvedBatch
from unit.core.fakes import START, FakeService, outcome, rows


class ProfileService(FakeService):
    """Has one user; `take(xps, machine)` is what the service does with a pulse."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.languages, self.machines = {}, {}
        self.is_public = True
        self.is_away = False
        self.looks = 0

    def take(self, xps, machine="laptop"):
        for name, xp in xps.items():
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


def taken(languages, machines, sent=()):
    return Baseline(sum(languages.values()), languages, machines, dict(sent))


BEFORE = taken({"c": 10, "go": 5}, {"laptop": 15}, {"c": 4})


@pytest.mark.parametrize(
    "now, xps, times, shows",
    [
        (taken({"c": 13, "go": 5}, {"laptop": 18}, {"c": 4}), {"C": 3}, 1, True),
        (taken({"c": 13, "go": 7}, {"laptop": 20}, {"c": 4}), {"C": 3, "Go": 2}, 1, True),
        (taken({"c": 13, "go": 5, "lua": 1}, {"laptop": 19}, {"c": 7}), {"Lua": 1}, 1, True),
        (taken({"c": 16, "go": 5}, {"laptop": 21}, {"c": 4}), {"C": 3}, 2, True),
        (BEFORE, {"C": 3}, 1, False),
        (taken({"c": 16, "go": 5}, {"laptop": 21}, {"c": 4}), {"C": 3}, 1, False),
        (taken({"c": 14, "go": 5}, {"laptop": 19}, {"c": 4}), {"C": 3}, 1, False),
        (taken({"c": 13, "go": 6}, {"laptop": 19}, {"c": 4}), {"C": 3}, 1, False),
        (taken({"c": 13, "go": 5}, {"laptop": 18}, {"c": 7}), {"C": 3}, 1, False),
        (taken({"c": 12, "go": 5}, {"laptop": 17}, {"c": 4}), {"C": 3}, 1, False),
        (taken({"c": 13, "go": 5}, {"laptop": 15, "desktop": 3}, {"c": 4}), {"C": 3}, 1, False),
        (taken({"c": 16, "go": 5}, {"laptop": 18, "desktop": 3}, {"c": 7}), {"C": 3}, 1, False),
        (taken({}, {}, {"c": 4}), {"C": 3}, 1, False),
    ],
    ids=[
        "exactly it", "two languages", "after others were sent", "twice, sent twice", "nothing new",
        "twice, sent once", "a bit more", "another language too", "explained by what was sent", "a bit less",
        "another machine", "two machines", "an empty profile",
    ],
)  # fmt: skip
def test_only_the_exact_difference_is_proof(now, xps, times, shows):
    assert BEFORE.shows(now, xps, times) == (times if shows else 0)


@pytest.fixture
def web():
    return ProfileService()


@pytest.fixture
def witness(database, web, clock):
    return Witness(database, web, clock, "me", "https://here")


def test_one_baseline_serves_for_ten_minutes_and_all_editors(witness, web, database, clock):
    witness.prepare()
    witness.prepare()
    Witness(database, web, clock, "me", "https://here").prepare()
    assert web.looks == 1
    clock.pass_seconds(601)
    witness.prepare()
    assert web.looks == 2


def test_another_user_or_address_has_another_baseline(witness, web, database, clock):
    witness.prepare()
    other = Witness(database, web, clock, "you", "https://here")
    web.take({"C": 3})
    assert witness.saw({"C": 3}, 1)
    assert not other.saw({"C": 3}, 1)


def test_a_hidden_profile_is_not_asked_for_with_every_pulse_and_proves_nothing(witness, web):
    web.is_public = False
    for _ in range(5):
        witness.prepare()
    assert web.looks == 1
    assert not witness.saw({"C": 3}, 1)
    assert web.looks == 1


def test_an_outage_says_nothing_of_the_profile(witness, web, clock):
    web.is_away = True
    witness.prepare()
    witness.prepare()
    assert web.looks == 1
    web.is_away = False
    clock.pass_seconds(10)
    witness.prepare()
    web.take({"C": 3})
    assert witness.saw({"C": 3}, 1)


def test_an_old_baseline_goes_when_there_is_no_new_one(witness, web, clock):
    witness.prepare()
    clock.pass_seconds(601)
    web.is_public = False
    witness.prepare()
    web.is_public = True
    web.take({"C": 3})
    assert not witness.saw({"C": 3}, 1)


def test_no_baseline_right_after_a_pulse(witness, web, database, clock):
    with database.transaction() as connection:
        connection.execute("INSERT INTO meta VALUES('last_sent', ?)", (int(clock.now()) - 1,))
    assert witness.prepare() == 4
    assert web.looks == 0
    clock.pass_seconds(4)
    assert witness.prepare() == 0
    assert web.looks == 1


@pytest.mark.parametrize("jump", [-86400, 86400])
def test_a_clock_that_jumps_makes_nobody_wait(jump, witness, database, clock):
    with database.transaction() as connection:
        connection.execute("INSERT INTO meta VALUES('last_sent', ?)", (int(clock.now()) - 1,))
    clock.time += jump
    assert witness.prepare() == 0


def test_without_a_user_nothing_is_asked(database, web, clock):
    Witness(database, web, clock, "", "https://here").prepare()
    assert web.looks == 0


# With the delivery --------------------------------------------------------------------------------


class Lost:
    """A service that takes the pulse, but whose answer gets lost, so many times."""

    def __init__(self, web, times=1):
        self.web, self.times = web, times

    def __call__(self, xps):
        if xps and self.times:
            self.times -= 1
            self.web.take(xps)
            return outcome("IN_DOUBT")
        return self.web.take(xps)


@pytest.fixture
def delivery(outbox, web, clock, witness):
    from codestats.delivery.backoff import Backoff
    from codestats.delivery.rounds import Delivery
    from unit.core.fakes import FakeNews

    return Delivery(outbox, web, clock, Backoff(), FakeNews(), lambda: True, witness)


def record(spool, number, xp):
    spool.record([ResolvedBatch(f"batch {number}", START, xp)])


def test_a_pulse_that_arrived_is_not_sent_again(delivery, web, spool, path):
    web.answer = Lost(web)
    record(spool, 1, {"C": 3, "Go": 1})
    assert delivery.round().verdict is Verdict.IN_DOUBT
    record(spool, 2, {"C": 5})
    assert delivery.round().verdict is None
    assert web.languages == {"C": 8, "Go": 1}
    assert rows(path, "SELECT state, doubt, sum(xp) FROM ledger GROUP BY state, doubt") == [("sent", 0, 9)]


def test_what_did_not_arrive_is_sent_again(delivery, web, spool, path):
    answers = [outcome("IN_DOUBT")]
    web.answer = lambda xps: answers.pop() if xps and answers else web.take(xps)
    record(spool, 1, {"C": 3})
    delivery.round()
    delivery.round()
    assert web.languages == {"C": 3}
    assert rows(path, "SELECT state, doubt, sum(xp) FROM ledger GROUP BY state, doubt") == [("sent", 1, 3)]


def test_while_others_add_xp_the_old_rule_stands(delivery, web, spool):
    web.answer = Lost(web)
    record(spool, 1, {"C": 3})
    delivery.round()
    web.take({"C": 1}, "desktop")
    delivery.round()
    assert web.languages == {"C": 7}


def test_a_duplicate_does_not_mislead_the_next_one(delivery, web, spool, clock):
    """What came twice is in the profile but not in the ledger: the same XP again must not look like it."""
    test_while_others_add_xp_the_old_rule_stands(delivery, web, spool)
    clock.pass_seconds(5)
    answers = [outcome("IN_DOUBT")]
    web.answer = lambda xps: answers.pop() if xps and answers else web.take(xps)
    record(spool, 2, {"C": 3})
    delivery.round()
    assert web.languages == {"C": 7}
    delivery.round()
    assert web.languages == {"C": 10}


def test_a_server_error_that_took_the_pulse_does_not_mislead_the_next_one(delivery, web, spool, clock):
    def error_but_taken(xps):
        if xps and not web.languages:
            web.take(xps)
            return outcome("SERVER_ERROR")
        return web.take(xps)

    web.answer = error_but_taken
    record(spool, 1, {"C": 3})
    delivery.round()
    clock.pass_seconds(60)
    delivery.round()
    assert web.languages == {"C": 6}
    answers = [outcome("IN_DOUBT")]
    web.answer = lambda xps: answers.pop() if xps and answers else web.take(xps)
    record(spool, 2, {"C": 3})
    delivery.round()
    delivery.round()
    assert web.languages == {"C": 9}


def test_answers_lost_for_a_whole_outage_double_nothing(delivery, web, spool):
    web.answer = Lost(web, times=4)
    for number in range(6):
        record(spool, number, {"C": number + 1})
        delivery.round()
    for _ in range(6):
        delivery.round()
    assert web.languages == {"C": 21}


def test_in_a_stream_of_pulses_there_is_a_pause_for_a_new_baseline(delivery, web, spool, path, clock):
    """What is sent again takes the baseline along: the next pulse that is lost in the same minute has one again."""
    test_what_did_not_arrive_is_sent_again(delivery, web, spool, path)
    web.answer = Lost(web)
    record(spool, 2, {"C": 4})
    for _ in range(5):
        stop = delivery.round()
        assert stop == Stop(wait=1.0, has_begun=False)
        assert web.languages == {"C": 3}
        clock.pass_seconds(stop.wait)
    assert delivery.round().verdict is Verdict.IN_DOUBT
    delivery.round()
    assert web.languages == {"C": 7}
