"""The client against servers that behave: what it sends, keeps open, follows and gives away."""

import logging
import socket
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import pytest

import codestats
from codestats.api import pool as pool_module
from codestats.api.client import PROFILE_LIMIT, Client
from codestats.api.outcome import Verdict
from codestats.settings import Settings
from support import raw_server as raw
from support.raw_server import GREAT, PULSE, TIMEOUT, TOKEN, RawServer, http

NICD = (
    b'{"user":"Nicd","total_xp":3073421,"machines":{},"languages":{"\xf0\x9f\x92\xa9":{"xps":1,"new_xps":0}}}'
)
NOBODY = http(404, b'{"error":"User not found or private."}')


def headers_of(request):
    lines = request.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return lines[0], dict(line.split(": ", 1) for line in lines[1:])


def test_a_pulse_as_it_is_sent(httpserver, client_of):
    httpserver.expect_oneshot_request("/api/my/pulses", method="POST").respond_with_data(GREAT, 201)
    outcome = client_of(httpserver.url_for("/")).post_pulse(PULSE)
    assert outcome.verdict is Verdict.SENT
    request = httpserver.log[0][0]
    assert request.data == PULSE
    sent = dict(request.headers)
    assert sent.pop("Host") == f"localhost:{httpserver.port}"
    assert sent == {
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "Content-Length": str(len(PULSE)),
        "User-Agent": f"codestats.vim/{codestats.__version__}",
        "X-Api-Token": TOKEN,
    }
    httpserver.clear()


def test_the_embedded_service_takes_it(service, client_of):
    client = client_of(service.url, api_key=service.token())
    assert client.probe().ok
    old = "2000-01-01T00:00:00+00:00"
    outcome = client.post_pulse(f'{{"coded_at":"{old}","xps":[]}}'.encode(), old)
    assert outcome.verdict is Verdict.EXPIRED
    assert client.post_pulse(b"{}").verdict is Verdict.REFUSED
    client.close()
    assert client_of(service.url).post_pulse(PULSE).verdict is Verdict.UNAUTHORIZED


@pytest.mark.parametrize("below", ["", "/", "/api", "/api/", "/below", "/below/api/"])
def test_the_api_below_the_address(below, client_of):
    with RawServer(raw.answer(http(201, GREAT))) as server:
        client_of(server.url + below).post_pulse(PULSE)
    prefix = b"/below" if "below" in below else b""
    assert server.requests[0].startswith(b"POST " + prefix + b"/api/my/pulses HTTP/1.1\r\n")


def test_ipv6(client_of):
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        port = listener.getsockname()[1]

        def serve():
            sock, _ = listener.accept()
            with sock, sock.makefile("rb") as stream:
                requests.append(raw.read_request(stream))
                sock.sendall(http(201, GREAT))

        requests = []
        thread = threading.Thread(target=serve)
        thread.start()
        assert client_of(f"http://[::1]:{port}").post_pulse(PULSE).verdict is Verdict.SENT
        thread.join(10)
    assert headers_of(requests[0])[1]["Host"] == f"[::1]:{port}"


# Keeping the connection ------------------------------------------------------------------------------


def test_one_connection_for_many_requests(client_of):
    def behave(_server, sock, request):
        sock.sendall(http(201, GREAT) if request.startswith(b"POST") else NOBODY)

    with RawServer(behave) as server:
        client = client_of(server.url)
        for _ in range(20):
            assert client.post_pulse(PULSE).verdict is Verdict.SENT
            assert client.probe().ok
        client.close()
    assert (server.connections, len(server.requests)) == (1, 40)


def test_a_connection_that_the_server_closed_while_idle(client_of):
    closed = threading.Event()

    def behave(_server, sock, _request):
        sock.sendall(http(201, GREAT))
        sock.shutdown(socket.SHUT_RDWR)
        closed.set()

    with RawServer(behave) as server:
        client = client_of(server.url)
        for _ in range(5):
            assert client.post_pulse(PULSE).verdict is Verdict.SENT
            assert closed.wait(10)
            closed.clear()
    assert server.connections == 5


@pytest.mark.parametrize("jump", [31, 86400, -5])
def test_a_connection_that_lay_idle_for_long_is_not_used(jump, client_of, monkeypatch):
    """Also after the laptop slept, and when the clock went back."""
    with RawServer(raw.answer(http(201, GREAT))) as server:
        client = client_of(server.url)
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        now = pool_module.time.time() + jump
        monkeypatch.setattr(pool_module.time, "time", lambda: now)
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        client.close()
    assert server.connections == 2


@pytest.mark.parametrize("fault", [raw.answer_and_close(), raw.answer_and_hang(http(201, length=9))])
def test_after_a_fault_all_is_well_again(fault, client_of):
    behaviours = [raw.answer(http(201, GREAT)), fault, *[raw.answer(http(201, GREAT))] * 2]

    def behave(*what):
        behaviours.pop(0)(*what)

    with RawServer(behave) as server:
        client = client_of(server.url, request_timeout=TIMEOUT)
        verdicts = [client.post_pulse(PULSE).verdict for _ in range(4)]
        client.close()
    assert verdicts == [Verdict.SENT, Verdict.IN_DOUBT, Verdict.SENT, Verdict.SENT]


def test_where_kept_connections_die_unheard_none_is_kept_any_more(client_of):
    """Something on the way forgets a connection after its first request, without a word to either end."""
    seen = []

    def behave(server, sock, _request):
        if sock in seen:
            server.closing.wait()
        seen.append(sock)
        sock.sendall(http(201, GREAT))

    with RawServer(behave) as server:
        client = client_of(server.url, request_timeout=TIMEOUT)
        verdicts = [client.post_pulse(PULSE).verdict for _ in range(5)]
        client.close()
    assert verdicts == [Verdict.SENT, Verdict.IN_DOUBT, *[Verdict.SENT] * 3]


def test_closing_is_always_possible(client_of):
    client = client_of("https://codestats.invalid")
    client.close()
    client.close()


# Profiles --------------------------------------------------------------------------------------------


def test_a_profile(client_of):
    with RawServer(raw.answer(http(200, NICD))) as server:
        outcome, profile = client_of(server.url).get_profile("Nicd")
    assert outcome.ok
    assert profile["total_xp"] == 3073421
    assert profile["languages"] == {"💩": {"xps": 1, "new_xps": 0}}
    assert server.requests[0].startswith(b"GET /api/users/Nicd HTTP/1.1\r\n")
    assert b"token" not in server.requests[0].lower()


@pytest.mark.parametrize(
    "user, path",
    [
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        ("a/b", "a%2Fb"),
        ("../../x", "..%2F..%2Fx"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a?b#c", "a%3Fb%23c"),
        ("100%", "100%25"),
        ("%41", "%2541"),
        ("😂", "%F0%9F%98%82"),
        ("a\r\nX: y", "a%0D%0AX%3A%20y"),
    ],
)
def test_any_user_name_fits_the_path(user, path, client_of):
    with RawServer(raw.answer(NOBODY)) as server:
        client_of(server.url).get_profile(user)
    assert headers_of(server.requests[0])[0] == f"GET /api/users/{path} HTTP/1.1"


def test_an_unknown_user(client_of):
    with RawServer(raw.answer(NOBODY)) as server:
        outcome, profile = client_of(server.url).get_profile("nobody")
    assert (outcome.verdict, outcome.reason, profile) == (
        Verdict.NOT_FOUND,
        "unknown or private profile",
        None,
    )


@pytest.mark.parametrize(
    "location, path",
    [
        ("/api/users/Nicd", "/api/users/Nicd"),
        ("Nicd", "/api/users/Nicd"),
        ("{url}/api/users/Nicd", "/api/users/Nicd"),
        ("/api/users/%F0%9F%98%82%20x", "/api/users/%F0%9F%98%82%20x"),
        ("/api/users/😂".encode().decode("latin-1"), "/api/users/%F0%9F%98%82"),
    ],
)
def test_another_letter_case_is_followed(location, path, client_of):
    def behave(server, sock, _request):
        first = len(server.requests) == 1
        sock.sendall(
            http(302, b"", f"Location: {location.format(url=server.url)}") if first else http(200, NICD)
        )

    with RawServer(behave) as server:
        outcome, profile = client_of(server.url).get_profile("nicd")
    assert outcome.ok
    assert profile["user"] == "Nicd"
    assert headers_of(server.requests[1])[0] == f"GET {path} HTTP/1.1"
    assert TOKEN.encode() not in b"".join(server.requests)


@pytest.mark.parametrize(
    "location",
    [
        "/login",
        "/api/my/pulses",
        "https://elsewhere.invalid/api/users/Nicd",
        "//elsewhere.invalid/api/users/x",
        "http://[",
        "",
    ],
)
def test_other_redirects_of_a_profile_are_not_followed(location, client_of):
    with RawServer(raw.answer(http(302, b"", f"Location: {location}"))) as server:
        outcome, profile = client_of(server.url).get_profile("nicd")
    assert (outcome.verdict, profile) == (Verdict.UNAVAILABLE, None)
    assert len(server.requests) == 1


def test_a_redirect_is_followed_once(client_of):
    with RawServer(raw.answer(http(302, b"", "Location: /api/users/nicd"))) as server:
        assert client_of(server.url).get_profile("nicd")[0].verdict is Verdict.UNAVAILABLE
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "behaviour",
    [
        raw.answer(http(200, b"<html>Welcome to our hotel</html>")),
        raw.answer_and_close(http(200, NICD, length=999)),
        raw.answer_and_close(),
        raw.answer_and_hang(),
        raw.endless(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536),
        raw.answer(http(200, b'{"a":' * 99999)),
    ],
)
def test_half_a_profile_is_none(behaviour, client_of):
    with RawServer(behaviour) as server:
        outcome, profile = client_of(server.url, request_timeout=TIMEOUT).get_profile("Nicd")
    assert (outcome.verdict, profile) == (Verdict.UNAVAILABLE, None)
    assert "pulse" not in outcome.reason


def test_a_large_profile(client_of):
    large = b'{"user":"' + b"x" * (PROFILE_LIMIT - 11) + b'"}'
    with RawServer(raw.answer(http(200, large))) as server:
        assert client_of(server.url).get_profile("x")[0].ok
    with RawServer(raw.answer(http(200, large + b" "))) as server:
        outcome, _ = client_of(server.url).get_profile("x")
    assert outcome.reason == "the answer of 127.0.0.1 has no end"


# Probing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behaviour, verdict",
    [
        (raw.answer(http(200, NICD)), Verdict.ANSWERED),
        (raw.answer(NOBODY), Verdict.ANSWERED),
        (raw.answer(http(200, b"<html>")), Verdict.UNAVAILABLE),
        (raw.answer(http(302, b"", "Location: https://portal.invalid/")), Verdict.UNAVAILABLE),
        (raw.answer(http(403)), Verdict.UNAVAILABLE),
        (raw.answer(http(429, b"", "Retry-After: 9")), Verdict.UNAVAILABLE),
        (raw.answer(http(500)), Verdict.UNAVAILABLE),
        (raw.answer(http(503)), Verdict.UNAVAILABLE),
        (raw.answer(http(504)), Verdict.UNAVAILABLE),
        (raw.answer_and_close(), Verdict.UNAVAILABLE),
        (raw.answer_and_hang(), Verdict.UNAVAILABLE),
    ],
)
def test_a_probe(behaviour, verdict, client_of):
    with RawServer(behaviour) as server:
        outcome = client_of(server.url, request_timeout=TIMEOUT, username="Nicd").probe()
    assert outcome.verdict is verdict
    assert outcome.ok is (verdict is Verdict.ANSWERED)
    assert server.requests[0].startswith(b"GET /api/users/Nicd HTTP/1.1\r\n")
    assert TOKEN.encode() not in server.requests[0]


def test_a_probe_without_a_user(client_of):
    with RawServer(raw.answer(NOBODY)) as server:
        assert client_of(server.url, api_key="undecodable").probe().ok
    assert server.requests[0].startswith(b"GET /api/users/codestats.vim HTTP/1.1\r\n")


# Secrets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_token_never_reaches_another_host(status, client_of):
    with RawServer(raw.answer(http(201, GREAT))) as other:
        redirect = http(status, b"", f"Location: {other.url}/api/my/pulses")
        with RawServer(raw.answer(redirect)) as server:
            client = client_of(server.url)
            outcome = client.post_pulse(PULSE)
            client.get_profile("Nicd")
            client.probe()
            client.close()
    assert (outcome.verdict, outcome.state) == (Verdict.IN_DOUBT, "error")
    assert "to 127.0.0.1, which is not followed" in outcome.reason
    assert other.connections == 0


ECHOES = {
    "error": raw.answer(http(400, f'{{"error":"Bad token {TOKEN}!"}}'.encode())),
    "error, hidden": raw.answer(
        http(400, f'{{"error":"Bad token {TOKEN[:30]}\\u200b{TOKEN[30:]}!"}}'.encode())
    ),
    "error, in half": raw.answer(http(500, f'{{"error":"{"x" * 75}{TOKEN}"}}'.encode())),
    "location": raw.answer(http(302, b"", f"Location: https://{TOKEN}/{TOKEN}")),
    "retry-after": raw.answer(http(429, b"", f"Retry-After: {TOKEN}")),
    "status line": raw.answer_and_close(f"HTTP/1.1 500 {TOKEN}\r\n\r\n".encode()),
    "no status": raw.answer_and_close(f"HTTP/1.1 {TOKEN}\r\n\r\n".encode()),
    "no HTTP": raw.answer_and_close(f"{TOKEN}\r\n\r\n".encode()),
    "chunk": raw.answer_and_close(
        f"HTTP/1.1 201 OK\r\nTransfer-Encoding: chunked\r\n\r\n{TOKEN}\r\n".encode()
    ),
    "length": raw.answer_and_close(f"HTTP/1.1 201 OK\r\nContent-Length: {TOKEN}\r\n\r\n".encode()),
}


@pytest.mark.parametrize("behaviour", ECHOES.values(), ids=ECHOES.keys())
def test_a_token_quoted_by_the_server_is_not_shown(behaviour, client_of, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with RawServer(behaviour) as server:
        client = client_of(server.url)
        outcome = client.post_pulse(PULSE)
        shown = (
            repr(outcome)
            + repr(client)
            + str(vars(client).keys())
            + caplog.text
            + "".join(capfd.readouterr())
        )
    assert not outcome.ok
    for part in (TOKEN, *TOKEN.split(".")[1:], TOKEN.lower(), TOKEN.split(".")[2][:12]):
        assert part not in shown


def test_an_error_of_our_own_does_not_show_it_either(client_of, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError(f"headers {{'X-API-Token': '{TOKEN}'}}")

    monkeypatch.setattr(pool_module.Pool, "request", broken)
    outcome = client_of("http://127.0.0.1:1").post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason == "the request to 127.0.0.1 failed (RuntimeError)"


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "日本", "a b"])
def test_a_token_that_no_header_can_carry_is_not_tried(token):
    """http.client would quote it in its exception."""
    client = Client(Settings(api_key=token, api_url="http://127.0.0.1:1"))
    outcome = client.post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAUTHORIZED
    assert token not in outcome.reason


def test_without_token_or_address_nothing_is_sent():
    assert Client(Settings()).post_pulse(PULSE).verdict is Verdict.UNAUTHORIZED
    assert Client(Settings(api_key=TOKEN, api_url="")).post_pulse(PULSE).verdict is Verdict.UNAVAILABLE
    assert Client(Settings(api_url="")).probe().verdict is Verdict.UNAVAILABLE


def test_a_traceback_through_the_client_has_no_token(client_of, monkeypatch):
    def broken(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(pool_module.Pool, "request", broken)
    with pytest.raises(KeyboardInterrupt) as caught:
        client_of("http://127.0.0.1:1").post_pulse(PULSE)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


# Being loaded ----------------------------------------------------------------------------------------


def python(code):
    source = Path(codestats.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_nothing_costly_is_imported_before_the_first_request():
    code = "import sys, codestats.api.client, codestats.settings; print(*sys.modules)"
    assert not {"urllib3", "ssl", "http.client", "socket", "email"} & set(python(code).split())


def test_without_urllib3_the_user_is_told_what_to_install():
    code = """
import sys
sys.modules["urllib3"] = None
from codestats.api.client import Client
from codestats.settings import Settings
print(Client(Settings(api_key="t", api_url="http://127.0.0.1:1")).post_pulse(b"{}"))
"""
    said = python(code)
    assert "UNAVAILABLE" in said
    assert "the Python package urllib3 is missing: " in said
