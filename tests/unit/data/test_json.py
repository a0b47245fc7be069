"""What other programs read, and the examples of doc/ that read it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from codestats import paths
from codestats.cli import main
from codestats.storage.database import Database
from codestats.storage.history import History

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime.now().astimezone().strftime("%Y-%m-%dT%H")


@pytest.fixture
def database(home):
    directory = home.path / ".local/state/codestats"
    paths.ensure_private_dir(directory)
    with closing(Database(paths.database_file(directory))) as database:
        with database.transaction() as connection:
            connection.execute("INSERT INTO ledger VALUES(?, 60, 'Lua', 'box', 'sent', 0, 1234)", (NOW,))
        yield database


def printed(capsys, *arguments):
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


def documented(command):
    """The fields that doc/json.md lists for a command."""
    text = (ROOT / "doc/json.md").read_text().partition(f"\n## {command}")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_status_is_as_documented(database, capsys):
    code, status, _ = printed(capsys, "--json", "status")
    assert code == 0
    assert set(status) == documented("status")
    assert (status["schema"], status["today"], status["level"]) == (1, 1234, None)
    assert printed(capsys, "status", "--json")[1] == status


def test_status_knows_the_level_by_the_last_profile(database, capsys):
    History(database).keep_profile("https://codestats.net", "Nicd", 1000.5, {"total_xp": 1599})
    _, status, _ = printed(capsys, "--json", "status", "--user", "Nicd")
    assert (status["total_xp"], status["level"], status["progress"]) == (1599, 0, 0.9993)
    assert (status["to_next_level"], status["profile_at"]) == (1, 1000)


def test_stats_are_as_documented(database, capsys):
    for period in ("today", "week", "all", "2020-01-01..2020-02-01"):
        code, stats, _ = printed(capsys, "--json", "stats", period)
        assert code == 0
        assert set(stats) == documented("stats")
    _, stats, _ = printed(capsys, "--json", "stats", "all")
    assert (stats["xp"], stats["first"], sum(stats["hours"])) == (1234, NOW[:10], 1234)
    assert stats["languages"] == [{"name": "Lua", "xp": 1234, "active_hours": 1}]


def test_a_period_that_is_none(home, capsys):
    assert main(["stats", "never"]) == 2
    assert "is no period" in capsys.readouterr().err


def test_profile_is_as_documented_and_kept_for_a_minute(database, capsys, service, monkeypatch):
    monkeypatch.setenv("CODESTATS_API_URL", service.url)
    monkeypatch.setenv("CODESTATS_API_KEY", service.token())
    code, profile, _ = printed(capsys, "--json", "profile")
    assert code == 0
    assert set(profile) == documented("profile")
    assert not profile["is_cached"]
    service.stop()
    code, kept, _ = printed(capsys, "--json", "profile")
    assert (code, kept["is_cached"], kept["note"]) == (0, True, "")
    code, kept, err = printed(capsys, "--json", "profile", "--max-age", "0")
    assert (code, kept["is_cached"]) == (1, True)
    assert kept["note"]
    assert kept["note"] in err
    assert printed(capsys, "--json", "profile", "--cached")[0] == 0
    assert main(["profile"]) == 0
    assert main(["profile", "somebody", "--cached"]) == 1


def test_nobodys_profile(home, capsys):
    assert main(["profile"]) == 1
    assert "whose?" in capsys.readouterr().err


def test_text_for_people(database, capsys):
    assert main(["stats", "today"]) == 0
    out = capsys.readouterr().out
    assert "1,234 XP" in out
    assert "q close" not in out


def run(*arguments, **options):
    env = {**os.environ, "PYTHONPATH": str(ROOT / "python3"), **options.pop("env", {})}
    command = [sys.executable, "-m", "codestats", *arguments]
    return subprocess.run(command, env=env, capture_output=True, timeout=60, check=False, **options)


def test_a_prompt_does_not_wait_for_heavy_imports(database):
    code = """
import sys
from codestats.cli import main
main(["--json", "status"])
heavy = {"urllib3", "ssl", "http", "email", "asyncio", "codestats.engine.engine", "codestats.views", "unicodedata"}
sys.exit(sorted(heavy & set(sys.modules)) and str(sorted(heavy & set(sys.modules))) or 0)
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "python3")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments", [["export"], ["export", "--format", "jsonl"], ["--json", "stats", "all"], ["stats"]]
)
def test_a_broken_pipe_is_no_stack_trace(database, arguments):
    with database.transaction() as connection:
        rows = [(f"{year}-01-01T10", "x" * 200 + str(year)) for year in range(1000, 4000)]
        connection.executemany("INSERT INTO ledger VALUES(?, 0, ?, 'box', 'sent', 0, 1)", rows)
    env = {**os.environ, "PYTHONPATH": str(ROOT / "python3")}
    command = f"{sys.executable} -m codestats {' '.join(arguments)} | head -c 1"
    done = subprocess.run(["/bin/sh", "-c", command], env=env, capture_output=True, timeout=60, check=False)
    assert done.stderr == b""


@pytest.fixture
def installed(home):
    directory = home.path / ".vim/pack/plugins/start"
    directory.mkdir(parents=True)
    (directory / "codestats.vim").symlink_to(ROOT)
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return {"HOME": str(home.path), "PATH": path, "TERM": "xterm", "TZ": os.environ["TZ"]}


def test_the_example_for_a_prompt(database, installed):
    script = 'PS1="\\$ "; . "$0"; eval "printf %s \\"$PS1\\""'  # a shell without a terminal forgets PS1
    example = str(ROOT / "doc/examples/prompt.sh")
    done = subprocess.run(
        ["/bin/bash", "--norc", "-c", script, example],
        env=installed,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == b"1234 XP $ ", done.stderr


@pytest.mark.parametrize("known, shown", [(None, "XP 1234"), (3_073_421, "XP 1234 level 43")])
def test_the_example_for_tmux(database, installed, known, shown):
    """What tmux runs: the command between #( and ), after its own quotes."""
    env = dict(installed)
    if known:
        env["CODESTATS_API_KEY"] = "SFMyNTY.OEotWWdnPT0jI01qaz0.X0wVEZquh8Ogau1iTtBihYqqL71FD8N6p5ChQiIpaxQ"
        History(database).keep_profile("https://codestats.net", "😂", time.time(), {"total_xp": known})
    text = (ROOT / "doc/examples/tmux.conf").read_text()
    command = re.search(r"status-right '#\((.*)\)'$", text, re.MULTILINE)[1]
    done = subprocess.run(["/bin/sh", "-c", command], env=env, capture_output=True, timeout=60, check=False)
    assert done.stdout.decode().strip() == shown, done.stderr
