"""This machine's git, for editors in Debian roots (matrix.py), which have none: package managers run it there.

environment(spec, directory)    what Editor.start(env=…) takes so that this editor finds a git

A copy with the libraries that it was linked with, in a directory that the roots see too (below /tmp).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from editors import ROOTS, SYSTEM_PATH, EditorSpec

__all__ = ["environment"]

WRAPPER = """#!/bin/sh
GIT_EXEC_PATH={directory}/core GIT_TEMPLATE_DIR={directory}/templates
export GIT_EXEC_PATH GIT_TEMPLATE_DIR
exec {directory}/lib/{loader} --argv0 "$0" --library-path {directory}/lib {directory}/lib/{program} "$@"
"""
HELPER = "git-sh-i18n--envsubst"
"""The only other program that git's scripts start, for `git submodule` where there is no gettext."""


def environment(spec: EditorSpec, directory: Path) -> dict[str, str]:
    """Git is laid into {directory} when the first editor needs it; editors at hand have their own."""
    if str(ROOTS) not in " ".join(spec.command):
        return {}
    if not directory.exists():
        _lay(directory)
    return {"PATH": f"{directory / 'bin'}:{SYSTEM_PATH}"}


def _lay(directory: Path) -> None:
    git = shutil.which("git")
    if not git:
        raise LookupError("no git in PATH: package managers need it")
    own = Path(_output(git, "--exec-path").strip())
    for name in ("bin", "lib", "core", "templates"):
        (directory / name).mkdir(parents=True)
    libraries = re.findall(r"(/\S+) \(", _output("ldd", git))
    for library in libraries:
        shutil.copy(library, directory / "lib")
    loader = next(Path(library).name for library in libraries if "/ld-" in library)
    for program, wrapper in (
        (Path(git), directory / "bin" / "git"),
        (own / HELPER, directory / "core" / HELPER),
    ):
        shutil.copy(program, directory / "lib")
        wrapper.write_text(WRAPPER.format(directory=directory, loader=loader, program=program.name))
        wrapper.chmod(0o755)
    for command in own.iterdir():
        if command.samefile(own / "git"):  # git under its commands' names
            (directory / "core" / command.name).symlink_to(directory / "bin" / "git")
        elif command.is_file() and command.read_bytes()[:4] != b"\x7fELF":
            shutil.copy(command, directory / "core")


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
