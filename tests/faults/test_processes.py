"""Editors and hosts that are killed, stopped or left at bad moments: what was handed over arrives, and once."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from support.editor.control import EditorGoneError
from support.editor.terminal import wait_for
from support.faults import fault_injector as w
from support.faults.scenario import ADVICE, CLOSED, FILES, REFUSED, SLOW


def offline(reason):
    return re.escape(f"codestats: {reason}. {ADVICE['offline']}")


LOST = offline(CLOSED)
LEASE = 6.0  # seconds after which a dead or stopped sender loses the right to send


def into_the_hang(scene, editor, xp=4):
    """The service takes a pulse, and its answer is still to come."""
    scene.weather.brew(w.only_pulses(w.takes_and_hangs))
    scene.type(editor, xp)
    scene.met()
    scene.recorded(editor)


@pytest.mark.parametrize("hidden", [False, True], ids=["", "profile hidden"])
def test_the_editor_is_killed_in_mid_request(scene, verdict, hidden):
    scene.variables["codestats_request_timeout"] = 30
    scene.service.token()
    scene.service.private = hidden
    editor = scene.start()
    scene.delivered(editor)
    into_the_hang(scene, editor)
    editor.kill()
    scene.weather.heal()
    scene.recover()
    verdict(scene, "kill -9 of the editor in mid-request" + ", profile hidden" * hidden, twice=4)


def test_the_editor_is_killed_offline(scene, verdict):
    scene.service.stop()
    editor = scene.start()
    scene.type(editor, 4)
    scene.recorded(editor)
    editor.kill()
    scene.recover()
    verdict(scene, "kill -9 of the editor, offline")


def test_the_host_is_killed_in_mid_request(scene, verdict):
    if not scene.carrier.is_process:
        pytest.skip("the host is the editor itself")
    scene.variables["codestats_request_timeout"] = 30
    editor = scene.start()
    scene.delivered(editor)
    into_the_hang(scene, editor)
    os.kill(scene.host_of(editor), signal.SIGKILL)
    editor.wait_until("codestats#host#state() !=# 'up'")
    scene.type(editor, 2)
    scene.weather.heal()
    scene.sent_all(editor, 60)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "kill -9 of the host in mid-request", twice=4)


def test_the_host_is_killed_again_and_again(scene, verdict):
    if not scene.carrier.is_process:
        pytest.skip("the host is the editor itself")
    editor = scene.start()
    for _ in range(3):
        scene.type(editor, 3)
        editor.wait_until("codestats#host#state() ==# 'up'", timeout=30)
        os.kill(scene.host_of(editor), signal.SIGKILL)
        editor.wait_until("codestats#host#state() !=# 'up'")
    scene.leave(editor)
    scene.recover()
    verdict(scene, "kill -9 of the host, three times", twice=3)


def stands_still(process):
    """Does every thread of it? The signal stops those that run on another processor a little later."""
    states = [task.joinpath("stat").read_text() for task in Path(f"/proc/{process}/task").iterdir()]
    return all(state.rpartition(")")[2].split()[0] == "T" for state in states)


def stop_outside_a_transaction(scene, host):
    """A process that is stopped in the middle of one holds the lock: that is a row of its own."""

    def stopped():
        os.kill(host, signal.SIGSTOP)
        wait_for(lambda: stands_still(host), timeout=5, what="the host to stand still")
        with contextlib.closing(
            sqlite3.connect(scene.database, timeout=0, isolation_level=None)
        ) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                os.kill(host, signal.SIGCONT)
                return False
        return True

    wait_for(stopped, timeout=10, what="the host to be between two transactions")


def test_the_host_is_stopped_in_mid_request_and_goes_on_later(scene, verdict):
    """Another editor sends meanwhile; the answer that was waiting for the stopped one is taken for what it is."""
    scene.variables["codestats_request_timeout"] = 60
    first = scene.start("a.py")
    scene.delivered(first)
    into_the_hang(scene, first)
    host = scene.host_of(first)
    stop_outside_a_transaction(scene, host)
    scene.weather.heal()
    second = scene.start("b.lua")
    scene.type(second, 2)
    wait_for(lambda: scene.service.xp().get("Lua") == 2, timeout=40, what="the second editor to send")
    os.kill(host, signal.SIGCONT)
    scene.may_tell = LOST  # unless its own flush comes first
    first.sync()
    scene.type(first, 1)
    for editor in (first, second):
        scene.leave(editor)
    scene.recover()
    verdict(scene, "host stopped in mid-request, goes on later", twice=4)


def test_everything_is_stopped_longer_than_a_lease(scene, verdict):
    """As a laptop does that sleeps in the middle of a request."""
    scene.variables["codestats_request_timeout"] = 30
    editor = scene.start()
    scene.delivered(editor)
    into_the_hang(scene, editor)
    scene.signal_all(signal.SIGSTOP)
    time.sleep(LEASE + 1)
    scene.signal_all(signal.SIGCONT)
    scene.weather.heal()
    # Unless the lease is found to be lost, which is no failure of the service's.
    scene.may_tell = LOST
    scene.type(editor, 2)
    scene.sent_all(editor, 40)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "everything stopped (sleep) in mid-request", twice=4)


@pytest.mark.parametrize("fault", ["hangs, pulse taken", "hangs, not taken", "slow answer"])
def test_leaving_while_a_request_is_under_way(scene, verdict, fault):
    def slow(handler, request):
        response = handler.take(request)
        time.sleep(1.0)
        handler.send(response)

    editor = scene.start()
    scene.delivered(editor)
    faults = {"hangs, pulse taken": w.takes_and_hangs, "hangs, not taken": w.hangs, "slow answer": slow}
    scene.weather.brew(w.only_pulses(faults[fault]))
    scene.type(editor, 4)
    scene.met()
    scene.recorded(editor)
    scene.type(editor, 2, flush=False)
    scene.may_tell = offline(SLOW)  # if typing takes so long
    scene.leave(editor)
    scene.weather.heal()
    scene.recover()
    verdict(scene, f"leaving while the request is under way: {fault}", twice=4)


def test_leaving_right_after_typing(scene, verdict):
    """Without a moment for the host to start: the hand-over file and the drain carry it home, by themselves."""
    editor = scene.start()
    scene.type(editor, 5, flush=False)
    scene.leave(editor)
    assert scene.service.wait_for_total(5, 40), "what was typed waits for the next start"
    scene.recover()
    verdict(scene, "leaving right after typing")


def test_leaving_offline(scene, verdict):
    scene.service.stop()
    editor = scene.start()
    scene.type(editor, 5, flush=False)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "leaving offline")


def test_two_editors_leave_offline(scene, verdict):
    first, second = scene.start("a.py"), scene.start("b.lua")
    scene.delivered(first)
    scene.delivered(second)
    scene.service.stop()
    for editor in (first, second):
        scene.type(editor, 4)
        scene.comes_to(editor, "offline", REFUSED)
        scene.type(editor, 2, flush=False)
        scene.hear(editor)
    for editor in (first, second):
        editor.keys(":qa!", settle=False)
    for editor in (first, second):
        editor.terminal.type(b"\r", 10)
    for editor in (first, second):
        editor.wait_exit()
    scene.recover()
    verdict(scene, "two editors leave offline at once")


def test_killed_while_recording(scene, verdict):
    """Editors in a row, each killed within a moment of handing over."""
    scene.service.stop()
    dice = random.Random(4)
    safe = 0
    for _ in range(6):
        editor = scene.start()
        scene.type(editor, 2)
        scene.recorded(editor)
        safe += 2
        editor.keys("i" + "a" * 3 + "<Esc>")
        scene.flush(editor)
        time.sleep(dice.random() / 50)
        with contextlib.suppress(EditorGoneError):
            scene.signal_all(signal.SIGKILL)
            editor.wait_exit()
    scene.typed["Python"] = safe
    scene.recover()
    arrived = scene.service.total()
    assert safe <= arrived <= safe + 6 * 3
    scene.typed["Python"] = arrived  # the rest was under way: in or out, but whole
    assert (arrived - safe) % 3 == 0
    verdict(scene, "power cut while recording (6 times)")


def test_eight_editors_killed_at_random_while_the_service_comes_and_goes(scene, verdict, record_property):
    from support.faults.crowd import Crowd

    crowd = Crowd(scene, list(FILES)[:8], random.Random(8))
    crowd.work(float(os.environ.get("CROWD_SECONDS", "20")))
    crowd.end()
    scene.recover()
    verdict(scene, f"8 editors, {crowd.kills} kills, {crowd.outages} outages", twice=0)
    assert scene.weather.most_in_flight <= 1
