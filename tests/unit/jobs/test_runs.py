"""How the last run of a scheduled backup is told, also of one that was killed and could say nothing."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from codestats import paths
from codestats.cli import main
from codestats.filelock import exclusive
from codestats.jobs import job as registry
from codestats.jobs.job import Job
from codestats.jobs.report import reports
from codestats.storage.database import Database

ROOT = Path(__file__).resolve().parents[3]
ROWS = 20_000


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    directory = tmp_path / "data"
    monkeypatch.setenv("CODESTATS_DATA_DIR", str(directory))
    return paths.ensure_private_dir(directory)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def job(data_dir, target):
    """As `--install` keeps it; who starts it is this test."""
    made = Job(registry.job_id(target), str(target), 3600, ["true"], "crontab", int(time.time()))
    registry.keep(data_dir, made)
    return made


def told(capsys):
    capsys.readouterr()
    code = main(["jobs", "--json"])
    [told] = json.loads(capsys.readouterr().out)["jobs"]
    return code, told


def test_queued_then_done(job, target, capsys):
    assert told(capsys)[1]["state"] == "queued"
    assert main(["backup", str(target)]) == 0
    code, run = told(capsys)
    assert (code, run["state"], run["exit_code"]) == (0, "done", 0)
    assert Path(run["path"]).stat().st_size == run["size"]
    assert run["started_at"] <= run["ended_at"] <= time.time() < run["next_at"]


def test_a_backup_that_nobody_scheduled_is_not_kept(data_dir, target):
    assert main(["backup", str(target)]) == 0
    assert not registry.jobs_dir(data_dir).exists()


def test_failed_says_why(job, target, capsys):
    target.write_text("no directory")
    assert main(["backup", str(target)]) == 1
    code, run = told(capsys)
    assert (code, run["state"], run["is_killed"]) == (1, "failed", False)
    assert "File exists" in run["why"]


def test_running_while_it_runs(job, data_dir, target, capsys):
    folder = registry.jobs_dir(data_dir)
    (folder / f"{job.id}.run.json").write_text(
        json.dumps({"state": "running", "started_at": int(time.time())})
    )
    with exclusive(folder / f"{job.id}.lock"):
        assert told(capsys)[1]["state"] == "running"
    code, run = told(capsys)
    assert (code, run["state"], run["is_killed"]) == (1, "failed", True)


def test_three_periods_without_a_run_are_a_warning(data_dir, target, tmp_path, capsys):
    late = Job(
        registry.job_id(target), str(target), 3600, ["true"], "crontab", int(time.time()) - 3 * 3600 - 60
    )
    registry.keep(data_dir, late)
    code, run = told(capsys)
    assert (code, run["is_overdue"]) == (1, True)
    settings = tmp_path / "settings.json"
    settings.write_text('{"api_url": "http://127.0.0.1:9", "request_timeout": 1}')
    main(["health", "--json", "--settings", str(settings)])
    assert "3 periods" in capsys.readouterr().out
    main(["backup", str(target)])
    assert told(capsys)[0] == 0


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"id": 1}', b"\xff", b'{"state": "running", "extra": 1}']
)
def test_files_that_say_nothing_are_no_job(job, data_dir, text, capsys):
    folder = registry.jobs_dir(data_dir)
    (folder / f"{job.id}.run.json").write_bytes(text)
    assert main(["jobs"]) in (0, 1)
    (folder / f"{job.id}.json").write_bytes(text)
    assert reports(data_dir) == []


def test_killed_at_any_moment(job, data_dir, target, capsys):
    """It reads failed, every backup that is there is whole, and the next run puts all right."""
    with closing(Database(paths.database_file(data_dir))) as database, database.transaction() as connection:
        rows = ((f"20{n % 90 + 10}-01-01T{n % 24:02}", 60, f"L{n}") for n in range(ROWS))
        connection.executemany("INSERT INTO ledger VALUES(?, ?, ?, 'box', 'sent', 0, 1)", rows)
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "python3")}
    command = [sys.executable, "-m", "codestats", "backup", str(target)]
    began = time.monotonic()
    subprocess.run(command, check=True, env=environ)
    whole = time.monotonic() - began
    chance = random.Random(19)
    states = set()
    killed = 0
    while killed < 6:
        with (
            closing(Database(paths.database_file(data_dir))) as database,
            database.transaction() as connection,
        ):
            connection.execute(
                "INSERT INTO ledger VALUES('2026-02-01T10', 60, ?, 'box', 'sent', 0, 1)", (f"T{began}",)
            )
        began = time.monotonic()
        with subprocess.Popen(command, env=environ) as process:
            try:
                process.wait(chance.uniform(0.1, 1) * whole)
                whole = time.monotonic() - began  # the machine is less busy now
            except subprocess.TimeoutExpired:
                process.kill()
        _, run = told(capsys)
        states.add((run["state"], run["is_killed"]))
        killed += run["is_killed"]
        for path in target.glob("ledger-*.csv"):
            text = path.read_text()
            assert len(re.findall(r";1$", text, re.MULTILINE)) == text.count("\n") - 1 >= ROWS
    assert states <= {("failed", True), ("done", False)}
    subprocess.run(command, check=True, env=environ)
    assert told(capsys)[1]["state"] == "done"
    assert not list(target.glob(".codestats-*.tmp"))
