"""The account of all machines: how it is asked for, and that nothing is said where there is none."""

from __future__ import annotations

import json
import socket
from datetime import date, datetime

import pytest

from codestats.account import parse_account, question
from codestats.api.outcome import Verdict
from codestats.server import Service
from support import raw_server as raw
from support.embedded_client import post
from support.raw_server import RawServer, http

ASKED = question("Nora", date(2026, 11, 27))
GOOD = b'{"data":{"profile":{"hourOfDayXps":{"9":5}}}}'


def test_the_embedded_service_tells(client_of):
    with Service() as service:
        now = datetime.now().astimezone()
        pulse = {"coded_at": now.isoformat(), "xps": [{"language": "C", "xp": 3}]}
        post(service, pulse, service.token("Nora", "pc"))
        client = client_of(service.url)
        outcome, found = client.ask_graph(question("Nora", now.date()))
        client.close()
    account = parse_account(found, 1.0)
    assert outcome.verdict is Verdict.ANSWERED
    assert account.hours == {now.hour: 3}
    assert account.weekdays == {now.weekday(): 3}
    assert account.days == {now.date(): {"C": 3}}
    assert account.registered is not None


def test_it_is_asked_as_the_service_wants_it_and_without_the_token(client_of):
    with RawServer(lambda _, sock, __: sock.sendall(http(200, GOOD))) as server:
        client = client_of(server.url + "/beta", api_key=raw.TOKEN)
        assert client.ask_graph(ASKED)[1] == {"hourOfDayXps": {"9": 5}}
        client.close()
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /beta/profile-graph HTTP/1.1")
    assert b"Accept: */*\r\n" in head + b"\r\n"
    assert raw.TOKEN.encode() not in head + body
    assert json.loads(body) == ASKED


@pytest.mark.parametrize("answer", [
    http(404, b"no"),
    http(500, b""),
    http(500, b"<h1>The server some kind of exploded.</h1>"),
    http(302, b"", "Location: /login"),
    http(200, b"<html>portal</html>"),
    http(200, b"[]"),
    http(200, b'{"data":null}'),
    http(200, b'{"data":{"profile":null},"errors":[{"message":"User not found"}]}'),
    http(200, b'{"data":{"profile":{"hourOfDayXps":{}}},"errors":[{"message":"half"}]}'),
    http(200, b'{"data":{"profile":5}}'),
    http(200, GOOD[:-3]),
    http(200, GOOD, length=500),
    http(200, b'{"data":{"profile":{"x":"' + b"y" * 9_000_000 + b'"}}}'),
    b"",
])  # fmt: skip
def test_anything_else_is_not_there(client_of, answer):
    def behaviour(_, sock, __):
        sock.sendall(answer)
        sock.shutdown(socket.SHUT_WR)

    with RawServer(behaviour) as server:
        client = client_of(server.url)
        outcome, found = client.ask_graph(ASKED)
        client.close()
        assert found is None
        assert not outcome.ok
        assert len(server.requests) == 1  # not again, and nowhere else
