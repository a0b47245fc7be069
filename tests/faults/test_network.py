"""Every row of the outcome table, met by a session that works: XP typed before, while and after it all arrive, once."""

from __future__ import annotations

import pytest

from support.faults import fault_injector as w
from support.faults.scenario import CLOSED, REFUSED, SLOW

ADDRESS = "check g:codestats_api_url"

# fault: (what the service does, the state while it lasts, the reason that status() and one message give)
ROWS = {
    "HTTP 500": (
        w.says(500, {"error": "Unknown error"}),
        "offline",
        'the service had an error: "Unknown error" (500)',
    ),
    "HTTP 502, a gateway's page": (
        w.says(502, "<html>Bad gateway</html>", kind=w.HTML),
        "offline",
        "the service had an error (502)",
    ),
    "HTTP 503": (w.says(503), "offline", "the service is not available at the moment (503)"),
    "HTTP 408": (w.says(408), "offline", "the service waited too long for the request (408)"),
    "HTTP 404, wrong address": (
        w.says(404, "<html>Not found</html>", kind=w.HTML),
        "error",
        f"there is no Code::Stats at this address: {ADDRESS} (404)",
    ),
    "captive portal, 200": (
        w.PORTAL,
        "offline",
        "something other than the service answered: does the network want you to log in? (200)",
    ),
    "hangs before the headers": (w.hangs, "offline", SLOW),
    "closes at once": (w.closes, "offline", CLOSED),
}
THROTTLED = {
    "HTTP 503, Retry-After in seconds": (
        w.says(503, retry_after=str(w.LATER)),
        "the service is not available at the moment (503)",
    ),
    "HTTP 503, Retry-After as a date": (
        w.says(503, retry_after="date"),
        "the service is not available at the moment (503)",
    ),
    "HTTP 429, Retry-After": (
        w.says(429, retry_after=str(w.LATER)),
        "the service asks for fewer requests (429)",
    ),
}
ANSWER_LOST = {
    "hangs after the headers, pulse taken": (w.hangs_after_headers, SLOW),
    "hangs, pulse taken": (w.takes_and_hangs, SLOW),
    "closes, pulse taken": (w.takes_and_closes, CLOSED),
    "reset in mid-answer, pulse taken": (w.takes_and_resets, CLOSED),
    "slow drip, pulse taken": (w.drips, SLOW),
    "endless answer, pulse taken": (w.endless, "the answer of 127.0.0.1 has no end"),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_an_outage(row, scene, verdict):
    scene.comes_and_goes(*ROWS[row])
    verdict(scene, row)


@pytest.mark.parametrize("row", THROTTLED)
def test_the_service_says_when(row, scene, verdict):
    """Nobody asks before that time, in no editor, but when the user wants it."""
    fault, reason = THROTTLED[row]
    editor = scene.start()
    scene.delivered(editor)
    scene.weather.brew(fault)
    scene.type(editor, 4)
    scene.met()
    scene.fails(editor, "offline", reason)
    assert w.LATER - 30 < editor.eval("codestats#status().retry_at - localtime()") <= w.LATER
    scene.type(editor, 2, flush=False)
    scene.leave(editor)
    scene.ended()
    pulses = scene.weather.pulses
    scene.weather.heal()
    another = scene.start()
    scene.type(another, 1, flush=False)
    scene.hand_over(another)
    scene.comes_to(another, "offline", "the service asks for fewer requests")
    assert scene.weather.pulses == pulses
    scene.sent_all(another)
    scene.leave(another)
    scene.recover()
    verdict(scene, row)


@pytest.mark.parametrize("row", ANSWER_LOST)
def test_the_answer_is_lost(row, scene, verdict):
    """The profile shows that the pulse arrived."""
    fault, reason = ANSWER_LOST[row]
    scene.comes_and_goes(w.only_pulses(fault), "offline", reason)
    verdict(scene, row)


@pytest.mark.parametrize("row", ["closes, pulse taken", "hangs, pulse taken"])
def test_the_answer_is_lost_and_the_profile_is_hidden(row, scene, verdict):
    scene.service.token()
    scene.service.private = True
    fault, reason = ANSWER_LOST[row]
    scene.comes_and_goes(w.only_pulses(fault), "offline", reason)
    verdict(scene, f"{row}, profile hidden", twice=4)


def test_refused(scene, verdict):
    editor = scene.start()
    scene.delivered(editor)
    scene.service.stop()
    scene.type(editor, 4)
    scene.fails(editor, "offline", REFUSED)
    scene.type(editor, 2, flush=False)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "connection refused")


def test_a_token_that_is_good_again(scene, verdict):
    editor = scene.start()
    scene.delivered(editor)
    scene.service.deactivate()
    scene.type(editor, 4)
    scene.fails(editor, "unauthorized", "token rejected (403)")
    scene.type(editor, 2)
    scene.service.activate()
    scene.sent_all(editor)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "HTTP 403, then a good token")


def test_a_redirect_to_another_host(make_scene, verdict):
    scene = make_scene()
    other_weather = w.FaultInjector()
    with w.service(other_weather, host="127.0.0.2") as other:
        editor = scene.start()
        scene.delivered(editor)
        scene.weather.brew(w.elsewhere(other.url))
        scene.type(editor, 4)
        scene.met()
        scene.fails(
            editor, "error", f"the service points to 127.0.0.2, which is not followed: {ADDRESS} (302)"
        )
        scene.leave(editor)
        scene.recover()
        assert other_weather.requests == 0
    verdict(scene, "redirect to another host")
