"""The embedded service as a running thing: connections, restarts, data files, many at once, faults."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import sqlite3
import ssl
import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import trustme

from codestats.server import Handler, Response, Service
from codestats.server.database import StoreError
from codestats.server.tokens import machine_token
from support.embedded_client import Clock, ask, post, pulse


def test_token_decodes_to_user_and_machine_like_the_documented_one():
    token = machine_token("😂", 29)
    head, payload, secret = token.split(".")
    documented = "SFMyNTY.OEotWWdnPT0jI01qaz0.X0wVEZquh8Ogau1iTtBihYqqL71FD8N6p5ChQiIpaxQ"
    assert [head, payload] == documented.split(".")[:2]
    assert len(secret) == len(documented.split(".")[2])
    user, machine = base64.urlsafe_b64decode(payload + "==").split(b"##")
    assert base64.urlsafe_b64decode(user).decode() == "😂"
    assert base64.urlsafe_b64decode(machine) == b"29"
    assert machine_token("😂", 29) != token


def test_many_requests_share_one_connection():
    with Service() as service:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
        connection.connect()
        first = connection.sock
        assert post(service, pulse(("C", 1)), connection=connection).status == 400  # NOW is not now
        for _ in range(20):
            assert ask(service, "GET", "/users/x", connection=connection).status == 404
        assert connection.sock is first
        connection.close()


def test_pulses_at_the_same_time_lose_nothing():
    with Service(clock=Clock()) as service:
        token = service.token()
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda n: post(service, pulse(("C", n), ("D", 1)), token), range(100)))
        assert {answer.status for answer in answers} == {201}
        assert service.xp() == {"C": 4950, "D": 100}
        assert service.profile()["total_xp"] == 5050


def test_restart_keeps_port_data_and_token():
    with Service(clock=Clock()) as service:
        port, token = service.port, service.token()
        post(service, pulse(("C", 1)), token)
        service.stop()
        with pytest.raises(ConnectionRefusedError):
            post(service, pulse(("C", 1)), token)
        service.start()
        assert service.port == port
        assert post(service, pulse(("C", 2)), token).status == 201
        service.restart()
        assert service.total() == 3


def test_stop_ends_idle_connections():
    with Service() as service:
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=10)
        connection.sendall(b"GET /users/x HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(1 << 16)
        service.stop()
        assert connection.recv(1) == b""
        connection.close()


def test_stop_lets_an_answer_under_way_go_out():
    reached, released = threading.Event(), threading.Event()

    class Slow(Handler):
        def answer(self, request):
            answer = super().answer(request)
            reached.set()
            released.wait(10)
            return answer

    with Service(clock=Clock(), handler=Slow) as service, ThreadPoolExecutor(2) as pool:
        asked = pool.submit(post, service, pulse(("C", 1)))
        assert reached.wait(10)
        stopped = pool.submit(service.stop)
        released.set()
        assert asked.result(10).status == 201
        stopped.result(10)


def test_data_file_keeps_users_tokens_and_xp(tmp_path):
    path = tmp_path / "service.sqlite3"
    with Service(path, clock=Clock()) as service:
        token = service.token("Ada", "laptop")
        post(service, pulse(("C", 1)), token)
    with Service(path, clock=Clock()) as service:
        assert service.new_token("Ada", "laptop") is None
        assert post(service, pulse(("C", 2)), token).status == 201
        assert service.xp("Ada") == {"C": 3}
        other = service.token("Ada", "laptop")
        assert (post(service, pulse(), token).status, post(service, pulse(), other).status) == (403, 201)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for file in tmp_path.iterdir():
        assert not [secret for secret in (token, other) if secret.encode() in file.read_bytes()]


def test_tokens_of_another_data_file_are_worthless(tmp_path):
    with Service(tmp_path / "one") as one, Service(tmp_path / "two", clock=Clock()) as two:
        assert one.token() != two.token()
        assert post(two, pulse(), one.token()).status == 403


def test_a_file_of_something_else_is_left_alone(tmp_path):
    other = tmp_path / "other.sqlite3"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    (tmp_path / "text").write_text("some text, and long enough to be seen as no database at all\n" * 9)
    before = other.read_bytes()
    with pytest.raises(StoreError, match="not a data file of this service"):
        Service(other)
    with pytest.raises(StoreError, match="not a database"):
        Service(tmp_path / "text")
    with pytest.raises(StoreError, match="can't be opened"):
        Service(tmp_path / "no" / "directory")
    assert other.read_bytes() == before


def test_data_file_of_a_newer_version_is_left_alone(tmp_path):
    path = tmp_path / "service.sqlite3"
    Service(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="another version"):
        Service(path)


def test_data_that_fails_is_an_unknown_error(tmp_path, caplog):
    with Service(tmp_path / "data", clock=Clock()) as service:
        token = service.token()
        service._store._db._db.execute("DROP TABLE xps")
        answer = post(service, pulse(("C", 1)), token)
        assert (answer.status, answer.body) == (500, b'{"error":"Unknown error"}')
    assert "The data file failed" in caplog.text
    assert token not in caplog.text


def test_waiting_for_xp_ends_when_it_is_there_or_in_time():
    with Service(clock=Clock()) as service, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(service.wait_for_total, 3)
        post(service, pulse(("C", 1)))
        post(service, pulse(("C", 2)))
        assert waiting.result(10) is True
        assert service.wait_for_total(4, timeout=0.01) is False


def test_faults_are_made_by_a_handler_of_the_test():
    faults = []

    class Faulty(Handler):
        def before(self, request):
            return faults.pop() if faults else None

    with Service(clock=Clock(), handler=Faulty) as service:
        faults.append(Response(503, b"later", "text/plain", (("Retry-After", "7"),)))
        answer = post(service, pulse(("C", 1)))
        assert (answer.status, answer.body, answer.kind) == (503, b"later", "text/plain")
        assert answer.headers["retry-after"] == "7"
        assert service.pulses() == []
        assert post(service, pulse(("C", 1))).status == 201


def test_speaks_tls_with_a_context_given_to_it():
    authority = trustme.CA()
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(ours)
    theirs = ssl.create_default_context()
    authority.configure_trust(theirs)
    with Service(clock=Clock(), tls=ours) as service:
        assert service.url == f"https://127.0.0.1:{service.port}"
        connection = http.client.HTTPSConnection("127.0.0.1", service.port, timeout=10, context=theirs)
        assert post(service, pulse(("C", 1)), connection=connection).status == 201
        connection.close()
        untrusting = http.client.HTTPSConnection("127.0.0.1", service.port, timeout=10)
        with pytest.raises(ssl.SSLCertVerificationError):
            post(service, pulse(("C", 1)), connection=untrusting)
        assert service.total() == 1


def test_answer_can_be_lost_after_the_pulse_was_taken():
    class Silent(Handler):
        def send(self, response):
            self.close_connection = True

    with Service(clock=Clock(), handler=Silent) as service:
        with pytest.raises(http.client.RemoteDisconnected):
            post(service, pulse(("C", 1)))
        assert service.total() == 1


@pytest.mark.parametrize(
    "head, status",
    [
        (b"Content-Length: nonsense", b"400"),
        (b"Content-Length: -1", b"400"),
        (b"Transfer-Encoding: gzip", b"501"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 3", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\nnonsense", b"400"),
        (b"Transfer-Encoding: chunked\r\n\r\n1\r\nab", b"400"),
    ],
)
def test_body_of_unknown_length_is_refused_and_the_connection_closed(head, status):
    with Service() as service:
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=10)
        connection.sendall(b"POST /api/my/pulses HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert answer.read().split(b" ")[1] == status
        connection.close()


def test_chunked_body_is_read_and_the_connection_stays():
    with Service(clock=Clock()) as service:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
        headers = {"X-API-Token": service.token(), "Content-Type": "application/json"}
        body = json.dumps(pulse(("C", 1))).encode()
        for _ in range(2):
            parts = iter([body[:5], body[5:]])
            connection.request("POST", "/api/my/pulses", parts, headers, encode_chunked=True)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (201, b'{"ok":"Great success!"}')
        connection.close()
        assert service.total() == 2


def test_half_a_body_stores_nothing():
    with Service(clock=Clock()) as service:
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=10)
        head = f"POST /api/my/pulses HTTP/1.1\r\nX-API-Token: {service.token()}\r\n".encode()
        connection.sendall(head + b'Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{"coded_at"')
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
        connection.close()
        assert service.pulses() == []


def test_requests_do_not_show_their_token_in_their_repr():
    seen = []

    class Recording(Handler):
        def before(self, request):
            seen.append(repr(request))

    with Service(handler=Recording) as service:
        token = service.token()
        post(service, pulse(), token)
    assert len(seen) == 1
    assert token not in seen[0]
