"""Which languages the service keeps under another name: an alias there, whose XP is in its export as the other one's.

A language of the ledger that the file does not have at all, though it was sent in the file's time, is an alias of the
one that has more in the file than the ledger knows, in the same hours and on the same machine: in at least half of its
cells by the very same amount, or in at least nine of ten cells, of ten or more, by no less. It is looked for again with
each file: an export of the website is always a whole one. What profiles told of an alias goes before the amounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.delivery.service_aliases import aliases_of_all

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

__all__ = ["language_aliases", "missing_languages"]

_ENOUGH_CELLS = 10  # for "no less" to be no accident
_MOST_CELLS = 2000  # of a language that are looked at

_SENT = "SELECT DISTINCT language FROM ledger WHERE state = 'sent' AND hour >= ? AND hour <= ?"
_CELLS = """
SELECT hour, offset, machine, sum(xp) FROM ledger
WHERE state = 'sent' AND language = ? AND hour >= ? AND hour <= ? GROUP BY hour, offset, machine
ORDER BY hour DESC LIMIT ?
"""
_OURS = (
    "SELECT language, machine, sum(xp) FROM ledger WHERE hour = ? AND offset = ? GROUP BY language, machine"
)
_THEIRS = "SELECT language, machine, xp FROM incoming WHERE hour = ? AND offset = ?"


def missing_languages(connection: sqlite3.Connection, scratch: sqlite3.Connection) -> list[str]:
    """The languages that were sent in the time of the file and that the file does not have."""
    span = scratch.execute("SELECT min(hour), max(hour) FROM incoming").fetchone()
    there = {name.casefold() for (name,) in scratch.execute("SELECT DISTINCT language FROM incoming")}
    return [name for (name,) in connection.execute(_SENT, span) if name.casefold() not in there]


def language_aliases(
    connection: sqlite3.Connection, scratch: sqlite3.Connection, group: Callable[[str], str]
) -> dict[str, str]:
    """Folded language of the ledger → the one of the file that has its XP. `group`: what stands for a machine."""
    span = scratch.execute("SELECT min(hour), max(hour) FROM incoming").fetchone()
    there = {name.casefold() for (name,) in scratch.execute("SELECT DISTINCT language FROM incoming")}
    told = {name: kept for name, kept in aliases_of_all(connection).items() if kept in there}
    aliases: dict[str, str] = {}
    for name in missing_languages(connection, scratch):
        if name.casefold() in told:
            aliases[name.casefold()] = told[name.casefold()]
            continue
        cells = connection.execute(_CELLS, (name, *span, _MOST_CELLS)).fetchall()
        hits: dict[str, list[int]] = {}
        for hour, offset, machine, xp in cells:
            surplus = _surplus(connection, scratch, (hour, offset), group, group(machine))
            for language, more in surplus.items():
                if more >= xp:
                    hit = hits.setdefault(language, [0, 0])
                    hit[0] += more == xp
                    hit[1] += 1
        for language, (equal, enough) in sorted(hits.items(), key=lambda hit: hit[1], reverse=True)[:1]:
            if 2 * equal >= len(cells) or (10 * enough >= 9 * len(cells) and len(cells) >= _ENOUGH_CELLS):
                aliases[name.casefold()] = language
    return aliases


def _surplus(
    connection: sqlite3.Connection,
    scratch: sqlite3.Connection,
    hour: tuple[str, int],
    group: Callable[[str], str],
    machine: str,
) -> dict[str, int]:
    """Folded language → what the file has of it in that hour beyond the ledger, on one machine."""
    surplus: dict[str, int] = {}
    for sign, source, query in ((1, scratch, _THEIRS), (-1, connection, _OURS)):
        for language, name, xp in source.execute(query, hour):
            if group(name) == machine and (sign > 0 or language.casefold() in surplus):
                key = language.casefold()
                surplus[key] = surplus.get(key, 0) + sign * xp
    return surplus
