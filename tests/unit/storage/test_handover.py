from __future__ import annotations

import errno
import json
import os
import time

import pytest

from codestats.exceptions import StorageError
from codestats.storage import handover
from codestats.storage.handover import take_in

A, B = ({"id": name, "at": 1, "xp": {"c": 1}} for name in "ab")


def document(*batches) -> str:
    return json.dumps({"version": 1, "batches": list(batches)})


def taken(directory, machine="here"):
    batches = []
    remains = take_in(directory, machine, lambda more, _account: batches.extend(more))
    assert not remains.is_foreign
    return [batch.id for batch in batches], [path.name for path in remains.broken]


def names(directory) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_files_are_recorded_and_removed(tmp_path):
    (tmp_path / "1.json").write_text(document(A))
    (tmp_path / "2.json").write_text(document(A, B))
    assert taken(tmp_path) == (["a", "a", "b"], [])
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "written, account",
    [("0123456789abcdef", "0123456789abcdef"), (None, ""), ("", ""), (7, ""), ("x'; DROP TABLE pulse", "")],
)
def test_a_file_tells_whose_it_is(written, account, tmp_path):
    (tmp_path / "1.json").write_text(json.dumps({"version": 1, "account": written, "batches": [A]}))
    accounts = []
    take_in(tmp_path, "here", lambda _batches, account: accounts.append(account))
    assert accounts == [account]


def test_a_trouble_of_the_machine_condemns_no_file(tmp_path, monkeypatch):
    (tmp_path / "1.json").write_text(document(A))

    def fails(_path):
        raise OSError(errno.EMFILE, "too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(handover, "_read", fails)
        assert taken(tmp_path) == ([], [])
    assert taken(tmp_path) == (["a"], [])


def test_another_machines_file_is_left_to_it_for_a_day(tmp_path):
    """It may have recorded the same batches itself, and only not had the time to say so."""
    (tmp_path / "1.json").write_text(document({**A, "boot": "theirs", "up": 5}))
    (tmp_path / "2.json").write_text(document({**B, "boot": "ours", "up": 5}))
    found = []

    def look():
        take_in(
            tmp_path,
            "here",
            lambda batches, _account: found.extend(batch.id for batch in batches),
            lambda found: all(batch.boot == "ours" for batch in found.batches),
        )
        return found

    assert look() == ["b"]
    assert names(tmp_path) == ["1.json"]
    os.utime(tmp_path / "1.json", (time.time() - 2 * 86_400,) * 2)
    assert look() == ["b", "a"]


def test_no_directory_is_nothing_to_take_in(tmp_path):
    assert taken(tmp_path / "none") == ([], [])


def test_a_file_being_written_is_left_alone_and_one_of_a_dead_editor_is_not(tmp_path):
    (tmp_path / "new.tmp").write_text(document(A))
    (tmp_path / "old.tmp").write_text(document(B))
    os.utime(tmp_path / "old.tmp", (time.time() - 7200,) * 2)
    assert taken(tmp_path) == (["b"], [])
    assert names(tmp_path) == ["new.tmp"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        '{"version": 1, "bat',
        "[]",
        "null",
        '{"version": 2, "batches": []}',
        document({"xp": 1}),
        "\0",
        document({**A, "id": "\ud800"}),
        "[" * 100_000,
    ],
)
def test_a_broken_file_is_set_aside_and_not_tried_again(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    assert taken(tmp_path) == ([], ["x.json.broken"])
    assert (tmp_path / "x.json.broken").read_text() == content
    assert taken(tmp_path) == ([], [])


def test_what_cannot_be_recorded_now_is_found_again(tmp_path):
    def full_disk(*_):
        raise StorageError("disk full")

    (tmp_path / "x.json").write_text(document(A))
    with pytest.raises(StorageError):
        take_in(tmp_path, "here", full_disk)
    assert names(tmp_path) == ["x.json.here.taken"]
    assert taken(tmp_path, "elsewhere") == ([], [])
    assert taken(tmp_path) == (["a"], [])


def test_a_planted_link_is_not_followed(tmp_path):
    (tmp_path / "target").write_text(document(A))
    (tmp_path / "x.json").symlink_to(tmp_path / "target")
    assert taken(tmp_path) == ([], ["x.json.broken"])
