"""The profile endpoint and the page for people of the embedded service."""

from __future__ import annotations

from datetime import timedelta, timezone
from urllib.parse import quote

import pytest

from codestats.server import Service
from support.embedded_client import DAY, HOUR, MINUTE, Clock, ago, ask, post, pulse

NOBODY = (404, b'{"error":"User not found or private."}', "application/json; charset=utf-8")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def service(clock):
    with Service(clock=clock) as service:
        yield service


def profile(service, name, **headers):
    return ask(service, "GET", f"/api/users/{quote(name, safe='')}", headers=list(headers.items()))


def test_profile_has_the_documented_shape(service):
    laptop, desk = service.token("Nicd", "Työkone"), service.token("Nicd", "Best Machine")
    post(service, pulse(("💩", 10), ("XML", 1)), laptop)
    post(service, pulse(("💩", 5), at=DAY), desk)
    answer = profile(service, "Nicd")
    assert (answer.status, answer.kind) == (200, "application/json; charset=utf-8")
    assert answer.json() == {
        "user": "Nicd",
        "total_xp": 16,
        "new_xp": 11,
        "machines": {
            "Best Machine": {"xps": 5, "new_xps": 0},
            "Työkone": {"xps": 11, "new_xps": 11},
        },
        "languages": {"XML": {"xps": 1, "new_xps": 1}, "💩": {"xps": 15, "new_xps": 10}},
        "dates": {"2026-03-14": 11, "2026-03-13": 5},
    }
    assert "💩".encode() in answer.body


def test_profile_without_xp_is_empty(service):
    service.token("Ada", "laptop")
    assert profile(service, "Ada").json() == {
        "user": "Ada", "total_xp": 0, "new_xp": 0, "machines": {}, "languages": {}, "dates": {},
    }  # fmt: skip


def test_new_xp_is_that_of_twelve_hours(service, clock):
    token = service.token("Ada", "laptop")
    post(service, pulse(("C", 1), at=12 * HOUR - MINUTE), token)
    post(service, pulse(("C", 2), at=12 * HOUR + MINUTE), token)
    assert profile(service, "Ada").json()["new_xp"] == 1
    clock.now += 2 * MINUTE
    assert profile(service, "Ada").json()["new_xp"] == 0
    assert profile(service, "Ada").json()["total_xp"] == 3


def test_dates_are_those_where_it_was_typed(service):
    token = service.token("Ada", "laptop")
    post(service, pulse(("C", 1), coded_at=ago(0, timezone(timedelta(hours=14, minutes=45)))), token)
    post(service, pulse(("C", 2), coded_at=ago(0, timezone(-timedelta(hours=12)))), token)
    assert profile(service, "Ada").json()["dates"] == {"2026-03-15": 1, "2026-03-13": 2}


def test_users_are_kept_apart(service):
    post(service, pulse(("C", 1)), service.token("Ada", "laptop"))
    post(service, pulse(("C", 2)), service.token("Bob", "laptop"))
    assert profile(service, "Ada").json()["total_xp"] == 1
    assert (service.total("ada"), service.total("Bob"), service.total()) == (1, 2, 3)
    assert [one.user for one in service.pulses("Bob")] == ["Bob"]


def test_profile_needs_no_token_and_ignores_a_bad_one(service):
    service.token("Ada", "laptop")
    assert ask(service, "GET", "/api/users/Ada", headers=[("X-API-Token", "nonsense")]).status == 200


@pytest.mark.parametrize("name", ["nobody", "Ada ", "%", "\udcff"])
def test_unknown_user_is_not_found(service, name):
    service.token("Ada", "laptop")
    path = "/api/users/" + quote(name, safe="", errors="surrogateescape")
    answer = ask(service, "GET", path)
    assert (answer.status, answer.body, answer.kind) == NOBODY


@pytest.mark.parametrize("name", ["Ada", "ADA"])
def test_private_user_is_not_found(service, name):
    service.token("Ada", "laptop")
    service.private = {"Ada"}
    answer = profile(service, name)
    assert (answer.status, answer.body, answer.kind) == NOBODY
    service.private = False
    assert profile(service, "Ada").status == 200


@pytest.mark.parametrize(
    "asked, location",
    [
        ("ADA", "/api/users/Ada"),
        ("ädä b", "/api/users/%C3%84d%C3%A4%20B"),
        ("a+B/c", "/api/users/A%2BB%2Fc"),
    ],
)
def test_another_letter_case_is_redirected(service, asked, location):
    for name in ("Ada", "Ädä B", "A+B/c"):
        service.token(name, "laptop")
    answer = profile(service, asked)
    assert (answer.status, answer.headers["location"]) == (302, location)
    assert ask(service, "GET", location).status == 200


@pytest.mark.parametrize("path", ["/api/users/%F0%9F%98%82+B", "/api/users/%F0%9F%98%82%20B?x=1"])
def test_name_may_be_any_unicode_and_plus_is_a_space(service, path):
    service.token("😂 B", "laptop")
    assert ask(service, "GET", path).json()["user"] == "😂 B"


def test_head_has_the_headers_alone(service):
    service.token("Ada", "laptop")
    answer = ask(service, "HEAD", "/api/users/Ada")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_html_alone_is_not_acceptable(service):
    service.token("Ada", "laptop")
    assert profile(service, "Ada", Accept="text/html").status == 406


def test_page_shows_the_profile_and_escapes_everything(service):
    hostile = "<script>alert('x')</script>&\""
    post(service, pulse((hostile, 1600), ("C", 1)), service.token(hostile, hostile))
    answer = ask(service, "GET", "/users/" + quote(hostile, safe=""))
    page = answer.body.decode()
    assert (answer.status, answer.kind) == (200, "text/html; charset=utf-8")
    assert "Level 1, 1,601 XP" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_page_is_found_as_the_profile_is(service):
    service.token("Ada", "laptop")
    assert ask(service, "GET", "/users/ada").headers["location"] == "/users/Ada"
    assert ask(service, "GET", "/users/nobody").status == 404
    service.private = True
    assert ask(service, "GET", "/users/Ada").status == 404


def test_deactivated_machine_is_left_out_and_its_xp_stays(service):
    post(service, pulse(("C", 1)), service.token("Ada", "laptop"))
    post(service, pulse(("Lua", 2)), service.token("Ada", "old"))
    service.deactivate("Ada", "old")
    found = profile(service, "Ada").json()
    assert found["machines"] == {"laptop": {"xps": 1, "new_xps": 1}}
    assert (found["total_xp"], set(found["languages"])) == (3, {"C", "Lua"})
    service.activate("Ada", "old")
    assert set(profile(service, "Ada").json()["machines"]) == {"laptop", "old"}


@pytest.mark.parametrize("name, status", [("Ada", 200), ("Ada/", 200), ("ADA", 302), ("nobody", 404)])
def test_page_of_another_origin_may_read_a_profile(service, name, status):
    service.token("Ada", "laptop")
    answer = ask(service, "GET", f"/api/users/{name}", headers=[("Origin", "https://example.org")])
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, "*")


def test_preflight_of_a_profile_is_answered_and_no_other(service):
    asked = [("Origin", "https://example.org"), ("Access-Control-Request-Method", "GET")]
    answer = ask(service, "OPTIONS", "/api/users/Ada", headers=asked)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    answer = ask(service, "OPTIONS", "/api/my/pulses", headers=asked)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (404, None)


@pytest.mark.parametrize("path", ["/", "/my/machines", "/my/machines/"])
def test_where_a_token_comes_from_is_told_where_clients_send_people(service, path):
    answer = ask(service, "GET", path)
    assert answer.status == 200
    assert "--new-tokens" in answer.body.decode()
    assert ask(service, "POST", path).status == 404
