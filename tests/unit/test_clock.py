from __future__ import annotations

import os
import time

import pytest

from codestats.clock import Clock
from codestats.delivery.backoff import Backoff


@pytest.fixture
def zone():
    """Sets the time zone as a `:let $TZ` in the editor does."""
    old = os.environ.get("TZ")

    def change(name):
        os.environ["TZ"] = name

    yield change
    if old is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = old
    time.tzset()


@pytest.mark.parametrize(
    "name, epoch, hour, offset",
    [
        ("UTC", 1795289115, "2026-11-21T19", 0),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1795289115, "2026-11-21T20", 60),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1792890000 - 1, "2026-10-25T02", 120),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1792890000, "2026-10-25T02", 60),
        ("<+0545>-5:45", 1795289115, "2026-11-22T01", 345),
        ("NST3:30", 1795289115, "2026-11-21T15", -210),
    ],
)
def test_the_zone_of_the_moment_counts(zone, name, epoch, hour, offset):
    clock = Clock()
    zone("UTC")
    clock.local_hour(epoch)
    zone(name)
    assert clock.local_hour(epoch) == (hour, offset)


def test_uptime_goes_on_and_boots_have_names():
    clock = Clock()
    assert clock.uptime() <= clock.uptime()
    assert Clock().boot_id == clock.boot_id


class TestBackoff:
    def test_it_doubles_from_floor_to_ceiling_with_jitter(self):
        backoff = Backoff(15, 900)
        waits = [backoff.next() for _ in range(40)]
        assert waits[0] == 15
        for number, wait in enumerate(waits[1:], 1):
            assert 0.75 * min(15 * 2**number, 900) <= wait <= 900
        assert len(set(waits[10:])) > 1

    def test_it_begins_again(self):
        backoff = Backoff(1, 8)
        backoff.next()
        backoff.next()
        backoff.reset()
        assert backoff.next() == 1
