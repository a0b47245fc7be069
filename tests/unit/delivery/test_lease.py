from __future__ import annotations

import pytest

from codestats.delivery.lease import SECONDS, Lease
from support.fakes import FakeClock


@pytest.fixture
def connection(database):
    with database.transaction() as connection:
        yield connection


@pytest.fixture
def mine(clock):
    return Lease(clock, "me")


@pytest.fixture
def yours(clock):
    return Lease(clock, "you")


def test_one_holds_it_and_the_other_waits(connection, mine, yours, clock):
    assert mine.take(connection) == 0
    assert yours.take(connection) == SECONDS
    clock.up += 2
    assert yours.take(connection) == SECONDS - 2
    assert mine.is_held()
    assert not yours.is_held()


def test_renewing_keeps_it(connection, mine, yours, clock):
    mine.take(connection)
    for _ in range(10):
        clock.up += SECONDS - 1
        assert mine.renew(connection)
        assert yours.take(connection) > 0


def test_it_runs_out(connection, mine, yours, clock):
    mine.take(connection)
    clock.up += SECONDS
    assert not mine.is_held()
    assert yours.take(connection) == 0
    assert not mine.renew(connection)
    assert mine.take(connection) > 0


@pytest.mark.parametrize("jump", [-86_400, 86_400, -(10**9)])
def test_no_jump_of_the_wall_clock_matters(connection, mine, yours, clock, jump):
    mine.take(connection)
    clock.time += jump
    assert yours.take(connection) == SECONDS
    assert mine.renew(connection)


class TestOneOfAnotherBoot:
    @pytest.fixture
    def theirs(self):
        other = FakeClock()
        other.boot_id, other.up = "boot-2", 77_000.0
        return Lease(other, "them")

    def test_holds_for_its_seconds(self, connection, mine, theirs, clock):
        """It may be another machine's, at work at this moment."""
        theirs.take(connection)
        assert mine.take(connection) == SECONDS
        clock.up += SECONDS - 1
        assert mine.take(connection) == 1
        clock.up += 1
        assert mine.take(connection) == 0
        assert not theirs.renew(connection)

    def test_holds_as_long_as_it_is_renewed(self, connection, mine, theirs, clock):
        for _ in range(5):
            theirs.take(connection)
            assert mine.take(connection) == SECONDS
            clock.up += SECONDS - 1
            assert mine.take(connection) == 1
            theirs._clock.up += 2

    def test_is_free_at_once_when_it_was_given_up(self, connection, mine, theirs):
        theirs.take(connection)
        theirs.release(connection)
        assert mine.take(connection) == 0


def test_one_from_a_boot_that_cannot_be_told_apart_is_void_when_it_lies_too_far_ahead(
    connection, mine, yours, clock
):
    mine.take(connection)
    clock.up = 3.0
    assert yours.take(connection) == 0


def test_giving_it_up(connection, mine, yours):
    mine.take(connection)
    yours.release(connection)
    assert yours.take(connection) > 0
    mine.release(connection)
    assert yours.take(connection) == 0
