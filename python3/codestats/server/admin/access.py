"""Tokens of programs: what each may do, and which one a request brings."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from codestats.server.tokens import access_token, digest

if TYPE_CHECKING:
    from codestats.server.database import Database
    from codestats.server.exchange import Request
    from codestats.server.machines import Machines

__all__ = ["SCOPES", "Access", "AccessTokens", "Caller", "caller_of", "given_tokens"]

SCOPES = ("pulse", "read", "manage", "admin")
"""What a token may do; each may do what those before it may. Machines' tokens are of the first, others of the rest."""


@dataclass(frozen=True, slots=True)
class Access:
    """A program's token as its owner sees it; times in epoch seconds, ``used`` 0 for never."""

    id: int
    name: str
    scope: str
    created: float
    used: float


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a user by number and name, and what the token may do."""

    user_id: int
    user: str
    scope: str

    def may(self, scope: str) -> bool:
        """Whether the token is enough for that."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


class AccessTokens:
    """The tokens of programs of all users."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def make(self, user: int, name: str, scope: str) -> tuple[Access, str]:
        """A new one, and the token itself, which nobody can have again."""
        token, now = access_token(), time.time()
        with self._db.transaction() as db:
            query = "INSERT INTO access (user, name, scope, token, created) VALUES (?, ?, ?, ?, ?)"
            number = db.execute(query, (user, name, scope, digest(token), now)).lastrowid
        return Access(number or 0, name, scope, now, 0.0), token

    def issue(self, user: int, name: str, scope: str, *, anew: bool = False) -> str | None:
        """The token of that name and scope, where there is none yet; `anew`: another one, and the one before ends."""
        known = [one for one in self.of(user) if (one.name, one.scope) == (name, scope)]
        if known and not anew:
            return None
        for one in known:
            self.revoke(user, one.id)
        return self.make(user, name, scope)[1]

    def of(self, user: int) -> list[Access]:
        """The user's, in the order they were made."""
        query = "SELECT id, name, scope, created, used FROM access WHERE user = ? ORDER BY id"
        return [Access(*row) for row in self._db.rows(query, (user,))]

    def revoke(self, user: int, number: int) -> bool:
        """Makes one worthless; False if the user has none of that number."""
        with self._db.transaction() as db:
            return db.execute("DELETE FROM access WHERE user = ? AND id = ?", (user, number)).rowcount > 0

    def find(self, token: str) -> Caller | None:
        """Who has this token; notes that it was used."""
        wanted = digest(token)
        with self._db.transaction() as db:
            row = db.execute(
                "SELECT users.id, users.name, scope, token FROM access JOIN users ON users.id = user WHERE token = ?",
                (wanted,),
            ).fetchone()
            if row is None or not hmac.compare_digest(row[3], wanted):
                return None
            db.execute("UPDATE access SET used = ? WHERE token = ?", (time.time(), wanted))
        return Caller(*row[:3])


def given_tokens(request: Request) -> list[str]:
    """The tokens that a request brings, in any of the three places; each once."""
    bearers = [
        value.partition(" ")[2]
        for value in request.headers.get("authorization", ())
        if value.partition(" ")[0].lower() == "bearer"
    ]
    given = [
        *bearers,
        *request.headers.get("x-api-token", ()),
        *parse_qs(request.query).get("access_token", ()),
    ]
    return list(dict.fromkeys(token.strip() for token in given))


def caller_of(request: Request, tokens: AccessTokens, machines: Machines) -> Caller | None:
    """Whose request this is; None without a token, with a wrong one, and with several."""
    given = given_tokens(request)
    if len(given) != 1:
        return None
    found = tokens.find(given[0])
    if found is not None:
        return found
    account = machines.account(given[0])
    return Caller(account.user_id, account.user, "pulse") if account else None
