"""What is released: one version everywhere, and an archive with what users need and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from codestats import __version__

ROOT = Path(__file__).resolve().parents[2]


def archive() -> set[str]:
    """Top-level entries of what `git archive` makes of the attributes in the working tree."""
    command = ["git", "archive", "--worktree-attributes", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with tarfile.open(fileobj=BytesIO(done.stdout)) as tar:
        return {name.split("/")[0] for name in tar.getnames()} | {
            name for name in tar.getnames() if name.startswith("doc/")
        }


def test_one_version():
    manifest = json.loads((ROOT / ".github" / "release-please-manifest.json").read_text())
    package = json.loads((ROOT / "pkg.json").read_text())
    project = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert manifest == {".": __version__}
    assert package["version"] == __version__
    assert project is None  # pyproject.toml takes it from the package
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text().splitlines()


def test_a_release_has_what_users_need_and_no_more():
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    names = archive()
    needed = {
        "autoload",
        "doc",
        "lua",
        "plugin",
        "python3",
        "rplugin",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
    }
    assert needed | {"doc/codestats.txt"} <= names
    assert not names & {"tests", "scripts", "Makefile", ".github", ".ci", "doc/dev", "doc/screens"}


def test_the_rock_copies_every_runtime_directory():
    rock = (ROOT / "codestats.vim-scm-1.rockspec").read_text()
    copied = set(re.findall(r"'(\w+)'", rock.split("copy_directories", 1)[1].splitlines()[0]))
    assert copied == {"autoload", "doc", "plugin", "python3", "rplugin"}
