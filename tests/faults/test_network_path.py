"""The way to the service: its name, a proxy, certificates. What is typed while it is closed arrives when it opens.

No name is looked up but such as no look-up finds: the proxy alone knows the service by name, or a hosts file that is
mounted over the machine's, for the editors only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

import pytest
import trustme

from support import raw_server as raw
from support.faults import fault_injector as w
from support.faults.proxy import NAME, Authority, Proxy, context_of, says, self_signed
from support.faults.scenario import REFUSED

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: /etc/hosts is mounted over")
UNKNOWN = f"the name of {NAME} is not found: is the network up?"
NOW = datetime.now(timezone.utc)


@pytest.fixture(scope="session")
def no_such_name():
    """Some networks answer for every name, or let a look-up wait: then these rows would tell nothing."""
    look_up = f"import socket; socket.getaddrinfo({NAME!r}, 443)"
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "-c", look_up], check=False, capture_output=True, text=True)
    if "gaierror" not in done.stderr or time.monotonic() - begin > 3:
        pytest.skip(f"the look-up of {NAME} does not fail at once here")


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def named(make_scene, authority):
    """A scene whose service the editors know by a name."""
    scene = make_scene(tls=authority.context())
    scene.variables["codestats_ca_file"] = authority.file
    scene.variables["codestats_api_url"] = scene.service.url.replace("127.0.0.1", NAME)
    return scene


@pytest.fixture
def proxy(named):
    """The editors' environment names it; it knows the way to the service."""
    with Proxy(int(named.service.url.rpartition(":")[2])) as made:
        named.env = {"HTTPS_PROXY": made.url}
        yield made


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_such_name")
def test_a_name_that_is_not_found_then_the_right_address(named, verdict):
    editor = named.start()
    named.type(editor, 4)
    named.fails(editor, "offline", UNKNOWN)
    named.type(editor, 2)
    named.variables["codestats_api_url"] = named.service.url
    editor.command(f"let g:codestats_api_url = '{named.service.url}'")
    named.sent_all(editor)
    named.leave(editor)
    named.recover()
    verdict(named, "name not found, then the right address")


@as_root
@pytest.mark.usefixtures("no_such_name")
def test_a_name_that_is_found_again(named, verdict, hosts):
    """As in a train: the network goes, and comes back in the same session."""
    editor = named.start()
    named.delivered(editor)
    hosts.write_text("127.0.0.1 localhost\n")
    named.service.restart()  # a connection that is kept alive would not look at the way again
    named.type(editor, 4)
    named.fails(editor, "offline", UNKNOWN)
    named.type(editor, 2)
    hosts.write_text(f"127.0.0.1 localhost {NAME}\n")
    named.sent_all(editor)
    named.leave(editor)
    named.recover()
    verdict(named, "name not found for a while")


@pytest.fixture
def hosts(named, tmp_path):
    """What the editors see as /etc/hosts: the service's name is in it."""
    file = tmp_path / "hosts"
    file.write_text(f"127.0.0.1 localhost {NAME}\n")
    named.wrap = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(file))
    return file


# -- proxies ----------------------------------------------------------------------------------------------------------

REFUSALS = {
    "proxy asks for a password (407)": (
        says(407, "Proxy-Authenticate: Basic"),
        "the proxy asks for a password: put it into HTTPS_PROXY (407)",
    ),
    "proxy forbids the way (403)": (says(403), f"the proxy does not lead to {NAME} (403)"),
    "proxy finds no way (502)": (says(502), f"the proxy does not lead to {NAME} (502)"),
    "proxy hangs": (raw.answer_and_hang(), "the proxy did not answer in time"),
}


@pytest.mark.parametrize("row", REFUSALS)
def test_a_proxy_that_refuses_for_a_while(row, named, proxy, verdict):
    refusal, reason = REFUSALS[row]
    editor = named.start()
    named.delivered(editor)
    proxy.refusal = refusal
    named.service.restart()  # a connection that is kept alive would not look at the way again
    named.type(editor, 4)
    named.fails(editor, "offline", reason)
    named.type(editor, 2, flush=False)
    named.leave(editor)
    proxy.refusal = None
    named.recover()
    way = named.variables["codestats_api_url"].removeprefix("https://")
    assert {line.rpartition(" HTTP/")[0] for line in proxy.asked} == {f"CONNECT {way}"}
    verdict(named, row)


def test_a_proxy_that_wants_a_password_gets_it(named, proxy, verdict):
    proxy.let_in = "me:pass word"
    editor = named.start()
    named.type(editor, 4)
    named.fails(editor, "offline", "the proxy asks for a password: put it into HTTPS_PROXY (407)")
    named.leave(editor)
    named.env = {"HTTPS_PROXY": proxy.url.replace("//", "//me:pass%20word@")}
    named.recover()
    assert "pass" not in named.log().replace("password", "")
    verdict(named, "proxy asks for a password, then gets it")


def test_the_answer_is_lost_behind_a_proxy(named, proxy, verdict):
    editor = named.start()
    named.delivered(editor)
    named.weather.brew(w.only_pulses(w.takes_and_closes))
    named.type(editor, 4)
    named.met()
    named.fails(editor, "offline", f"{NAME} closed the connection before its answer was complete")
    named.type(editor, 2, flush=False)
    named.leave(editor)
    named.recover()
    verdict(named, "closes behind a proxy, pulse taken")


BAD_PROXIES = {
    "proxy's name not found": (
        "http://proxy.invalid:3128", "the name of the proxy is not found: is the network up?",
    ),
    "proxy refuses connections": ("http://127.0.0.1:1", "the proxy refuses connections"),
    "proxy of a kind that is not known": (
        "socks5://127.0.0.1:1", "the proxy in HTTPS_PROXY or ALL_PROXY must begin with http:// or https://",
    ),
}  # fmt: skip


@pytest.mark.usefixtures("no_such_name")
@pytest.mark.parametrize("row", BAD_PROXIES)
def test_no_such_proxy_then_the_right_one(row, named, proxy, verdict):
    address, reason = BAD_PROXIES[row]
    named.env = {"HTTPS_PROXY": address}
    editor = named.start()
    named.type(editor, 4)
    named.fails(editor, "offline", reason)
    named.type(editor, 2, flush=False)
    named.leave(editor)
    named.env = {"HTTPS_PROXY": proxy.url}
    named.recover()
    verdict(named, f"{row}, then the right one")


@as_root
@pytest.mark.usefixtures("hosts")
def test_no_proxy(named, proxy, verdict):
    """The proxy forbids the way, and the service can be reached without it."""
    proxy.refusal = says(403)
    editor = named.start()
    named.type(editor, 4)
    named.fails(editor, "offline", f"the proxy does not lead to {NAME} (403)")
    named.type(editor, 2, flush=False)
    named.leave(editor)
    named.env["NO_PROXY"] = f"other.invalid,{NAME}"
    named.ended()
    asked = len(proxy.asked)
    named.recover()
    assert len(proxy.asked) == asked > 0
    verdict(named, "proxy forbids the way, then NO_PROXY")


def test_a_service_on_loopback_and_a_proxy(scene, verdict):
    """Its loopback is another one, and there the token would be sent unencrypted."""
    with Proxy(1) as proxy:
        scene.env = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"), proxy.url)
        editor = scene.start()
        scene.delivered(editor)
        scene.service.stop()
        scene.type(editor, 4)
        scene.fails(editor, "offline", REFUSED)
        scene.leave(editor)
        scene.recover()
        assert proxy.connections == 0
    verdict(scene, "refused on loopback, with a proxy in the environment")


# -- certificates -----------------------------------------------------------------------------------------------------

CERTIFICATES = {
    "certificate of another issuer": (
        lambda _, __: context_of(trustme.CA().issue_cert("127.0.0.1")),
        "its issuer is not known; g:codestats_ca_file can name it",
    ),
    "certificate for another address": (
        lambda authority, _: context_of(authority.own.issue_cert("127.0.0.2", NAME)),
        "it is for another address",
    ),
    "certificate has expired": (
        lambda authority, _: context_of(
            authority.own.issue_cert("127.0.0.1", not_before=NOW - timedelta(9), not_after=NOW - timedelta(1))
        ),
        "it has expired (or is this machine's clock wrong?)",
    ),
    "certificate is not valid yet": (
        lambda authority, _: context_of(
            authority.own.issue_cert(
                "127.0.0.1", not_before=NOW + timedelta(9), not_after=NOW + timedelta(99)
            )
        ),
        "it is not valid yet (is this machine's clock right?)",
    ),
    "certificate is self-signed": (
        lambda _, directory: self_signed(directory),
        "it is self-signed; g:codestats_ca_file can name it as trusted",
    ),
}


@pytest.mark.parametrize("row", CERTIFICATES)
def test_a_wrong_certificate(row, make_scene, authority, verdict, tmp_path):
    make, words = CERTIFICATES[row]
    good = authority.context()
    scene = make_scene(tls=good)
    scene.variables["codestats_ca_file"] = authority.file
    editor = scene.start()
    scene.delivered(editor)
    serve_with(scene, make(authority, tmp_path))
    scene.type(editor, 4)
    scene.fails(editor, "offline", f"the certificate of 127.0.0.1 is refused: {words}")
    scene.type(editor, 2, flush=False)
    scene.leave(editor)
    serve_with(scene, good)
    scene.recover()
    verdict(scene, row)


def serve_with(scene, context):
    scene.service.stop()
    scene.service._tls = context
    scene.service.start()
