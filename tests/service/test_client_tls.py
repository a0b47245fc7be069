"""Certificates are always checked, and the user is told what is wrong with one."""

import ssl
from datetime import datetime, timedelta, timezone

import pytest
import trustme

from codestats.api.outcome import Verdict
from support import raw_server as raw
from support.raw_server import GREAT, PULSE, TIMEOUT, TOKEN, RawServer, http


def serving(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return RawServer(raw.answer(http(201, GREAT)), context=context)


def test_a_good_certificate(authority, ca_file, client_of):
    with serving(authority.issue_cert("127.0.0.1")) as server:
        client = client_of(server.url, ca_file=ca_file)
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        client.close()
    assert server.connections == 1
    assert f"X-API-Token: {TOKEN}".encode() in server.requests[0]


def test_the_system_store_is_used(authority, ca_file, client_of, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", ca_file)  # where OpenSSL looks for the system's certificates
    with serving(authority.issue_cert("127.0.0.1")) as server:
        client = client_of(server.url)
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        client.close()


def test_ca_file_adds_to_the_system_store(authority, ca_file, client_of, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", ca_file)
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    with serving(authority.issue_cert("127.0.0.1")) as server:
        client = client_of(server.url, ca_file=str(tmp_path / "other.pem"))
        assert client.post_pulse(PULSE).verdict is Verdict.SENT
        client.close()


NOW = datetime.now(timezone.utc)
CERTIFICATES = {
    "another name": (lambda ca: ca.issue_cert("elsewhere.example"), "it is for another"),
    "expired": (
        lambda ca: ca.issue_cert("127.0.0.1", not_before=NOW - timedelta(9), not_after=NOW - timedelta(1)),
        "it has expired",
    ),
    "not yet valid": (
        lambda ca: ca.issue_cert("127.0.0.1", not_before=NOW + timedelta(9), not_after=NOW + timedelta(99)),
        "it is not valid yet",
    ),
    "another issuer": (lambda _: trustme.CA().issue_cert("127.0.0.1"), "its issuer is not"),
}


@pytest.mark.parametrize("issue, words", CERTIFICATES.values(), ids=CERTIFICATES.keys())
def test_a_bad_certificate(issue, words, authority, ca_file, client_of):
    with serving(issue(authority)) as server:
        outcome = client_of(server.url, ca_file=ca_file).post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason.startswith(f"the certificate of 127.0.0.1 is refused: {words}")
    assert server.requests == []


def test_a_self_signed_certificate(client_of, tmp_path):
    alone = trustme.CA()
    pem = tmp_path / "alone.pem"
    pem.write_bytes(alone.private_key_pem.bytes() + alone.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with RawServer(raw.answer(http(201, GREAT)), context=context) as server:
        outcome = client_of(server.url).post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert "it is self-signed; g:codestats_ca_file" in outcome.reason
    assert server.requests == []


def test_a_server_without_tls(client_of):
    with raw.serve_once(lambda sock: sock.sendall(http(400)) or sock.recv(9)) as port:
        outcome = client_of(f"https://127.0.0.1:{port}").post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason.startswith("no secure connection to 127.0.0.1 could be made (")


def test_a_server_that_hangs_in_the_handshake(client_of):
    """It waits for the end of what it takes for a request's head."""
    with RawServer(raw.answer_and_hang()) as server:
        client = client_of(server.url.replace("http:", "https:"), request_timeout=TIMEOUT)
        outcome = client.post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason == "127.0.0.1 did not answer in time"


@pytest.mark.parametrize(
    "behaviour",
    [
        raw.answer_and_close(),
        raw.answer_and_close(http(201, length=9)),
        raw.answer_and_hang(),
        raw.drip(http(201, GREAT, *(f"X-{n}: y" for n in range(50)))),
    ],
)
def test_an_answer_cut_off_within_tls(behaviour, authority, ca_file, client_of):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with RawServer(behaviour, context=context) as server:
        outcome = client_of(server.url, ca_file=ca_file, request_timeout=TIMEOUT).post_pulse(PULSE)
    assert outcome.verdict is Verdict.IN_DOUBT


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\0\xff"])
def test_a_ca_file_that_is_none(content, client_of, tmp_path):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    outcome = client_of("https://127.0.0.1:1", ca_file=str(path)).post_pulse(PULSE)
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert outcome.reason == "g:codestats_ca_file cannot be read as a file of PEM certificates"
