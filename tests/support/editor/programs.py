"""Small programs that stand for a Python, a browser and the like."""

from __future__ import annotations

from pathlib import Path


def program(path: Path, text: str) -> str:
    """A shell script that can be run; returns its path as text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)
