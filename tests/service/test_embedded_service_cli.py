"""``codestats serve`` as a command: what it prints, how it ends, what it refuses."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from codestats.server import cli
from support.embedded_client import ask, post

PYTHON3 = Path(__file__).parents[2] / "python3"
# -S: no site-packages, the service has to do with the standard library.
SERVE = [sys.executable, "-S", "-m", "codestats", "serve"]


class Running:
    """A ``serve`` process; ``read_to`` gives what it prints up to the line with a text."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [*SERVE, *arguments],
            env={**os.environ, "PYTHONPATH": str(PYTHON3)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def read_to(self, text):
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if text in line:
                return "".join(lines)
        raise AssertionError(f"{text} never came: {lines} {self.process.stderr.read()}")

    def end(self, number):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def at(url):
    """The service at an address, as far as the client needs it."""
    return argparse.Namespace(port=int(url.rpartition(":")[2]))


def run(*arguments):
    parser = argparse.ArgumentParser()
    cli.add_parser(parser.add_subparsers())
    given = parser.parse_args(["serve", *arguments])
    return given.run(given)


def fresh_pulse(language="C"):
    return {"coded_at": "2999-01-01T00:00:00Z", "xps": [{"language": language, "xp": 7}]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_it_is_told_to_end(tmp_path, number):
    ready_file = tmp_path / "ready.json"
    with Running("--ready-file", str(ready_file), "--user", "Ada", "--machine", "laptop") as serve:
        printed = serve.read_to("Ctrl-C")
        ready = json.loads(ready_file.read_text())
        (one,) = ready["tokens"]
        assert (one["user"], one["machine"]) == ("Ada", "laptop")
        assert stat.S_IMODE(ready_file.stat().st_mode) == 0o600
        assert ready["pid"] == serve.process.pid
        assert ready["url"] in printed
        use = f":let g:codestats_api_url = '{ready['url']}' | let g:codestats_api_key = '{one['token']}'"
        assert use in printed
        assert post(at(ready["url"]), fresh_pulse("C\x1b[2J"), one["token"]).status == 201
        assert "Ada on laptop: C?[2J +7" in serve.read_to("+7")
        assert serve.end(number) == (0, "", "")
    assert not ready_file.exists()


def test_several_users_and_machines_with_tokens_that_are_shown_once(tmp_path):
    arguments = [
        "--data",
        str(tmp_path / "data"),
        "--user",
        "Ada",
        "--user",
        "Ünal",
        "--machine",
        "a",
        "--machine",
        "b",
    ]
    with Running(*arguments) as serve:
        first = serve.read_to("Ctrl-C")
        serve.end(signal.SIGTERM)
    with Running(*arguments) as serve:
        second = serve.read_to("Ctrl-C")
        serve.end(signal.SIGTERM)
    tokens = [line for line in first.splitlines() if line.startswith("Token of")]
    assert [line.partition(":")[0] for line in tokens] == [
        "Token of Ada on a", "Token of Ada on b", "Token of Ünal on a", "Token of Ünal on b",
    ]  # fmt: skip
    assert len(set(tokens)) == 4
    told = [line.partition(": ")[2] for line in second.splitlines() if line.startswith("Token of")]
    assert told == ["shown when it was made; --new-tokens makes another."] * 4
    with Running(
        *arguments, "--new-tokens", "--grant", "manage", "--ready-file", str(tmp_path / "ready")
    ) as serve:
        serve.read_to("Ctrl-C")
        ready = json.loads((tmp_path / "ready").read_text())
        there = at(ready["url"])
        old = [line.partition(": ")[2] for line in tokens]
        assert {post(there, fresh_pulse(), token).status for token in old} == {403}
        assert {post(there, fresh_pulse(), one["token"]).status for one in ready["tokens"]} == {201}
        [(user, scope), _] = [(one["user"], one["scope"]) for one in ready["access"]]
        assert (user, scope) == ("Ada", "manage")
        bearer = [("Authorization", f"Bearer {ready['access'][0]['token']}")]
        assert len(ask(there, "GET", "/api/my/machines", headers=bearer).json()["machines"]) == 2
        serve.end(signal.SIGTERM)
    granted = [*arguments, "--grant", "manage", "--ready-file", str(tmp_path / "ready")]
    with Running(*granted) as serve:
        told = serve.read_to("Ctrl-C")
        there = at(json.loads((tmp_path / "ready").read_text())["url"])
        assert told.count("for programs that manage: shown when it was made;") == 2
        held = ask(there, "GET", "/api/my/tokens", headers=bearer).json()["tokens"]
        assert [(one["name"], one["scope"]) for one in held] == [("serve", "manage")]
        serve.end(signal.SIGTERM)
    with Running(*granted, "--new-tokens") as serve:
        serve.read_to("Ctrl-C")
        ready = json.loads((tmp_path / "ready").read_text())
        assert ask(at(ready["url"]), "GET", "/api/my/tokens", headers=bearer).status == 401
        bearer = [("Authorization", f"Bearer {ready['access'][0]['token']}")]
        held = ask(at(ready["url"]), "GET", "/api/my/tokens", headers=bearer).json()["tokens"]
        assert len(held) == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", ""])
def test_other_addresses_than_loopback_are_refused(capsys, host):
    assert run("--host", host) == 1
    assert "not a loopback address" in capsys.readouterr().err


def test_other_addresses_are_allowed_when_asked_for():
    with Running("--host", "0.0.0.0", "--allow-remote") as serve:
        assert "http://0.0.0.0:" in serve.read_to("Ctrl-C")
        assert serve.end(signal.SIGTERM)[0] == 0


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_loopback_may_be_ipv6():
    with Running("--host", "::1") as serve:
        assert "http://[::1]:" in serve.read_to("Ctrl-C")


def test_port_that_is_taken_is_said_in_one_sentence(capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run("--port", str(port)) == 1
    assert capsys.readouterr().err.startswith(f"codestats serve: Can't serve on 127.0.0.1, port {port}: ")


def test_data_file_that_is_none_is_said_in_one_sentence(tmp_path, capsys):
    assert run("--data", str(tmp_path / "no" / "directory")) == 1
    assert "can't be opened: No such file or directory." in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--port", "65536"], ["--port", "x"], ["--user", " "], ["--machine", "\udcff"]]
)
def test_bad_arguments_are_a_usage_error(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_private_users_are_not_shown():
    with Running("--private") as serve:
        printed = serve.read_to("Ctrl-C")
        assert ask(at(printed.split()[3].rstrip(",")), "GET", "/api/users/demo").status == 404
