"""How long to wait before trying again."""

from __future__ import annotations

from random import Random

__all__ = ["Backoff"]


class Backoff:
    """Doubling waits in seconds from a floor to a ceiling, with jitter: editors must not come all at once."""

    def __init__(self, floor: float = 15.0, ceiling: float = 900.0, random: Random | None = None) -> None:
        self._floor = floor
        self._ceiling = ceiling
        self._random = random or Random()  # noqa: S311 (jitter is no secret)
        self._failures = 0

    def next(self) -> float:
        """The wait after one more failure."""
        self._failures += 1
        return self.after(self._failures)

    def after(self, failures: int) -> float:
        """The wait after this many failures (1 or more): within a quarter of floor times a power of 2."""
        wait = min(self._floor * 2.0 ** min(failures - 1, 30), self._ceiling)
        return wait * self._random.uniform(0.75, 1.0) if failures > 1 else wait

    def reset(self) -> None:
        """It worked, or the user asks: begin at the floor again."""
        self._failures = 0
