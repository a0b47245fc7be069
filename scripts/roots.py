"""Debian roots in .build/roots: where the matrix has its editors from. Made by root with debootstrap, once."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import setup
from editors import DEBIAN_EDITORS, ROOTS, find

if TYPE_CHECKING:
    from pathlib import Path

MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
KEYRING_PACKAGE = "debian-archive-keyring"
PACKAGES = ("vim-nox", "python3-urllib3", "ca-certificates")
NVIM_PACKAGES = ("neovim", "python3-pynvim")


def suites() -> dict[str, list[str]]:
    """Debian suite → names of the editors it has."""
    found: dict[str, list[str]] = {}
    for name, (_, suite) in DEBIAN_EDITORS.items():
        found.setdefault(suite, []).append(name)
    return found


def missing() -> list[str]:
    """The suites that are not set up."""
    return [suite for suite in suites() if not _stamp(suite).exists()]


def set_up(suite: str) -> None:
    """Make the root of a suite; what was downloaded is kept for the next try. Raises setup.SetupError."""
    root = ROOTS / suite
    if not _starts(suite):
        partial = ROOTS / f"{suite}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)
        downloads = ROOTS / "downloads"
        downloads.mkdir(parents=True, exist_ok=True)
        with_nvim = any(name.startswith("nvim") for name in suites()[suite])
        packages = ",".join(PACKAGES + (NVIM_PACKAGES if with_nvim else ()))
        options = ("--variant=minbase", f"--include={packages}", f"--cache-dir={downloads}")
        setup.run("debootstrap", *options, suite, partial, MIRROR)
        partial.rename(root)
        if not _starts(suite):
            raise setup.SetupError(f"the editors in {root} do not start; remove that directory and try again")
    _stamp(suite).write_text("".join(f"{name} {find(name).version()}\n" for name in suites()[suite]))


def set_up_all() -> None:
    """Make what is missing; root only."""
    absent = missing()
    if not absent:
        return
    if os.geteuid() != 0:
        raise setup.SetupError(
            f"the editors of Debian {', '.join(absent)} are not set up; only root can: sudo make matrix-editors"
        )
    if not shutil.which("debootstrap"):
        setup.apt_install("debootstrap", KEYRING_PACKAGE, why="debootstrap is needed to set up the editors")
    for suite in absent:
        set_up(suite)


def _stamp(suite: str) -> Path:
    return ROOTS / f"{suite}.stamp"


def _starts(suite: str) -> bool:
    """Do all editors of that suite start there?"""
    if not (ROOTS / suite).is_dir():
        return False
    try:
        return all("does not start" not in find(name).version() for name in suites()[suite])
    except (OSError, LookupError, subprocess.TimeoutExpired):
        return False
