"""Which language a filetype's XP goes to.

The names are data: ``languages.tsv`` beside this file, one line a filetype,

    filetype <TAB> name

with ``-`` for a filetype that is no language (a file tree, a quickfix list) and earns nothing.
``language_sets.tsv`` has the names that other clients of the service give instead: a column a client,
nothing where it has ours.
Where the names come from is told in doc/languages.md; ``scripts/languages.py`` checks the table.

This module knows no editor. What it costs: nothing on import, one read of the table (some
25 kB, a millisecond) at the first question.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from codestats.text import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "DEFAULT_NAMES",
    "NO_LANGUAGE",
    "PLAIN_TEXT",
    "Languages",
    "Named",
    "clean_name",
    "families",
    "filetypes_of",
    "spellings",
]

PLAIN_TEXT = "Plain text"
"""The name for text of no filetype; the service gives a blank name this one too (doc/dev/service-api.md)."""

NO_LANGUAGE = "-"
"""Stands for "no language, earns nothing", in the table and in the user's words alike."""

DEFAULT_NAMES = "default"
"""The value of `language_names` with which the table decides alone, and the profile does not."""

_TABLE = Path(__file__).with_name("languages.tsv")
_SETS = Path(__file__).with_name("language_sets.tsv")

# The plugin that these editors had before: its `C/C++` is in the profile of whoever comes from it, and would put two
# languages that all other clients tell apart together for good. Who wants its names asks for the set.
_PREDECESSOR = "code-stats-vim"

# Unicode categories that have no business in a name: controls (with NUL), invisible format
# characters (bidi marks, zero-width joiners, BOM), lone surrogates.
_UNWANTED = frozenset({"Cc", "Cf", "Cs"})
_BLANKS = re.compile(r"\s+")


def clean_name(name: object) -> str:
    """Return ``name`` as the service can take it: one printable line of 1 to 255 characters.

    Blanks are trimmed and run together, controls, invisible characters and lone surrogates
    removed, the rest composed (NFC). Nothing left, or no text at all, means ``Plain text``.
    Cleaning twice changes nothing.
    """
    text = _BLANKS.sub(" ", name) if isinstance(name, str) else ""
    if not text.isascii() or not text.isprintable():
        text = "".join(filter(_is_wanted, text))
        text = _BLANKS.sub(" ", unicodedata.normalize("NFC", text))
    return text.strip()[:LONGEST_NAME].rstrip() or PLAIN_TEXT


def _is_wanted(character: str) -> bool:
    return unicodedata.category(character) not in _UNWANTED


@lru_cache(maxsize=2)
def _table(naming: str) -> dict[str, str]:
    """Read the table: filetype → name, with another client's names where that naming is asked for.

    Raises OSError if a file is missing: then the installation is broken, and saying so is
    better than sending XP under other names.
    """
    table: dict[str, str] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        filetype, name = line.split("\t")
        table[filetype] = name
    return table | _set(naming) if naming else table


@lru_cache(maxsize=2)
def _set(naming: str) -> dict[str, str]:
    """What one client calls otherwise; nothing for one that is not known."""
    heading, *lines = (line.split("\t") for line in _SETS.read_text(encoding="utf-8").splitlines())
    if naming not in heading[1:]:
        return {}
    column = heading.index(naming)
    return {line[0]: line[column] for line in lines if line[column]}


@lru_cache(maxsize=1)
def _families() -> dict[str, tuple[str, ...]]:
    """Name of the table → what clients of other editors call that language.

    A name that is another language's in the table (`Properties`) says nothing of this one.
    """
    table = _table("")
    taken = {name.casefold() for name in table.values()}
    (_, *clients), *lines = (line.split("\t") for line in _SETS.read_text(encoding="utf-8").splitlines())
    families: dict[str, dict[str, str]] = {}
    for filetype, *names in lines:
        family = families.setdefault(table.get(filetype, ""), {})
        for client, name in zip(clients, names, strict=True):
            if name and client != _PREDECESSOR and name.casefold() not in taken:
                family[name.casefold()] = name
    return {default: tuple(family.values()) for default, family in families.items() if default and family}


@lru_cache(maxsize=1)
def families() -> Mapping[str, tuple[str, ...]]:
    """Name of the table → the names that other clients give to that language alone (not `Git`, which is two here)."""
    of_several = [name for names in _families().values() for name in names]
    alone = {
        default: tuple(name for name in names if of_several.count(name) == 1)
        for default, names in _families().items()
    }
    return {default: names for default, names in alone.items() if names}


def filetypes_of(default: str) -> tuple[str, ...]:
    """The filetypes that go by a name of the table."""
    return tuple(filetype for filetype, name in _table("").items() if name == default)


def spellings(default: str) -> tuple[str, ...]:
    """What other clients call the language of this name of the table."""
    return _families().get(default, ())


class Named(NamedTuple):
    """A `language` (None: earns nothing) and, for people, why. `undecided`: the profile has still to decide."""

    language: str | None
    why: str
    undecided: bool = False


class Languages:
    """The user's and our own table of names, asked with a key of a batch.

    ``overrides``: the user's filetype → name; a name that is empty or ``-`` means the filetype
    is no language. ``ignored``: filetypes that earn nothing, alone and as a part of a compound
    one. ``naming``: a client whose names are to be used (``vscode``); ``default`` for ours; '' for
    ours where the user's profile has not chosen another one: ``chosen`` has those, by our name.

    A compound filetype (``html.erb``) goes by the user's name for the whole, by the table's for
    the whole, then in the same way by its first part that is known.
    """

    def __init__(
        self,
        overrides: Mapping[str, str] | None = None,
        ignored: Iterable[str] = (),
        naming: str = "",
    ) -> None:
        self._overrides = dict(overrides or {})
        self._ignored = frozenset(ignored)
        self._naming = naming
        self.chosen: Mapping[str, tuple[str, str]] = {}
        """Name of the table → the name that was chosen, and why (storage/name_choices.py)."""

    def resolve(self, key: str) -> str | None:
        """Return the language of ``key``, or None if it earns nothing. Never raises for a key.

        ``key`` is a filetype (``''``: none), or ``=Name`` for a name given outright.
        """
        return self.explain(key).language

    def explain(self, key: str) -> Named:
        """Return the language of ``key`` and, for people, why. Never raises for a key."""
        if key.startswith("="):
            return _named(key[1:], "the name was given outright")
        parts = [key, *filter(None, key.split("."))] if "." in key else [key]
        for part in parts:
            if part in self._ignored:
                return Named(None, f"filetype '{part}' is ignored")
        for part in parts:
            found = self._look_up(part)
            if found is not None:
                return found
        return Named(clean_name(key), f"filetype '{key}' is in no table and goes by its own name")

    @cached_property
    def settled(self) -> Mapping[str, str]:
        """Folded name → the name that the user wants its language to have, of languages that go by several.

        The user's word is one on a filetype of the language, if it is one of its names, or a naming.
        """
        settled: dict[str, str] = {}
        for default, others in families().items():
            filetypes = [
                filetype for filetype in filetypes_of(default) if self._naming or filetype in self._overrides
            ]
            words = {self.explain(filetype).language or "" for filetype in filetypes}
            names = {name.casefold(): name for name in (default, *others)}
            if len(words) == 1 and (word := words.pop()).casefold() in names:
                settled.update(dict.fromkeys(names.keys() - {word.casefold()}, word))
        return settled

    def _look_up(self, filetype: str) -> Named | None:
        """Ask the user's table, then ours; None: neither knows it."""
        if filetype in self._overrides:
            return _named(self._overrides[filetype], f"your name for filetype '{filetype}'")
        if not filetype:
            return self._chosen(PLAIN_TEXT, "the buffer has no filetype")
        table = _table(self._naming)
        name = table.get(filetype) or table.get(filetype.lower())
        if name is None:
            return None
        is_theirs = bool(self._naming) and bool({filetype, filetype.lower()} & _set(self._naming).keys())
        whose = self._naming if is_theirs else "the table"
        return self._chosen(name, f"{whose}'s name for filetype '{filetype}'")

    def _chosen(self, name: str, why: str) -> Named:
        """What the profile has chosen in place of a name of the table."""
        if self._naming or not spellings(name):
            return _named(name, why)
        if name not in self.chosen:
            return Named(
                name, f"{why}, until your profile decides, before the first of it is sent", undecided=True
            )
        chosen, reason = self.chosen[name]
        return Named(chosen, f"{why} is {name}; {reason}" if chosen != name else f"{why}: {reason}")


def _named(name: str, why: str) -> Named:
    if name.strip() in ("", NO_LANGUAGE):
        return Named(None, f"{why}: no language")
    return Named(clean_name(name), why)
