"""/profile-graph of the embedded service: every case that was seen at the service's own server, and its answer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timezone
from urllib.parse import quote, urlencode

import pytest

from codestats.server import Service
from codestats.server.tokens import signed_token
from support.embedded_client import DAY, NOW, Clock, ago, ask, post, pulse

JSON = ("Content-Type", "application/json")
KIND = "application/json; charset=utf-8"
TOTAL = '{ profile(username: "Nora") { totalXp } }'
TOTAL_ANSWER = {"data": {"profile": {"totalXp": 46}}}
NOBODY = "User not found or no access to profile."
ONE_REQUEST = """query($u: String, $d: Date!, $t: Datetime) { profile(username: $u) {
  registered totalXp hourOfDayXps dayOfWeekXps { day xp } dayLanguageXps(since: $d) { date language xp }
  languages(since: $t) { name xp } } }"""


@pytest.fixture(scope="module")
def service():
    with Service(clock=Clock()) as service:
        laptop, desk, old = (service.token("Nora", name) for name in ("laptop", "desk", "old"))
        post(service, pulse(("C++", 10), ("Python", 5)), laptop)  # Saturday 2026-03-14 09:26 UTC
        post(service, pulse(("Python", 20), coded_at=ago(DAY, timezone.utc)), desk)
        post(service, pulse(("C++", 4), at=4 * DAY), laptop)
        post(service, pulse(("Lua", 7), at=4 * DAY), old)
        service.deactivate("Nora", "old")
        service.token("Nobody Yet", "laptop")
        post(service, pulse(("C", 1)), service.token("Secret", "laptop"))
        service.private = {"Secret"}
        yield service


def asked(service, query, variables=None, operation=None, *, method="POST"):
    document = {"query": query, "variables": variables or {}, "operationName": operation}
    answer = ask(service, method, "/profile-graph", json.dumps(document).encode(), [JSON, ("Accept", "*/*")])
    return answer.status, answer.json() if answer.kind == KIND else answer.body


def profile(service, fields, user="Nora", **variables):
    status, answer = asked(service, f'{{ profile(username: "{user}") {{ {fields} }} }}', variables)
    assert status == 200
    assert "errors" not in answer, answer
    return answer["data"]["profile"]


@pytest.mark.parametrize(
    "method, kind, body",
    [
        ("POST", "application/json", json.dumps({"query": TOTAL})),
        ("POST", "application/json; charset=utf-8", json.dumps({"query": TOTAL, "variables": None})),
        ("POST", "application/graphql", TOTAL),
        ("POST", "text/plain", TOTAL),
        ("POST", None, TOTAL),
        ("POST", "application/x-www-form-urlencoded", urlencode({"query": TOTAL})),
        ("PUT", "application/json", json.dumps({"query": TOTAL})),
        ("DELETE", "application/json", json.dumps({"query": TOTAL})),
    ],
)
def test_a_query_comes_in_many_ways(service, method, kind, body):
    headers = [("Content-Type", kind)] if kind else []
    answer = ask(service, method, "/profile-graph", body.encode(), headers)
    assert (answer.status, answer.kind, answer.json()) == (200, KIND, TOTAL_ANSWER)


def test_or_in_the_address(service):
    answer = ask(service, "GET", f"/profile-graph?query={quote(TOTAL)}")
    assert (answer.status, answer.json()) == (200, TOTAL_ANSWER)
    query = quote("query A($u: String) { profile(username: $u) { totalXp } }")
    variables = quote(json.dumps({"u": "Nora"}))
    answer = ask(service, "GET", f"/profile-graph?query={query}&variables={variables}&operationName=A")
    assert (answer.status, answer.json()) == (200, TOTAL_ANSWER)
    assert ask(service, "HEAD", f"/profile-graph?query={quote(TOTAL)}").status == 200


def test_a_list_of_requests_is_answered_by_one(service):
    body = json.dumps([{"query": TOTAL}, {"query": "{ nothing }"}]).encode()
    first, second = ask(service, "POST", "/profile-graph", body, [JSON]).json()
    assert first == {"payload": TOTAL_ANSWER}
    assert "data" not in second["payload"]


@pytest.mark.parametrize("accept, status", [
    (None, 200),
    ("*/*", 200),
    ("text/html", 200),
    ("application/json, text/plain, */*", 200),
    ("application/json", 500),
    ("application/json, application/graphql+json", 500),
])  # fmt: skip
def test_accept_must_allow_html(service, accept, status):
    headers = [JSON, *([("Accept", accept)] if accept else [])]
    answer = ask(service, "POST", "/profile-graph", json.dumps({"query": TOTAL}).encode(), headers)
    assert answer.status == status
    assert bool(answer.body) == (status == 200)


@pytest.mark.parametrize("body, headers, status", [
    (b"{}", [JSON], 400),
    (b'{"query": 5}', [JSON], 400),
    (b" ", [("Content-Type", "text/plain")], 400),
    (None, [], 400),
])  # fmt: skip
def test_no_query_is_said(service, body, headers, status):
    answer = ask(service, "POST", "/profile-graph", body, headers)
    assert (answer.status, answer.json()) == (status, {"errors": [{"message": "No query document supplied"}]})


def test_broken_json_is_an_html_page(service):
    answer = ask(service, "POST", "/profile-graph", b"{", [JSON])
    assert (answer.status, answer.kind) == (400, "text/html; charset=utf-8")


def test_everything_a_profile_has(service):
    found = profile(
        service,
        """totalXp languages { name xp } machines { name xp } dates { date xp } dayOfWeekXps { day xp }
        hourOfDayXps dayLanguageXps(since: "2026-03-13") { date language xp } dayOfYearXps registered""",
    )
    assert found["totalXp"] == 46
    assert rows(found["languages"]) == [("C++", 14), ("Lua", 7), ("Python", 25)]
    assert rows(found["machines"]) == [("desk", 20), ("laptop", 19)]  # not the inactive one
    assert rows(found["dates"]) == [("2026-03-10", 11), ("2026-03-13", 20), ("2026-03-14", 15)]
    assert rows(found["dayOfWeekXps"]) == [(2, 11), (5, 20), (6, 15)]  # 1 is Monday
    assert found["hourOfDayXps"] == {"9": 46}
    assert rows(found["dayLanguageXps"]) == [
        ("2026-03-13", "Python", 20), ("2026-03-14", "C++", 10), ("2026-03-14", "Python", 5),
    ]  # fmt: skip
    of_year = found["dayOfYearXps"]
    assert len(of_year) == 366
    assert {day: xp for day, xp in of_year.items() if xp} == {"70": 11, "73": 20, "74": 15}  # as in 2000
    assert datetime.strptime(found["registered"], "%Y-%m-%dT%H:%M:%S%z").tzinfo == timezone.utc


def rows(items):
    return sorted(tuple(item.values()) for item in items)


def test_a_client_that_asks_for_several_users_by_one_fragment(service):
    """As the Flutter app does: times with a fraction and an offset without a colon, fields named as themselves."""
    query = """{
      Nora: profile(username: "Nora") { ...Info }
      Gone: profile(username: "Gone") { ...Info }
    }
    fragment Info on Profile { totalXp: totalXp
      lately: machines(since: "2026-03-14T00:00:00.123+0000") { name xp } }"""
    headers = [("content-type", "application/json; charset=utf-8"), ("accept-encoding", "gzip")]
    answer = ask(service, "POST", "/profile-graph", json.dumps({"query": query}).encode(), headers)
    assert answer.status == 200
    assert answer.json()["data"] == {
        "Nora": {"totalXp": 46, "lately": [{"name": "laptop", "xp": 15}]},
        "Gone": None,
    }
    assert [error["path"] for error in answer.json()["errors"]] == [["Gone"]]


def test_since_is_a_time_of_pulses_or_a_local_day(service):
    later = profile(service, 'languages(since: "2026-03-13T00:00:00Z") { name xp }')
    assert rows(later["languages"]) == [("C++", 10), ("Python", 25)]
    later = profile(service, 'languages(since: "2026-03-14T10:00:00+02:00") { name xp }')
    assert rows(later["languages"]) == [("C++", 10), ("Python", 5)]
    assert profile(service, 'dates(since: "2026-03-14") { xp }')["dates"] == [{"xp": 15}]
    assert profile(service, 'dayOfWeekXps(since: "2026-03-13") { day }')["dayOfWeekXps"] == [
        {"day": 5},
        {"day": 6},
    ]
    assert profile(service, 'dates(since: "2999-01-01") { xp }')["dates"] == []
    assert len(profile(service, 'dates(since: "0001-01-01") { xp }')["dates"]) == 3


def test_hours_and_days_are_those_where_it_was_typed(service):
    token = service.token("Kai", "laptop")
    post(
        service,
        pulse(("C", 1), coded_at=NOW.isoformat().replace("+00:00", "+14:45").replace("T09", "T00")),
        token,
    )
    assert profile(service, "hourOfDayXps", user="Kai") == {"hourOfDayXps": {"0": 1}}


def test_one_request_for_a_window(service):
    variables = {"u": "Nora", "d": "2026-03-14", "t": "2026-03-13T12:00:00Z"}
    status, answer = asked(service, ONE_REQUEST, variables)
    found = answer["data"]["profile"]
    assert (status, list(answer)) == (200, ["data"])
    assert list(found) == [
        "registered",
        "totalXp",
        "hourOfDayXps",
        "dayOfWeekXps",
        "dayLanguageXps",
        "languages",
    ]
    assert rows(found["languages"]) == [("C++", 10), ("Python", 5)]


def test_snake_case_aliases_fragments_and_operations(service):
    assert profile(service, "total_xp") == {"total_xp": 46}
    assert profile(service, 'a: totalXp b: day_language_xps(since: "2026-03-14") { xp }') == {
        "a": 46, "b": [{"xp": 10}, {"xp": 5}],
    }  # fmt: skip
    query = """query A { profile(username: "Nora") { ...T ... on Profile { machines { name } } } }
    query B($no: Boolean = false) {
      p: profile(username: "Nora") { totalXp @include(if: $no) dates @skip(if: true) { xp } } }
    fragment T on Profile { totalXp }  # a comment"""
    assert asked(service, query, operation="A")[1]["data"]["profile"]["totalXp"] == 46
    assert asked(service, query, operation="B")[1] == {"data": {"p": {}}}
    assert asked(service, query, {"no": True}, "B")[1] == {"data": {"p": {"totalXp": 46}}}
    assert "errors" in asked(service, query)[1]
    assert profile(service, "__typename") == {"__typename": "Profile"}


def test_five_hundred_aliases_are_answered(service):
    fields = " ".join(f"a{at}: totalXp" for at in range(500))
    assert set(profile(service, fields).values()) == {46}


@pytest.mark.parametrize("user", ["Unknown", "nora", "NORA", "Secret", "Nora+", "Nobody+Yet"])
def test_unknown_private_and_misspelled_users_are_alike(service, user):
    status, answer = asked(service, f'{{ profile(username: "{user}") {{ totalXp }} }}')
    [error] = answer["errors"]
    assert (status, answer["data"]) == (200, {"profile": None})
    assert (error["message"], error["path"]) == (NOBODY, ["profile"])
    assert error["locations"]


def test_one_of_two_profiles_unknown(service):
    query = '{ a: profile(username: "Nora") { totalXp } b: profile(username: "Bob") { totalXp } }'
    _, answer = asked(service, query)
    assert answer["data"] == {"a": {"totalXp": 46}, "b": None}
    assert [error["path"] for error in answer["errors"]] == [["b"]]


@pytest.mark.parametrize("fields, message", [
    ("foo", 'Cannot query field "foo" on type "Profile".'),
    ("dayLanguageXps { xp }", 'In argument "since": Expected type "Date!", found null.'),
    ("dayLanguageXps(since: $missing) { xp }", 'In argument "since": Expected type "Date!", found null.'),
    ('languages(since: "2026-11-24") { xp }', 'Argument "since" has invalid value "2026-11-24".'),
    ('languages(since: "2026-11-24T00:00:00") { xp }', 'Argument "since" has invalid value "2026-11-24T00:00:00".'),
    ('dates(since: "2026-11-24T00:00:00Z") { xp }', 'Argument "since" has invalid value "2026-11-24T00:00:00Z".'),
    ('dates(since: "2026-02-30") { xp }', 'Argument "since" has invalid value "2026-02-30".'),
])  # fmt: skip
def test_what_graphql_itself_finds_wrong_is_status_200(service, fields, message):
    query = f'query($missing: Date!) {{ profile(username: "Nora") {{ {fields} }} }}'
    status, answer = asked(service, query)
    assert (status, list(answer)) == (200, ["errors"])
    assert answer["errors"][0]["message"] == message


@pytest.mark.parametrize("query, message", [
    ("{ profile(", "syntax error before: "),
    ("nonsense", "syntax error before: "),
    ('{ profile(username: "Nora) { totalXp } }', "syntax error before: "),
    ("mutation { profile { totalXp } }", 'Operation "mutation" not supported'),
    ("subscription { profile { totalXp } }", 'Operation "subscription" not supported'),
    ("{ __schema { types { name } } }", "Cannot query field"),
    ("{ ...A } fragment A on RootQueryType { ...A }", "Cannot spread fragment"),
    ("{ ...B }", "Unknown fragment"),
    ("{" * 500, "syntax error before: "),
])  # fmt: skip
def test_what_is_no_query_of_this_schema(service, query, message):
    status, answer = asked(service, query)
    assert (status, list(answer)) == (200, ["errors"])
    assert answer["errors"][0]["message"].startswith(message)


def test_fragments_that_multiply_are_cut_short(service):
    bomb = "".join(f"fragment F{n} on Profile {{ ...F{n + 1} ...F{n + 1} }} " for n in range(40))
    query = f'{{ profile(username: "Nora") {{ ...F0 }} }} {bomb} fragment F40 on Profile {{ totalXp }}'
    assert asked(service, query)[1]["errors"][0]["message"] == "Operation is too complex"


@pytest.mark.parametrize("query", [
    '{ profile(username: "Nora") { languages(since: null) { xp } } }',
    '{ profile(username: "Nora") { dates(since: 5) { xp } } }',
    '{ profile(username: "Nora") { dayLanguageXps(since: null) { xp } } }',
    "{ profile { totalXp } }",
    "{ profile(username: null) { totalXp } }",
    '{ profile(username: "Nobody Yet") { dayOfWeekXps { xp } } }',
    '{ profile(username: "Nobody Yet") { dayOfWeekXps(since: "2026-01-01") { xp } } }',
])  # fmt: skip
def test_what_makes_the_service_fall_over(service, query):
    status, page = asked(service, query)
    assert status == 500
    assert b"The server some kind of exploded." in page


def test_a_user_without_pulses_has_nought_of_everything_else(service):
    fields = """totalXp languages { xp } machines { xp } dates { xp } hourOfDayXps
    dayLanguageXps(since: "2026-01-01") { xp }"""
    assert profile(service, fields, user="Nobody Yet") == {
        "totalXp": 0, "languages": [], "machines": [], "dates": [], "hourOfDayXps": {}, "dayLanguageXps": [],
    }  # fmt: skip


def test_no_page_of_another_origin_reads_it(service):
    headers = [JSON, ("Origin", "https://example.org")]
    answer = ask(service, "POST", "/profile-graph", json.dumps({"query": TOTAL}).encode(), headers)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] is None


def test_the_token_opens_nothing(service):
    headers = [JSON, ("X-API-Token", service.token("Secret", "laptop"))]
    body = json.dumps({"query": '{ profile(username: "Secret") { totalXp } }'}).encode()
    assert ask(service, "POST", "/profile-graph", body, headers).json()["data"] == {"profile": None}


def test_a_data_file_of_before_is_brought_up_to_date(tmp_path):
    """As version 1 made it, with the token that it gave out."""
    file, key = tmp_path / "service.sqlite3", b"k" * 32
    at = datetime.now(timezone.utc).replace(microsecond=0)
    with closing(sqlite3.connect(file)) as old:
        old.executescript(OLD)
        old.execute("INSERT INTO secret VALUES (?)", (key,))
        row = (at.isoformat(), at.timestamp(), str(at.date()), at.timestamp())
        old.execute("INSERT INTO pulses VALUES (1, 1, ?, ?, ?, ?)", row)
        old.commit()
    with Service(file) as service:
        service.alias("C", "C++")
        found = profile(service, "totalXp hourOfDayXps registered", user="Ada")
        assert (
            post(service, pulse(("C", 3), coded_at=at.isoformat()), signed_token(key, "Ada", 1)).status == 201
        )
        assert service.xp("Ada") == {"C": 3, "C++": 3}
    assert found["hourOfDayXps"] == {str(at.hour): 3}
    assert abs(datetime.fromisoformat(found["registered"].replace("Z", "+00:00")) - at).total_seconds() < 60
    assert key not in file.read_bytes()


OLD = """
CREATE TABLE secret (key BLOB NOT NULL);
CREATE TABLE users (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, private INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE machines (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user INTEGER NOT NULL REFERENCES users, name TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1, UNIQUE (user, name)
);
CREATE TABLE languages (id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE);
CREATE TABLE pulses (
    id INTEGER PRIMARY KEY, machine INTEGER NOT NULL REFERENCES machines, coded_at TEXT NOT NULL,
    sent_at REAL NOT NULL, local_date TEXT NOT NULL, received_at REAL NOT NULL
);
CREATE TABLE xps (
    pulse INTEGER NOT NULL REFERENCES pulses, language INTEGER NOT NULL REFERENCES languages, xp INTEGER NOT NULL
);
CREATE INDEX pulses_machine ON pulses (machine);
CREATE INDEX xps_pulse ON xps (pulse);
INSERT INTO users VALUES (1, 'Ada', 'ada', 0);
INSERT INTO machines VALUES (1, 1, 'laptop', 1);
INSERT INTO languages VALUES (1, 'C', 'c');
INSERT INTO xps VALUES (1, 1, 3);
PRAGMA application_id = 0x43533A3A;
PRAGMA user_version = 1;
"""
