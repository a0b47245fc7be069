from __future__ import annotations

import json

import pytest

from codestats.delivery.lease import SECONDS
from codestats.delivery.outbox import Outbox
from codestats.exceptions import LeaseLostError
from codestats.pulse import LARGEST_XP
from codestats.storage.owners import Owner
from codestats.storage.spool import ResolvedBatch, set_meta
from support.fakes import START, rows, sums


@pytest.fixture
def two_hours(spool, outbox):
    """Two pulses, the younger one recorded first; and the lease."""
    spool.record(
        [ResolvedBatch("young", START, {"C": 1, "Python": 2}), ResolvedBatch("old", START - 3600, {"C": 10})]
    )
    assert outbox.acquire() == 0
    return outbox


def test_the_oldest_goes_first_with_its_own_time_and_offset(two_hours):
    claim = two_hours.claim()
    assert claim.pulse.xps == {"C": 10}
    assert claim.pulse.coded_at == "2023-11-14T22:13:20+01:00"
    assert two_hours.claim().pulse.xps == {"C": 1, "Python": 2}
    assert two_hours.claim() is None


def test_nothing_is_claimed_without_the_lease(spool, outbox):
    spool.record([ResolvedBatch("a", START, {"C": 1})])
    with pytest.raises(LeaseLostError):
        outbox.claim()


@pytest.mark.parametrize("state", ["sent", "expired", "rejected"])
def test_a_finished_pulse_is_in_the_ledger(two_hours, path, state):
    assert two_hours.finish(two_hours.claim(), state)
    assert sums(path) == {state: 10, "queued": 3}
    assert rows(path, "SELECT hour, offset, language, doubt FROM ledger") == [("2023-11-14T22", 60, "C", 0)]


def test_new_xp_does_not_join_a_pulse_in_flight(two_hours, spool, path):
    claim = two_hours.claim()
    spool.record([ResolvedBatch("more", START - 3600, {"C": 5})])
    assert sums(path) == {"sending": 10, "queued": 8}
    two_hours.finish(claim, "sent")
    assert sums(path) == {"sent": 10, "queued": 8}


def test_a_pulse_that_comes_back_is_merged_with_what_came_meanwhile(two_hours, spool, path):
    claim = two_hours.claim()
    spool.record([ResolvedBatch("more", START - 3500, {"C": 5, "Go": 1})])
    assert two_hours.put_back(claim)
    assert two_hours.claim().pulse.xps == {"C": 15, "Go": 1}
    assert sums(path) == {"sending": 16, "queued": 3}


def test_a_pulse_in_doubt_goes_first_alone_and_the_ledger_tells(two_hours, spool, path):
    two_hours.finish(two_hours.claim(), "sent")
    assert two_hours.doubt(two_hours.claim())
    spool.record([ResolvedBatch("more", START, {"C": 7}), ResolvedBatch("older", START - 7200, {"C": 100})])
    assert two_hours.has_doubts()
    claim = two_hours.claim()
    assert (claim.pulse.xps, claim.doubts) == ({"C": 1, "Python": 2}, 1)
    two_hours.put_back(claim)
    assert sums(path) == {"sent": 10, "doubt": 3, "queued": 107}
    two_hours.finish(two_hours.claim(), "sent")
    assert rows(path, "SELECT sum(xp) FROM ledger WHERE doubt = 1") == [(3,)]


def test_a_split_pulse_is_sent_language_by_language(two_hours, path):
    two_hours.finish(two_hours.claim(), "sent")
    assert two_hours.split(two_hours.claim())
    first, second = two_hours.claim(), two_hours.claim()
    assert [first.pulse.xps, second.pulse.xps] == [{"C": 1}, {"Python": 2}]
    two_hours.put_back(first)
    two_hours.put_back(second)
    assert rows(path, "SELECT count(*) FROM pulse") == [(2,)]


def test_a_failure_makes_a_pulse_stand_alone_and_go_last(two_hours, spool):
    identity = two_hours.put_back(two_hours.claim())
    assert two_hours.count_failure(identity) == 1
    spool.record([ResolvedBatch("more", START - 3600, {"C": 5})])
    claims = [two_hours.claim() for _ in range(3)]
    assert [claim.pulse.xps for claim in claims] == [{"C": 5}, {"C": 1, "Python": 2}, {"C": 10}]
    assert claims[-1].failures == 1
    assert two_hours.put_back(claims[-1]) == identity
    assert two_hours.claim(skip={identity}) is None


def test_a_pulse_put_back_alone_does_not_grow(two_hours, spool, path):
    two_hours.put_back(two_hours.claim(), alone=True)
    spool.record([ResolvedBatch("more", START - 3600, {"C": 5})])
    assert rows(path, "SELECT xp FROM pulse_xp ORDER BY xp") == [(1,), (2,), (5,), (10,)]


def test_pulses_in_doubt_are_told_whole(two_hours):
    two_hours.doubt(two_hours.claim())
    young = two_hours.claim(skip={two_hours.claim().id})
    two_hours.doubt(young)
    assert two_hours.doubts() == [({"C": 1, "Python": 2}, 1)]


def test_xp_beyond_what_a_pulse_can_carry_is_spread_over_several(spool, outbox, path):
    spool.record([ResolvedBatch("a", START, {"C": 2 * LARGEST_XP + 5, "Go": 1})])
    outbox.acquire()
    claims = [outbox.claim() for _ in range(4)]
    assert [claim and dict(claim.pulse.xps) for claim in claims] == [
        {"C": LARGEST_XP, "Go": 1},
        {"C": LARGEST_XP},
        {"C": 5},
        None,
    ]
    for claim in claims[:3]:
        outbox.put_back(claim)
    assert sums(path) == {"queued": 2 * LARGEST_XP + 6}


def test_a_wait_is_for_the_account_that_was_asked(database, clock):
    asked, again, other = (Outbox(database, clock, "me", Owner(key)) for key in ("a", "a", "b"))
    asked.pause(60)
    assert again.pause_left() > 0
    assert other.pause_left() == 0


def test_a_wait_that_names_no_account_is_over(database, clock):
    with database.transaction() as connection:
        set_meta(connection, "pause", f"{clock.boot_id} {clock.uptime() + 60}")
    assert Outbox(database, clock, "me", Owner("a")).pause_left() == 0


class TestTakingOver:
    @pytest.fixture
    def other(self, database, clock):
        return Outbox(database, clock, "other")

    def test_what_a_lost_holder_had_in_its_hands_is_in_doubt(self, two_hours, other, clock, path):
        two_hours.claim()
        assert 0 < other.acquire() <= SECONDS
        clock.pass_seconds(SECONDS + 0.1)
        assert other.acquire() == 0
        assert sums(path) == {"doubt": 10, "queued": 3}

    def test_a_holder_that_wakes_up_tells_what_it_knows(self, two_hours, other, clock, path):
        claim = two_hours.claim()
        clock.pass_seconds(SECONDS + 1)
        other.acquire()
        assert two_hours.finish(claim, "sent")
        assert sums(path) == {"sent": 10, "queued": 3}
        assert rows(path, "SELECT doubt FROM ledger") == [(0,)]

    def test_unless_it_was_claimed_again(self, two_hours, other, clock, path):
        late = two_hours.claim()
        clock.pass_seconds(SECONDS + 1)
        other.acquire()
        claim = other.claim()
        assert not two_hours.finish(late, "sent")
        assert two_hours.put_back(late) == 0
        assert other.finish(claim, "sent")
        assert sums(path) == {"sent": 10, "queued": 3}

    def test_a_holder_that_lost_the_lease_claims_nothing(self, two_hours, other, clock):
        clock.pass_seconds(SECONDS + 1)
        other.acquire()
        with pytest.raises(LeaseLostError):
            two_hours.claim()

    def test_the_lease_is_free_at_once_when_given_up(self, two_hours, other):
        two_hours.release_lease()
        assert other.acquire() == 0


def test_an_hour_offline_of_more_than_1000_xp_in_a_language(spool, outbox):
    spool.record(
        [ResolvedBatch(f"minute {number}", START + number, {"C": 60, "Go": 1}) for number in range(40)]
    )
    outbox.acquire()
    entries = json.loads(outbox.claim().pulse.body())["xps"]
    assert [(entry["language"], entry["xp"]) for entry in entries] == [("C", 1000)] * 2 + [
        ("C", 400),
        ("Go", 40),
    ]
    assert outbox.waiting() == 1
