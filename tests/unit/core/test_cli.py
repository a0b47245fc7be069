from __future__ import annotations

import io
import json
import sys
import time

import pytest

from codestats import paths
from codestats.cli import COMMANDS, main


@pytest.fixture
def settings(service, tmp_path, monkeypatch):
    """Settings on standard input, and some XP left behind."""
    settings = {
        "api_url": service.url,
        "api_key": service.token("alice", "pc"),
        "data_dir": str(tmp_path / "data"),
    }
    folder = paths.handover_dir(tmp_path / "data")
    folder.mkdir(parents=True)
    batch = {"id": "a", "at": int(time.time()), "xp": {"c": 5}}
    (folder / "a.json").write_text(json.dumps({"version": 1, "batches": [batch]}))

    def give(**other):
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({**settings, **other})))
        return ["--settings", "-"]

    return give


def test_drain_carries_home_what_was_left_behind(settings, service, capsys):
    assert main(["drain", *settings()]) == 0
    assert service.xp("alice") == {"C": 5}
    assert capsys.readouterr().out == "Sent 5 XP, 0 XP wait.\n"
    assert main(["drain", *settings(), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_drain_without_a_token_ends_at_once_and_says_so(settings, capsys):
    begin = time.monotonic()
    assert main(["drain", *settings(api_key="")]) == 1
    assert time.monotonic() - begin < 10
    printed = capsys.readouterr()
    assert printed.out == "Sent 0 XP, 5 XP wait.\n"
    assert "CODESTATS_API_KEY" in printed.err


def test_drain_takes_settings_from_the_environment(settings, service, monkeypatch, tmp_path):
    monkeypatch.setenv("CODESTATS_API_KEY", service.token("alice", "pc"))
    monkeypatch.setenv("CODESTATS_API_URL", service.url)
    monkeypatch.setenv("CODESTATS_DATA_DIR", str(tmp_path / "data"))
    assert main(["drain"]) == 0
    assert service.total("alice") == 5


def test_drain_while_the_service_is_away_ends_after_a_bounded_time(settings, service, capsys):
    service.close()
    assert main(["drain", *settings(), "--timeout", "0.5"]) == 1
    assert "5 XP wait" in capsys.readouterr().out


def test_status(settings, capsys, tmp_path):
    assert main(["status", *settings()]) == 0
    assert not paths.database_file(tmp_path / "data").exists()
    main(["drain", *settings()])
    capsys.readouterr()
    assert main(["status", *settings(), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["user"], printed["today"], printed["queued"]) == ("alice", 5, 0)
    assert main(["status", *settings()]) == 0
    text = capsys.readouterr().out
    assert "Today:     5 XP" in text
    assert "Waiting:   nothing" in text


def test_status_shows_no_token(settings, service, capsys):
    main(["status", *settings()])
    main(["status", *settings(), "--json"])
    assert service.token("alice", "pc") not in capsys.readouterr().out


@pytest.mark.parametrize("content", ["[]", "{", "null"])
def test_settings_that_are_none(monkeypatch, capsys, content):
    monkeypatch.setattr("sys.stdin", io.StringIO(content))
    assert main(["drain", "--settings", "-"]) == 1
    assert capsys.readouterr().err.startswith("codestats: ")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)])
def test_help(capsys, arguments):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 0
    assert "codestats" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["dance"], ["drain", "--timeout", "soon"]])
def test_wrong_usage(capsys, arguments):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


def test_the_token_that_was_logged_in_with_serves_in_the_shell_too(settings, service, tmp_path, monkeypatch):
    (tmp_path / "data" / "token").write_text(service.token("alice", "pc") + "\n")
    arguments = settings()
    kept = json.loads(sys.stdin.getvalue())
    del kept["api_key"]
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(kept)))
    assert main(["drain", *arguments]) == 0
    assert service.total("alice") == 5
    assert (tmp_path / "data" / "token").stat().st_mode & 0o077 == 0
