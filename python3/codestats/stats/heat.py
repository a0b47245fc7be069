"""How hot a day's XP is among others', for the heat maps of views and report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["heat_level", "thresholds"]


def thresholds(values: Sequence[int]) -> tuple[int, int, int, int]:
    """The least XP of levels 1 to 4: quartiles of the values above 0, so one wild day dims no other."""
    ranked = sorted(value for value in values if value > 0)
    if not ranked:
        return (1, 1, 1, 1)
    quartiles = [ranked[len(ranked) * part // 4] for part in (1, 2, 3)]
    return (1, quartiles[0], quartiles[1], quartiles[2])


def heat_level(value: int, limits: tuple[int, int, int, int]) -> int:
    """0 for none, 1 to 4 by the thresholds."""
    return 0 if value <= 0 else max(sum(value >= limit for limit in limits), 1)
