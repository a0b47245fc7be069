"""Where text came from, whoever adds it up: bytes that came and went, by kind of change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from codestats.pulse import KINDS

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "LIMITS",
    "NOTHING",
    "NOTHING_THEN",
    "NO_SOURCES",
    "WORDS",
    "Kinds",
    "Sources",
    "came",
    "ranked",
    "settle",
    "shares",
]

Kinds = Mapping[str, tuple[int, int]]
"""What came and went, by kind."""

NOTHING = (
    "Nothing is noted of where the text came from.",
    "Set g:codestats_sources to 1: from then on it is noted (:help codestats-sources).",
)

NOTHING_THEN = "Nothing is noted of where the text of this time came from."

WORDS = {"tools": "by tools", "formatted": "by formatters"}
"""Kinds in a sentence, where their names will not do."""

LIMITS = (
    "Shares of the bytes that came. A terminal without bracketed paste types its pastes; a suggestion taken by a key "
    "is a completion, whoever made it; Vim before 9.1.0597 sees no keys and has pastes and snippets among the commands."
)
"""What it cannot know."""


class Sources(Protocol):
    """What was noted on this machine (`storage.sources.SourceSums`)."""

    def along(self, dimension: str, first: date, last: date) -> Mapping[str, Kinds]:
        """What came and went on those days, along '' (all), 'language', 'date' or 'month': key → kind → bytes."""


class _NoSources:
    def along(self, dimension: str, first: date, last: date) -> Mapping[str, Kinds]:  # noqa: ARG002
        return {}


NO_SOURCES: Sources = _NoSources()


def came(kinds: Kinds) -> int:
    """All bytes that came."""
    return sum(new for new, _ in kinds.values())


def shares(kinds: Kinds) -> dict[str, int]:
    """The bytes that came of each kind, in the order of the kinds, without those of which none came."""
    return {kind: kinds[kind][0] for kind in KINDS if kind in kinds and kinds[kind][0]}


def ranked(table: Mapping[str, Kinds]) -> list[tuple[str, Kinds]]:
    """The keys with the most bytes first."""
    return sorted(table.items(), key=lambda item: (-came(item[1]), item[0]))


def settle(table: Mapping[str, Kinds], names: Mapping[str, str]) -> dict[str, dict[str, tuple[int, int]]]:
    """By language, with those together that `names` (folded name → settled name) makes one."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for name, kinds in table.items():
        summed = found.setdefault(names.get(name.casefold(), name), {})
        for kind, (new, gone) in kinds.items():
            before = summed.get(kind, (0, 0))
            summed[kind] = before[0] + new, before[1] + gone
    return found
