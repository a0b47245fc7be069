"""What the health check finds out about languages that the own profile has under two names."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from codestats import paths
from codestats.languages import families, filetypes_of
from codestats.profile import parse_profile
from codestats.storage.database import Database
from codestats.storage.history import History
from codestats.storage.name_choices import choices
from codestats.storage.owners import Owner

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codestats.health.finding import Finding
    from codestats.profile import Tally
    from codestats.settings import Settings

__all__ = ["name_findings"]


def name_findings(settings: Settings, directory: Path | None) -> list[Finding]:
    """A finding for each language with XP under two of its names, unless the user has settled it. Raises StorageError.

    By the last profile that was kept. It is settled where `g:codestats_languages` names one of its filetypes, or
    `g:codestats_language_names` is set.
    """
    path = paths.database_file(directory) if directory else None
    if path is None or not path.exists() or settings.language_names or not settings.username:
        return []
    with closing(Database(path)) as database:
        kept = History(database).kept_profile(settings.api_url, settings.username)
        with database.reading() as connection:
            chosen = choices(connection, Owner.of(settings))
    profile = parse_profile(kept[1]) if kept else parse_profile({})
    there = {tally.name.casefold(): tally for tally in profile.languages}
    findings = []
    for default, others in families().items():
        entries = [there[name.casefold()] for name in (default, *others) if name.casefold() in there]
        filetypes = filetypes_of(default)
        if len(entries) > 1 and not settings.languages.keys() & set(filetypes):
            name = (
                chosen[default].name if default in chosen else max(entries, key=lambda tally: tally.xp).name
            )
            findings.append(_two_entries(entries, name, filetypes, has_own=bool(settings.languages)))
    return findings


def _two_entries(entries: Iterable[Tally], name: str, filetypes: Iterable[str], *, has_own: bool) -> Finding:
    which = " and ".join(f'"{tally.name}" ({tally.xp:,} XP)' for tally in entries)
    pairs = ", ".join(f"{_quoted(filetype)}: {_quoted(name)}" for filetype in filetypes)
    return (
        "warn",
        f"one language has several entries in your profile: {which}",
        f"add {pairs} to g:codestats_languages" if has_own else f"let g:codestats_languages = {{{pairs}}}",
    )


def _quoted(text: str) -> str:
    """As a string of Vimscript."""
    return "'" + text.replace("'", "''") + "'"
