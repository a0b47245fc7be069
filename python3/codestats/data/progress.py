"""How far an import is, as a share of the time it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Progress"]

# Shares of the whole time, as measured at a million rows (scripts/bench_data.py).
_READING = 0.25
_MERGING = 0.45
_ALL_PARTS = _READING + _MERGING  # what is left is adding up, once at the end


class Progress:
    """An import reads and merges its file in one or more parts, then adds up.

    `position` tells how much of the file's `size` is read; `say` is told the share done, 0 to 1, which never falls.
    """

    def __init__(self, size: int, position: Callable[[], int], say: Callable[[float], None]) -> None:
        self._size = max(size, 1)
        self._position = position
        self._say = say
        self._merged_up_to = 0.0

    def reading(self) -> None:
        """Some more rows are read."""
        self._say(self._merged_up_to * _ALL_PARTS + (self._read() - self._merged_up_to) * _READING)

    def merging(self, done: int, of: int) -> None:
        """So many rows of what was read are in the ledger."""
        part = self._read() - self._merged_up_to
        self._say(self._merged_up_to * _ALL_PARTS + part * (_READING + _MERGING * done / max(of, 1)))

    def merged(self) -> None:
        """All that was read is in the ledger."""
        self._merged_up_to = self._read()

    def adding_up(self, left: int, of: int) -> None:
        """So many stale days are left."""
        self._say(_ALL_PARTS + (1 - _ALL_PARTS) * (1 - left / max(of, 1)))

    def _read(self) -> float:
        return min(self._position() / self._size, 1.0)
