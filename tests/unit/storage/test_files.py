"""Files that are whole or not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from codestats.storage.atomic_file import OutputExistsError, atomic_write


def write(path, text, **options):
    with atomic_write(path, **options) as file:
        file.write(text)


def test_a_new_file_is_private_and_alone(tmp_path):
    before = os.umask(0)
    try:
        write(tmp_path / "a", b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_is_there_stays_unless_it_may_be_replaced(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(OutputExistsError):
        write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    write(tmp_path / "a", b"new", replace=True)
    assert (tmp_path / "a").read_bytes() == b"new"


def test_what_came_meanwhile_stays_too(tmp_path):
    with pytest.raises(OutputExistsError), atomic_write(tmp_path / "a") as file:  # noqa: PT012
        file.write(b"new")
        (tmp_path / "a").write_bytes(b"other")
    assert (tmp_path / "a").read_bytes() == b"other"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_failure_leaves_the_old_one(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), atomic_write(tmp_path / "a", replace=True) as file:  # noqa: PT012
        file.write(b"half")
        1 / 0  # noqa: B018
    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_link_is_followed_and_a_directory_is_refused(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", b"new", replace=True)
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()
    with pytest.raises(OutputExistsError, match="no plain file"):
        write(tmp_path, b"x", replace=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_clears_away_what_is_half_done(tmp_path, number):
    code = """
import pathlib, signal, sys, time
from codestats.storage.atomic_file import CancelledError, interruptible, atomic_write
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
try:
    with interruptible(), atomic_write(pathlib.Path(sys.argv[1])) as file:
        print("half", flush=True)
        time.sleep(60)
except (CancelledError, KeyboardInterrupt):
    sys.exit(130)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a")],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": "python3"},
    )
    assert process.stdout.readline() == b"half\n"
    process.stdout.close()
    process.send_signal(number)
    assert process.wait(20) == 130
    assert [path.name for path in tmp_path.iterdir()] == []
