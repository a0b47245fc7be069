from __future__ import annotations

import os
from pathlib import Path

import pytest

from codestats import paths
from codestats.exceptions import UnsafeDirectoryError


@pytest.mark.parametrize(
    "environ, platform, directory",
    [
        ({"HOME": "/h"}, "linux", "/h/.local/state/codestats"),
        ({"HOME": "/h", "XDG_STATE_HOME": "/s"}, "linux", "/s/codestats"),
        ({"HOME": "/h", "XDG_STATE_HOME": "relative"}, "linux", "/h/.local/state/codestats"),
        ({"HOME": "/h", "XDG_STATE_HOME": "/s", "CODESTATS_DATA_DIR": "/d"}, "linux", "/d"),
        ({"HOME": "/h", "CODESTATS_DATA_DIR": " d "}, "linux", f"{Path.cwd()}/d"),
        ({"HOME": "/h"}, "darwin", "/h/Library/Application Support/codestats"),
        ({"HOME": "/h", "LOCALAPPDATA": "/l"}, "win32", "/l/codestats"),
        ({"USERPROFILE": "/u"}, "win32", "/u/AppData/Local/codestats"),
    ],
)
def test_where_data_is_kept(environ, platform, directory):
    assert paths.data_dir("", environ, platform) == Path(directory)
    assert paths.data_dir("/given", environ, platform) == Path("/given")


def test_machines_that_share_a_home_are_told_apart(tmp_path):
    (tmp_path / "one").write_text("0123\n")
    (tmp_path / "two").write_text("4567\n")
    keys = {paths.machine_key(str(tmp_path / name)) for name in ("one", "two", "none")}
    assert len(keys) == 3
    assert "local" in keys
    assert all(len(key) in (5, 8) for key in keys)


def test_an_own_directory_is_closed_to_others(tmp_path):
    directory = tmp_path / "a" / "b"
    assert paths.ensure_private_dir(directory) == directory
    directory.chmod(0o755)
    paths.ensure_private_dir(directory)
    assert directory.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def somebody_else(monkeypatch):
    """Files made so far belong to another user, as seen from now on."""
    monkeypatch.setattr(os, "getuid", lambda: 12345)


def test_a_directory_of_somebody_else_is_refused(tmp_path, somebody_else):
    with pytest.raises(UnsafeDirectoryError, match="another user"):
        paths.ensure_private_dir(tmp_path)


def test_a_file_of_somebody_else_is_refused(tmp_path, somebody_else):
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(UnsafeDirectoryError):
        paths.own_file(path)


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("/etc/passwd"), Path.mkdir, os.mkfifo])
def test_what_is_no_plain_file_is_refused(tmp_path, make):
    make(tmp_path / "file")
    with pytest.raises(UnsafeDirectoryError):
        paths.own_file(tmp_path / "file")
