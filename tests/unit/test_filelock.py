"""The lock between processes."""

from __future__ import annotations

import errno

import pytest

from codestats.filelock import LockHeldError, exclusive

fcntl = pytest.importorskip("fcntl")


def test_it_is_for_one(tmp_path):
    with exclusive(tmp_path / "lock"), pytest.raises(LockHeldError), exclusive(tmp_path / "lock"):
        pass
    with exclusive(tmp_path / "lock"):
        pass


def test_without_locks_there_is_none_to_hold(tmp_path, monkeypatch):
    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with exclusive(tmp_path / "lock"), exclusive(tmp_path / "lock"):
        pass
