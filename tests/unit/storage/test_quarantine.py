"""Setting a damaged database aside, and never another editor's new one."""

from __future__ import annotations

from contextlib import closing

import pytest

from codestats.filelock import exclusive
from codestats.storage import quarantine
from codestats.storage.database import Database
from codestats.storage.quarantine import set_aside


@pytest.fixture
def damaged(path):
    path.write_bytes(b"SQLite format 3\0" + b"garbage" * 2000)
    return path


def beside(path):
    return [file for file in path.parent.iterdir() if file.suffix != ".lock"]


def test_a_damaged_one_keeps_its_content(damaged):
    content = damaged.read_bytes()
    old = set_aside(damaged)
    assert old.read_bytes() == content
    assert beside(damaged) == [old]


def test_a_sound_one_stays(path):
    Database(path).close()
    assert set_aside(path) is None
    assert beside(path) == [path]


def test_one_that_another_editor_is_setting_aside_is_left_to_it(damaged):
    with exclusive(damaged.with_name(f"{damaged.name}.lock")):
        assert set_aside(damaged) is None
    assert beside(damaged) == [damaged]


def test_one_that_another_editor_has_begun_again_meanwhile_stays(damaged, monkeypatch):
    is_damaged = quarantine._is_damaged

    def slowly(path):
        found = is_damaged(path)
        set_aside_by_another_editor(path)
        return found

    def set_aside_by_another_editor(path):
        path.rename(path.with_name("damaged"))
        Database(path).close()

    monkeypatch.setattr(quarantine, "_is_damaged", slowly)
    assert set_aside(damaged) is None
    with closing(Database(damaged)) as database:
        database.check()
