"""Where the text came from, by language and by month, for the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from codestats.stats.dates import MONTHS
from codestats.stats.sources import came, ranked

if TYPE_CHECKING:
    from codestats.stats.sources import Kinds, Sources

__all__ = ["SourceTables", "source_tables"]

_LANGUAGES = 20
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class SourceTables:
    """All of it, the languages with the most, and the latest months, the newest first."""

    whole: Kinds
    languages: tuple[tuple[str, Kinds], ...]
    months: tuple[tuple[str, Kinds], ...]


def source_tables(sources: Sources) -> SourceTables | None:
    """What there is to show; None where nothing was noted."""
    ever = (date.min, date.max)
    whole = sources.along("", *ever).get("", {})
    if not came(whole):
        return None
    months = sources.along("month", *ever)
    latest = sorted(months, reverse=True)[:_MONTHS]
    return SourceTables(
        whole,
        tuple(ranked(sources.along("language", *ever))[:_LANGUAGES]),
        tuple((f"{MONTHS[int(key[5:]) - 1]} {key[:4]}", months[key]) for key in latest),
    )
