"""What can be asked of some part of what was counted, whoever adds it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import date

__all__ = ["BREAKDOWNS", "DIMENSIONS", "NO_SUMS", "TYPED_WITH", "UNKNOWN", "Sums"]

TYPED_WITH = ("editor", "system")
"""What is noted on this machine alone."""

UNKNOWN = "?"
"""The editor or system of what was typed before it was noted, or imported."""

DIMENSIONS = ("language", "machine", "weekday", "hour", "date", "week", "month", "year", *TYPED_WITH)
"""Keys are text: weekdays "0" (Monday) to "6", hours "00" to "23", a week its Monday."""

BREAKDOWNS = ("machine", "weekday", "hour", "month", *TYPED_WITH)
"""What languages are broken down by, in the order offered."""


class Sums(Protocol):
    """Sums of a part of the ledger (`storage.ledger_stats.LedgerStats`), and narrower parts of it."""

    def __bool__(self) -> bool:
        """Whether there is anything."""

    def between(self, first: date, last: date, hour: int = 23) -> Sums:
        """The part from ``first`` to ``last``, both included, of the last day up to an hour."""

    def until(self, hour: int) -> Sums:
        """What was typed up to that hour of each day."""

    def only(self, dimension: str, *keys: str) -> Sums:
        """The part where ``dimension`` is one of ``keys``. Raises ValueError for a key that is none."""

    @property
    def total(self) -> int:
        """All XP."""

    def by(self, dimension: str) -> dict[str, int]:
        """XP along one of DIMENSIONS: key -> XP."""

    def cross(self, rows: str, columns: str) -> dict[str, dict[str, int]]:
        """XP along two dimensions: row key -> column key -> XP."""

    def active_hours(self) -> dict[str, int]:
        """Language -> number of different hours in which it earned XP; '' -> of any language."""

    def by_date(self) -> dict[date, int]:
        """XP of each day."""

    def best_hours(self, count: int) -> list[tuple[str, int]]:
        """The hours (``YYYY-MM-DDTHH``) with the most XP, and that XP, best first."""


class _NoSums:
    """Nothing was counted."""

    total = 0

    def __bool__(self) -> bool:
        return False

    def between(self, first: date, last: date, hour: int = 23) -> Sums:  # noqa: ARG002 (as of all the others)
        return self

    def until(self, hour: int) -> Sums:  # noqa: ARG002
        return self

    def only(self, dimension: str, *keys: str) -> Sums:  # noqa: ARG002
        return self

    def by(self, dimension: str) -> dict[str, int]:  # noqa: ARG002
        return {}

    def cross(self, rows: str, columns: str) -> dict[str, dict[str, int]]:  # noqa: ARG002
        return {}

    def active_hours(self) -> dict[str, int]:
        return {"": 0}

    def by_date(self) -> dict[date, int]:
        return {}

    def best_hours(self, count: int) -> list[tuple[str, int]]:  # noqa: ARG002
        return []


NO_SUMS: Sums = _NoSums()
