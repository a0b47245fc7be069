"""Files that are written for the system, together: all of them, or what was there before."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from codestats.storage.atomic_file import read_file, write_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Made"]


class Made:
    """Some files and what shall be in them."""

    def __init__(self, contents: Mapping[Path, bytes]) -> None:
        self._contents = contents
        self._before: dict[Path, bytes | None] = {}

    def is_there(self) -> bool:
        """Whether all of them are, as they shall be."""
        return all(read_file(path) == content for path, content in self._contents.items())

    def write(self) -> None:
        """Write them. Raises OSError; then all is as it was."""
        try:
            for path, content in self._contents.items():
                self._before[path] = read_file(path)
                write_file(path, content)
        except OSError:
            self.take_back()
            raise

    def take_back(self) -> None:
        """As before `write`, as far as the disk lets us."""
        for path, content in self._before.items():
            with suppress(OSError):
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    write_file(path, content)
