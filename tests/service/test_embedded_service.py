"""The pulse endpoint of the embedded service: the tables of service-api.md, row by row, through a real socket."""

from __future__ import annotations

import gzip
import json

import pytest

from codestats.server import Service
from support.embedded_client import DAY, HOUR, MINUTE, NOW, Clock, ago, ask, post, pulse

WEEK = 7 * DAY
GREAT = (201, b'{"ok":"Great success!"}')
INVALID_DATE = (400, b'{"error":"Invalid date."}')
INVALID_TIMESTAMP = (400, b'{"error":"Invalid coded_at format."}')
INVALID_OFFSET = (400, b'{"error":"Invalid TZ offset!"}')
INVALID_XP = (400, b'{"error":"Invalid XP format."}')
INVALID_SHAPE = (400, b'{"error":"Invalid xps format."}')
UNKNOWN = (500, b'{"error":"Unknown error"}')
UNAUTHENTICATED = (403, b'{"error": "You must be authenticated"}')

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
ASKS_JSON = [("Accept", "application/json")]


@pytest.fixture(scope="module")
def running():
    with Service(clock=Clock()) as service:
        yield service


@pytest.fixture
def service():
    with Service(clock=Clock()) as service:
        yield service


PULSES = {
    "a good pulse": (pulse(("C++", 15), ("Elixir", 30)), GREAT),
    "a minute older than a week": (pulse(("C", 1), at=WEEK + MINUTE), INVALID_DATE),
    "a minute younger than a week": (pulse(("C", 1), at=WEEK - MINUTE), GREAT),
    "in the future": (pulse(("C", 1), at=-DAY), GREAT),
    "in the far future": (pulse(("C", 1), coded_at="9999-12-31T23:59:59-23:59"), GREAT),
    "no offset": (pulse(("C", 1), coded_at="2026-03-14T09:26:53"), INVALID_TIMESTAMP),
    "an offset of hours alone": (pulse(("C", 1), coded_at="2026-03-14T09:26:53+03"), INVALID_TIMESTAMP),
    "a timestamp that is a number": ({"coded_at": 1773480413, "xps": []}, INVALID_TIMESTAMP),
    "a timestamp that is null": ({"coded_at": None, "xps": []}, INVALID_TIMESTAMP),
    "an impossible date": (pulse(("C", 1), coded_at="2026-02-30T09:26:53+00:00"), INVALID_TIMESTAMP),
    "an impossible date elsewhere": (pulse(("C", 1), coded_at="2026-02-30T09:26:53+03:00"), INVALID_TIMESTAMP),
    **{
        f"coded_at {text!r}": (pulse(("C", 1), coded_at=text), expected)
        for text, expected in {
            "2026-03-14T24:26:53+00:00": INVALID_TIMESTAMP,
            "2026-03-13T23:60:00Z": INVALID_TIMESTAMP,
            "2026-03-13T24:60:60+03:00": GREAT,
            "2026-03-14T09:26:53+24:00": GREAT,
            "2026-03-14 09:26:53+03:00": GREAT,
            "20260314T092653+0300": GREAT,
            "20260314092653+0300": INVALID_TIMESTAMP,
            "2026-03-14T09:26:53,25z": GREAT,
            "2026-03-14T09:26:53.1234567890123+03:00": GREAT,
            "2026-03-14T09:26:53.+03:00": INVALID_TIMESTAMP,
            "2026-03-14T09:26:53+3:00": INVALID_OFFSET,
            "2026-03-14T09:26:53+300": INVALID_OFFSET,
            "2026-03-14T09:26:53Z (UTC)": INVALID_OFFSET,
            "2026-03-01T09:26:53+3:00": INVALID_DATE,
            "  at 2026-03-14T09:26:53+03:00 \n": GREAT,
            "2026-03-14é09:26:53Z": INVALID_TIMESTAMP,
            "26-03-14T09:26:53Z": INVALID_TIMESTAMP,
            "0000-01-01T00:00:00Z": INVALID_TIMESTAMP,
        }.items()
    },
    "a week to the second": (pulse(("C", 1), at=WEEK), GREAT),
    "a second more than a week": (pulse(("C", 1), at=WEEK + 1), INVALID_DATE),
    "offset with a colon": (pulse(("C", 1), coded_at="2026-03-14T09:26:53+03:00"), GREAT),
    "offset without a colon": (pulse(("C", 1), coded_at="2026-03-14T09:26:53+0300"), GREAT),
    "offset Z": (pulse(("C", 1), coded_at="2026-03-14T09:26:53Z"), GREAT),
    "offset -00:00": (pulse(("C", 1), coded_at="2026-03-14T09:26:53-00:00"), GREAT),
    **{
        f"{digits} fraction digits": (
            pulse(("C", 1), coded_at=f"2026-03-14T09:26:53.{'123456789'[:digits]}Z".replace(".Z", "Z")),
            GREAT,
        )
        for digits in range(10)
    },
    "negative XP": (pulse(("C", -1)), INVALID_XP),
    "XP 1.5": (pulse(("C", 1.5)), INVALID_XP),
    "XP 2.0": (pulse(("C", 2.0)), INVALID_XP),
    "XP that is a string": (pulse(("C", "1")), INVALID_XP),
    "XP null": (pulse(("C", None)), INVALID_XP),
    "XP true": (pulse(("C", True)), INVALID_XP),
    "language null": (pulse((None, 1)), INVALID_XP),
    "an entry that is no object": ({"coded_at": ago(0), "xps": [1]}, INVALID_XP),
    "an entry without XP": ({"coded_at": ago(0), "xps": [{"language": "C"}]}, INVALID_XP),
    "XP 0": (pulse(("C", 0)), GREAT),
    "XP 2^31 - 1": (pulse(("C", 2**31 - 1)), GREAT),
    "XP 2^31": (pulse(("C", 2**31)), UNKNOWN),
    "XP of 5000 digits": (json.dumps(pulse(("C", 7))).encode().replace(b"7}", b"7" * 5000 + b"}"), UNKNOWN),
    "a language of 255 characters": (pulse(("😂" * 255, 1)), GREAT),
    "a language of 256 characters": (pulse(("a" * 256, 1)), UNKNOWN),
    "a language with a NUL": (pulse(("a\0b", 1)), UNKNOWN),
    "an empty language": (pulse(("", 1)), GREAT),
    "a blank language": (pulse(("  \t ", 1)), GREAT),
    "one good and one bad entry": (pulse(("C", 1), ("C", -1)), INVALID_XP),
    "no entries": (pulse(), GREAT),
    "xps missing": ({"coded_at": ago(0)}, INVALID_SHAPE),
    "xps an object": ({"coded_at": ago(0), "xps": {"C": 1}}, INVALID_SHAPE),
    "coded_at missing": ({"xps": [{"language": "C", "xp": 1}]}, INVALID_SHAPE),
    "no object": ([], INVALID_SHAPE),
    "an empty body": (b"", INVALID_SHAPE),
}  # fmt: skip


@pytest.mark.parametrize("document, expected", PULSES.values(), ids=PULSES)
def test_pulse_gets_the_answer_of_the_table(running, document, expected):
    answer = post(running, document)
    assert (answer.status, answer.body) == expected
    assert answer.kind == JSON
    assert answer.headers["cache-control"] == "max-age=0, private, must-revalidate"


@pytest.mark.parametrize("document, expected", PULSES.values(), ids=PULSES)
def test_pulse_is_stored_when_it_is_taken_and_else_not_at_all(service, document, expected):
    post(service, document)
    assert len(service.pulses()) == (1 if expected == GREAT else 0)


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_body_without_the_json_content_type_is_not_seen(running, kind):
    headers = [("X-API-Token", running.token())] + ([("Content-Type", kind)] if kind else [])
    answer = ask(running, "POST", "/api/my/pulses", json.dumps(pulse(("C", 1))).encode(), headers)
    assert (answer.status, answer.body) == INVALID_SHAPE


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/x+json"]
)
def test_json_content_type_may_be_written_in_several_ways(running, kind):
    headers = [("X-API-Token", running.token()), ("Content-Type", kind)]
    answer = ask(running, "POST", "/api/my/pulses", json.dumps(pulse(("C", 1))).encode(), headers)
    assert (answer.status, answer.body) == GREAT


BROKEN_BODIES = {
    "malformed JSON": b'{"coded_at":',
    "NaN": b'{"coded_at":"x","xps":NaN}',
    "bytes that are not UTF-8": b'{"coded_at":"\xff"}',
    "half a surrogate pair": b'{"coded_at":"\\ud800"}',
    "nested too deeply": b"[" * 100_000,
    "a gzip body": gzip.compress(json.dumps(pulse(("C", 1))).encode()),
}


@pytest.mark.parametrize("body", BROKEN_BODIES.values(), ids=BROKEN_BODIES)
def test_broken_body_is_a_page_or_an_empty_500(running, body):
    encoding = [("Content-Encoding", "gzip")] if body[:2] == b"\x1f\x8b" else []
    answer = post(running, body, headers=encoding)
    assert (answer.status, answer.kind) == (400, HTML)
    assert answer.body.startswith(b"<!DOCTYPE html>")
    answer = post(running, body, headers=encoding + ASKS_JSON)
    assert (answer.status, answer.kind, answer.body) == (500, None, b"")


def test_body_of_nine_megabytes_is_too_large(running):
    body = b'{"xps":"' + b"x" * 9_000_000 + b'"}'
    answer = post(running, body)
    assert (answer.status, answer.kind, answer.headers["connection"]) == (413, HTML, "close")
    answer = post(running, body, headers=ASKS_JSON)
    assert (answer.status, answer.kind, answer.body) == (500, None, b"")


def test_accepting_html_alone_is_not_acceptable(service):
    answer = post(service, pulse(("C", 1)), headers=[("Accept", "text/html")])
    assert (answer.status, answer.kind) == (406, HTML)
    assert service.pulses() == []


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "text/html, application/json;q=0.5", "application/*"]
)
def test_accepting_json_in_any_way_is_fine(running, accept):
    assert post(running, pulse(("C", 1)), headers=[("Accept", accept)]).status == 201


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_found(running, method):
    headers = [("X-API-Token", running.token())]
    assert ask(running, method, "/api/my/pulses", headers=headers).status == 404


@pytest.mark.parametrize("path", ["/api", "/api/my", "/my/pulses", "/api/api/my/pulses"])
def test_other_paths_are_not_found(running, path):
    headers = [("X-API-Token", running.token()), ("Content-Type", "application/json")]
    assert ask(running, "POST", path, b"{}", headers).status == 404
    assert ask(running, "GET", path).status == 404


@pytest.mark.parametrize("path", ["/api/my/pulses/", "//api//my///pulses", "/api/my/pulses//"])
def test_slashes_may_be_doubled_and_at_the_end(running, path):
    headers = [("X-API-Token", running.token()), ("Content-Type", "application/json")]
    assert ask(running, "POST", path, json.dumps(pulse(("C", 1))).encode(), headers).status == 201


def tampered(token):
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


TOKENS = {
    "missing": lambda _: [],
    "empty": lambda _: [("X-API-Token", "")],
    "doubled": lambda good: [("X-API-Token", good), ("X-API-Token", good)],
    "wrong": lambda _: [("X-API-Token", "nonsense")],
    "of the documentation": lambda _: [
        ("X-API-Token", "SFMyNTY.OEotWWdnPT0jI01qaz0.X0wVEZquh8Ogau1iTtBihYqqL71FD8N6p5ChQiIpaxQ")
    ],
    "with another signature": lambda good: [("X-API-Token", tampered(good))],
    "without its signature": lambda good: [("X-API-Token", good.rpartition(".")[0] + ".")],
    "with other bytes": lambda good: [("X-API-Token", good + "\xe4")],
}


@pytest.mark.parametrize("headers", TOKENS.values(), ids=TOKENS)
def test_no_good_token_is_403_without_a_content_type(service, headers):
    given = [*headers(service.token()), ("Content-Type", "application/json")]
    answer = ask(service, "POST", "/api/my/pulses", json.dumps(pulse(("C", 1))).encode(), given)
    assert (answer.status, answer.body) == UNAUTHENTICATED
    assert answer.kind is None
    assert service.pulses() == []


def test_token_of_a_deactivated_machine_is_403_until_it_is_active_again(service):
    laptop, desk = service.token("Ada", "laptop"), service.token("Ada", "desk")
    service.deactivate("Ada", "laptop")
    assert post(service, pulse(), laptop).status == 403
    assert post(service, pulse(), desk).status == 201
    service.activate("Ada", "laptop")
    assert post(service, pulse(), laptop).status == 201


def test_blanks_around_the_token_are_tolerated(running):
    assert post(running, pulse(), f"  {running.token()} \t").status == 201


def test_pulses_of_a_private_user_are_taken(service):
    token = service.token("Ada", "laptop")
    service.private = {"Ada"}
    assert post(service, pulse(("C", 2)), token).status == 201
    assert service.xp("Ada") == {"C": 2}


def test_future_pulse_is_stored_as_now(service):
    post(service, pulse(("C", 1), at=-DAY))
    assert service.pulses()[0].sent_at == NOW.timestamp()


def test_pulse_keeps_its_own_time(service):
    post(service, pulse(("C", 1), coded_at="2026-03-14T11:26:53.5+0300"))
    assert service.pulses()[0].sent_at == NOW.timestamp() - HOUR + 0.5
    assert service.pulses()[0].coded_at == "2026-03-14T11:26:53.5+0300"


@pytest.mark.parametrize(
    "text", ["2026-03-14 11.26.53,5+03:00", "20260314T112653.5+0300", "2026-03-14T08:26:53.50z"]
)
def test_pulse_keeps_its_time_in_any_writing(service, text):
    post(service, pulse(("C", 1), coded_at=text))
    assert service.pulses()[0].sent_at == NOW.timestamp() - HOUR + 0.5


def test_empty_language_is_plain_text(service):
    post(service, pulse(("", 1), ("  ", 2)))
    assert service.xp() == {"Plain text": 3}


def test_language_is_trimmed_and_its_first_spelling_wins(service):
    post(service, pulse((" Ünïcode😂 ", 1), ("PHP", 2)), service.token("Ada", "laptop"))
    post(service, pulse(("ÜNÏCODE😂", 3), ("php", 4)), service.token("Bob", "desk"))
    assert service.xp() == {"Ünïcode😂": 4, "PHP": 6}


def test_same_pulse_twice_counts_twice(service):
    for _ in range(2):
        assert post(service, pulse(("C", 5))).status == 201
    assert (service.total(), len(service.pulses())) == (10, 2)


def test_empty_pulse_is_a_pulse(service):
    post(service, pulse())
    assert [(one.user, one.machine, one.xps) for one in service.pulses()] == [("demo", "local", {})]
