"""Where the text of a period came from, as JSON and as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codestats.data import ledger
from codestats.data.json_output import SCHEMA
from codestats.pulse import KINDS
from codestats.stats.sources import NOTHING, came, ranked
from codestats.storage import sources

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from codestats.stats.periods import Period

    Kinds = Mapping[str, tuple[int, int]]
    Table = Mapping[str, Kinds]

__all__ = ["sources_json", "sources_text"]

_MOST_DAYS = 62  # a row a day for as long as that, else one a month
_WIDTH = 24


def _tables(directory: Path, span: ledger.Span, *dimensions: str) -> list[Table]:
    """What is known along each dimension, at one moment. Raises StorageError."""
    with ledger.opened(directory) as database:
        if database is None:
            return [{} for _ in dimensions]
        with database.reading() as connection:
            return [sources.sums(connection, dimension, *span) for dimension in dimensions]


def _span(period: Period) -> ledger.Span:
    return ledger.EVERYTHING if period.name == "all" else ledger.hours_of(period.first, period.last)


def sources_json(directory: Path, period: Period) -> dict[str, Any]:
    """A period's sources: bytes that came and went, by kind. Raises StorageError."""
    total, languages, dates = _tables(directory, _span(period), "", "language", "date")
    return {
        "schema": SCHEMA,
        "period": period.name,
        "first": min(dates, default=None) if period.name == "all" else period.first.isoformat(),
        "last": max(dates, default=None) if period.name == "all" else period.last.isoformat(),
        "sources": _pairs(total.get("", {})),
        "languages": [{"name": name, "sources": _pairs(kinds)} for name, kinds in ranked(languages)],
        "dates": {day: _pairs(kinds) for day, kinds in dates.items()},
    }


def _pairs(kinds: Kinds) -> dict[str, dict[str, int]]:
    found = {kind: kinds.get(kind, (0, 0)) for kind in KINDS}
    return {kind: {"came": new, "went": gone} for kind, (new, gone) in found.items()}


def sources_text(directory: Path, period: Period) -> str:
    """The shares of what came, by language and over time. Raises StorageError."""
    span = _span(period)
    total, languages, dates, months = _tables(directory, span, "", "language", "date", "month")
    if not total:
        return "\n".join(NOTHING)
    head = "".join(f"{kind:>11}" for kind in KINDS)
    lines = [f"{'Where the text came from':{_WIDTH}}{head}      bytes", _line("all", total[""])]
    lines += ["", *(_line(name, kinds) for name, kinds in ranked(languages))]
    times = dates if len(dates) <= _MOST_DAYS else months
    if len(times) > 1:
        lines += ["", *(_line(time, kinds) for time, kinds in times.items())]
    return "\n".join(lines)


def _line(name: str, kinds: Kinds) -> str:
    whole = came(kinds)
    shares = [kinds.get(kind, (0, 0))[0] for kind in KINDS]
    cells = "".join(f"{f'{100 * new / whole:.0f}%' if new else '-':>11}" for new in shares)
    return f"{name if len(name) < _WIDTH else name[: _WIDTH - 2] + '~':{_WIDTH}}{cells}{whole:>11,}"
