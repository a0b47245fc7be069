"""Every row of the outcome table, met by a session that works: XP typed before, while and after it all arrive, once."""

from __future__ import annotations

import ssl

import pytest
import trustme

from faulty import weather as w

# fault: (what the service does, XP that may arrive twice while the profile is hidden)
ROWS = {
    "HTTP 500": w.says(500, {"error": "Unknown error"}),
    "HTTP 502, a gateway's page": w.says(502, "<html>Bad gateway</html>", kind=w.HTML),
    "HTTP 503": w.says(503),
    "HTTP 503, Retry-After in seconds": w.says(503, None, w.later(2, as_date=False)),
    "HTTP 503, Retry-After as a date": w.says(503, None, w.later(3, as_date=True)),
    "HTTP 429, Retry-After": w.says(429, None, w.later(2, as_date=False)),
    "HTTP 408": w.says(408),
    "HTTP 404, wrong address": w.says(404, "<html>Not found</html>", kind=w.HTML),
    "captive portal, 200": w.PORTAL,
    "hangs before the headers": w.hangs,
    "closes at once": w.closes,
}
ANSWER_LOST = {
    "hangs after the headers, pulse taken": w.hangs_after_headers,
    "hangs, pulse taken": w.takes_and_hangs,
    "closes, pulse taken": w.takes_and_closes,
    "reset in mid-answer, pulse taken": w.takes_and_resets,
    "slow drip, pulse taken": w.drips,
    "endless answer, pulse taken": w.endless,
}


def weather_comes_and_goes(scene, fault):
    """3 XP in good weather, 4 into the fault, 2 more while it lasts; then the user leaves, and comes back later."""
    editor = scene.start()
    scene.delivered(editor)
    scene.weather.brew(fault)
    scene.type(editor, 4)
    scene.met()
    editor.wait_until("index(['ok', 'idle'], codestats#status().state) < 0", timeout=30)
    scene.type(editor, 2, flush=False)
    scene.leave(editor)
    scene.recover()


@pytest.mark.parametrize("row", ROWS)
def test_an_outage(row, scene, verdict):
    weather_comes_and_goes(scene, ROWS[row])
    verdict(scene, row)


@pytest.mark.parametrize("row", ANSWER_LOST)
def test_the_answer_is_lost(row, scene, verdict):
    weather_comes_and_goes(scene, w.only_pulses(ANSWER_LOST[row]))
    verdict(scene, row, twice=4)


@pytest.mark.parametrize("row", ["closes, pulse taken", "hangs, pulse taken"])
def test_the_answer_is_lost_and_the_profile_is_hidden(row, scene, verdict):
    scene.service.token()
    scene.service.private = True
    weather_comes_and_goes(scene, w.only_pulses(ANSWER_LOST[row]))
    verdict(scene, f"{row}, profile hidden", twice=6)


def test_refused(scene, verdict):
    editor = scene.start()
    scene.delivered(editor)
    scene.service.stop()
    scene.type(editor, 4)
    editor.wait_until("codestats#status().state ==# 'offline'", timeout=30)
    scene.type(editor, 2, flush=False)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "connection refused")


def test_a_token_that_is_good_again(scene, verdict):
    editor = scene.start()
    scene.delivered(editor)
    scene.service.deactivate()
    scene.type(editor, 4)
    editor.wait_until("codestats#status().state ==# 'unauthorized'", timeout=30)
    scene.type(editor, 2)
    scene.service.activate()
    scene.flush(editor)
    editor.wait_until("codestats#status().unsent == 0", timeout=30)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "HTTP 403, then a good token")


def test_a_redirect_to_another_host(make_scene, verdict):
    scene = make_scene()
    other_weather = w.Weather()
    with w.service(other_weather, host="127.0.0.2") as other:
        editor = scene.start()
        scene.delivered(editor)
        scene.weather.brew(w.elsewhere(other.url))
        scene.type(editor, 4)
        scene.met()
        editor.wait_until("codestats#status().state ==# 'error'", timeout=30)
        scene.leave(editor)
        scene.recover()
        assert other_weather.requests == 0
    verdict(scene, "redirect to another host")


def context_of(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def test_a_wrong_certificate(make_scene, verdict, tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    good = context_of(authority.issue_cert("127.0.0.1"))
    scene = make_scene(tls=good)
    scene.variables["codestats_ca_file"] = str(tmp_path / "ca.pem")
    editor = scene.start()
    scene.delivered(editor)
    scene.service.stop()
    scene.service._tls = context_of(trustme.CA().issue_cert("127.0.0.1"))
    scene.service.start()
    scene.type(editor, 4)
    editor.wait_until("codestats#status().state ==# 'offline'", timeout=30)
    scene.leave(editor)
    scene.service.stop()
    scene.service._tls = good
    scene.recover()
    verdict(scene, "wrong certificate")
