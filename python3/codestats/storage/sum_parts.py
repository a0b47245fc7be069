"""Which rows of which sums make up a span of days: whole years and months where there are any, days at both ends."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

__all__ = ["DAY", "MONTH", "YEAR", "Part", "parts_of"]

DAY, MONTH, YEAR = range(3)


class Part(NamedTuple):
    """The rows of a table whose `span` is from `first` to `last`, both included, as text."""

    table: str
    first: str
    last: str


def parts_of(first: date, last: date, coarsest: int) -> list[Part]:
    """The parts of the days from `first` to `last`, none of them coarser than DAY, MONTH or YEAR."""
    begin = _month(first) + (first.day > 1)  # the first month that is whole
    end = _month(last) + (last.day == monthrange(last.year, last.month)[1])  # the one after the last
    if coarsest == DAY or begin >= end:
        return [Part("sum_day", first.isoformat(), last.isoformat())] if first <= last else []
    parts = _months(begin, end, coarsest)
    if begin > _month(first):
        parts.append(Part("sum_day", first.isoformat(), f"{_name(begin - 1)}-31"))
    if end <= _month(last):
        parts.append(Part("sum_day", f"{_name(end)}-01", last.isoformat()))
    return parts


def _months(begin: int, end: int, coarsest: int) -> list[Part]:
    """The months from `begin` on and before `end`, by years where that may be."""
    years, after = -(-begin // 12), end // 12
    if coarsest == MONTH or years >= after:
        return [Part("sum_month", _name(begin), _name(end - 1))]
    parts = [Part("sum_year", f"{years:04}", f"{after - 1:04}")]
    if begin < 12 * years:
        parts.append(Part("sum_month", _name(begin), _name(12 * years - 1)))
    if 12 * after < end:
        parts.append(Part("sum_month", _name(12 * after), _name(end - 1)))
    return parts


def _month(day: date) -> int:
    """Months are counted from the year 0 on."""
    return 12 * day.year + day.month - 1


def _name(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"
