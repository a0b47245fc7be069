from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from codestats import paths
from codestats.cli import COMMANDS, main
from codestats.clock import Clock
from codestats.settings import Settings
from codestats.storage.database import Database
from codestats.storage.owners import Owner
from codestats.storage.spool import ResolvedBatch, Spool

PYTHON3 = str(Path(paths.__file__).parents[1])


@pytest.fixture
def settings(service, tmp_path, monkeypatch):
    """Settings on standard input, and some XP left behind."""
    settings = {
        "api_url": service.url,
        "api_key": service.token("alice", "pc"),
        "data_dir": str(tmp_path / "data"),
    }
    directory = paths.handover_dir(tmp_path / "data")
    directory.mkdir(parents=True)
    batch = {"id": "a", "at": int(time.time()), "xp": {"c": 5}}
    (directory / "a.json").write_text(json.dumps({"version": 1, "batches": [batch]}))

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


def test_drain_sends_what_waits_for_tokens_that_are_gone_if_asked_to(settings, service, tmp_path):
    gone = service.token("alice", "scrapped")
    assert main(["drain", *settings(api_key=gone)]) == 0
    with closing(Database(paths.database_file(tmp_path / "data"))) as database:
        owner = Owner.of(Settings(api_key=gone, api_url=service.url))
        Spool(database, Clock(), owner).record([ResolvedBatch("b", int(time.time()), {"C": 7})])
    assert main(["drain", *settings()]) == 0
    assert service.total("alice") == 5
    assert main(["drain", *settings(), "--others"]) == 0
    assert service.total("alice") == 12


def test_drain_without_a_token_ends_at_once_and_says_so(settings, capsys):
    begin = time.monotonic()
    assert main(["drain", *settings(api_key="")]) == 1
    assert time.monotonic() - begin < 10
    printed = capsys.readouterr()
    assert printed.out == "Sent 0 XP, 5 XP wait.\n"
    assert "CODESTATS_API_KEY" in printed.err


@pytest.mark.parametrize("timeout", ["0", "0.5"])
def test_drain_tells_what_waits_however_little_time_it_has(settings, service, capsys, timeout):
    service.close()
    assert main(["drain", *settings(), "--timeout", timeout]) == 1
    assert "5 XP wait" in capsys.readouterr().out


def test_drain_takes_settings_from_the_environment(settings, service, monkeypatch, tmp_path):
    monkeypatch.setenv("CODESTATS_API_KEY", service.token("alice", "pc"))
    monkeypatch.setenv("CODESTATS_API_URL", service.url)
    monkeypatch.setenv("CODESTATS_DATA_DIR", str(tmp_path / "data"))
    assert main(["drain"]) == 0
    assert service.total("alice") == 5


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


@pytest.mark.parametrize("command", ["status", "drain", "health", "export", "backup"])
def test_ctrl_c_is_told_apart(monkeypatch, tmp_path, capsys, command):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("codestats.commands.common.raw_settings", interrupt)
    assert main([command, *([str(tmp_path)] if command == "backup" else [])]) == 130


def test_the_token_that_was_logged_in_with_serves_in_the_shell_too(settings, service, tmp_path, monkeypatch):
    (tmp_path / "data" / "token").write_text(service.token("alice", "pc") + "\n")
    arguments = settings()
    kept = json.loads(sys.stdin.getvalue())
    del kept["api_key"]
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(kept)))
    assert main(["drain", *arguments]) == 0
    assert service.total("alice") == 5
    assert (tmp_path / "data" / "token").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("arguments", [["status"], ["--help"], ["stats", "--help"]])
@pytest.mark.parametrize("shell, exit_code", [("| :", 0), ("> /dev/full", 1), (">&-", 0)])
def test_output_that_nobody_takes(tmp_path, arguments, shell, exit_code):
    command = f"{sys.executable} -m codestats {' '.join(arguments)} {shell}; exit ${{PIPESTATUS[0]}}"
    env = {"PYTHONPATH": PYTHON3, "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run(["bash", "-c", command], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == exit_code
    assert done.stderr.count("\n") == exit_code, done.stderr


def test_a_terminal_that_has_not_every_character(tmp_path):
    env = {"PYTHONPATH": PYTHON3, "HOME": str(tmp_path), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "codestats", "stats"], env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", [["status"], ["drain"], ["backup", "x"], ["export", "~nobody-here/x"]])
def test_a_home_that_nobody_has(monkeypatch, capsys, tmp_path, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CODESTATS_DATA_DIR", "~nobody-here/data")
    assert main(command) == 1
    assert "~nobody-here/data: there is no such user" in capsys.readouterr().err


def test_files_are_named_as_they_were_given(tmp_path, capsys):
    assert main(["export", str(tmp_path / "none" / "a.csv")]) == 1
    assert main(["import", str(tmp_path / "a.csv")]) == 1
    told = capsys.readouterr().err
    assert told == (
        f"codestats: {tmp_path}/none/a.csv: No such file or directory\n"
        f"codestats: {tmp_path}/a.csv: No such file or directory\n"
    )
