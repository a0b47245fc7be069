"""Answers that are not the service's own words, with the pulse taken or not; several accounts and machines."""

from __future__ import annotations

import http.client
import json
import re
from collections import Counter

import pytest

from codestats.api.outcome import classify
from support.faults import fault_injector as w
from support.faults.middlebox import Middlebox
from support.faults.scenario import FILES, SLOW

PAGE = "<html>Whatever</html>"

# Status, body and kind of each.
ODD = {
    "200, a page": (200, PAGE, w.HTML),
    "202, JSON": (202, {"ok": "Great success!"}, w.JSON),
    "201, a page": (201, PAGE, w.HTML),
    "201, a portal's JSON": (201, {"login": "https://portal.example"}, w.JSON),
    "302 to a login": (302, PAGE, w.HTML),
    "400, a gateway's JSON": (400, {"error": "blocked"}, w.JSON),
    "401, a portal's": (401, PAGE, w.HTML),
    "403, a firewall's": (403, PAGE, w.HTML),
    "404, a page": (404, PAGE, w.HTML),
    "408": (408, PAGE, w.HTML),
    "413, a proxy's": (413, PAGE, w.HTML),
    "422": (422, {"error": "no"}, w.JSON),
    "429": (429, {"error": "slow down"}, w.JSON),
    "500": (500, {"error": "Unknown error"}, w.JSON),
    "502, a page": (502, PAGE, w.HTML),
    "504, a page": (504, PAGE, w.HTML),
    "522, a page": (522, PAGE, w.HTML),
}


def meaning(status, body):
    """The state and the reason of such an answer."""
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    outcome = classify(status, http.client.HTTPMessage(), data)
    return outcome.state, outcome.reason


@pytest.mark.parametrize("row", ODD)
def test_taken_and_answered(row, scene, verdict):
    """The profile shows that it arrived."""
    status, body, kind = ODD[row]
    scene.comes_and_goes(w.only_pulses(w.takes_and_says(status, body, kind=kind)), *meaning(status, body))
    verdict(scene, f"taken, and answered by {row}")


@pytest.mark.parametrize("row", ODD)
def test_not_taken_and_answered(row, scene, verdict):
    status, body, kind = ODD[row]
    scene.comes_and_goes(w.only_pulses(w.says(status, body, kind=kind)), *meaning(status, body))
    verdict(scene, f"not taken, and answered by {row}")


@pytest.mark.parametrize("row", ["201, a portal's JSON", "502, a page"])
def test_taken_and_answered_with_a_hidden_profile(row, scene, verdict):
    scene.service.token()
    scene.service.private = True
    status, body, kind = ODD[row]
    scene.comes_and_goes(w.only_pulses(w.takes_and_says(status, body, kind=kind)), *meaning(status, body))
    verdict(scene, f"taken, and answered by {row}, profile hidden", twice=4)


def test_every_new_pulse_is_called_too_old(scene, verdict):
    scene.comes_and_goes(
        w.only_pulses(w.says(400, {"error": "Invalid date."})),
        "offline",
        "the service finds a new pulse too old: check this machine's clock (400)",
    )
    verdict(scene, "400 Invalid date. for new pulses")


def test_a_firewall_s_page_and_the_session_stays_open(scene, verdict):
    """Nobody does anything: it is tried again by itself."""
    status, body, kind = ODD["403, a firewall's"]
    editor = scene.start()
    scene.delivered(editor)
    scene.weather.brew(w.says(status, body, kind=kind))
    scene.type(editor, 4)
    scene.met()
    scene.comes_to(editor, *meaning(status, body))
    scene.weather.heal()
    editor.wait_until("codestats#status().unsent == 0", timeout=100)
    scene.leave(editor)
    scene.recover()
    verdict(scene, "403, a firewall's, and the session stays open")


def test_another_machine_of_the_account_sends_meanwhile(scene, verdict):
    """Just the same as what is in doubt, and more."""
    editor = scene.start()
    scene.delivered(editor)
    scene.weather.brew(w.only_pulses(w.takes_and_closes))
    scene.type(editor, 4)
    scene.met()
    editor.wait_until("codestats#status().state ==# 'offline'", timeout=30)
    scene.says(editor, ".*")
    scene.leave(editor)
    scene.weather.heal()
    desktop = scene.service.token(machine="desktop")
    for xp in (4, 7):
        post(scene, desktop, {"Python": xp})
        scene.typed["Python"] += xp
    scene.recover()
    verdict(scene, "another machine sends while a pulse is in doubt")


@pytest.mark.parametrize("fault", [w.takes_and_closes, w.closes], ids=["taken", "not taken"])
def test_a_language_that_is_an_alias(fault, scene, verdict):
    """The service keeps Python as Snake."""
    alias = w.renames("Python", "Snake")

    def lost(handler, request):
        if fault is w.takes_and_closes:
            handler.take(w.renamed(request, "Python", "Snake"))
        w.closes(handler, request)

    scene.weather.brew(alias)
    editor = scene.start()
    scene.delivered(editor)
    scene.weather.brew(w.only_pulses(lost))
    scene.type(editor, 4)
    scene.met()
    editor.wait_until("codestats#status().state ==# 'offline'", timeout=30)
    scene.says(editor, ".*")
    scene.weather.brew(alias)
    scene.sent_all(editor, timeout=60)
    scene.leave(editor)
    scene.recover()
    scene.typed = Counter({"Snake": scene.typed["Python"]})
    verdict(
        scene,
        f"a language is kept as an alias, pulse {'taken' if fault is w.takes_and_closes else 'not taken'}",
    )


@pytest.mark.parametrize("row", w.ODD_PROFILES)
def test_a_profile_that_cannot_be(row, scene, verdict):
    scene.weather.brew(w.changes_profile(lambda profile: profile.update(w.ODD_PROFILES[row])))
    editor = scene.start()
    scene.delivered(editor)
    scene.type(editor, 4)
    scene.sent_all(editor)
    scene.leave(editor)
    scene.recover()
    verdict(scene, f"the own profile has {row}")


def test_kept_connections_die_without_a_word(scene, verdict):
    with Middlebox(scene.service.port) as box:
        scene.variables["codestats_api_url"] = box.url
        editor = scene.start()
        scene.type(editor, 4)
        scene.may_tell = (
            f"codestats: {re.escape(SLOW)}.*"  # if it is not a look at the profile that is not answered
        )
        assert box.swallowed.wait(30)
        scene.type(editor, 2)
        editor.wait_until("codestats#status().unsent == 0", timeout=100)
        scene.leave(editor)
        scene.recover()
    verdict(scene, "kept connections die without a word")


def test_two_tokens_on_one_computer(scene, verdict):
    """Both type while the service is away; each account gets its own."""
    scene.most_told = 2
    names = {"a.py": "alice", "b.lua": "bob"}
    tokens = {file: scene.service.token(name, "pc") for file, name in names.items()}
    scene.secrets.update(tokens.values())
    scene.service.stop()
    editors = {}
    for file, token in tokens.items():
        scene.variables["codestats_api_key"] = token
        editors[file] = scene.start(file)
        scene.type(editors[file], 4)
        scene.recorded(editors[file])
        editors[file].wait_until("codestats#status().state ==# 'offline'", timeout=30)
        scene.says(editors[file], ".*")
    scene.service.start()
    for editor in editors.values():
        scene.sent_all(editor, timeout=60)
        scene.type(editor, 2, flush=False)
        scene.leave(editor)
    scene.ended()
    for file, name in names.items():
        assert scene.service.xp(name) == {FILES[file]: 6}
    del scene.variables["codestats_api_key"]
    scene.recover()
    verdict(scene, "two tokens on one computer")


def post(scene, token, xps):
    """Another client of the service."""
    connection = http.client.HTTPConnection("127.0.0.1", scene.service.port)
    entries = [{"language": name, "xp": xp} for name, xp in xps.items()]
    body = json.dumps({"coded_at": w.now(), "xps": entries})
    connection.request(
        "POST", "/api/my/pulses", body, {"Content-Type": "application/json", "X-API-Token": token}
    )
    assert connection.getresponse().status == 201
    connection.close()
