"""The outcome table (doc/dev/delivery.md), at the level of decisions: who is sent what, when, what a round says."""

from __future__ import annotations

import pytest

from codestats.delivery.arrival import ABSENT, UNKNOWN, Finding
from codestats.delivery.backoff import Backoff
from codestats.delivery.lease import SECONDS
from codestats.delivery.outbox import Outbox
from codestats.delivery.rounds import FAILURES_UNTIL_GIVEN_UP, Delivery, RoundResult
from codestats.delivery.sender import AGAIN_AFTER_STORAGE_ERROR
from codestats.exceptions import StorageError
from codestats.pulse import coded_at
from codestats.storage.spool import ResolvedBatch
from support.fakes import ANSWERED, SENT, START, FakeReporter, FakeService, outcome, rows, sums

HOUR = 3600


class DeliveryFixture:
    """A delivery with its outbox, a service to script, and the spool."""

    def __init__(self, spool, outbox, clock, path) -> None:
        self.spool, self.outbox, self.clock, self.path = spool, outbox, clock, path
        self.service, self.news = FakeService(), FakeReporter()
        self.may_go_on = True
        self.delivery = self.courier_of(outbox)
        self._number = 0

    def courier_of(self, outbox, check=None) -> Delivery:
        backoff, go_on = Backoff(15, 900), lambda: self.may_go_on
        return Delivery(outbox, self.service, self.clock, backoff, self.news, go_on, check)

    def record(self, *pulses) -> None:
        """One pulse for each dictionary, the first one the oldest."""
        entries = []
        for age, xps in enumerate(reversed(pulses)):
            self._number += 1
            entries.append(ResolvedBatch(f"batch {self._number}", START - age * HOUR, xps))
        self.spool.record(entries)

    @property
    def posted(self) -> list:
        """What was POSTed with XP in it, without the empty pulses."""
        return [xps for xps in self.service.log if xps not in ("probe", {})]

    @property
    def sums(self) -> dict:
        return sums(self.path)


class Check:
    """Finds what it is told to; `meanwhile` is what happens while it looks."""

    def __init__(self, finding=UNKNOWN) -> None:
        self.finding = finding
        self.meanwhile = lambda: None
        self.looked_for = []

    def prepare(self, *, is_in_a_hurry=False) -> float:
        return 0.0

    def settles_in(self) -> float:
        return 0.0

    def learn_machine(self) -> None:
        pass

    def confirm(self, doubts) -> Finding:
        self.looked_for.append([(dict(doubt.xps), doubt.times) for doubt in doubts])
        self.meanwhile()
        return self.finding


@pytest.fixture
def world(spool, outbox, clock, path):
    return DeliveryFixture(spool, outbox, clock, path)


def test_all_is_sent_oldest_first_one_at_a_time(world):
    world.record({"C": 1}, {"C": 2, "Go": 1}, {"C": 3})
    assert world.delivery.send_round() == RoundResult()
    assert world.service.log == [{"C": 1}, {"C": 2, "Go": 1}, {"C": 3}]
    assert world.sums == {"sent": 7}
    assert world.news.arrived == world.service.log


def test_nothing_to_send_asks_nobody(world):
    assert world.delivery.send_round() == RoundResult()
    assert world.service.log == []


def test_while_another_editor_sends_this_one_waits(world, database, clock):
    world.record({"C": 1})
    Outbox(database, clock, "other").acquire()
    stop = world.delivery.send_round()
    assert not stop.has_begun
    assert 0 < stop.wait <= SECONDS
    assert world.service.log == []


def test_the_lease_is_free_after_a_round(world, database, clock):
    world.record({"C": 1})
    world.delivery.send_round()
    assert Outbox(database, clock, "other").acquire() == 0


def test_what_did_not_leave_stops_the_round_and_loses_nothing(world):
    world.record({"C": 1}, {"C": 2})
    world.service.answer = lambda _: outcome("UNAVAILABLE")
    assert world.delivery.send_round() == RoundResult("offline", "why")
    assert world.posted == [{"C": 1}]
    assert world.sums == {"queued": 3}
    assert rows(world.path, "SELECT DISTINCT open FROM pulse") == [(1,)]
    world.service.answer = lambda _: SENT
    world.delivery.send_round()
    assert world.sums == {"sent": 3}


def test_after_a_token_that_is_not_good_an_empty_pulse_asks(world):
    world.record({"C": 1}, {"C": 2})
    world.service.answer = lambda _: outcome("UNAUTHORIZED", state="unauthorized")
    for _ in range(3):
        assert world.delivery.send_round() == RoundResult("unauthorized", "why")
    assert world.posted == [{"C": 1}]
    assert world.sums == {"queued": 3}
    world.service.answer = lambda _: SENT
    world.delivery.send_round()
    assert world.service.log[-3:] == [{}, {"C": 1}, {"C": 2}]
    assert world.sums == {"sent": 3}


def test_an_expired_pulse_is_kept_in_the_ledger_and_the_rest_goes_on(world):
    world.spool.record([ResolvedBatch("old", START - 8 * 24 * HOUR, {"C": 1})])
    world.record({"C": 2})
    world.service.answer = lambda xps: outcome("EXPIRED") if xps == {"C": 1} else SENT
    assert world.delivery.send_round() == RoundResult()
    assert world.sums == {"expired": 1, "sent": 2}
    assert world.news.given_up == [("expired", {"C": 1}, "why")]


def test_the_service_is_asked_with_the_moment_of_the_pulse_so_that_its_age_is_known(world):
    world.record({"C": 1})
    world.delivery.send_round()
    assert world.service.moments == [coded_at(START, world.clock.offset)]


def test_a_wait_that_the_service_asks_for_holds_for_all_editors(world, database, clock):
    world.record({"C": 1})
    world.service.answer = lambda _: outcome("IN_DOUBT", status=429, retry_after=30)
    world.delivery.send_round()
    other = world.courier_of(Outbox(database, clock, "other"))
    clock.pass_seconds(10)
    assert other.send_round() == RoundResult("offline", "the service asks for fewer requests", 20)
    assert world.posted == [{"C": 1}]
    world.service.answer = lambda _: SENT
    clock.pass_seconds(20)
    assert other.send_round() == RoundResult()


def test_unless_the_user_asks_for_sending(world):
    world.record({"C": 1})
    world.service.answer = lambda _: outcome("IN_DOUBT", status=429, retry_after=30)
    world.delivery.send_round()
    world.service.answer = lambda _: SENT
    world.delivery.forget_waits()
    assert world.delivery.send_round() == RoundResult()


class Trouble:
    """A service that answers so to each pulse in which it finds `Bad`, or to all."""

    def __init__(self, world, answer, *, is_all=False, spares_empty=False) -> None:
        self.is_on, self.answer, self.is_all, self.spares_empty = True, answer, is_all, spares_empty
        world.service.answer = self

    def __call__(self, xps):
        meant = "Bad" in xps or (self.is_all and not (self.spares_empty and not xps))
        return self.answer if self.is_on and meant else SENT


REFUSED = outcome("REFUSED", "no", is_spoken=True)
ERROR = outcome("IN_DOUBT", "oops", status=500, is_spoken=True)
GATEWAY = outcome("IN_DOUBT", "page", status=502)
DATED = outcome("REFUSED", "clock?", is_spoken=True, is_dated=True)
SILENCE = outcome("IN_DOUBT", "silence")
TROUBLES = {"refused": REFUSED, "error": ERROR, "gateway": GATEWAY, "dated": DATED, "silence": SILENCE}


@pytest.fixture(params=TROUBLES)
def answer(request):
    return TROUBLES[request.param]


def rounds(world, number, seconds=900, record=None):
    """So many, each of them after a while and with something new typed."""
    for _ in range(number):
        world.delivery.send_round()
        world.clock.pass_seconds(seconds)
        if record:
            world.record(record)


class TestWhatAllGet:
    """An outage, whatever it looks like: nothing is given up, and nobody is asked for more than has to be."""

    def test_the_round_ends_as_soon_as_an_empty_pulse_gets_it_too(self, world, answer):
        world.record({"C": 1}, {"C": 2}, {"C": 3})
        Trouble(world, answer, is_all=True)
        assert world.delivery.send_round() == RoundResult("offline", answer.reason)
        assert world.posted == [{"C": 1}]

    def test_from_then_on_only_empty_pulses_go_out(self, world, answer):
        world.record({"C": 1}, {"C": 2})
        Trouble(world, answer, is_all=True)
        rounds(world, 20)
        assert len(world.posted) == (1 if answer.verdict.name == "IN_DOUBT" else 20)
        assert world.sums in ({"queued": 3}, {"doubt": 1, "queued": 2})
        assert rows(world.path, "SELECT sum(failures) FROM pulse") == [(0,)]

    def test_all_arrive_when_it_is_over(self, world, answer):
        world.record({"C": 1}, {"C": 2})
        trouble = Trouble(world, answer, is_all=True)
        rounds(world, 20)
        trouble.is_on = False
        assert world.delivery.send_round() == RoundResult()
        assert world.sums == {"sent": 3}

    def test_nor_is_anything_given_up_while_only_empty_pulses_pass(self, world, answer):
        world.record({"C": 1, "Go": 1}, {"C": 2})
        trouble = Trouble(world, answer, is_all=True, spares_empty=True)
        assert world.delivery.send_round().state == "offline"
        rounds(world, 20)
        assert {*world.sums} <= {"queued", "doubt"}
        assert sum(world.sums.values()) == 4
        trouble.is_on = False
        rounds(world, 4, 4000)
        assert world.sums == {"sent": 4}


class TestWhatOneGets:
    """Others pass: it may be this pulse's own fault."""

    def test_it_does_not_hold_the_others_back(self, world, answer):
        world.record({"Bad": 1}, {"C": 2}, {"C": 3})
        Trouble(world, answer)
        rounds(world, 2, 0)
        assert world.sums.get("sent") == 5
        rounds(world, 2, 0, record={"Go": 1})
        assert world.sums.get("sent") == 6
        result = world.delivery.send_round()
        assert world.sums.get("sent") == 7
        assert result.state == ""
        assert 10 < result.wait <= 3600

    def test_it_goes_again_and_again_at_growing_intervals_and_never_grows(self, world, answer):
        world.record({"Bad": 1})
        Trouble(world, answer)
        rounds(world, 30, 60, record={"C": 1})
        bad = [xps for xps in world.posted if "Bad" in xps]
        assert bad == [{"Bad": 1}] * len(bad)
        assert 1 < len(bad) < 10

    @pytest.mark.parametrize("answer", [REFUSED, ERROR])
    def test_given_up_is_only_what_the_service_itself_has_trouble_with(self, world, answer):
        world.delivery = world.courier_of(world.outbox, Check(ABSENT))
        world.record({"Bad": 1, "C": 7})
        Trouble(world, answer)
        rounds(world, 40, record={"Go": 1})
        world.delivery.send_round()
        assert world.sums == {"rejected": 1, "sent": 7 + 40}
        assert [(state, xps) for state, xps, _ in world.news.given_up] == [("rejected", {"Bad": 1})]
        whole, part = (
            [xps for xps in world.posted if xps == sent] for sent in ({"Bad": 1, "C": 7}, {"Bad": 1})
        )
        assert len(whole) >= 2
        assert len(part) == FAILURES_UNTIL_GIVEN_UP + 1

    @pytest.mark.parametrize("answer", [GATEWAY, DATED, SILENCE])
    def test_and_never_for_the_word_of_somebody_else_or_of_a_clock(self, world, answer):
        world.delivery = world.courier_of(world.outbox, Check(ABSENT))
        world.record({"Bad": 1, "C": 7})
        trouble = Trouble(world, answer)
        rounds(world, 40, record={"Go": 1})
        assert world.news.given_up == []
        trouble.is_on = False
        rounds(world, 2, 4000)
        assert world.sums == {"sent": 8 + 40}

    @pytest.mark.parametrize("answer", [REFUSED, ERROR])
    def test_alone_in_the_queue_it_is_split_so_that_its_good_parts_go_out(self, world, answer):
        world.delivery = world.courier_of(world.outbox, Check(ABSENT))
        world.record({"Bad": 1, "C": 7})
        Trouble(world, answer)
        rounds(world, 5)
        assert world.sums.get("sent") == 7
        assert world.news.given_up == []

    def test_what_may_have_arrived_is_not_split_while_the_profile_does_not_tell(self, world):
        world.record({"Bad": 1, "C": 7})
        Trouble(world, ERROR)
        rounds(world, 10, 4000)
        assert {*map(str, world.posted)} == {"{'Bad': 1, 'C': 7}"}

    def test_the_user_may_ask_for_the_next_try_at_once(self, world):
        world.record({"Bad": 1}, {"C": 2})
        trouble = Trouble(world, REFUSED)
        world.delivery.send_round()
        trouble.is_on = False
        assert world.delivery.send_round().wait > 0
        world.delivery.forget_waits()
        assert world.delivery.send_round() == RoundResult()
        assert world.sums == {"sent": 3}


class TestDoubt:
    @pytest.fixture
    def doubtful(self, world):
        """The first of two pulses was sent and its answer lost."""
        world.record({"C": 1}, {"C": 2})
        world.service.answer = lambda _: SILENCE
        assert world.delivery.send_round() == RoundResult("offline", "silence", 0)
        assert world.sums == {"doubt": 1, "queued": 2}
        world.service.log.clear()
        return world

    def test_no_pulse_goes_out_before_the_service_answers_a_get(self, doubtful):
        doubtful.service.answer = lambda _: SENT
        doubtful.service.answer_probe = lambda: outcome("UNAVAILABLE")
        assert doubtful.delivery.send_round().state == "offline"
        assert doubtful.service.log == ["probe"]
        doubtful.service.answer_probe = lambda: ANSWERED
        assert doubtful.delivery.send_round() == RoundResult()
        assert doubtful.service.log == ["probe", "probe", {}, {"C": 2}, {"C": 1}]
        assert doubtful.sums == {"sent": 3}
        assert rows(doubtful.path, "SELECT doubt, xp FROM ledger ORDER BY doubt") == [(0, 2), (1, 1)]

    def test_while_pulses_are_taken_and_answers_lost_none_with_xp_goes_out_again(self, doubtful):
        for _ in range(20):
            assert doubtful.delivery.send_round().state == "offline"
        assert doubtful.posted == []
        assert rows(doubtful.path, "SELECT doubts FROM pulse WHERE state = 'doubt'") == [(1,)]

    def test_a_killed_editors_pulse_is_asked_after_as_well(self, world, database, clock):
        world.record({"C": 1})
        dead = Outbox(database, clock, "dead")
        dead.acquire()
        dead.claim()
        clock.pass_seconds(SECONDS)
        world.delivery.send_round()
        assert world.service.log == ["probe", {}, {"C": 1}]

    def test_a_refusal_when_it_is_sent_again_does_not_settle_what_became_of_the_first(self, doubtful):
        doubtful.service.answer = lambda xps: outcome("UNAUTHORIZED") if xps else SENT
        doubtful.delivery.send_round()
        assert doubtful.sums == {"doubt": 1, "queued": 2}

    @pytest.mark.parametrize("verdict", ["REFUSED", "EXPIRED"])
    def test_a_service_that_refuses_empty_pulses_answers_too(self, doubtful, verdict):
        doubtful.service.answer = lambda xps: SENT if xps else outcome(verdict)
        assert doubtful.delivery.send_round() == RoundResult()
        assert doubtful.sums == {"sent": 3}

    def test_it_does_not_grow(self, doubtful, spool):
        spool.record([ResolvedBatch("more", START - HOUR, {"C": 5})])
        doubtful.service.answer = lambda _: SENT
        doubtful.delivery.send_round()
        assert doubtful.posted == [{"C": 5}, {"C": 2}, {"C": 1}]

    def test_what_the_profile_shows_is_not_sent_again(self, doubtful):
        doubtful.delivery = doubtful.courier_of(doubtful.outbox, Check(Finding(1)))
        doubtful.service.answer = lambda _: SENT
        assert doubtful.delivery.send_round() == RoundResult()
        assert doubtful.posted == [{"C": 2}]
        assert rows(doubtful.path, "SELECT DISTINCT doubt FROM ledger") == [(0,)]

    def test_what_is_surely_not_there_is_in_doubt_no_more(self, doubtful):
        doubtful.delivery = doubtful.courier_of(doubtful.outbox, Check(ABSENT))
        doubtful.service.answer = lambda xps: outcome("UNAVAILABLE") if xps == {"C": 1} else SENT
        doubtful.delivery.send_round()
        assert doubtful.sums == {"queued": 1, "sent": 2}

    def test_where_the_profile_is_not_clear_others_go_first(self, doubtful):
        doubtful.delivery = doubtful.courier_of(doubtful.outbox, check := Check())
        doubtful.service.answer = lambda _: SENT
        doubtful.delivery.send_round()
        assert doubtful.posted == [{"C": 2}, {"C": 1}]
        assert check.looked_for == [[({"C": 1}, 1)]]

    def test_a_second_time_without_a_word_is_the_last_for_an_hour_unless_others_pass(self, world):
        """A hidden profile, and answers to pulses with XP are lost for hours."""
        world.record({"C": 1})
        trouble = Trouble(world, GATEWAY, is_all=True, spares_empty=True)
        for _ in range(30):
            world.delivery.forget_waits()
            world.delivery.send_round()
            world.clock.pass_seconds(60)
        assert world.posted == [{"C": 1}] * 2
        trouble.is_on = False
        world.record({"Go": 1})
        world.delivery.send_round()
        world.clock.pass_seconds(16)
        world.delivery.send_round()
        assert world.sums == {"sent": 2}


class TestOtherEditors:
    """What is held against a pulse holds for all editors, and for one that was started again."""

    @pytest.fixture
    def another(self, world, database, clock):
        numbers = iter(range(100))
        return lambda: world.courier_of(Outbox(database, clock, f"other {next(numbers)}"))

    def test_a_pulse_goes_out_no_third_time_with_another_one(self, world, another):
        """A hidden profile, empty pulses pass, and answers to those with XP are lost."""
        world.record({"C": 1})
        Trouble(world, GATEWAY, is_all=True, spares_empty=True)
        for _ in range(20):
            another().send_round()
            world.clock.pass_seconds(60)
        assert world.posted == [{"C": 1}] * 2

    def test_nor_if_the_one_that_sent_it_again_is_killed(self, world, another):
        world.record({"C": 1})
        world.service.answer = lambda _: SILENCE
        world.delivery.send_round()
        dying = another()

        def dies(xps):
            raise KeyboardInterrupt if xps else SystemExit

        world.service.answer = lambda xps: dies(xps) if xps else SENT
        with pytest.raises(KeyboardInterrupt):
            dying.send_round()
        world.service.answer = lambda _: SENT
        world.clock.pass_seconds(60)
        another().send_round()
        assert world.posted == [{"C": 1}] * 2
        world.clock.pass_seconds(3600)
        another().send_round()
        assert world.sums == {"sent": 1}

    @pytest.mark.parametrize("boots", [False, True])
    def test_a_rest_outlives_a_restart_and_a_boot(self, world, another, boots):
        world.record({"Bad": 1}, {"C": 2})
        Trouble(world, REFUSED)
        another().send_round()
        another().send_round()
        tries = world.posted.count({"Bad": 1})
        if boots:
            world.clock.boot_id, world.clock.up = "boot-2", 5.0
        assert 0 < another().send_round().wait <= 30
        assert world.posted.count({"Bad": 1}) == tries
        world.clock.pass_seconds(31)
        another().send_round()
        assert world.posted.count({"Bad": 1}) == tries + 1

    def test_what_is_held_against_it_goes_with_it(self, world, another):
        world.record({"Bad": 1}, {"C": 2})
        trouble = Trouble(world, REFUSED)
        another().send_round()
        trouble.is_on = False
        world.clock.pass_seconds(60)
        another().send_round()
        assert world.sums == {"sent": 3}
        assert rows(world.path, "SELECT * FROM suspicion") == []


class TestOddMoments:
    def test_a_process_stopped_before_the_request_sends_nothing(self, world, monkeypatch):
        world.record({"C": 1})
        claim = world.outbox.claim

        def stopped_after_claiming(skip):
            claimed = claim(skip)
            world.clock.pass_seconds(SECONDS + 1)
            return claimed

        monkeypatch.setattr(world.outbox, "claim", stopped_after_claiming)
        assert world.delivery.send_round().wait > 0
        assert world.service.log == []
        assert world.sums == {"queued": 1}

    def test_nor_one_stopped_while_it_looked_for_a_pulse_in_doubt(self, world, database):
        """A suspended laptop, for example; the other editor wakes up first."""
        other = world.courier_of(Outbox(database, world.clock, "other"))
        world.delivery = world.courier_of(world.outbox, check := Check())
        world.record({"C": 1})
        world.service.answer = lambda _: SILENCE
        world.delivery.send_round()
        world.service.answer = lambda _: SENT

        def overtaken():
            world.clock.pass_seconds(SECONDS + 1)
            other.send_round()

        check.meanwhile = overtaken
        assert world.delivery.send_round().wait > 0
        assert world.posted == [{"C": 1}, {"C": 1}]
        assert world.sums == {"sent": 1}

    def test_a_slow_look_alone_does_not_end_the_round(self, world):
        world.delivery = world.courier_of(world.outbox, check := Check())
        world.record({"C": 1})
        world.service.answer = lambda _: SILENCE
        world.delivery.send_round()
        world.service.answer = lambda _: SENT
        check.meanwhile = lambda: world.clock.pass_seconds(SECONDS + 1)
        assert world.delivery.send_round() == RoundResult()
        assert world.sums == {"sent": 1}

    def test_an_outcome_the_disk_refused_is_written_before_anything_else_is_sent(self, world, monkeypatch):
        world.record({"C": 1}, {"C": 2})
        finish = world.outbox.finish
        monkeypatch.setattr(world.outbox, "finish", self.full_disk)
        with pytest.raises(StorageError):
            world.delivery.send_round()
        with pytest.raises(StorageError):
            world.delivery.send_round()
        assert world.posted == [{"C": 1}]
        monkeypatch.setattr(world.outbox, "finish", finish)
        assert world.delivery.send_round() == RoundResult()
        assert world.posted == [{"C": 1}, {"C": 2}]
        assert world.sums == {"sent": 3}

    def test_while_an_outcome_is_unwritten_nobody_else_takes_the_pulse_for_doubtful(
        self, world, database, clock, monkeypatch
    ):
        world.record({"C": 1})
        finish = world.outbox.finish
        monkeypatch.setattr(world.outbox, "finish", self.full_disk)
        with pytest.raises(StorageError):
            world.delivery.send_round()
        clock.pass_seconds(AGAIN_AFTER_STORAGE_ERROR)
        other = world.courier_of(Outbox(database, clock, "other"))
        assert other.send_round().wait > 0
        with pytest.raises(StorageError):  # still no room: what is known is still known
            world.delivery.send_round()
        monkeypatch.setattr(world.outbox, "finish", finish)
        assert world.delivery.send_round() == RoundResult()
        assert other.send_round() == RoundResult()
        assert world.posted == [{"C": 1}]
        assert world.sums == {"sent": 1}

    def full_disk(self, claim, state, **values):
        raise StorageError("disk full")

    def test_leaving_ends_the_round_between_two_pulses(self, world):
        world.record({"C": 1}, {"C": 2})

        def leave(_):
            world.may_go_on = False
            return SENT

        world.service.answer = leave
        world.delivery.send_round()
        assert world.sums == {"sent": 1, "queued": 2}
