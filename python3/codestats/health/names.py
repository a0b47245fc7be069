"""Languages that the own profile has under two names: what there is to say of it, in health and elsewhere."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from codestats import paths
from codestats.languages import families, filetypes_of
from codestats.profile import Profile, parse_profile
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.name_choices import chosen_names
from codestats.storage.owners import Owner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from codestats.health.finding import Finding
    from codestats.profile import Tally
    from codestats.settings import Settings

__all__ = ["Twice", "languages_twice", "name_findings"]


class Twice(NamedTuple):
    """A language that a profile has under several names: its `entries`, and the `line` of Vimscript that settles it."""

    entries: tuple[Tally, ...]
    line: str

    def __str__(self) -> str:
        return _listed(self.entries)

    def besides(self, one: Tally) -> str:
        """The other entries."""
        return _listed([tally for tally in self.entries if tally is not one])


def _listed(entries: Iterable[Tally]) -> str:
    *first, last = (f'"{tally.name}" ({tally.xp:,} XP)' for tally in entries)
    return f"{', '.join(first)} and {last}" if first else last


def languages_twice(profile: Profile, settings: Settings, chosen: Mapping[str, str]) -> list[Twice]:
    """The languages with XP under several of their names, unless the user has settled it.

    It is settled where `g:codestats_languages` names one of its filetypes, or `g:codestats_language_names` is set.
    `chosen`: name of the table → the one that was chosen for this user.
    """
    if settings.language_names:
        return []
    there = {tally.name.casefold(): tally for tally in profile.languages}
    found = []
    for default, others in families().items():
        entries = tuple(there[name.casefold()] for name in (default, *others) if name.casefold() in there)
        filetypes = filetypes_of(default)
        if len(entries) > 1 and not settings.languages.keys() & set(filetypes):
            name = chosen.get(default) or max(entries, key=lambda tally: tally.xp).name
            found.append(Twice(entries, _line(name, filetypes, has_own=bool(settings.languages))))
    return found


def _line(name: str, filetypes: Iterable[str], *, has_own: bool) -> str:
    pairs = ", ".join(f"{_quoted(filetype)}: {_quoted(name)}" for filetype in filetypes)
    return f"add {pairs} to g:codestats_languages" if has_own else f"let g:codestats_languages = {{{pairs}}}"


def name_findings(settings: Settings, directory: Path | None) -> list[Finding]:
    """A finding for each of these languages, by the last profile that was kept. Raises StorageError."""
    path = paths.database_file(directory) if directory else None
    if path is None or not path.exists() or not settings.username:
        return []
    with closing(Database(path)) as database:
        kept = History(database).kept_profile(settings.api_url, settings.username)
        with database.reading() as connection:
            chosen = chosen_names(connection, Owner.of(settings))
    found = languages_twice(parse_profile(kept[1]) if kept else Profile(), settings, chosen)
    return [
        ("warn", f"one language has several entries in your profile: {twice}", twice.line) for twice in found
    ]


def _quoted(text: str) -> str:
    """As a string of Vimscript."""
    return "'" + text.replace("'", "''") + "'"
