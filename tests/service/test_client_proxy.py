"""Proxies from the environment: which one, when, and what becomes of the pulse."""

import base64
import contextlib
import socket
import ssl

import pytest

from codestats.api.outcome import Verdict
from codestats.api.proxy import InvalidProxyError, proxy_for
from support import raw_server as raw
from support.faults.proxy import relay
from support.raw_server import GREAT, PULSE, TIMEOUT, TOKEN, RawServer, http

HOST = "codestats.test"  # known to the proxy alone


@pytest.fixture
def service(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, "127.0.0.1").configure_cert(context)
    with RawServer(raw.answer(http(201, GREAT)), context=context) as server:
        yield server


def tunnel(port):
    """The behaviour of a proxy that knows one way: to this port of loopback."""

    def behave(_server, sock, request):
        assert request.startswith(b"CONNECT ")
        with socket.create_connection(("127.0.0.1", port)) as far:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            relay(sock, far)
        sock.shutdown(socket.SHUT_RDWR)

    return behave


@pytest.fixture
def address(service):
    return f"https://{HOST}:{service.port}"


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_through_the_proxy(variable, service, ca_file, client_of, monkeypatch):
    with RawServer(tunnel(service.port)) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        client = client_of(f"https://{HOST}:{service.port}", ca_file=ca_file)
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        client.close()
    assert len(proxy.requests) == 1
    assert proxy.requests[0].startswith(f"CONNECT {HOST}:{service.port} HTTP/1.".encode())
    assert b"Proxy-Authorization" not in proxy.requests[0]
    assert TOKEN.encode() not in proxy.requests[0]
    assert len(service.requests) == 2
    assert TOKEN.encode() in service.requests[1]


def test_a_proxy_behind_tls(authority, service, ca_file, client_of, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with RawServer(tunnel_within_tls(service.port), context=context) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"https://localhost:{proxy.port}")
        client = client_of(f"https://{HOST}:{service.port}", ca_file=ca_file)
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        client.close()


def tunnel_within_tls(port):
    """As `tunnel`, by turns: what waits inside TLS's buffers is not seen by select()."""

    def behave(_server, sock, _request):
        with socket.create_connection(("127.0.0.1", port)) as far:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            sock.settimeout(0.02)
            far.settimeout(0.02)
            while True:
                for source, sink in ((sock, far), (far, sock)):
                    with contextlib.suppress(TimeoutError):
                        if not (data := source.recv(65536)):
                            return
                        sink.sendall(data)

    return behave


def test_a_password_goes_to_the_proxy_alone(service, address, ca_file, client_of, monkeypatch):
    with RawServer(tunnel(service.port)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://m%C3%A9:s%40cret@127.0.0.1:{proxy.port}")
        client = client_of(address, ca_file=ca_file)
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        client.close()
    login = base64.b64encode("mé:s@cret".encode())
    assert b"Proxy-Authorization: Basic " + login in proxy.requests[0]
    assert b"Authorization" not in service.requests[0]


@pytest.mark.parametrize(
    "status, reason",
    [
        (407, "the proxy asks for a password: put it into HTTPS_PROXY (407)"),
        (403, f"the proxy does not lead to {HOST} (403)"),
        (502, f"the proxy does not lead to {HOST} (502)"),
    ],
)
def test_a_proxy_that_refuses(status, reason, address, client_of, monkeypatch):
    with RawServer(raw.answer_and_close(http(status, b"", "Proxy-Authenticate: Basic"))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:s%40cret@127.0.0.1:{proxy.port}")
        outcome = client_of(address).post_pulse(PULSE)
    assert (outcome.verdict, outcome.reason) == (Verdict.UNAVAILABLE, reason)


@pytest.mark.parametrize("behaviour", [raw.answer_and_hang(), raw.drip(http(200, b"", *["X: y"] * 99))])
def test_a_proxy_that_hangs(behaviour, address, client_of, monkeypatch):
    with RawServer(behaviour) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        outcome = client_of(address, request_timeout=TIMEOUT).post_pulse(PULSE)
    assert (outcome.verdict, outcome.reason) == (Verdict.UNAVAILABLE, "the proxy did not answer in time")


@pytest.mark.parametrize(
    "behaviour", [raw.answer_and_close(), raw.answer_and_reset(), raw.answer_and_close(b"SSH-2.0\r\n")]
)
def test_a_proxy_that_breaks_off(behaviour, address, client_of, monkeypatch):
    with RawServer(behaviour) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        outcome = client_of(address).post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert "the proxy" in outcome.reason


def test_no_proxy_there(address, client_of, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:s%40cret@127.0.0.1:{port}")
    outcome = client_of(address).post_pulse(PULSE)
    assert (outcome.verdict, outcome.reason) == (Verdict.UNAVAILABLE, "the proxy refuses connections")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    outcome = client_of(address).post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason == "the name of the proxy is not found: is the network up?"


def test_an_answer_lost_behind_the_proxy_is_in_doubt(authority, ca_file, client_of, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    with (
        RawServer(raw.answer_and_close(), context=context) as service,
        RawServer(tunnel(service.port)) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        outcome = client_of(f"https://{HOST}:{service.port}", ca_file=ca_file).post_pulse(PULSE)
    assert outcome.verdict is Verdict.IN_DOUBT


def test_the_certificate_behind_the_proxy_is_checked(authority, ca_file, client_of, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)  # the proxy's own name would not do
    with (
        RawServer(raw.answer(http(201, GREAT)), context=context) as service,
        RawServer(tunnel(service.port)) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        outcome = client_of(f"https://{HOST}:{service.port}", ca_file=ca_file).post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert "is refused: it is for another name" in outcome.reason
    assert service.requests == []


def test_loopback_is_never_asked_of_a_proxy(client_of, monkeypatch):
    for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    with RawServer(raw.answer(http(201, GREAT))) as server:
        client = client_of(server.url)
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        client.close()


@pytest.mark.parametrize(
    "no_proxy, used",
    [
        ("", True),
        ("codestats.net", False),
        (".codestats.net", False),
        ("other.example, codestats.net", False),
        ("net", False),
        ("*", False),
        ("codestats.net:443", False),
        ("codestats.net:8443", True),
        ("stats.net", True),
        ("CODESTATS.NET", False),
    ],
)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_no_proxy(variable, no_proxy, used, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv(variable, no_proxy)
    assert (proxy_for("https://codestats.net") is not None) is used


@pytest.mark.parametrize(
    "given, url",
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("http://proxy.example:3128/", "http://proxy.example:3128"),
        ("proxy.example:3128", "http://proxy.example:3128"),
        ("proxy.example", "http://proxy.example"),
        ("HTTPS://proxy.example", "https://proxy.example"),
        ("http://u:p@[::1]:3128", "http://[::1]:3128"),
    ],
)
def test_how_a_proxy_may_be_given(given, url, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", given)
    assert proxy_for("https://codestats.net")[0] == url


@pytest.mark.parametrize(
    "given",
    ["socks5://me:s%40cret@proxy.example", "http://", "http://me:s%40cret@:80", "http://[x", "http://h:port"],
)
def test_a_proxy_that_cannot_be_used(given, client_of, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", given)
    with pytest.raises(InvalidProxyError):
        proxy_for("https://codestats.net")
    outcome = client_of("https://codestats.net").post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason.startswith("the proxy in HTTPS_PROXY or ALL_PROXY ")
    assert "cret" not in outcome.reason


def test_http_proxy_has_no_say_over_https(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example")
    assert proxy_for("https://codestats.net") is None
