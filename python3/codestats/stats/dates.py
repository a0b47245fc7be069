"""How days are called: weekdays, months, a date."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["LONG_MONTHS", "MONTHS", "WEEKDAYS", "day_label", "days_label", "month_end", "span_label"]

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
               "October", "November", "December")  # fmt: skip
MONTHS = tuple(name[:3] for name in LONG_MONTHS)


def day_label(day: date) -> str:
    """``3 Aug 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def days_label(first: date, last: date) -> str:
    """``3 Aug 2026 to 9 Aug 2026``, ``3 Aug 2026``."""
    return day_label(first) if first == last else f"{day_label(first)} to {day_label(last)}"


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def span_label(first: date, last: date, today: date) -> str:
    """Days in few words: ``1–27 Oct``, ``28 Sep – 3 Oct``, ``October``, ``2025``; the year where it is not today's."""
    year = "" if first.year == last.year == today.year else f" {last.year}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return f"{last.year}"
    if first == last:
        return f"{first.day} {MONTHS[first.month - 1]}{year}"
    if (first.year, first.month) != (last.year, last.month):
        early = f" {first.year}" if first.year != last.year else ""
        begin = f"{first.day} {MONTHS[first.month - 1]}{early}"
        return f"{begin} – {last.day} {MONTHS[last.month - 1]}{year}"
    if first.day == 1 and last == month_end(last):
        return f"{LONG_MONTHS[last.month - 1]}{year}"
    return f"{first.day}–{last.day} {MONTHS[last.month - 1]}{year}"
