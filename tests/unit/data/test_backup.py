"""Backups: dated, not twice the same, never half, kept by a simple rule; from a crontab line as well."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats import paths
from codestats.cli import main
from codestats.data.backup import Series, kept
from codestats.filelock import exclusive
from codestats.storage.database import Database

ROOT = Path(__file__).resolve().parents[3]
TODAY = datetime.now().astimezone().date().isoformat()


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    directory = tmp_path / "data"
    monkeypatch.setenv("CODESTATS_DATA_DIR", str(directory))
    paths.ensure_private_dir(directory)
    add(directory, "2026-01-01T10", 5)
    return directory


def add(directory, hour, xp):
    with closing(Database(paths.database_file(directory))) as database, database.transaction() as connection:
        connection.execute("INSERT INTO ledger VALUES(?, 60, 'Lua', 'box', 'sent', 0, ?)", (hour, xp))


@pytest.fixture
def target(tmp_path):
    return tmp_path / "backups"


def names(directory):
    return sorted(path.name for path in directory.iterdir() if not path.name.startswith("."))


def ledger_name(day=TODAY):
    return f"ledger-{paths.machine_name()}-{day}.csv"


def test_the_ledger_is_there_and_nothing_is_said(data_dir, target, capsys):
    assert main(["backup", str(target)]) == 0
    assert names(target) == [ledger_name()]
    assert (target / ledger_name()).read_text().endswith(";Lua;box;5\n")
    assert (target / ledger_name()).stat().st_mode & 0o777 == 0o600
    assert target.stat().st_mode & 0o777 == 0o700
    assert capsys.readouterr() == ("", "")


def test_the_same_as_yesterday_is_not_written_again(data_dir, target):
    main(["backup", str(target)])
    (target / ledger_name()).rename(target / ledger_name("2026-11-01"))
    assert main(["backup", str(target)]) == 0
    assert names(target) == [ledger_name("2026-11-01")]
    add(data_dir, "2026-01-01T11", 7)
    assert main(["backup", str(target)]) == 0
    assert names(target) == [ledger_name("2026-11-01"), ledger_name()]


def test_the_profile_is_there_as_the_service_tells_it(data_dir, target, service, monkeypatch):
    monkeypatch.setenv("CODESTATS_API_URL", service.url)
    monkeypatch.setenv("CODESTATS_API_KEY", service.token())
    assert main(["backup", str(target)]) == 0
    (name,) = [name for name in names(target) if name.startswith("profile")]
    assert json.loads((target / name).read_text())["total_xp"] == 0
    assert main(["backup", str(target)]) == 0
    service.stop()
    assert main(["backup", str(target), "--no-profile"]) == 0


def test_without_the_service_the_ledger_is_backed_up_all_the_same(
    data_dir, target, service, monkeypatch, capsys
):
    monkeypatch.setenv("CODESTATS_API_URL", service.url)
    assert main(["backup", str(target), "--user", "nobody"]) == 3
    service.stop()
    assert main(["backup", str(target), "--user", "somebody"]) == 3
    assert names(target) == [ledger_name()]
    assert capsys.readouterr().err.count("profile of") == 2


def test_a_lost_ledger_is_noticed_and_costs_no_backup(data_dir, target, capsys):
    for day in range(1, 29):
        target.mkdir(exist_ok=True)
        (target / ledger_name(f"2025-01-{day:02}")).write_text(f"header\nx;{100 + day}\n")
    assert main(["backup", str(target), "--keep", "2"]) == 4
    assert len(names(target)) == 29
    assert "less XP" in capsys.readouterr().err
    add(data_dir, "2026-01-01T11", 7)
    assert main(["backup", str(target), "--keep", "2"]) == 0
    # The newest two, the first of the month, the largest.
    assert names(target) == [ledger_name(f"2025-01-{day}") for day in ("01", "28")] + [ledger_name()]


def test_a_lost_ledger_does_not_replace_what_the_same_day_has(data_dir, target, capsys):
    add(data_dir, "2026-01-01T11", 7)
    assert main(["backup", str(target)]) == 0
    before = (target / ledger_name()).read_bytes()
    paths.database_file(data_dir).unlink()
    assert main(["backup", str(target)]) == 4
    assert (target / ledger_name()).read_bytes() == before
    assert names(target) == [ledger_name()]


def test_two_at_once_are_one_too_many(data_dir, target, capsys):
    target.mkdir()
    with exclusive(target / ".codestats-backup.lock"):
        assert main(["backup", str(target)]) == 5
    assert names(target) == []
    assert main(["backup", str(target)]) == 0


def test_what_a_killed_one_left_is_cleared_away(data_dir, target):
    target.mkdir()
    (target / ".codestats-abc.tmp").write_text("half")
    (target / "ledger-of-mine.csv").write_text("not ours")
    assert main(["backup", str(target)]) == 0
    assert sorted(path.name for path in target.iterdir()) == [
        ".codestats-backup.lock",
        "ledger-of-mine.csv",
        ledger_name(),
    ]
    assert not list(target.glob("*.tmp"))
    assert (target / "ledger-of-mine.csv").exists()


def test_a_directory_that_cannot_be_written(data_dir, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["backup", str(tmp_path / "file" / "x")]) == 1
    assert "no backup" in capsys.readouterr().err


def test_a_full_disk(data_dir, target, capsys, monkeypatch):
    """The system's error names no file then."""

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("codestats.commands.backup.back_up_ledger", full)
    assert main(["backup", str(target)]) == 1
    assert capsys.readouterr().err == "codestats: no backup: [Errno 28] No space left on device\n"


@pytest.mark.parametrize("arguments", [["--keep", "0"], ["--keep", "x"], []])
def test_wrong_usage(arguments):
    with pytest.raises(SystemExit, match="2"):
        main(["backup", *arguments])


def test_a_damaged_database_is_no_backup(data_dir, target, capsys):
    paths.database_file(data_dir).write_bytes(b"garbage" * 1000)
    assert main(["backup", str(target)]) == 1
    assert names(target) == []


days = st.integers(0, 2000).map(lambda number: date(2024, 1, 1) + timedelta(days=number))


@given(st.dictionaries(days, st.integers(0, 1000), min_size=1, max_size=60), st.integers(1, 10))
def test_the_rule_of_what_stays(sizes, number):
    stay = kept(list(sizes.items()), number)
    ordered = sorted(sizes)
    assert set(ordered[-number:]) <= stay
    assert {(day.year, day.month) for day in stay} == {(day.year, day.month) for day in ordered}
    assert max(sizes.values()) in {sizes[day] for day in stay}
    months = {(day.year, day.month) for day in ordered}
    assert len(stay) <= number + len(months) + 1
    # Pruned every day, it comes to the same as pruned once.
    assert kept([(day, sizes[day]) for day in stay], number) == stay


@pytest.mark.parametrize("name", ["../../etc", "a/b", "..", "", "ö", "a\0b", "x" * 300])
def test_no_name_leads_out_of_the_directory(tmp_path, name):
    path = Series.of_profile(tmp_path, name).path(date(2026, 1, 1))
    assert path.parent == tmp_path
    path.write_text("")


def lines_of(example):
    text = (ROOT / "doc" / "examples" / example).read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def cron_environment(home):
    return {
        "HOME": str(home),
        "LOGNAME": "me",
        "SHELL": "/bin/sh",
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "TZ": os.environ["TZ"],
    }


def installed(home):
    """The plugin where the examples have it."""
    directory = home / ".vim/pack/plugins/start"
    directory.mkdir(parents=True)
    (directory / "codestats.vim").symlink_to(ROOT)


def test_the_crontab_line_works(home, tmp_path):
    installed(home.path)
    directory = home.path / ".local/state/codestats"
    paths.ensure_private_dir(directory)
    add(directory, "2026-01-01T10", 5)
    (line,) = lines_of("crontab")
    times, command = re.fullmatch(r"((?:\S+ +){5})(.*)", line).groups()
    assert re.fullmatch(r"[\d*/ ]+", times)
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env=cron_environment(home.path),
        cwd=home.path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert names(home.path / "backups/codestats") == [ledger_name()]


def test_the_systemd_service_runs_the_same_command(home):
    installed(home.path)
    text = (ROOT / "doc/examples/codestats-backup.service").read_text()
    command = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)[1].replace("%h", str(home.path))
    variables = dict(re.findall(r"^Environment=(\w+)=(.*)$", text, re.MULTILINE))
    env = {name: value.replace("%h", str(home.path)) for name, value in variables.items()}
    program, *arguments = command.split()
    assert program == "/usr/bin/env"
    done = subprocess.run(
        ["/usr/bin/env", *arguments],
        env={**cron_environment(home.path), **env},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert names(home.path / "backups/codestats") == [ledger_name()]
