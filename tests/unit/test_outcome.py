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


@pytest.mark.parametrize(
    "status, body, verdict",
    [
        (201, GREAT, Verdict.SENT),
        (201, b"{}", Verdict.SENT),
        (201, PAGE, Verdict.UNAVAILABLE),
        (201, b"", Verdict.IN_DOUBT),
        (201, b" \n", Verdict.IN_DOUBT),
        (201, GREAT[:-1], Verdict.IN_DOUBT),
        (201, b'"Great success!"', Verdict.UNAVAILABLE),
        (201, b"[]", Verdict.UNAVAILABLE),
        (201, b'{"ok": NaN}', Verdict.IN_DOUBT),
        (201, b"\x1f\x8b\x08", Verdict.UNAVAILABLE),
        (201, b'{"a":' * 50_000, Verdict.IN_DOUBT),
        (200, GREAT, Verdict.UNAVAILABLE),
        (200, PAGE, Verdict.UNAVAILABLE),
        (202, GREAT, Verdict.UNAVAILABLE),
        (204, b"", Verdict.UNAVAILABLE),
        (226, GREAT, Verdict.UNAVAILABLE),
        (300, b"", Verdict.REDIRECTED),
        (301, b"", Verdict.REDIRECTED),
        (302, b"", Verdict.REDIRECTED),
        (303, b"", Verdict.REDIRECTED),
        (304, b"", Verdict.REDIRECTED),
        (307, b"", Verdict.REDIRECTED),
        (308, b"", Verdict.REDIRECTED),
        (400, b'{"error":"Invalid date."}', Verdict.EXPIRED),
        (400, b'{"error":"Invalid coded_at format."}', Verdict.BAD_PULSE),
        (400, b'{"error":"Invalid XP format."}', Verdict.BAD_PULSE),
        (400, b'{"error":"Invalid xps format."}', Verdict.BAD_PULSE),
        (400, b"{}", Verdict.BAD_PULSE),
        (400, PAGE, Verdict.SERVER_ERROR),
        (400, b"", Verdict.SERVER_ERROR),
        (401, b"", Verdict.UNAUTHORIZED),
        (402, b"", Verdict.SERVER_ERROR),
        (403, b'{"error": "You must be authenticated"}', Verdict.UNAUTHORIZED),
        (404, PAGE, Verdict.WRONG_ADDRESS),
        (405, b"", Verdict.WRONG_ADDRESS),
        (406, PAGE, Verdict.WRONG_ADDRESS),
        (407, b"", Verdict.UNAVAILABLE),
        (408, b"", Verdict.UNAVAILABLE),
        (409, b"", Verdict.SERVER_ERROR),
        (410, b"", Verdict.WRONG_ADDRESS),
        (413, PAGE, Verdict.BAD_PULSE),
        (418, b"", Verdict.SERVER_ERROR),
        (422, b"", Verdict.BAD_PULSE),
        (429, b"", Verdict.THROTTLED),
        (451, b"", Verdict.SERVER_ERROR),
        (500, b'{"error":"Unknown error"}', Verdict.SERVER_ERROR),
        (500, b"", Verdict.SERVER_ERROR),
        (501, b"", Verdict.SERVER_ERROR),
        (502, b"", Verdict.SERVER_ERROR),
        (503, b"", Verdict.SERVER_ERROR),
        (504, b"", Verdict.IN_DOUBT),
        (511, PAGE, Verdict.UNAVAILABLE),
        (599, b"", Verdict.SERVER_ERROR),
        (101, b"", Verdict.IN_DOUBT),
        (103, b"", Verdict.IN_DOUBT),
        (0, b"", Verdict.IN_DOUBT),
        (600, b"", Verdict.IN_DOUBT),
        (999, b"", Verdict.IN_DOUBT),
    ],
)
def test_each_answer_has_its_verdict(status, body, verdict):
    outcome = judged(status, body)
    assert outcome.verdict is verdict
    assert outcome.status == status
    assert outcome.ok is (verdict is Verdict.SENT)
    assert bool(outcome.reason) is (verdict is not Verdict.SENT)
    assert outcome.retry_after == 0.0


def test_the_services_words_are_passed_on_clean_and_cut():
    said = judged(400, b'{"error":"Invalid XP format."}').reason
    assert said == 'the service refused the pulse: "Invalid XP format." (400)'
    nasty = '{"error":"a\\nb\\u001b[31m\\u202e%s' + "x" * 500 + '"}'
    reason = judged(400, nasty.encode()).reason
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


def test_503_with_retry_after_is_a_request_to_wait():
    assert judged(503, Retry_After="30").verdict is Verdict.THROTTLED
    assert judged(503, Retry_After="30").retry_after == 30
    assert judged(503, Retry_After="nonsense").verdict is Verdict.SERVER_ERROR


def test_other_answers_do_not_make_wait():
    assert judged(500, Retry_After="30").retry_after == 0.0
    assert judged(403, Retry_After="30").retry_after == 0.0


@pytest.mark.parametrize(
    "coded_at, verdict",
    [
        ("2024-05-10T11:59:00+00:00", Verdict.EXPIRED),
        ("2024-05-10T11:59:00Z", Verdict.EXPIRED),
        ("2024-05-10T13:59:00+02:00", Verdict.EXPIRED),
        ("2024-05-10T12:01:00+00:00", Verdict.BAD_PULSE),
        ("2024-05-10T11:59:00", Verdict.BAD_PULSE),  # no offset: not to be compared
        ("nonsense", Verdict.BAD_PULSE),
        ("", Verdict.BAD_PULSE),
    ],
)
def test_an_old_pulse_is_expired_whatever_words_refuse_it(coded_at, verdict):
    outcome = classify(400, {}, b'{"error":"Too late, sorry"}', coded_at=coded_at, now=NOW)
    assert outcome.verdict is verdict


def test_whether_a_pulse_is_too_old_is_for_the_service_to_say():
    outcome = classify(400, {}, b"<html>Bad request", coded_at="2024-05-10T11:59:00Z", now=NOW)
    assert outcome.verdict is Verdict.SERVER_ERROR


def test_an_old_pulse_that_is_taken_is_sent():
    assert classify(201, {}, GREAT, coded_at="2000-01-01T00:00:00+00:00", now=NOW).verdict is Verdict.SENT


@pytest.mark.parametrize(
    "status, body, verdict",
    [
        (200, b'{"user":"Nicd"}', Verdict.ANSWERED),
        (200, PAGE, Verdict.UNAVAILABLE),
        (200, b"[]", Verdict.UNAVAILABLE),
        (201, GREAT, Verdict.UNAVAILABLE),
        (204, b"", Verdict.UNAVAILABLE),
        (302, b"", Verdict.REDIRECTED),
        (400, b"{}", Verdict.WRONG_ADDRESS),
        (400, b'{"error":"Invalid date."}', Verdict.WRONG_ADDRESS),
        (401, b"", Verdict.WRONG_ADDRESS),
        (403, b"", Verdict.WRONG_ADDRESS),
        (404, b'{"error":"User not found or private."}', Verdict.NOT_FOUND),
        (407, b"", Verdict.UNAVAILABLE),
        (408, b"", Verdict.UNAVAILABLE),
        (429, b"", Verdict.THROTTLED),
        (500, b"", Verdict.SERVER_ERROR),
        (503, b"", Verdict.SERVER_ERROR),
        (504, b"", Verdict.SERVER_ERROR),
        (511, b"", Verdict.UNAVAILABLE),
        (999, b"", Verdict.SERVER_ERROR),
    ],
)
def test_answers_to_a_get(status, body, verdict):
    outcome = classify_get(status, {}, body, now=NOW)
    assert outcome.verdict is verdict
    assert outcome.status == status
    assert "pulse" not in outcome.reason
    assert outcome.ok is (verdict is Verdict.ANSWERED)


def test_an_outcome_is_a_value():
    assert Outcome(Verdict.SENT) == Outcome(Verdict.SENT, "", 0, 0.0)
    assert hash(Outcome(Verdict.SENT))
