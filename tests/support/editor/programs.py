"""Small programs that stand for a Python, a browser and the like."""

from __future__ import annotations

from pathlib import Path


def user_site(home: Path, packages: Path) -> None:
    """Let the machine's own Pythons, of whatever version, have these as the user's own packages."""
    for minor in range(8, 21):
        site = home / ".local" / "lib" / f"python3.{minor}"
        site.mkdir(parents=True)
        (site / "site-packages").symlink_to(packages)


def program(path: Path, text: str) -> str:
    """A shell script that can be run; returns its path as text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)
