"""This machine's git, for editors in Debian roots (matrix.py), which have none: package managers run it there.

environment(spec, folder)    what Editor.start(env=…) takes so that this editor finds a git

A copy with the libraries that it was linked with, in a folder that the roots see too (below /tmp).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from editors import ROOTS, SYSTEM_PATH, EditorSpec

__all__ = ["environment"]

WRAPPER = """#!/bin/sh
GIT_EXEC_PATH={folder}/core GIT_TEMPLATE_DIR={folder}/templates
export GIT_EXEC_PATH GIT_TEMPLATE_DIR
exec {folder}/lib/{loader} --argv0 "$0" --library-path {folder}/lib {folder}/lib/{program} "$@"
"""
HELPER = "git-sh-i18n--envsubst"
"""The only other program that git's scripts start, for `git submodule` where there is no gettext."""


def environment(spec: EditorSpec, folder: Path) -> dict[str, str]:
    """Git is laid into {folder} when the first editor needs it; editors at hand have their own."""
    if str(ROOTS) not in " ".join(spec.command):
        return {}
    if not folder.exists():
        _lay(folder)
    return {"PATH": f"{folder / 'bin'}:{SYSTEM_PATH}"}


def _lay(folder: Path) -> None:
    git = shutil.which("git")
    if not git:
        raise LookupError("no git in PATH: package managers need it")
    own = Path(_output(git, "--exec-path").strip())
    for name in ("bin", "lib", "core", "templates"):
        (folder / name).mkdir(parents=True)
    libraries = re.findall(r"(/\S+) \(", _output("ldd", git))
    for library in libraries:
        shutil.copy(library, folder / "lib")
    loader = next(Path(library).name for library in libraries if "/ld-" in library)
    for program, wrapper in ((Path(git), folder / "bin" / "git"), (own / HELPER, folder / "core" / HELPER)):
        shutil.copy(program, folder / "lib")
        wrapper.write_text(WRAPPER.format(folder=folder, loader=loader, program=program.name))
        wrapper.chmod(0o755)
    for command in own.iterdir():
        if command.samefile(own / "git"):  # git under its commands' names
            (folder / "core" / command.name).symlink_to(folder / "bin" / "git")
        elif command.is_file() and command.read_bytes()[:4] != b"\x7fELF":
            shutil.copy(command, folder / "core")


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
