"""Clocks that jump and time zones that change while someone types: nothing is lost, and nothing seems too old."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from support.faults.scenario import REFUSED

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: /etc/localtime is mounted over")
HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400


class WrongClock:
    """The clock of all editors of a scene that are started from now on; `set` it while they run."""

    def __init__(self, scene, file) -> None:
        if scene.carrier.host == "embedded":
            pytest.skip(
                "libfaketime breaks time.sleep() in the Python of Debian's Vim;"
                " tests/unit/delivery/test_dating.py has these clocks"
            )
        found = sorted(Path("/usr/lib").glob("**/faketime/libfaketime.so.1"))
        if not found:
            pytest.skip("no libfaketime here (Debian: apt-get install libfaketime)")
        self._file = file
        self.set(0)
        scene.env = {
            **scene.env, "LD_PRELOAD": str(found[0]), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip

    def set(self, wrong: float) -> None:
        """By so many seconds."""
        self._file.write_text(f"{int(wrong):+d}")

    @staticmethod
    def is_wrong_in(editor, wrong: float) -> None:
        """See that the editor's clock is what it should be."""
        shown = editor.eval("localtime()") - time.time()
        assert abs(shown - wrong) < 30, "the editor's clock was not set"


@pytest.fixture
def wrong_clock(scene, tmp_path):
    return WrongClock(scene, tmp_path / "offset")


def goes_offline(scene, editor):
    scene.service.stop()
    scene.type(editor, 4)
    scene.recorded(editor)
    scene.comes_to(editor, "offline", REFUSED)


def clock_message(behind):
    side = "behind" if behind > 0 else "ahead"
    return rf"this machine's clock is [\w ,]+ {side}: set it\. XP is dated by the service's\."


def dates_are_right(scene, tolerance=HOUR):
    """By the service's clock, every pulse was typed just now."""
    now = scene.service._clock()
    for pulse in scene.service.pulses():
        assert abs(pulse.sent_at - now) < tolerance, pulse


JUMPS = {
    "a day ahead": DAY, "a day back": -DAY, "a month ahead": 30 * DAY, "two years back": -2 * YEAR,
}  # fmt: skip


@pytest.mark.parametrize("jump", JUMPS)
def test_the_clock_jumps_in_mid_session(scene, verdict, wrong_clock, jump):
    """Without a network, so that XP of both times waits together."""
    editor = scene.start()
    scene.delivered(editor)
    goes_offline(scene, editor)
    wrong_clock.set(JUMPS[jump])
    scene.type(editor, 2)
    scene.recorded(editor)
    wrong_clock.is_wrong_in(editor, JUMPS[jump])
    scene.leave(editor)
    scene.ended()  # libfaketime may let a sleep that is under way last as long as the jump
    wrong_clock.set(0)
    scene.recover()
    dates_are_right(scene)
    verdict(scene, f"clock jumps {jump}")


WRONG = {
    "two years back": -2 * YEAR,
    # No clock counts from before its machine's start; libfaketime lets a sleep last for decades there.
    "at 1970": -time.time() + time.clock_gettime(time.CLOCK_BOOTTIME) + HOUR,
    "8 days back": -8 * DAY,
    "a month ahead": 30 * DAY,
}


@pytest.mark.parametrize("row", WRONG)
def test_the_clock_is_wrong_offline_and_set_right_later(scene, verdict, wrong_clock, row):
    """As in a computer without a battery for its clock, which has the time from the network."""
    wrong_clock.set(WRONG[row])
    scene.service.token()
    scene.service.stop()
    editor = scene.start()
    goes_offline(scene, editor)
    wrong_clock.is_wrong_in(editor, WRONG[row])
    scene.type(editor, 5, flush=False)
    scene.leave(editor)
    scene.ended()
    another = scene.start("b.lua")
    scene.type(another, 3)
    scene.recorded(another)
    wrong_clock.set(0)
    scene.type(another, 2)
    scene.comes_to(another, "offline", REFUSED)
    scene.service.start()
    scene.sent_all(another)
    scene.leave(another)
    scene.recover()
    dates_are_right(scene)
    verdict(scene, f"clock {row} while offline, set right later")


@pytest.mark.parametrize("row", WRONG)
def test_the_clock_is_wrong_all_the_time(scene, verdict, wrong_clock, row):
    """The user is told by how much; the service's own time dates the XP."""
    wrong_clock.set(WRONG[row])
    scene.service.token()
    editor = scene.start()
    scene.delivered(editor)
    wrong_clock.is_wrong_in(editor, WRONG[row])
    message = clock_message(-WRONG[row])
    told = scene.says(editor, message)
    if row == "8 days back":
        assert "8 days behind" in told
    if row == "a month ahead":
        assert "30 days ahead" in told
    scene.most_told = 2
    goes_offline(scene, editor)
    scene.service.start()
    scene.sent_all(editor)
    scene.leave(editor)
    scene.may_tell = f"codestats: {message}"
    scene.recover()
    dates_are_right(scene)
    verdict(scene, f"clock {row} all the time")


@pytest.mark.parametrize("row", ["a month ahead", "two years back"])
def test_one_editor_starts_with_a_wrong_clock(scene, verdict, wrong_clock, row):
    """What others left in the queue is as old as it was."""
    editor = scene.start()
    goes_offline(scene, editor)
    scene.leave(editor)
    scene.ended()
    wrong_clock.set(WRONG[row])
    wrong = scene.start("b.lua")
    wrong_clock.is_wrong_in(wrong, WRONG[row])
    scene.type(wrong, 3)
    scene.recorded(wrong)
    scene.comes_to(wrong, "offline", REFUSED)
    scene.service.start()
    scene.sent_all(wrong)
    scene.most_told = 2
    scene.says(wrong, clock_message(-WRONG[row]))
    scene.leave(wrong)
    scene.ended()  # as above
    wrong_clock.set(0)
    scene.recover()
    dates_are_right(scene)
    verdict(scene, f"one editor starts with a clock {row}")


@pytest.mark.parametrize("zone", ["XYZ-24", "XYZ-30:30", "XYZ+100", "XYZ-23:59"])
def test_a_time_zone_of_a_day_and_more(scene, verdict, zone):
    scene.env = {"TZ": zone}
    editor = scene.start()
    scene.delivered(editor)
    scene.type(editor, 4)
    scene.sent_all(editor)
    scene.leave(editor)
    scene.recover()
    verdict(scene, f"TZ={zone}")


@as_root
def test_the_time_zone_changes_in_mid_session(scene, verdict, tmp_path):
    zone = tmp_path / "localtime"
    zone.write_bytes(Path("/usr/share/zoneinfo/Europe/Berlin").read_bytes())
    spec = scene.carrier.spec
    script = 'unset TZ && mount --bind "$0" /etc/localtime && exec "$@"'
    wrap = ("unshare", "-m", "sh", "-c", script, str(zone))
    scene.service.stop()
    editor = scene.start(spec=replace(spec, command=(*wrap, *spec.command)))
    scene.type(editor, 4)
    scene.recorded(editor)
    scene.comes_to(editor, "offline", REFUSED)
    zone.write_bytes(Path("/usr/share/zoneinfo/Asia/Kathmandu").read_bytes())
    os.utime(zone, (0, 0))  # glibc tells the same file from another one by whole seconds
    scene.type(editor, 2)
    scene.recorded(editor)
    offsets = {row[0] for row in scene.rows("SELECT offset FROM pulse")}
    scene.leave(editor)
    scene.recover()
    assert offsets in ({60, 345}, {120, 345})
    verdict(scene, "the time zone changes in mid-session")


def test_the_hour_that_daylight_saving_repeats(scene, verdict, wrong_clock):
    """02:59 twice, an hour apart, with different offsets: two pulses. The service lives at that time, too."""
    last = subprocess.run(
        ["date", "-u", "-d", "2025-10-26 00:59:30", "+%s"], check=True, capture_output=True, text=True
    ).stdout
    moment = int(last)
    start = time.time()
    scene.service._clock = lambda: time.time() - start + moment + HOUR
    scene.service.restart()
    wrong_clock.set(moment - start)
    scene.env["TZ"] = "Europe/Berlin"
    scene.service.stop()
    editor = scene.start()
    scene.type(editor, 4)
    scene.recorded(editor)
    scene.comes_to(editor, "offline", REFUSED)
    wrong_clock.set(moment - start + HOUR)
    scene.type(editor, 2)
    scene.recorded(editor)
    pulses = scene.rows("SELECT hour, offset FROM pulse ORDER BY id")
    scene.leave(editor)
    scene.recover()
    assert [offset for _, offset in pulses] == [120, 60]
    assert {hour for hour, _ in pulses} == {"2025-10-26T02"}
    verdict(scene, "the hour that daylight saving repeats")
