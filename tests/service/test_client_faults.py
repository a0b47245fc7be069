"""Every row of the fault table at the client, each against a real server on loopback."""

import socket
import threading
import time

import pytest

from codestats.api import dialer, transport
from codestats.api.client import PULSE_LIMIT
from codestats.api.outcome import Verdict
from support import raw_server as raw
from support.raw_server import GREAT, PULSE, TIMEOUT, RawServer, http, serve_once

HTML = b"<html>Welcome to our hotel</html>"

ANSWERS = {
    # name: (what the server does, verdict)
    "201": (raw.answer(http(201, GREAT)), Verdict.SENT),
    "201 and close": (raw.answer_and_close(http(201, GREAT)), Verdict.SENT),
    "201 chunked": (
        raw.answer(
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"".join(b"1\r\n%c\r\n" % byte for byte in GREAT)
            + b"0\r\n\r\n"
        ),
        Verdict.SENT,
    ),
    "201 without length": (raw.answer_and_close(b"HTTP/1.0 201 Created\r\n\r\n" + GREAT), Verdict.SENT),
    "201 after 100": (raw.answer(b"HTTP/1.1 100 Continue\r\n\r\n" + http(201, GREAT)), Verdict.SENT),
    "201 no JSON": (raw.answer(http(201, HTML)), Verdict.IN_DOUBT),
    "201 gzip unasked": (
        raw.answer(http(201, b"\x1f\x8b\x08\0\0\0", "Content-Encoding: gzip")),
        Verdict.IN_DOUBT,
    ),
    "200 portal": (raw.answer(http(200, HTML, "Content-Type: text/html")), Verdict.IN_DOUBT),
    "200 JSON": (raw.answer(http(200, GREAT)), Verdict.IN_DOUBT),
    "204": (raw.answer(b"HTTP/1.1 204 No Content\r\n\r\n"), Verdict.IN_DOUBT),
    "200 portal, endless": (
        raw.endless(b"HTTP/1.1 200 OK\r\n\r\n", b"<p>Welcome</p>" * 1000),
        Verdict.IN_DOUBT,
    ),
    "302 without address": (raw.answer(http(302)), Verdict.IN_DOUBT),
    "400 Invalid date": (raw.answer(http(400, b'{"error":"Invalid date."}')), Verdict.REFUSED),
    "400 JSON": (raw.answer(http(400, b'{"error":"Invalid XP format."}')), Verdict.REFUSED),
    "400 no JSON": (raw.answer(http(400, HTML)), Verdict.IN_DOUBT),
    "401": (raw.answer(http(401)), Verdict.IN_DOUBT),
    "403": (raw.answer(http(403, b'{"error": "You must be authenticated"}')), Verdict.UNAUTHORIZED),
    "404": (raw.answer(http(404, HTML)), Verdict.IN_DOUBT),
    "405": (raw.answer(http(405)), Verdict.IN_DOUBT),
    "406": (raw.answer(http(406, HTML)), Verdict.IN_DOUBT),
    "408": (raw.answer_and_close(http(408)), Verdict.IN_DOUBT),
    "410": (raw.answer(http(410)), Verdict.IN_DOUBT),
    "413": (raw.answer_and_close(http(413, HTML)), Verdict.IN_DOUBT),
    "422": (raw.answer(http(422, b"{}")), Verdict.IN_DOUBT),
    "429": (raw.answer(http(429, b"", "Retry-After: 17")), Verdict.IN_DOUBT),
    "500": (raw.answer(http(500, b'{"error":"Unknown error"}')), Verdict.IN_DOUBT),
    "502": (raw.answer(http(502, HTML)), Verdict.IN_DOUBT),
    "503": (raw.answer(http(503, HTML)), Verdict.IN_DOUBT),
    "503 with Retry-After": (raw.answer(http(503, b"", "Retry-After: 17")), Verdict.IN_DOUBT),
    "504": (raw.answer(http(504, HTML)), Verdict.IN_DOUBT),
    # No answer, or half of one.
    "hang before the answer": (raw.answer_and_hang(), Verdict.IN_DOUBT),
    "hang in the head": (raw.answer_and_hang(b"HTTP/1.1 201 Cre"), Verdict.IN_DOUBT),
    "hang after the head of 201": (raw.answer_and_hang(http(201, length=23)), Verdict.IN_DOUBT),
    "hang after the head of 200": (raw.answer_and_hang(http(200, length=23)), Verdict.IN_DOUBT),
    "hang after the head of 403": (raw.answer_and_hang(http(403, length=23)), Verdict.IN_DOUBT),
    "hang after the head of 400": (raw.answer_and_hang(http(400, length=23)), Verdict.IN_DOUBT),
    "hang after the head of 500": (raw.answer_and_hang(http(500, length=23)), Verdict.IN_DOUBT),
    "slow head": (raw.drip(http(201, GREAT, *(f"X-{n}: y" for n in range(50)))), Verdict.IN_DOUBT),
    "slow body": (raw.drip(http(201, b'{"ok":"' + b"x" * 500 + b'"}')), Verdict.IN_DOUBT),
    "close without an answer": (raw.answer_and_close(), Verdict.IN_DOUBT),
    "close in the head": (raw.answer_and_close(b"HTTP/1.1 201 Created\r\nContent-"), Verdict.IN_DOUBT),
    "close in the body of 201": (raw.answer_and_close(http(201, GREAT[:9], length=23)), Verdict.IN_DOUBT),
    "close in the body of 201, JSON so far": (
        raw.answer_and_close(http(201, GREAT, length=99)),
        Verdict.IN_DOUBT,
    ),
    "close in the body of 201 without length": (
        raw.answer_and_close(b"HTTP/1.0 201 Created\r\n\r\n" + GREAT[:9]),
        Verdict.IN_DOUBT,
    ),
    "close in a chunk": (
        raw.answer_and_close(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n17\r\n{"),
        Verdict.IN_DOUBT,
    ),
    "close in the body of 500": (raw.answer_and_close(http(500, b"{", length=99)), Verdict.IN_DOUBT),
    "reset without an answer": (raw.answer_and_reset(), Verdict.IN_DOUBT),
    "endless body": (raw.endless(b"HTTP/1.1 201 Created\r\n\r\n", b" " * 4096), Verdict.IN_DOUBT),
    "too long a body": (raw.answer(http(201, b'{"ok":"' + b"x" * PULSE_LIMIT + b'"}')), Verdict.IN_DOUBT),
    "endless head": (raw.endless(b"HTTP/1.1 201 Created\r\n", b"X: y\r\n" * 100), Verdict.IN_DOUBT),
    "endless line": (raw.endless(b"HTTP/1.1 201 Created\r\nX: ", b"y" * 4096), Verdict.IN_DOUBT),
    "endless 100": (raw.endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Verdict.IN_DOUBT),
    "no HTTP": (raw.answer_and_close(b"SSH-2.0-OpenSSH_9.2\r\n"), Verdict.IN_DOUBT),
    "a status that is none": (raw.answer_and_close(b"HTTP/1.1 abc Great\r\n\r\n"), Verdict.IN_DOUBT),
    "a bad chunk": (
        raw.answer_and_close(
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
        ),
        Verdict.IN_DOUBT,
    ),
}


@pytest.mark.parametrize("name, behaviour, verdict", [(name, *row) for name, row in ANSWERS.items()])
def test_an_answer_or_its_lack(name, behaviour, verdict, client_of):
    timeout = TIMEOUT if name.startswith(("hang", "slow", "endless 100")) else 20
    with RawServer(behaviour) as server:
        client = client_of(server.url, request_timeout=timeout)
        begun = time.monotonic()
        outcome = client.post_pulse(PULSE)
        took = time.monotonic() - begun
        client.close()
    assert outcome.verdict is verdict, outcome
    assert took < timeout + 1
    assert len(server.requests) == 1  # never sent a second time by itself
    assert server.requests[0].endswith(b"\r\n\r\n" + PULSE)
    assert outcome.reason.isprintable()
    assert bool(outcome.reason) is (verdict is not Verdict.SENT)
    assert outcome.retry_after == (17 if name in ("429", "503 with Retry-After") else 0)


def test_a_reset_in_the_middle_of_the_answer(client_of):
    """The reset is made when the client has the head, or it could overtake it."""

    def behave(_server, sock, _request):
        sock.sendall(http(201, length=23))
        sock.sendall(b'{"ok":')
        raw.reset(sock)

    with RawServer(behave) as server:
        assert client_of(server.url).post_pulse(PULSE).verdict is Verdict.IN_DOUBT


# Known not to have been delivered ------------------------------------------------------------------------


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_refused(client_of):
    outcome = client_of(f"http://127.0.0.1:{unused_port()}").post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason == "127.0.0.1 refuses connections"


@pytest.mark.parametrize("ends_first", [False, True])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_closed_as_soon_as_it_is_opened(scheme, ends_first, client_of, monkeypatch):
    """The system's errors for it (ECONNRESET, EPIPE) are those that urllib3 reads on after."""
    begin = dialer._start
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def begin_and_be_refused(*args):
            begin(*args)
            sock, _ = listener.accept()
            if ends_first:
                sock.shutdown(socket.SHUT_WR)
            raw.reset(sock)

        monkeypatch.setattr(dialer, "_start", begin_and_be_refused)
        outcome = client_of(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}").post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason == "127.0.0.1 closed the connection"


def test_name_not_found(client_of):
    outcome = client_of("https://codestats.invalid").post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason == "the name of codestats.invalid is not found: is the network up?"


def test_a_name_found_too_late(client_of, monkeypatch):
    """Looking a name up knows no timeout: nothing is sent if that took all the time there was."""
    late = threading.Event()
    look_up, clock = socket.getaddrinfo, time.monotonic

    def slow(*args, **options):
        late.set()
        return look_up(*args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(transport.time, "monotonic", lambda: clock() + 60 * late.is_set())
    with RawServer(raw.answer(http(201, GREAT))) as server:
        outcome = client_of(server.url).post_pulse(PULSE)
    assert (outcome.verdict, server.requests) == (Verdict.UNAVAILABLE, [])
    assert outcome.reason == "127.0.0.1 did not answer in time"


def test_no_answer_to_the_connection(client_of):
    """A listener whose queue is full answers no further SYN (Linux)."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(listener.getsockname())
        try:
            client = client_of(f"http://127.0.0.1:{listener.getsockname()[1]}", request_timeout=TIMEOUT)
            outcome = client.post_pulse(PULSE)
        finally:
            for sock in waiting:
                sock.close()
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason == "127.0.0.1 did not answer in time"


LARGE = b'{"coded_at":"' + b"x" * 20_000_000 + b'"}'  # more than the kernel's buffers hold


def test_a_request_that_could_not_leave_in_full_was_not_delivered(client_of):
    def handle(sock):
        sock.recv(1000)
        raw.reset(sock)

    with serve_once(handle) as port:
        outcome = client_of(f"http://127.0.0.1:{port}").post_pulse(LARGE)
    assert outcome.verdict is Verdict.UNAVAILABLE, outcome


def test_a_request_that_is_not_read_was_not_delivered(client_of):
    done = threading.Event()

    def handle(_sock):
        done.wait(10)

    with serve_once(handle) as port:
        try:
            outcome = client_of(f"http://127.0.0.1:{port}", request_timeout=TIMEOUT).post_pulse(LARGE)
        finally:
            done.set()
    assert outcome.verdict is Verdict.UNAVAILABLE, outcome


def test_an_answer_before_the_request_was_read_counts(client_of):
    """A server may refuse a large body as soon as it has seen the head."""

    def handle(sock):
        sock.recv(1000)
        sock.sendall(http(413))
        while sock.recv(1 << 20):
            pass

    with serve_once(handle) as port:
        client = client_of(f"http://127.0.0.1:{port}", request_timeout=10)
        assert client.post_pulse(LARGE).status == 413
        client.close()
