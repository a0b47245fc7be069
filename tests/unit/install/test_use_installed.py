"""A command in a shell finds what was installed for the editors."""

from __future__ import annotations

import os
import sys

import pytest

from codestats import paths
from codestats.cli import main

HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def place(home, monkeypatch):
    """Where packages are in a private environment of this Python; the path of modules is as before afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr("codestats.install.requirements.lacking", lambda *_: "urllib3")
    place = paths.environment_dir(paths.data_dir("", os.environ)) / "lib" / HERE / "site-packages"
    place.mkdir(parents=True)
    paths.data_dir("", os.environ).chmod(0o700)
    return place


@pytest.mark.skipif(os.name == "nt", reason="another layout")
@pytest.mark.parametrize(
    "words",
    [("profile",), ("drain", "--quiet"), ("health",), ("backup", "b", "--no-profile"), ("report", "-o", "r")],
)
def test_it_comes_after_all_others(words, place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    main(list(words))
    assert sys.path[-1] == str(place)


@pytest.mark.skipif(os.name == "nt", reason="another layout")
def test_packages_of_another_python_are_left_alone(place):
    place.parent.rename(place.parent.with_name("python3.1"))
    before = list(sys.path)
    main(["profile"])
    assert sys.path == before
