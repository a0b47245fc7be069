"""Keeps our compiled modules out of the plugin's directory: it may be read-only, and is the package manager's.

They go to the user's cache directory instead: without any, each start would compile forty modules, and in Vim's
embedded Python that holds the interpreter's lock for milliseconds at a time.
"""

from __future__ import annotations

import os
import sys
import zlib
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader

TYPE_CHECKING = False  # typing takes 10 ms to load, and this is for the editor's main thread in Vim
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import CodeType, ModuleType

    from _typeshed import ReadableBuffer as Buffer

__all__ = ["keep_elsewhere"]

_PACKAGE = __name__.partition(".")[0]


def cache_directory(environ: Mapping[str, str], platform: str = sys.platform) -> str:
    """Where compiled modules go; empty where there is no home for them."""
    if platform == "win32":
        base = environ.get("LOCALAPPDATA", "")
        return os.path.join(base, "codestats", "cache") if base else ""  # noqa: PTH118 (pathlib costs 3 ms)
    home = environ.get("HOME", "")
    base = os.path.join(home, "Library", "Caches" if platform == "darwin" else "")  # noqa: PTH118
    if platform != "darwin":
        base = environ.get("XDG_CACHE_HOME", "") or os.path.join(home, ".cache")  # noqa: PTH118
    return os.path.join(base, "codestats") if base.startswith("/") else ""  # noqa: PTH118


def keep_elsewhere(environ: Mapping[str, str] = os.environ) -> None:
    """From now on our modules' compiled forms are kept in the user's cache directory. Safe to call again."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(cache_directory(environ)))


class _Finder:
    """Finds the modules of this package as usual, and gives them another loader."""

    def __init__(self, directory: str) -> None:
        self._directory = directory if _is_safe(directory) else ""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is None or not name.startswith(_PACKAGE + "."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path, self._directory)
        return spec


class _Loader(SourceFileLoader):
    """Reads and writes compiled code in the cache directory, whatever sys.dont_write_bytecode says of other modules."""

    def __init__(self, name: str, path: str, directory: str) -> None:
        super().__init__(name, path)
        self._directory = directory

    def get_code(self, fullname: str) -> CodeType | None:
        before, sys.dont_write_bytecode = sys.dont_write_bytecode, not self._directory
        try:
            return super().get_code(fullname)
        finally:
            sys.dont_write_bytecode = before

    def get_data(self, path: str) -> bytes:
        return super().get_data(self._cached() if path != self.path else path)

    def set_data(self, path: str, data: Buffer, *, _mode: int = 0o600) -> None:
        super().set_data(self._cached() if path != self.path else path, data, _mode=0o600)

    def _cached(self) -> str:
        """By the source's path too: in a Nix store all files are equally old, and versions lie side by side."""
        if not self._directory:
            raise OSError("no cache directory")
        path = self.path.encode(errors="surrogateescape")
        origin = f"{zlib.crc32(path):08x}{zlib.adler32(path):08x}"  # hashlib takes 10 ms to load
        return os.path.join(  # noqa: PTH118
            self._directory, f"{self.name}.{origin}.{sys.implementation.cache_tag}.pyc"
        )


def _is_safe(directory: str) -> bool:
    """What is loaded from here is run: the directory must be the user's own, and nobody else may write to it."""
    if not directory:
        return False
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)  # noqa: PTH103
        found = os.lstat(directory)
    except OSError:
        return False
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)
