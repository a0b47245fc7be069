"""The outcome table of delivery.md, at the level of decisions: who is sent what, when, and what the round says."""

from __future__ import annotations

import pytest

from codestats.api.outcome import Verdict
from codestats.delivery.backoff import Backoff
from codestats.delivery.lease import SECONDS
from codestats.delivery.outbox import Outbox
from codestats.delivery.rounds import Delivery, Stop
from codestats.delivery.sender import AGAIN_AFTER_STORAGE_ERROR
from codestats.exceptions import StorageError
from codestats.pulse import coded_at
from codestats.storage.spool import ResolvedBatch
from unit.core.fakes import ANSWERED, SENT, START, FakeNews, FakeService, outcome, rows, sums

HOUR = 3600


class World:
    """A delivery with its outbox, a service to script, and the spool."""

    def __init__(self, spool, outbox, clock, path) -> None:
        self.spool, self.outbox, self.clock, self.path = spool, outbox, clock, path
        self.service, self.news = FakeService(), FakeNews()
        self.may_go_on = True
        self.delivery = self.courier_of(outbox)
        self._number = 0

    def courier_of(self, outbox, witness=None) -> Delivery:
        backoff, go_on = Backoff(15, 900), lambda: self.may_go_on
        return Delivery(outbox, self.service, self.clock, backoff, self.news, go_on, witness)

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


class SlowWitness:
    """Has seen nothing; `meanwhile` is what happens while it looks."""

    def __init__(self) -> None:
        self.meanwhile = lambda: None

    def prepare(self) -> None:
        pass

    def saw(self, _xps, _times) -> bool:
        self.meanwhile()
        return False


@pytest.fixture
def world(spool, outbox, clock, path):
    return World(spool, outbox, clock, path)


def test_all_is_sent_oldest_first_one_at_a_time(world):
    world.record({"C": 1}, {"C": 2, "Go": 1}, {"C": 3})
    assert world.delivery.round() == Stop()
    assert world.service.log == [{"C": 1}, {"C": 2, "Go": 1}, {"C": 3}]
    assert world.sums == {"sent": 7}
    assert world.news.arrived == world.service.log


def test_nothing_to_send_asks_nobody(world):
    assert world.delivery.round() == Stop()
    assert world.service.log == []


def test_while_another_editor_sends_this_one_waits(world, database, clock):
    world.record({"C": 1})
    Outbox(database, clock, "other").enter()
    stop = world.delivery.round()
    assert stop.verdict is None
    assert 0 < stop.wait <= SECONDS
    assert world.service.log == []


def test_the_lease_is_free_after_a_round(world, database, clock):
    world.record({"C": 1})
    world.delivery.round()
    assert Outbox(database, clock, "other").enter() == 0


@pytest.mark.parametrize(
    "verdict",
    ["UNAUTHORIZED", "WRONG_ADDRESS", "REDIRECTED", "THROTTLED", "UNAVAILABLE", "NOT_FOUND", "ANSWERED"],
)
def test_what_concerns_all_pulses_stops_the_round_and_loses_nothing(world, verdict):
    world.record({"C": 1}, {"C": 2})
    world.service.answer = lambda _: outcome(verdict, retry_after=30)
    assert world.delivery.round() == Stop(Verdict[verdict], "why", 30)
    assert world.posted == [{"C": 1}]
    assert world.sums == {"queued": 3}
    world.service.answer = lambda _: SENT
    world.delivery.forget_waits()
    world.delivery.round()
    assert world.sums == {"sent": 3}


def test_an_expired_pulse_is_kept_in_the_ledger_and_the_rest_goes_on(world):
    world.spool.record([ResolvedBatch("old", START - 8 * 24 * HOUR, {"C": 1})])
    world.record({"C": 2})
    world.service.answer = lambda xps: outcome("EXPIRED") if xps == {"C": 1} else SENT
    assert world.delivery.round() == Stop()
    assert world.sums == {"expired": 1, "sent": 2}
    assert world.news.given_up == [("expired", {"C": 1}, "why")]


def test_the_service_is_asked_with_the_moment_of_the_pulse_so_that_its_age_is_known(world):
    world.record({"C": 1})
    world.delivery.round()
    assert world.service.moments == [coded_at(START, world.clock.offset)]


def test_of_a_refused_pulse_only_the_bad_language_is_rejected(world):
    world.record({"Bad": 1, "C": 2, "Go": 3}, {"C": 4})
    world.service.answer = lambda xps: outcome("BAD_PULSE") if "Bad" in xps else SENT
    assert world.delivery.round() == Stop()
    assert world.sums == {"rejected": 1, "sent": 9}
    assert world.news.given_up == [("rejected", {"Bad": 1}, "why")]


def test_a_wait_that_the_service_asks_for_holds_for_all_editors(world, database, clock):
    world.record({"C": 1})
    world.service.answer = lambda _: outcome("THROTTLED", retry_after=30)
    world.delivery.round()
    other = world.courier_of(Outbox(database, clock, "other"))
    clock.pass_seconds(10)
    stop = other.round()
    assert (stop.verdict, stop.wait) == (Verdict.THROTTLED, 20)
    assert world.posted == [{"C": 1}]
    world.service.answer = lambda _: SENT
    clock.pass_seconds(20)
    assert other.round() == Stop()


def test_unless_the_user_asks_for_sending(world):
    world.record({"C": 1})
    world.service.answer = lambda _: outcome("THROTTLED", retry_after=30)
    world.delivery.round()
    world.service.answer = lambda _: SENT
    world.delivery.forget_waits()
    assert world.delivery.round() == Stop()


class TestServerErrors:
    def test_an_outage_stops_after_a_second_pulse_failed_too(self, world):
        world.record({"C": 1}, {"C": 2}, {"C": 3})
        world.service.answer = lambda _: outcome("SERVER_ERROR", retry_after=7)
        assert world.delivery.round() == Stop(Verdict.SERVER_ERROR, "why", 7)
        assert world.posted == [{"C": 1}, {"C": 2}]
        assert world.sums == {"queued": 6}

    def test_an_outage_never_counts_against_a_pulse_however_long(self, world):
        world.record({"C": 1}, {"C": 2})
        world.service.answer = lambda _: outcome("SERVER_ERROR")
        for _ in range(20):
            world.delivery.round()
            world.clock.pass_seconds(900)
        assert rows(world.path, "SELECT DISTINCT failures, open FROM pulse") == [(0, 1)]

    def test_nothing_is_given_up_while_no_pulse_with_xp_passes(self, world):
        world.record({"C": 1, "Go": 1}, {"C": 2})
        world.service.answer = lambda xps: outcome("SERVER_ERROR") if xps else SENT
        for _ in range(20):
            assert world.delivery.round().verdict is Verdict.SERVER_ERROR
            world.clock.pass_seconds(900)
        assert world.sums == {"queued": 4}
        assert rows(world.path, "SELECT sum(failures) FROM pulse") == [(0,)]

    def test_bad_pulses_alone_in_the_queue_are_split_so_that_their_good_parts_go_out(self, world):
        world.record({"Bad": 1, "C": 7}, {"Bad": 2, "Go": 3})
        world.service.answer = lambda xps: outcome("SERVER_ERROR") if "Bad" in xps else SENT
        for _ in range(20):
            world.delivery.round()
            world.clock.pass_seconds(900)
            world.record({"C": 1})
        assert world.sums == {"rejected": 3, "sent": 7 + 3 + 19, "queued": 1}

    def test_a_bad_pulse_does_not_hold_the_others_back(self, world):
        world.record({"Bad": 1}, {"C": 2}, {"C": 3})
        world.service.answer = lambda xps: outcome("SERVER_ERROR") if "Bad" in xps else SENT
        stop = world.delivery.round()
        assert world.sums == {"queued": 1, "sent": 5}
        assert stop.verdict is None
        assert 10 < stop.wait <= 15

    def test_it_is_given_up_when_others_passed_again_and_again(self, world):
        world.record({"Bad": 1, "C": 7}, {})
        world.service.answer = lambda xps: outcome("SERVER_ERROR") if "Bad" in xps else SENT
        tries = 0
        while "rejected" not in world.sums and tries < 20:
            tries += 1
            world.record({"Go": 1})
            world.delivery.round()
            world.clock.pass_seconds(900)
        assert world.sums == {"rejected": 1, "sent": 7 + tries}
        assert world.news.given_up == [("rejected", {"Bad": 1}, "why")]
        bad = [xps for xps in world.posted if "Bad" in xps]
        assert bad == [{"Bad": 1, "C": 7}] * 4 + [{"Bad": 1}] * 4

    def test_the_user_may_ask_for_the_next_try_at_once(self, world):
        world.record({"Bad": 1}, {"C": 2})
        world.service.answer = lambda xps: outcome("SERVER_ERROR") if "Bad" in xps else SENT
        world.delivery.round()
        world.service.answer = lambda _: SENT
        assert world.delivery.round().wait > 0
        world.delivery.forget_waits()
        assert world.delivery.round() == Stop()
        assert world.sums == {"sent": 3}


class TestDoubt:
    @pytest.fixture
    def doubtful(self, world):
        """The first of two pulses was sent and its answer lost."""
        world.record({"C": 1}, {"C": 2})
        world.service.answer = lambda _: outcome("IN_DOUBT")
        assert world.delivery.round() == Stop(Verdict.IN_DOUBT, "why", 0)
        assert world.sums == {"doubt": 1, "queued": 2}
        world.service.log.clear()
        return world

    def test_no_pulse_goes_out_before_the_service_answers_a_get(self, doubtful):
        doubtful.service.answer = lambda _: SENT
        doubtful.service.answer_probe = lambda: outcome("UNAVAILABLE")
        assert doubtful.delivery.round().verdict is Verdict.UNAVAILABLE
        assert doubtful.service.log == ["probe"]
        doubtful.service.answer_probe = lambda: ANSWERED
        assert doubtful.delivery.round() == Stop()
        assert doubtful.service.log == ["probe", "probe", {}, {"C": 1}, {"C": 2}]
        assert doubtful.sums == {"sent": 3}
        assert rows(doubtful.path, "SELECT doubt, xp FROM ledger ORDER BY doubt") == [(0, 2), (1, 1)]

    def test_while_pulses_are_taken_and_answers_lost_none_with_xp_goes_out_again(self, doubtful):
        for _ in range(20):
            stop = doubtful.delivery.round()
            assert stop.verdict is Verdict.UNAVAILABLE
        assert doubtful.posted == []
        assert rows(doubtful.path, "SELECT doubts FROM pulse WHERE state = 'doubt'") == [(1,)]

    def test_a_killed_editors_pulse_is_asked_after_as_well(self, world, database, clock):
        world.record({"C": 1})
        dead = Outbox(database, clock, "dead")
        dead.enter()
        dead.claim()
        clock.pass_seconds(SECONDS)
        world.delivery.round()
        assert world.service.log == ["probe", {}, {"C": 1}]

    def test_a_refusal_when_it_is_sent_again_does_not_settle_what_became_of_the_first(self, doubtful):
        doubtful.service.answer = lambda xps: outcome("UNAUTHORIZED") if xps else SENT
        doubtful.delivery.round()
        assert doubtful.sums == {"doubt": 1, "queued": 2}

    @pytest.mark.parametrize("verdict", ["BAD_PULSE", "EXPIRED"])
    def test_a_service_that_refuses_empty_pulses_answers_too(self, doubtful, verdict):
        doubtful.service.answer = lambda xps: SENT if xps else outcome(verdict)
        assert doubtful.delivery.round() == Stop()
        assert doubtful.sums == {"sent": 3}


class TestOddMoments:
    def test_a_process_stopped_before_the_request_sends_nothing(self, world, monkeypatch):
        world.record({"C": 1})
        claim = world.outbox.claim

        def stopped_after_claiming(skip):
            claimed = claim(skip)
            world.clock.pass_seconds(SECONDS + 1)
            return claimed

        monkeypatch.setattr(world.outbox, "claim", stopped_after_claiming)
        assert world.delivery.round().wait > 0
        assert world.service.log == []
        assert world.sums == {"queued": 1}

    def test_nor_one_stopped_while_it_looked_for_a_pulse_in_doubt(self, world, database):
        """A suspended laptop, for example; the other editor wakes up first."""
        other = world.courier_of(Outbox(database, world.clock, "other"))
        world.delivery = world.courier_of(world.outbox, witness := SlowWitness())
        world.record({"C": 1})
        world.service.answer = lambda _: outcome("IN_DOUBT")
        world.delivery.round()
        world.service.answer = lambda _: SENT

        def overtaken():
            world.clock.pass_seconds(SECONDS + 1)
            other.round()

        witness.meanwhile = overtaken
        assert world.delivery.round().wait > 0
        assert world.posted == [{"C": 1}, {"C": 1}]
        assert world.sums == {"sent": 1}

    def test_a_slow_look_alone_does_not_end_the_round(self, world):
        world.delivery = world.courier_of(world.outbox, witness := SlowWitness())
        world.record({"C": 1})
        world.service.answer = lambda _: outcome("IN_DOUBT")
        world.delivery.round()
        world.service.answer = lambda _: SENT
        witness.meanwhile = lambda: world.clock.pass_seconds(SECONDS + 1)
        assert world.delivery.round() == Stop()
        assert world.sums == {"sent": 1}

    def test_an_outcome_the_disk_refused_is_written_before_anything_else_is_sent(self, world, monkeypatch):
        world.record({"C": 1}, {"C": 2})
        finish = world.outbox.finish
        monkeypatch.setattr(world.outbox, "finish", self.full_disk)
        with pytest.raises(StorageError):
            world.delivery.round()
        with pytest.raises(StorageError):
            world.delivery.round()
        assert world.posted == [{"C": 1}]
        monkeypatch.setattr(world.outbox, "finish", finish)
        assert world.delivery.round() == Stop()
        assert world.posted == [{"C": 1}, {"C": 2}]
        assert world.sums == {"sent": 3}

    def test_while_an_outcome_is_unwritten_nobody_else_takes_the_pulse_for_doubtful(
        self, world, database, clock, monkeypatch
    ):
        world.record({"C": 1})
        finish = world.outbox.finish
        monkeypatch.setattr(world.outbox, "finish", self.full_disk)
        with pytest.raises(StorageError):
            world.delivery.round()
        clock.pass_seconds(AGAIN_AFTER_STORAGE_ERROR)
        other = world.courier_of(Outbox(database, clock, "other"))
        assert other.round().wait > 0
        with pytest.raises(StorageError):  # still no room: what is known is still known
            world.delivery.round()
        monkeypatch.setattr(world.outbox, "finish", finish)
        assert world.delivery.round() == Stop()
        assert other.round() == Stop()
        assert world.posted == [{"C": 1}]
        assert world.sums == {"sent": 1}

    def full_disk(self, claim, state):
        raise StorageError("disk full")

    def test_leaving_ends_the_round_between_two_pulses(self, world):
        world.record({"C": 1}, {"C": 2})

        def leave(_):
            world.may_go_on = False
            return SENT

        world.service.answer = leave
        world.delivery.round()
        assert world.sums == {"sent": 1, "queued": 2}
