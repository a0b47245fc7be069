"""What a Python needs to run the core: which packages, how new, and whether they are there.

The version is read off the name of the directory that installers put beside a package: importlib.metadata takes 25 to
300 ms to load (measured on 3.11 and 3.13), importing urllib3 as long.
"""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder

__all__ = ["LACKS", "OLDEST", "demand", "lacking", "version_of"]

OLDEST = {"pynvim": (0, 4, 2), "urllib3": (1, 26)}
"""0.4.2 is what Debian 12 has; 0.4.1 and older were not tried."""

LACKS = {"pynvim": 72, "urllib3": 73, "sqlite3": 74, "ssl": 75}
"""Exit statuses that tell codestats#python which module this Python lacks; 71 is Python itself."""

_BUILT = ("sqlite3", "ssl")
"""Modules that a Python may have been built without."""

# urllib3-2.3.0.dist-info; urllib3-1.26.12.egg-info and pynvim-0.4.2-py3.11.egg-info at Debian 12's
_NAME = re.compile(r"[^-]+-(\d[\w.!+]*?)(?:-py[\d.]+)?\.\w+-info$")

Finder = Callable[[str], "ModuleSpec | None"]


def demand(*packages: str) -> None:
    """Import the packages, or end the process with the status that says what is lacking."""
    what = lacking(*packages)
    if what:
        sys.exit(LACKS[what])
    for package in packages:
        import_module(package)


def lacking(*packages: str, find: Finder = PathFinder.find_spec) -> str:
    """The first module that this Python was built without, package that is missing or too old, or nothing."""
    built = (module for module in _BUILT if not _can_import(module))
    return next(built, "") or next((package for package in packages if not _suffices(package, find)), "")


def _can_import(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def version_of(package: str, find: Finder = PathFinder.find_spec) -> str | None:
    """Its version; empty if that can't be told, None if the package is not there."""
    try:
        spec = find(package)
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.origin:
        return None
    beside = os.path.dirname(os.path.dirname(spec.origin))  # noqa: PTH120 (pathlib costs 3 ms)
    pattern = os.path.join(glob.escape(beside), f"{package}-*-info")  # noqa: PTH118
    names = [os.path.basename(path) for path in glob.glob(pattern)]  # noqa: PTH119, PTH207
    versions = [match[1] for match in map(_NAME.match, names) if match]
    return max(versions, key=_numbers, default="")


def _suffices(package: str, find: Finder) -> bool:
    version = version_of(package, find)
    return version is not None and (not version or _numbers(version) >= OLDEST[package])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
