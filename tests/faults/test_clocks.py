"""Clocks that jump and time zones that change while someone types: nothing is lost, and nothing seems too old."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from faulty.scene import REFUSED

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: /etc/localtime is mounted over")
DAY = 86_400


def faketime(scene) -> str:
    if scene.carrier.host == "embedded":
        pytest.skip(
            "libfaketime breaks time.sleep() in the Python of Debian's Vim; tests/unit/core has these jumps"
        )
    found = sorted(Path("/usr/lib").glob("**/faketime/libfaketime.so.1"))
    if not found:
        pytest.skip("no libfaketime here (Debian: apt-get install libfaketime)")
    return str(found[0])


@pytest.mark.parametrize("jump", [DAY, -DAY, 30 * DAY], ids=["a day ahead", "a day back", "a month ahead"])
def test_the_clock_jumps_in_mid_session(scene, verdict, tmp_path, jump, request):
    """Without a network, so that XP of both times waits together."""
    offset = tmp_path / "offset"
    offset.write_text("+0")
    scene.env = {
        "LD_PRELOAD": faketime(scene), "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    editor = scene.start()
    scene.delivered(editor)
    scene.service.stop()
    scene.type(editor, 4)
    scene.recorded(editor)
    scene.comes_to(editor, "offline", REFUSED)
    offset.write_text(f"{jump:+d}")
    before = editor.eval("localtime()")
    scene.type(editor, 2)
    scene.recorded(editor)
    scene.leave(editor)
    offset.write_text("+0")
    import time

    assert abs(before - time.time() - jump) < 30, "the editor's clock did not jump"
    scene.recover()
    verdict(scene, f"clock jumps {request.node.callspec.id.rpartition('-')[2]}")


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


def test_the_hour_that_daylight_saving_repeats(scene, verdict, tmp_path):
    """02:59 twice, an hour apart, with different offsets: two pulses. The service lives at that time, too."""
    last = subprocess.run(
        ["date", "-u", "-d", "2025-10-26 00:59:30", "+%s"], check=True, capture_output=True, text=True
    ).stdout
    moment = int(last)
    offset = tmp_path / "offset"
    import time

    start = time.time()
    scene.service._clock = lambda: time.time() - start + moment + 10_000
    scene.service.restart()
    offset.write_text(f"{int(moment - start):+d}")
    scene.env = {
        "LD_PRELOAD": faketime(scene), "FAKETIME_TIMESTAMP_FILE": str(offset), "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "Europe/Berlin",
    }  # fmt: skip
    scene.service.stop()
    editor = scene.start()
    scene.type(editor, 4)
    scene.recorded(editor)
    scene.comes_to(editor, "offline", REFUSED)
    offset.write_text(f"{int(moment - start) + 3600:+d}")
    scene.type(editor, 2)
    scene.recorded(editor)
    pulses = scene.rows("SELECT hour, offset FROM pulse ORDER BY id")
    scene.leave(editor)
    scene.recover()
    assert [offset for _, offset in pulses] == [120, 60]
    assert {hour for hour, _ in pulses} == {"2025-10-26T02"}
    verdict(scene, "the hour that daylight saving repeats")
