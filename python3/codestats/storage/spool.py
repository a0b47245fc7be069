"""Recording XP, and reading what was recorded: the safe place between the editor and the service."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codestats.paths import machine_name
from codestats.storage import owners, sources, typed_with
from codestats.storage.dating import TOLERANCE, Dating, boot_id
from codestats.storage.name_choices import mark_undecided
from codestats.storage.owners import NOBODY, OURS, Owner, Queue

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from codestats.clock import Clock
    from codestats.pulse import Sources
    from codestats.storage.database import Database

__all__ = [
    "ResolvedBatch",
    "Spool",
    "Totals",
    "add_to_ledger",
    "add_xp",
    "merge_open",
    "set_meta",
    "to_ledger",
]

_DAY = 86_400
_BATCH_IDS_KEPT = 30 * _DAY

# UPSERTs, so that recording costs the same whatever else is in the tables.
_OPEN_PULSE = """
INSERT INTO pulse(hour, offset, coded_at, account, boot, up, open) VALUES(?, ?, ?, ?, ?, ?, 1)
ON CONFLICT(hour, offset, account, boot) WHERE open = 1
DO UPDATE SET coded_at = max(coded_at, excluded.coded_at), up = max(up, excluded.up)
"""
_TO_LEDGER = """
INSERT INTO ledger(hour, offset, language, machine, state, doubt, xp)
SELECT hour, offset, language, ?, ?, doubts > 0, xp FROM pulse JOIN pulse_xp ON pulse = id WHERE id = ?
ON CONFLICT(hour, offset, language, machine, state, doubt) DO UPDATE SET xp = xp + excluded.xp
"""
_ADD_TO_LEDGER = """
INSERT INTO ledger(hour, offset, language, machine, state, doubt, xp) VALUES(?, ?, ?, ?, ?, 0, ?)
ON CONFLICT(hour, offset, language, machine, state, doubt) DO UPDATE SET xp = xp + excluded.xp
"""
_ADD_XP = """
INSERT INTO pulse_xp(pulse, language, xp) VALUES(?, ?, ?)
ON CONFLICT(pulse, language) DO UPDATE SET xp = xp + excluded.xp
"""


@dataclass(frozen=True, slots=True)
class ResolvedBatch:
    """A batch whose keys were resolved: `xp` language → XP, `sources` by language; the rest as in `pulse.Batch`.

    `undecided`: languages of it that may get another name (name_choices.py).
    """

    id: str
    at: int
    xp: Mapping[str, int]
    boot: str = ""
    up: float = 0.0
    undecided: frozenset[str] = frozenset()
    editor: str = ""
    sources: Sources = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Totals:
    """XP by state.

    `queued` is all that is unsent and goes with this owner, in `pulses` pulses, the oldest of them typed at
    `waiting_since`; `others` what waits for other owners; `today` the local day's XP, of all. Moments are epoch
    seconds, 0: none.
    """

    queued: int = 0
    pulses: int = 0
    waiting_since: int = 0
    in_doubt: int = 0
    expired: int = 0
    rejected: int = 0
    today: int = 0
    last_sent: int = 0
    others: tuple[Queue, ...] = ()


class Spool:
    """Writes batches and reads totals. One thread's object, as its database is."""

    def __init__(self, database: Database, clock: Clock, owner: Owner = NOBODY) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner

    def note_owner(self) -> None:
        """This owner's token is in use."""
        with self._database.transaction() as connection:
            owners.note(connection, self._owner, self._clock.now())

    def record(self, batches: Iterable[ResolvedBatch], account: str | None = None) -> int:
        """Put batches on disk, all or none; returns the XP that was new. Raises StorageError.

        `account` is the key of their owner, if that is not this one.
        """
        now = int(self._clock.now())
        account = self._owner.key if account is None else account
        fresh = 0
        with self._database.transaction() as connection:
            for batch in batches:
                if (batch.xp or batch.sources) and _is_new(connection, batch.id, now):
                    self._add(connection, batch, account)
                    fresh += sum(batch.xp.values())
        return fresh

    def _add(self, connection: sqlite3.Connection, batch: ResolvedBatch, account: str) -> None:
        at, boot, up = self._when(batch)
        hour, offset = self._clock.local_hour(at)
        sources.add(connection, hour, offset, batch.sources)
        if not batch.xp:
            return
        number = boot_id(connection, boot)
        pulse = merge_open(connection, hour, offset, at, account=account, boot=number, up=up)
        add_xp(connection, pulse, batch.xp)
        if batch.undecided:
            mark_undecided(connection, account, batch.undecided)
        typed_with.add(connection, hour, offset, batch.xp, batch.editor)

    def _when(self, batch: ResolvedBatch) -> tuple[int, str, float]:
        """When a batch was typed, by the clock, and by the uptime of a boot.

        In this boot, both tell how long ago that was. They differ if the clock was set since then: the shorter time is
        believed, since a clock that is set right later was behind, and one that was ahead gives no time at all.
        """
        now, uptime, boot = self._clock.now(), self._clock.uptime(), self._clock.boot_id
        if batch.boot and batch.boot != boot:
            return batch.at or int(now), batch.boot, batch.up
        ago = [now - batch.at] if batch.at else []
        if batch.boot:
            ago.append(uptime - batch.up)
        since = min([seconds for seconds in ago if seconds >= 0], default=0.0)
        if since > uptime:  # an older one's, which did not tell
            return batch.at, "", 0.0
        is_as_it_says = 0 <= now - batch.at <= since + TOLERANCE
        return batch.at if is_as_it_says else int(now - since), boot, uptime - since

    def boots(self) -> set[str]:
        """The boots in which this machine kept XP here, that of now among them. Raises StorageError."""
        with self._database.reading() as connection:
            return {self._clock.boot_id, *(name for (name,) in connection.execute("SELECT name FROM boot"))}

    def forget_old_batches(self) -> None:
        """Drop ids that no editor hands over any more. Only after the hand-over directory was taken in.

        A clock that is ahead must not have all of them forgotten: only while the service's clock is known.
        """
        with self._database.transaction() as connection:
            known = "SELECT served_at + ? - up FROM boot WHERE name = ? AND served_at > 0"
            row = connection.execute(known, (self._clock.uptime(), self._clock.boot_id)).fetchone()
            if row is not None:
                before = min(row[0], self._clock.now()) - _BATCH_IDS_KEPT
                connection.execute("DELETE FROM batch WHERE at < ?", (before,))

    def totals(self) -> Totals:
        """What is in which state. Raises StorageError."""
        with self._database.reading() as connection:
            day = self._clock.local_hour(Dating(self._clock).now(connection)).hour[:10]
            ours = owners.values(self._owner, self._clock.now())
            waiting = _pairs(connection, _WAITING, ours)
            pulses, since = connection.execute(_PULSES, ours).fetchone()
            others = owners.other_queues(connection, self._owner, self._clock.now())
            lost = _pairs(connection, _LOST)
            today = connection.execute(_TODAY, {"from": day + "T", "to": day + "U"}).fetchone()[0]
            last = connection.execute("SELECT value FROM meta WHERE key = 'last_sent'").fetchone()
        return Totals(
            queued=sum(waiting.values()),
            pulses=pulses,
            waiting_since=since,
            in_doubt=waiting.get("doubt", 0),
            expired=lost.get("expired", 0),
            rejected=lost.get("rejected", 0),
            today=today,
            last_sent=last[0] if last else 0,
            others=others,
        )


_WAITING = f"SELECT state, sum(xp) FROM pulse JOIN pulse_xp ON pulse = id WHERE {OURS} GROUP BY state"  # noqa: S608
_PULSES = f"SELECT count(*), coalesce(min(coded_at), 0) FROM pulse WHERE {OURS}"  # noqa: S608 (our own words)
_LOST = "SELECT state, sum(xp) FROM ledger WHERE state IN ('expired', 'rejected') GROUP BY state"
_TODAY = """
SELECT (SELECT coalesce(sum(xp), 0) FROM ledger WHERE hour >= :from AND hour < :to)
     + (SELECT coalesce(sum(xp), 0) FROM pulse JOIN pulse_xp ON pulse = id WHERE hour >= :from AND hour < :to)
"""


def merge_open(  # noqa: PLR0913 (a pulse's own columns)
    connection: sqlite3.Connection,
    hour: str,
    offset: int,
    at: int,
    *,
    account: str = "",
    boot: int = 0,
    up: float = 0.0,
) -> int:
    """The id of the open pulse of that hour, made if there is none; it takes on the later time."""
    connection.execute(_OPEN_PULSE, (hour, offset, at, account, boot, up))
    query = "SELECT id FROM pulse WHERE hour = ? AND offset = ? AND account = ? AND boot = ? AND open = 1"
    return int(connection.execute(query, (hour, offset, account, boot)).fetchone()[0])


def add_xp(connection: sqlite3.Connection, pulse: int, xp: Mapping[str, int]) -> None:
    """Add XP by language to a pulse."""
    connection.executemany(_ADD_XP, [(pulse, language, amount) for language, amount in xp.items()])


def to_ledger(connection: sqlite3.Connection, pulse: int, state: str) -> None:
    """A pulse's fate is known ('sent', 'expired', 'rejected'): move all of its XP."""
    connection.execute(_TO_LEDGER, (machine_name(), state, pulse))
    connection.execute("DELETE FROM pulse_xp WHERE pulse = ?", (pulse,))
    connection.execute("DELETE FROM pulse WHERE id = ?", (pulse,))


def add_to_ledger(  # noqa: PLR0913, PLR0917 (a row's columns)
    connection: sqlite3.Connection, hour: str, offset: int, language: str, state: str, xp: int
) -> None:
    """Add XP to the history of this machine that is in no pulse."""
    connection.execute(_ADD_TO_LEDGER, (hour, offset, language, machine_name(), state, xp))


def set_meta(connection: sqlite3.Connection, key: str, value: str | int) -> None:
    """Keep one value under a name."""
    connection.execute("INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)", (key, value))


def _is_new(connection: sqlite3.Connection, identity: str, now: int) -> bool:
    inserted = connection.execute("INSERT OR IGNORE INTO batch(id, at) VALUES(?, ?)", (identity, now))
    return inserted.rowcount == 1


def _pairs(
    connection: sqlite3.Connection, query: str, values: Mapping[str, str | int] | None = None
) -> dict[str, int]:
    with closing(connection.execute(query, values or {})) as rows:
        return dict(rows.fetchall())
