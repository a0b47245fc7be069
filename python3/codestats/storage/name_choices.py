"""Which of a language's several names its XP goes to, decided once by the user's profile.

Other clients of the service spell some languages otherwise (`languages.spellings`), and the service has one entry a
name. XP of such a language is recorded under our name and marked as undecided, as long as there is no choice. Before
the first of it goes out, the sender has looked at the profile anyway: then the name is chosen, for good, and what
waits is renamed. So nothing is sent under a name that the profile would not have chosen, however long there was no
network.

A choice belongs to a user at an address, whichever editor or token it was made with.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from codestats.paths import machine_name
from codestats.storage import owners, sources, typed_with
from codestats.storage.owners import OURS
from codestats.storage.typed_with import Place

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Mapping

    from codestats.storage.owners import Owner

__all__ = [
    "Choice",
    "choices",
    "choose",
    "chosen_names",
    "chosen_on",
    "has_undecided",
    "mark_undecided",
    "settle",
    "undecided_as",
]


class Choice(NamedTuple):
    """`name` from the ISO date `since` on, for the reason `why`; until then it is `before`."""

    name: str
    why: str
    since: str = ""
    before: str = ""


def choose(names: Collection[str], languages: Mapping[str, int] | None) -> Choice:
    """Choose one of a language's names, ours first, by the profile's XP by folded name; None: nobody can read it."""
    default, *_ = names
    if languages is None:
        return Choice(default, "our name, since your profile could not be read when the first of it was sent")
    there = {name: languages[name.casefold()] for name in names if name.casefold() in languages}
    if not there:
        return Choice(default, "our name, since your profile had it under no other one")
    name = max(there, key=lambda one: there[one])
    others = ", ".join(f"{other} {xp:,}" for other, xp in there.items() if other != name)
    more = f"has more XP in your profile ({there[name]:,}) than {others}" if others else "your profile has it"
    return Choice(name, f"it {more}" if others else more)


def choices(connection: sqlite3.Connection, owner: Owner) -> dict[str, Choice]:
    """Our name → what was chosen for this user."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_choices_key(owner),)).fetchone()
    return {default: Choice(*values) for default, values in json.loads(row[0]).items()} if row else {}


def chosen_names(connection: sqlite3.Connection, owner: Owner) -> dict[str, str]:
    """Our name → the name that was chosen for this user."""
    return {default: choice.name for default, choice in choices(connection, owner).items()}


def chosen_on(found: Mapping[str, Choice], today: str) -> dict[str, tuple[str, str]]:
    """Our name → the name of that day (an ISO date), and why."""
    return {
        default: (choice.name, choice.why)
        if today >= choice.since
        else (choice.before, f"{choice.name} from {choice.since} on: {choice.why}")
        for default, choice in found.items()
    }


def mark_undecided(connection: sqlite3.Connection, account: str, names: Collection[str]) -> None:
    """Within the transaction that records XP of an account under these names of ours: a choice may rename it."""
    marked = _marks(connection).get(account, set())
    if not marked.issuperset(names):
        _keep(connection, f"undecided {account}", json.dumps(sorted(marked.union(names))))


def undecided_as(connection: sqlite3.Connection, account: str, name: str) -> list[str]:
    """Our names under which an account has XP waiting that may go out under this one."""
    from codestats.languages import spellings  # noqa: PLC0415 (a shell's prompt, which reads the queue, needs none)

    marks = _marks(connection)
    marked = marks.get(account, set()) | marks.get("", set())
    return sorted(default for default in marked if default != name and name in spellings(default))


def has_undecided(connection: sqlite3.Connection, owner: Owner, now: float) -> bool:
    """Whether `settle` would have anything to do."""
    return bool(_marks_of(connection, owner, now))


def settle(
    connection: sqlite3.Connection,
    owner: Owner,
    now: float,
    today: str,
    look: Callable[[], Mapping[str, int] | None],
) -> None:
    """Within the transaction that claims a pulse, before that: choose what is undecided, rename what waits.

    `look` returns the profile's XP by folded name, None if it is not known: then the last one that was kept decides.
    """
    marks = _marks_of(connection, owner, now)
    if not marks:
        return
    from codestats.languages import spellings  # noqa: PLC0415 (a shell's prompt, which reads the queue, needs none)

    languages = look()
    if languages is None:
        languages = _kept_languages(connection, owner)
    found = choices(connection, owner)
    fresh = {}
    for default in sorted(set().union(*marks.values()) - found.keys()):
        fresh[default] = _from_tomorrow(
            connection, choose((default, *spellings(default)), languages), default, today
        )
    if fresh:
        _keep(connection, _choices_key(owner), json.dumps({**found, **fresh}))
    names = chosen_on({**found, **fresh}, today)
    for account, undecided in marks.items():
        for default in undecided:
            if names[default][0] != default:
                _rename(connection, account, default, names[default][0])
        connection.execute("DELETE FROM meta WHERE key = ?", (f"undecided {account}",))


def _from_tomorrow(connection: sqlite3.Connection, choice: Choice, default: str, today: str) -> Choice:
    """A day has one name: where XP of today was sent under our name before, the choice holds from tomorrow on."""
    if (
        choice.name == default
        or not connection.execute(_SENT, (f"{today}T", f"{today}U", default, machine_name())).fetchone()
    ):
        return choice
    tomorrow = (date.fromisoformat(today) + timedelta(days=1)).isoformat()
    return choice._replace(since=tomorrow, before=default)


_SENT = """
SELECT 1 FROM ledger WHERE hour >= ? AND hour < ? AND language = ? AND machine = ? AND state = 'sent' LIMIT 1
"""


def _rename(connection: sqlite3.Connection, account: str, old: str, new: str) -> None:
    """Not in what may have arrived: it must stay as it is to be recognised."""
    given = {"old": old, "new": new, "account": account}
    for hour, offset, xp in connection.execute(_HOURS, given).fetchall():
        typed_with.move(connection, Place(hour, offset, old), Place(hour, offset, new), xp)
        sources.rename(connection, hour, offset, old, new)
    connection.execute(_MOVE, given)
    connection.execute(_TAKE, given)


_RENAMED = (
    "language = :old AND pulse IN"
    " (SELECT id FROM pulse WHERE account = :account AND state = 'queued' AND doubts = 0)"
)
_HOURS = f"""
SELECT hour, offset, sum(xp) FROM pulse JOIN pulse_xp ON pulse = id WHERE {_RENAMED} GROUP BY hour, offset
"""  # noqa: S608 (our own words)
_MOVE = f"""
INSERT INTO pulse_xp(pulse, language, xp) SELECT pulse, :new, xp FROM pulse_xp WHERE {_RENAMED}
ON CONFLICT(pulse, language) DO UPDATE SET xp = xp + excluded.xp
"""  # noqa: S608 (our own words)
_TAKE = f"DELETE FROM pulse_xp WHERE {_RENAMED}"  # noqa: S608 (as above)


def _keep(connection: sqlite3.Connection, key: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", (key, value))


def _marks(connection: sqlite3.Connection) -> dict[str, set[str]]:
    """Account → our names under which it has XP that is undecided."""
    rows = connection.execute("SELECT key, value FROM meta WHERE key >= 'undecided ' AND key < 'undecided!'")
    return {key.partition(" ")[2]: set(json.loads(value)) for key, value in rows}


def _marks_of(connection: sqlite3.Connection, owner: Owner, now: float) -> dict[str, set[str]]:
    """Those of the accounts whose pulses go with this owner."""
    query = f"SELECT 1 FROM (SELECT :account AS account) WHERE {OURS}"  # noqa: S608 (our own words)
    given = owners.values(owner, now)
    return {
        account: names
        for account, names in _marks(connection).items()
        if connection.execute(query, {"account": account, **given}).fetchone()
    }


def _kept_languages(connection: sqlite3.Connection, owner: Owner) -> dict[str, int] | None:
    """The languages of the profile that was kept for views."""
    from codestats.profile import parse_profile  # noqa: PLC0415 (as above)

    key = f"profile {owner.address} {owner.user}"
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    return {tally.name.casefold(): tally.xp for tally in parse_profile(json.loads(row[0])[1]).languages}


def _choices_key(owner: Owner) -> str:
    return f"names {owner.address} {owner.user}"
