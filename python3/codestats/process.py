"""Programs that the core runs, as autoload/codestats/program.vim has those of the editor.

Each is found by its absolute path in absolute entries of PATH, and runs in the root directory: what lies in the
current directory, or is found relative to it, is somebody else's. No descriptors are inherited, and time is bounded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_ROOT = str(Path(os.sep).resolve())

__all__ = ["environment", "find", "run"]


def find(name: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """The absolute path of a program, or None."""
    return shutil.which(name, path=_absolute(environ.get("PATH", os.defpath)))


def environment(environ: Mapping[str, str] = os.environ, *, without: Collection[str] = ()) -> dict[str, str]:
    """What a program gets: all but PYTHON…, which is for other Pythons than ours, and but the names `without`."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("PYTHON") and name not in without
    }
    return {**kept, "PATH": _absolute(environ.get("PATH", os.defpath)), "PWD": _ROOT}


def run(
    *command: str, seconds: float, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end, with nothing to read. Raises OSError, subprocess.SubprocessError."""
    if not Path(command[0]).is_absolute():
        raise FileNotFoundError(f"no program to run: {command[0]!r}")
    return subprocess.run(  # noqa: S603 (an absolute path, and words of our own)
        command,
        check=False,
        cwd=_ROOT,
        env=environment() if environ is None else environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds,
    )


def _absolute(path: str) -> str:
    return os.pathsep.join(entry for entry in path.split(os.pathsep) if Path(entry).is_absolute())
