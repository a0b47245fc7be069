"""Backups that the system starts: scheduled once, by what there is, and gone without a trace when that ends."""

from __future__ import annotations

import json
import os
import plistlib
import shlex
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.cli import main
from codestats.jobs import crontab, launchd, systemd
from codestats.jobs.job import Job, of_this_machine
from codestats.jobs.period import Slots, name_of, parse
from support import standins

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def state(tmp_path, home, monkeypatch):
    """What the system's programs know; only those of `standins` are in PATH."""
    state = tmp_path / "state"
    state.mkdir()
    monkeypatch.setenv("STANDIN_STATE", str(state))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return state


@pytest.fixture
def cron(state, tmp_path):
    standins.program(tmp_path / "bin", "crontab", standins.CRONTAB)
    return state / "crontab"


@pytest.fixture
def manager(state, tmp_path):
    """A systemd user manager; returns the directory of its units."""
    standins.program(tmp_path / "bin", "systemctl", standins.SYSTEMCTL)
    (state / "manager").touch()
    return Path(os.environ["HOME"], ".config", "systemd", "user")


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("CODESTATS_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def files(directory):
    return {
        str(path.relative_to(directory)): path.read_bytes() if path.is_file() else b""
        for path in directory.rglob("*")
    }


def jobs(capsys):
    capsys.readouterr()
    main(["jobs", "--json"])
    return json.loads(capsys.readouterr().out)["jobs"]


def test_a_line_of_the_crontab_among_others(cron, data_dir, tmp_path, capsys):
    others = b"# mine\n5 4 * * * echo 100\\%\n"
    cron.write_bytes(others)
    target = tmp_path / "a 100% 'safe' $place"
    assert main(["backup", "--every", "6h", "--install", str(target)]) == 0
    assert "by a line of the crontab" in capsys.readouterr().out
    line = cron.read_bytes().removeprefix(others).decode().splitlines()[1]
    # As cron reads it: five fields, then a command for sh in which only \% stands for itself.
    command = line.split(" ", 5)[5].replace("\\%", "%")
    assert subprocess.run(["/bin/sh", "-c", command], check=False, env={"HOME": "/"}).returncode == 0
    assert list(target.glob("ledger-*.csv"))
    assert [job["state"] for job in jobs(capsys)] == ["done"]
    assert main(["backup", "--uninstall", str(target)]) == 0
    assert cron.read_bytes() == others
    assert not list(data_dir.rglob("backup-*"))


def test_twice_is_once(cron, data_dir, tmp_path, capsys):
    main(["backup", "--install", str(tmp_path / "x")])
    before = cron.read_bytes(), files(data_dir)
    main(["backup", "--install", str(tmp_path / "x")])
    assert (cron.read_bytes(), files(data_dir)) == before
    assert "Already scheduled" in capsys.readouterr().out
    main(["backup", "--install", "--every", "1w", str(tmp_path / "x")])
    assert cron.read_bytes().count(b": begin") == 1
    assert [job["every"] for job in jobs(capsys)] == [7 * 86_400]


def test_a_crontab_of_nothing_else_goes(cron, data_dir, tmp_path):
    main(["backup", "--install", str(tmp_path / "x")])
    main(["backup", "--uninstall", str(tmp_path / "x")])
    assert not cron.exists()


def test_a_systemd_user_timer(manager, cron, data_dir, tmp_path, capsys):
    assert main(["backup", "--install", str(tmp_path / "x")]) == 0
    assert "by a systemd user timer" in capsys.readouterr().out
    assert not cron.exists()
    assert sorted(path.suffix for path in manager.glob("codestats-*")) == [".service", ".timer"]
    assert len(list((manager / "timers.target.wants").iterdir())) == 1
    before = files(manager)
    assert main(["backup", "--install", str(tmp_path / "x")]) == 0
    assert files(manager) == before
    assert main(["backup", "--uninstall", str(tmp_path / "x")]) == 0
    assert files(manager) == {}


@pytest.mark.parametrize("answer", ["no connection", "chroot"])
def test_no_manager_answers_in_a_container(answer, request, state, tmp_path):
    manager, cron, _ = map(request.getfixturevalue, ("manager", "cron", "data_dir"))
    (state / "manager").unlink()
    if answer == "chroot":
        (state / "chroot").touch()
    assert main(["backup", "--install", str(tmp_path / "x")]) == 0
    assert cron.exists()
    assert not manager.exists()


@pytest.mark.parametrize("scheduler", ["cron", "manager"])
def test_what_is_refused_leaves_what_there_was(scheduler, request, state, tmp_path, capsys):
    request.getfixturevalue("data_dir")
    request.getfixturevalue(scheduler)
    (state / "refuse").touch()
    home = Path(os.environ["HOME"])
    before = {name: text for name, text in files(home).items() if text}
    assert main(["backup", "--install", str(tmp_path / "x")]) == 1
    error = capsys.readouterr().err
    assert "not allowed" in error or "Access denied" in error
    assert {name: text for name, text in files(home).items() if text} == before
    assert not [path for path in home.rglob("*") if path.is_symlink()]
    assert jobs(capsys) == []


def test_nothing_that_starts_jobs(state, data_dir, tmp_path, capsys):
    assert main(["backup", "--install", str(tmp_path / "x")]) == 1
    assert "install cron" in capsys.readouterr().err
    assert not data_dir.exists()


def test_a_schedule_that_was_taken_out_by_hand_is_a_warning(cron, data_dir, tmp_path, capsys):
    main(["backup", "--install", str(tmp_path / "x")])
    cron.unlink()
    main(["health", "--json", "--settings", str(_offline(tmp_path))])
    assert "its schedule is gone from crontab" in capsys.readouterr().out
    main(["backup", "--install", str(tmp_path / "x")])
    assert cron.exists()


def _offline(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text('{"api_url": "http://127.0.0.1:9", "request_timeout": 1}')
    return path


@pytest.mark.parametrize("given", ["", "0d", "5h", "7m", "2d", "1y", "d", "1.5h", "90m", "99999h"])
def test_what_is_no_period_is_said(given, cron, data_dir, tmp_path, capsys):
    if given:
        assert main(["backup", "--every", given, "--install", str(tmp_path / "x")]) == 2
        assert "is no period" in capsys.readouterr().err
    else:
        assert main(["backup", "--every", "1d", str(tmp_path / "x")]) == 2


PERIODS = ["1m", "15m", "30m", "60m", "1h", "6h", "24h", "1d", "7d", "1w"]


@given(st.sampled_from(PERIODS), st.integers(0, 2**32 - 1))
def test_slots_are_a_period_apart(text, seed):
    every = parse(text)
    assert parse(name_of(every)) == every
    slots = Slots.of(every, seed)
    moment = datetime(2026, 11, 23, 12, 34, 56)  # noqa: DTZ001 (no change of offset)
    first = slots.next_after(moment)
    second = slots.next_after(first)
    assert moment < first <= moment + timedelta(seconds=every)
    assert second - first == timedelta(seconds=every)


def job(every="6h", **changes):
    told = {
        "id": "backup-12345678",
        "directory": "/b",
        "every": parse(every),
        "words": [sys.executable, "-m", "codestats", "backup", "/b"],
        "scheduler": "launchd",
        "installed_at": 0,
        "environ": {"PYTHONPATH": str(ROOT / "python3")},
    }
    return Job(**{**told, **changes})


@pytest.mark.parametrize("every", PERIODS)
def test_launchd_has_the_slots_of_cron(every):
    told = plistlib.loads(launchd.property_list(job(every)))
    assert told["ProgramArguments"][-1] == "/b"
    assert told["EnvironmentVariables"] == {"PYTHONPATH": str(ROOT / "python3")}
    minutes, hours, _, _, weekday, _ = crontab.line_of(job(every)).split(" ", 5)
    times = told["StartCalendarInterval"]
    assert {time["Minute"] for time in times} == set(map(int, minutes.split(",")))
    expected = set() if hours == "*" else set(map(int, hours.split(",")))
    assert {time["Hour"] for time in times if "Hour" in time} == expected
    assert {str(time.get("Weekday", "*")) for time in times} == {weekday}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
@pytest.mark.parametrize("every", PERIODS)
def test_systemd_reads_the_calendar(every):
    calendar = systemd.calendar(job(every).slots)
    done = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=2", calendar],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_systemd_reads_the_units(manager, data_dir, tmp_path, monkeypatch):
    path = os.environ["PATH"]
    target = tmp_path / 'a 100% "safe" $place \\ %h'
    assert main(["backup", "--install", str(target)]) == 0
    monkeypatch.setenv("PATH", f"{path}:/usr/bin:/bin")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *map(str, manager.glob("codestats-*"))],
        check=False,
        capture_output=True,
        text=True,
    )
    assert "codestats" not in done.stderr, done.stderr
    [known] = of_this_machine(data_dir)
    assert known.directory == str(target)
    assert shlex.join(known.words) not in done.stderr
