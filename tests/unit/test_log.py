from __future__ import annotations

import pytest

from codestats.log import LARGEST, Log
from codestats.paths import log_file


@pytest.fixture
def log(tmp_path):
    log = Log()
    log.open(tmp_path)
    return log


def test_what_was_said_before_the_directory_was_known_is_not_lost(tmp_path):
    log = Log()
    log.write("early")
    assert "early" in log.tail()[0]
    log.open(tmp_path)
    log.write("late")
    assert [line.split("] ")[1] for line in log_file(tmp_path).read_text().splitlines()] == ["early", "late"]


def test_the_token_never_shows(log, tmp_path):
    log.hide("SFMyNTY.c2VjcmV0c2VjcmV0.signature")
    log.write("it was SFMyNTY.c2VjcmV0c2VjcmV0.signature\nand its middle c2VjcmV0c2VjcmV0")
    assert "c2VjcmV0" not in log_file(tmp_path).read_text()
    assert "[token]" in log.tail()[-1]


def test_it_stays_small(log, tmp_path):
    for number in range(2000):
        log.write(f"{number} " + "x" * 500)
    files = list(tmp_path.iterdir())
    assert len(files) == 2
    assert all(file.stat().st_size < LARGEST + 2000 and file.stat().st_mode & 0o077 == 0 for file in files)
    assert [line.split("] ")[1].split()[0] for line in log.tail(300)] == [str(n) for n in range(1700, 2000)]


def test_without_a_writable_directory_the_story_is_still_told(tmp_path):
    log = Log()
    log.open(tmp_path / "missing")
    log.write("something")
    assert "something" in log.tail()[-1]


def test_a_planted_link_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    log_file(tmp_path).symlink_to(victim)
    log = Log()
    log.open(tmp_path)
    log.write("something")
    assert victim.read_text() == "precious"
