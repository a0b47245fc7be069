from datetime import datetime, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.api.outcome import Outcome, Verdict, classify, classify_get, retry_after

NOW = datetime(2024, 5, 17, 12, 0, tzinfo=timezone.utc).timestamp()
GREAT = b'{"ok":"Great success!"}'
PAGE = b"<html><body>Welcome to our hotel</body></html>"


def judged(status, body=b"", **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return classify(status, headers, body, now=NOW)


def at(seconds):
    return format_datetime(datetime.fromtimestamp(NOW + seconds, timezone.utc), usegmt=True)


SAID = b'{"error":"%s"}'
BAD_TOKEN = SAID % b"You must be authenticated"

# The service's own words, as its own server writes them.
WORDS = [
    (201, GREAT, Verdict.SENT),
    (201, b'{"ok":"Thanks!"}', Verdict.SENT),
    (400, SAID % b"Invalid coded_at format.", Verdict.REFUSED),
    (400, SAID % b"Invalid XP format.", Verdict.REFUSED),
    (400, SAID % b"Invalid xps format.", Verdict.REFUSED),
    (403, b'{"error": "You must be authenticated"}', Verdict.UNAUTHORIZED),
]
# Anything else says nothing of the pulse: the service may have it. (status, body, state, does it look like its errors)
DOUBTS = [
    *[
        (201, body, "offline", False)
        for body in (b"{}", PAGE, b"", b" \n", GREAT[:-1], b"[]", b"\x1f\x8b\x08")
    ],
    *[(201, body, "offline", False) for body in (b'{"ok": NaN}', b'{"ok": true}', b'{"ok": ""}')],
    (201, b'"Great success!"', "offline", False),
    (201, b'{"login": "https://portal.example"}', "offline", False),
    (201, b'{"error": "login"}', "offline", False),
    (201, b'{"a":' * 50_000, "offline", False),
    *[(status, GREAT, "offline", False) for status in (200, 202, 226)],
    *[(status, PAGE, "offline", False) for status in (200, 202, 203)],
    (204, b"", "offline", False),
    *[(status, b"", "error", False) for status in (300, 301, 302, 303, 304, 307, 308)],
    (400, SAID % b"You are blocked", "offline", True),
    *[(400, body, "offline", False) for body in (b"{}", PAGE, b"")],
    *[(status, PAGE, "offline", False) for status in (401, 403)],
    (401, BAD_TOKEN, "offline", True),
    (403, SAID % b"Log in first", "offline", True),
    (403, b"{}", "offline", False),
    *[(status, PAGE, "error", False) for status in (404, 405, 406, 410)],
    *[(status, PAGE, "offline", False) for status in (402, 407, 408, 409, 413, 418, 422, 425, 429, 431, 451)],
    *[(status, SAID % b"no", "offline", True) for status in (413, 422)],
    (500, SAID % b"Unknown error", "offline", True),
    *[
        (status, b"", "offline", False)
        for status in (500, 501, 502, 503, 504, 505, 511, 520, 522, 524, 530, 599)
    ],
    *[(status, b"", "offline", False) for status in (0, 101, 103, 600, 999)],
]


@pytest.mark.parametrize("status, body, verdict", WORDS)
def test_the_services_words_are_believed(status, body, verdict):
    outcome = judged(status, body)
    assert (outcome.verdict, outcome.status, outcome.ok) == (verdict, status, verdict is Verdict.SENT)
    assert bool(outcome.reason) is not outcome.ok


@pytest.mark.parametrize("status, body, state, is_spoken", DOUBTS)
def test_nothing_else_is(status, body, state, is_spoken):
    outcome = judged(status, body)
    assert outcome.verdict is Verdict.IN_DOUBT
    assert (outcome.status, outcome.state, outcome.is_spoken) == (status, state, is_spoken)
    assert outcome.reason.endswith(f"({status})")
    assert outcome.retry_after == 0.0
    assert not outcome.ok
    assert not outcome.is_word


def test_only_a_token_that_the_service_refuses_is_a_matter_of_the_token():
    assert judged(403, BAD_TOKEN).state == "unauthorized"
    assert judged(403, PAGE).state == "offline"


def test_the_services_words_are_passed_on_clean_and_cut():
    said = judged(400, b'{"error":"Invalid XP format."}').reason
    assert said == 'the service refused the pulse: "Invalid XP format." (400)'
    nasty = '{"error":"a\\nb\\u001b[31m\\u202e%s' + "x" * 500 + '"}'
    reason = judged(500, nasty.encode()).reason
    assert reason.isprintable()
    assert len(reason) < 200


@pytest.mark.parametrize("error", [b"5", b"null", b"[]", b'{"a":1}', b'""'])
def test_an_explanation_that_is_no_text_is_left_out(error):
    assert judged(500, b'{"error":%s}' % error).reason == "the service had an error (500)"


@pytest.mark.parametrize(
    "location, words",
    [
        ("https://portal.example/login?u=1", "to portal.example"),
        ("//other.example/", "to other.example"),
        ("/login", "elsewhere"),
        ("", "elsewhere"),
        ("http://[broken", "elsewhere"),
        ("https://user:hunter2@portal.example/", "to portal.example"),
    ],
)
def test_a_redirect_tells_where_to(location, words):
    reason = judged(302, Location=location).reason
    assert f"points {words}, which" in reason
    assert "hunter2" not in reason
    assert "login" not in reason


@pytest.mark.parametrize(
    "value, seconds",
    [
        ("0", 0),
        ("17", 17),
        (" 17 ", 17),
        ("1.5", 1.5),
        ("-5", 0),
        ("3600", 3600),
        ("3601", 3600),
        ("9" * 400, 0),
        ("1e3", 1000),
        ("inf", 0),
        ("nan", 0),
        ("", 0),
        ("soon", 0),
        ("17 apples", 0),
        (at(42), 42),
        (at(-42), 0),
        (at(7 * 86400), 3600),
        ("Fri, 17 May 2024 14:00:42 +0200", 42),
        ("Fri, 17 May 2024 12:00:42 -0000", 42),
        ("Friday, 17-May-24 12:00:42 GMT", 42),
        ("Fri May 17 12:00:42 2024", 42),
        ("Fri, 99 May 2024 12:00:42 GMT", 0),
        ("Fri, 17 May 99999999999 12:00:42 GMT", 0),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after(value, NOW) == seconds
    assert judged(429, Retry_After=value).retry_after == seconds


@given(st.text())
def test_no_retry_after_makes_it_fail(value):
    assert 0.0 <= retry_after(value, NOW) <= 3600.0


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_asked_for(status):
    assert judged(status, Retry_After="30").retry_after == 30
    assert judged(status, Retry_After="nonsense").retry_after == 0.0


def test_a_moment_to_wait_for_is_by_the_answers_own_clock():
    assert judged(429, Retry_After=at(90 + 42), Date=at(90)).retry_after == 42


def test_other_answers_do_not_make_wait():
    assert judged(500, Retry_After="30").retry_after == 0.0
    assert judged(403, Retry_After="30").retry_after == 0.0


TOO_OLD = b'{"error":"Invalid date."}'
YEAR = 365 * 86400


@pytest.mark.parametrize(
    "coded_at, served, verdict",
    [
        ("2024-05-10T11:59:00+00:00", 0, Verdict.EXPIRED),
        ("2024-05-10T11:59:00Z", None, Verdict.EXPIRED),
        ("2024-05-10T13:59:00+02:00", 0, Verdict.EXPIRED),
        ("2024-05-10T12:01:00+00:00", 0, Verdict.REFUSED),
        ("2024-05-10T12:01:00+00:00", None, Verdict.REFUSED),
        ("2024-05-17T11:59:00+00:00", 8 * 86400, Verdict.REFUSED),  # this machine's clock is 8 days behind
        ("2024-05-01T00:00:00+00:00", -YEAR, Verdict.REFUSED),  # it is a year ahead
        ("2024-05-10T11:59:00", 0, Verdict.REFUSED),  # no offset: not to be compared
        ("nonsense", 0, Verdict.REFUSED),
        ("", 0, Verdict.REFUSED),
    ],
)
def test_too_old_is_what_both_clocks_find_too_old(coded_at, served, verdict):
    headers = {} if served is None else {"Date": at(served)}
    outcome = classify(400, headers, TOO_OLD, coded_at=coded_at, now=NOW)
    assert outcome.verdict is verdict
    assert outcome.is_dated


def test_whether_a_pulse_is_too_old_is_for_the_service_to_say():
    outcome = classify(400, {}, b'{"error":"Too late"}', coded_at="2000-01-01T00:00:00Z", now=NOW)
    assert outcome.verdict is Verdict.IN_DOUBT


def test_an_old_pulse_that_is_taken_is_sent():
    assert classify(201, {}, GREAT, coded_at="2000-01-01T00:00:00+00:00", now=NOW).verdict is Verdict.SENT


@pytest.mark.parametrize("body", [GREAT, TOO_OLD, BAD_TOKEN, PAGE])
def test_each_answer_tells_when_it_was_made(body):
    for status in (200, 201, 400, 403, 404, 500):
        assert classify(status, {"Date": at(-77)}, body, now=NOW).served_at == NOW - 77
        assert classify_get(status, {"Date": at(-77)}, body, now=NOW).served_at == NOW - 77
        assert classify(status, {"Date": "yesterday"}, body, now=NOW).served_at == 0.0


@pytest.mark.parametrize(
    "status, body, verdict",
    [
        (200, b'{"user":"Nicd"}', Verdict.ANSWERED),
        (404, b'{"error":"User not found or private."}', Verdict.NOT_FOUND),
        (200, PAGE, Verdict.UNAVAILABLE),
        (200, b"[]", Verdict.UNAVAILABLE),
        (201, GREAT, Verdict.UNAVAILABLE),
        (204, b"", Verdict.UNAVAILABLE),
        *[(status, b"", Verdict.UNAVAILABLE) for status in (302, 400, 401, 403, 404, 405, 407, 408, 429)],
        *[(status, b"", Verdict.UNAVAILABLE) for status in (500, 503, 504, 511, 999)],
        (400, b'{"error":"Invalid date."}', Verdict.UNAVAILABLE),
        (404, PAGE, Verdict.UNAVAILABLE),
    ],
)
def test_answers_to_a_get(status, body, verdict):
    outcome = classify_get(status, {}, body, now=NOW)
    assert outcome.verdict is verdict
    assert outcome.status == status
    assert "pulse" not in outcome.reason
    assert outcome.ok is (verdict is Verdict.ANSWERED)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 405, 410, 429, 500, 511])
def test_what_is_in_the_way_is_the_same_for_a_profile_and_a_pulse(status):
    profile, pulse = classify_get(status, {}, PAGE, now=NOW), classify(status, {}, PAGE, now=NOW)
    assert (profile.state, profile.reason) == (pulse.state, pulse.reason)
    assert "pulse" not in profile.reason


def test_an_outcome_is_a_value():
    assert Outcome(Verdict.SENT) == Outcome(Verdict.SENT, "", 0, 0.0)
    assert hash(Outcome(Verdict.SENT))
