"""Whose XP it is: each pulse belongs to an address and a token, and is sent with no other one.

`pulse.account` has the owner's key, '' for what was recorded without a token: that goes with the first owner who
sends. So do *orphans*, pulses of an owner whom no service has ever accepted and who is not there any more: a mistyped
token that was refused, the same token at an address that was none, a token that no editor has had for a day.

The key is made of what the token says of user and machine, so a token that was made again for the same machine has the
same owner. It cannot be turned back into the token.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from codestats.credentials import identity_of, owner_of

if TYPE_CHECKING:
    import sqlite3

    from codestats.settings import Settings

__all__ = [
    "NOBODY",
    "OURS",
    "TABLE",
    "Owner",
    "Queue",
    "accept",
    "adopt",
    "give_up_others",
    "has_orphans",
    "note",
    "other_queues",
    "refuse",
    "values",
]

TABLE = """
CREATE TABLE owner(
    key TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    user TEXT NOT NULL,
    token TEXT NOT NULL,
    accepted INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    seen INTEGER NOT NULL
) WITHOUT ROWID
"""
"""`token` is a hash; `accepted` and `refused`: the service has ever said so; `seen` an epoch second."""

_GONE_AFTER = 86_400
"""Seconds after which a token that no editor has any more, and no service ever accepted, seems to have been a slip."""

_NOTE = """
INSERT INTO owner(key, address, user, token, seen) VALUES(?, ?, ?, ?, ?)
ON CONFLICT(key) DO UPDATE SET user = excluded.user, token = excluded.token, seen = excluded.seen
"""
_ORPHANS = """
SELECT key FROM owner WHERE key != :key AND NOT accepted AND (refused OR token = :token OR abs(:now - seen) > :gone)
"""

OURS = f"(:key = '' OR account IN ('', :key) OR account IN ({_ORPHANS}))"
"""The condition for pulses that go with an owner: its own, nobody's, orphans'. Wants `values`."""

# Where its owner was refused, or had another address, a pulse cannot be where it goes now.
_UNDOUBT = f"""
UPDATE pulse SET doubts = 0, state = 'queued' WHERE state = 'doubt' AND account IN ({_ORPHANS})
AND account IN (SELECT key FROM owner WHERE refused OR address != :address)
"""  # noqa: S608 (our own words)
_UNKNOWN = """
INSERT OR IGNORE INTO owner(key, address, user, token, seen)
SELECT DISTINCT account, '', '', '', 0 FROM pulse WHERE account NOT IN ('', :key)
"""
_ADOPT = f"UPDATE pulse SET account = :key, open = 0 WHERE state != 'sending' AND account IN ({_ORPHANS})"  # noqa: S608
_OTHERS = f"""
SELECT coalesce(user, ''), coalesce(address, ''), count(DISTINCT pulse), sum(xp), coalesce(refused, 0)
FROM pulse JOIN pulse_xp ON pulse = id LEFT JOIN owner ON key = account
WHERE NOT {OURS} GROUP BY account ORDER BY sum(xp) DESC, account
"""  # noqa: S608 (as above)


@dataclass(frozen=True, slots=True)
class Owner:
    """An address and whom a token stands for; `key` is '' where there is no token."""

    key: str = ""
    address: str = ""
    user: str = ""
    token: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Owner:
        """Whose XP is recorded and sent with these settings."""
        if not settings.api_key or not settings.api_url:
            return NOBODY
        identity = identity_of(settings.api_key)
        user = owner_of(settings.api_key) or settings.username
        key = _hash(f"{settings.api_url}\n{identity}")
        return cls(key, settings.api_url, user, _hash(settings.api_key))


NOBODY = Owner()


class Queue(NamedTuple):
    """What waits for another owner: it is sent when an editor has that token."""

    user: str
    address: str
    pulses: int
    xp: int
    is_refused: bool = False


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def note(connection: sqlite3.Connection, owner: Owner, now: float) -> None:
    """An editor has this token."""
    if owner.key:
        connection.execute(_NOTE, (owner.key, owner.address, owner.user, owner.token, int(now)))


def accept(connection: sqlite3.Connection, owner: Owner) -> None:
    """The service has taken a pulse of this owner."""
    connection.execute("UPDATE owner SET accepted = 1, refused = 0 WHERE key = ?", (owner.key,))


def refuse(connection: sqlite3.Connection, owner: Owner) -> None:
    """The service does not accept the token."""
    connection.execute("UPDATE owner SET refused = 1 WHERE key = ? AND NOT accepted", (owner.key,))


def give_up_others(connection: sqlite3.Connection, owner: Owner) -> None:
    """The user says that all other tokens are gone for good: what waits for them are orphans from now on."""
    connection.execute(_UNKNOWN, {"key": owner.key})
    connection.execute("UPDATE owner SET accepted = 0, refused = 1 WHERE key != ?", (owner.key,))


def adopt(connection: sqlite3.Connection, owner: Owner, now: float) -> int:
    """Make orphans this owner's; returns how many pulses that were."""
    connection.execute(_UNDOUBT, values(owner, now))
    return connection.execute(_ADOPT, values(owner, now)).rowcount


def has_orphans(connection: sqlite3.Connection, owner: Owner, now: float) -> bool:
    """Whether there are pulses to adopt."""
    orphan = f"SELECT 1 FROM pulse WHERE account IN ({_ORPHANS}) LIMIT 1"  # noqa: S608 (our own words)
    return connection.execute(orphan, values(owner, now)).fetchone() is not None


def other_queues(connection: sqlite3.Connection, owner: Owner, now: float) -> tuple[Queue, ...]:
    """What waits for other owners, the largest first."""
    rows = connection.execute(_OTHERS, values(owner, now)).fetchall()
    return tuple(
        Queue(user, address, pulses, xp, bool(refused)) for user, address, pulses, xp, refused in rows
    )


def values(owner: Owner, now: float) -> dict[str, str | int]:
    """The values of `OURS`."""
    return {
        "key": owner.key, "address": owner.address, "token": owner.token, "now": int(now), "gone": _GONE_AFTER,
    }  # fmt: skip
