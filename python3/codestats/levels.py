"""Levels by the service's formula (API documentation, *Terms: Level*).

``level = floor(0.025 * sqrt(xp))``, computed in integers: 0.025 is 1/40, so level L starts at
(40 L)² XP, and no rounding of a square root can move a border.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

__all__ = ["Standing", "level_of", "progress", "standing", "xp_of"]


def level_of(xp: int) -> int:
    """The level reached with ``xp``; 0 for none (and for nonsense below 0)."""
    return isqrt(max(xp, 0)) // 40


def xp_of(level: int) -> int:
    """The XP at which ``level`` starts."""
    return (40 * max(level, 0)) ** 2


def progress(xp: int) -> float:
    """The way from this level to the next, in [0, 1)."""
    return standing(xp).progress


@dataclass(frozen=True, slots=True)
class Standing:
    """Where some XP stands between two levels.

    ``gained`` XP of the ``span`` between the borders of ``level`` and the next one.
    """

    xp: int
    level: int
    gained: int
    span: int

    @property
    def missing(self) -> int:
        """XP to the next level, 1 or more."""
        return self.span - self.gained

    @property
    def progress(self) -> float:
        """The part of the way done; kept below 1.0 where floats would round up."""
        return min(self.gained / self.span, 1 - 2**-53)


def standing(xp: int) -> Standing:
    """The level of ``xp`` with the way to the next one."""
    xp = max(xp, 0)
    level = level_of(xp)
    start = xp_of(level)
    return Standing(xp, level, xp - start, xp_of(level + 1) - start)
