"""Finding settings files that have a token in them and that others can read, or that git tracks."""

from __future__ import annotations

import os
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codestats import process

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Found", "find"]

_MOST_FILES = 2000
_LARGEST = 1024 * 1024  # bytes
_SUFFIXES = (".vim", ".lua", ".vimrc", ".json", ".toml", ".sh", ".env", "")
_GIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """A file with a token in it."""

    path: Path
    is_public: bool
    is_tracked: bool


def find(tokens: Iterable[str], places: Iterable[str]) -> list[Found]:
    """Files among `places` (files, and directories with all that is in them) that have one of the tokens in them."""
    wanted = [token.encode("utf-8", "surrogatepass") for token in tokens]
    found: dict[Path, Found] = {}
    for path in _files(places):
        real = Path(os.path.realpath(path))
        if real not in found and _has(real, wanted):
            found[real] = Found(path, _is_public(real), _is_tracked(real))
    return list(found.values())


def _files(places: Iterable[str]) -> Iterator[Path]:
    left = _MOST_FILES
    for place in places:
        for path in _inside(Path(os.path.expanduser(place))):  # noqa: PTH111 (a Path's may raise)
            left -= 1
            if left < 0:
                return
            yield path


def _inside(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
        return
    for directory, directories, names in os.walk(place):
        directories[:] = [
            name for name in directories if name not in (".git", "node_modules", "pack", "bundle", "plugged")
        ]
        for name in names:
            if Path(name).suffix in _SUFFIXES:
                yield Path(directory, name)


def _has(path: Path, wanted: Iterable[bytes]) -> bool:
    with suppress(OSError):
        if path.is_file() and path.stat().st_size <= _LARGEST:
            content = path.read_bytes()
            return any(token in content for token in wanted)
    return False


def _is_public(path: Path) -> bool:
    """Whether someone else can read the file: by its own permissions and those of all directories above it."""
    if os.name != "posix":
        return False
    with suppress(OSError):
        if not path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            return False
        return all(directory.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH) for directory in path.parents)
    return False


def _is_tracked(path: Path) -> bool:
    """Whether git tracks the file; False where there is no git, or it doesn't say in time."""
    # A repository's own settings may name a program to run: core.fsmonitor.
    query = ["-c", "core.fsmonitor=false", "-C", str(path.parent), "ls-files", "--error-unmatch"]
    with suppress(OSError, subprocess.SubprocessError):
        return (
            process.run(process.find("git") or "", *query, "--", path.name, seconds=_GIT_SECONDS).returncode
            == 0
        )
    return False
