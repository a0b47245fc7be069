"""Languages that the service keeps as others: an alias there, whose XP is in no profile under the name that was sent.

Which there are is not public. The profile tells after a pulse: the language is not there, and another one has grown by
just its XP. Once, that may be another machine's doing; what was seen twice, and never otherwise since, is believed.
Kept in the database by account, for all editors.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codestats.storage.spool import set_meta

if TYPE_CHECKING:
    from sqlite3 import Connection

    from codestats.delivery.arrival import ProfileSnapshot

__all__ = ["aliases_of_all", "known_aliases", "learn_aliases"]


def known_aliases(connection: Connection, account: str) -> dict[str, str]:
    """Folded language → the folded language that the service keeps it as."""
    return {name: kept for name, (kept, times) in _noted(connection, account).items() if times > 1}


def aliases_of_all(connection: Connection) -> dict[str, str]:
    """Those that are known of any account, and otherwise of none."""
    found: dict[str, set[str]] = {}
    prefix = len(_key(""))
    for (key,) in connection.execute(
        "SELECT key FROM meta WHERE key >= 'aliases ' AND key < 'aliases!'"
    ).fetchall():
        for name, kept in known_aliases(connection, key[prefix:]).items():
            found.setdefault(name, set()).add(kept)
    return {name: kept.pop() for name, kept in found.items() if len(kept) == 1}


def learn_aliases(
    connection: Connection, account: str, now: ProfileSnapshot, seen: tuple[str, str] | None
) -> None:
    """Within a transaction: note an alias that was `seen`; let go of those that the profile has by themselves."""
    noted = _noted(connection, account)
    aliases = {name: values for name, values in noted.items() if name not in now.languages}
    if seen is not None:
        name, kept = seen
        before, times = aliases.get(name, ("", 0))
        aliases[name] = (kept, times + 1 if before == kept else 1)
    if aliases != noted:
        set_meta(connection, _key(account), json.dumps(aliases))


def _noted(connection: Connection, account: str) -> dict[str, tuple[str, int]]:
    """Folded language → the one that it is kept as, and how often that was seen."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_key(account),)).fetchone()
    return {name: (kept, times) for name, (kept, times) in json.loads(row[0]).items()} if row else {}


def _key(account: str) -> str:
    return f"aliases {account}"
