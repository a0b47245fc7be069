"""What was counted on this machine since a profile was got: what waits, and what has been sent meanwhile.

Sent XP is in no queue any more and not yet in the profile: without it a window would show less once a pulse arrived.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codestats.stats.sums import Sums

__all__ = ["CountedSince"]


class CountedSince:
    """Remembers where the history stood when the profile came."""

    def __init__(self) -> None:
        self._fetched_at = 0.0
        self._first = date.min
        self._base: Mapping[str, int] = {}
        self._unsent: Mapping[str, int] = {}

    def counted(
        self, fetched_at: float, unsent: Mapping[str, int], sums: Sums, today: date
    ) -> dict[str, int]:
        """Language -> XP that the profile got at ``fetched_at`` has not. Asked first as soon as it is there."""
        if fetched_at != self._fetched_at:
            self._fetched_at, self._unsent = fetched_at, dict(unsent)
            self._first = max(today, date.min + timedelta(days=1)) - timedelta(days=1)
            self._base = self._now(sums)
        counted = dict(self._unsent)
        for language, xp in self._now(sums).items():
            more = xp - self._base.get(language, 0)
            if more > 0:
                counted[language] = counted.get(language, 0) + more
        return {language: max(xp, unsent.get(language, 0)) for language, xp in {**unsent, **counted}.items()}

    def _now(self, sums: Sums) -> dict[str, int]:
        return sums.between(self._first, date.max).by("language")
