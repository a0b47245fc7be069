"""How days are called: weekdays, months, a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["LONG_MONTHS", "MONTHS", "WEEKDAYS", "day_label"]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
               "October", "November", "December")  # fmt: skip
MONTHS = tuple(name[:3] for name in LONG_MONTHS)


def day_label(day: date) -> str:
    """``3 Aug 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
