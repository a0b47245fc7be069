"""What waits to be sent: claiming the next pulse, and what becomes of it by the service's answer.

Every method is one transaction that moves XP and never copies or drops any.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codestats.api.outcome import LONGEST_WAIT
from codestats.delivery.arrival import Doubt
from codestats.delivery.arrival_check import forget_snapshot, note_doubt, note_sent, snapshot_languages
from codestats.delivery.lease import Lease
from codestats.delivery.pulse_row import COLUMNS, PulseRow
from codestats.delivery.suspicion import keep, kept
from codestats.exceptions import LeaseLostError
from codestats.pulse import Pulse, coded_at
from codestats.storage import name_choices, owners
from codestats.storage.dating import DATED, Dating, Stamp, is_too_old
from codestats.storage.owners import NOBODY, OURS, Owner
from codestats.storage.sent_journal import SentJournal
from codestats.storage.spool import set_meta, to_ledger

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping

    from codestats.clock import Clock
    from codestats.delivery.suspicion import Suspicion
    from codestats.storage.database import Database

__all__ = ["Claim", "Outbox"]

_DAY = 24 * 60  # minutes
_FOUND_KEPT = 50


@dataclass(frozen=True, slots=True)
class Claim:
    """A pulse in our hands.

    `doubts`: how often no word came back; `failures`: how often the service had trouble with it while others passed;
    `is_sure`: `at` is no guess, so if the service calls it too old, it is; `account`: whose it was before.
    """

    id: int
    at: int
    pulse: Pulse
    doubts: int = 0
    failures: int = 0
    is_sure: bool = True
    account: str = ""

    @property
    def xp(self) -> int:
        """All of its XP."""
        return sum(self.pulse.xps.values())


_WAITING = f"SELECT count(*) FROM pulse WHERE {OURS}"  # noqa: S608 (our own words)
_IN_ORDER = f"""
SELECT {COLUMNS} FROM pulse WHERE state IN ('doubt', 'queued') AND {OURS}
ORDER BY failures > 0 OR doubts > 1, state = 'queued', coded_at, id
"""  # noqa: S608 (as above)
_DOUBTS = f"""
SELECT id, doubts, language, xp FROM pulse JOIN pulse_xp ON pulse = id WHERE state = 'doubt' AND {OURS} ORDER BY id
"""  # noqa: S608 (as above)


class Outbox:
    """The sender's side of the spool. One thread's object, as its database is."""

    def __init__(  # noqa: PLR0913, PLR0917 (it ties the parts of sending together)
        self,
        database: Database,
        clock: Clock,
        holder: str,
        owner: Owner = NOBODY,
        dating: Dating | None = None,
        journal: SentJournal | None = None,
    ) -> None:
        """`owner`: whose pulses these are. Others' are left alone, as are waits for them."""
        self._database = database
        self._journal = journal or SentJournal(database.path, None)
        self._dating = dating or Dating(clock)
        self._owner = owner
        self._account = owner.key
        self._is_accepted = False
        self._clock = clock
        self.languages: Mapping[str, int] | None = None
        """XP of the profile by folded language, where there is no snapshot of it."""
        self.lease = Lease(clock, holder)

    def waiting(self) -> int:
        """How many pulses are unsent, whoever has them in their hands."""
        with self._database.reading() as connection:
            return int(connection.execute(_WAITING, self._whose).fetchone()[0])

    def has_doubts(self) -> bool:
        """Whether a pulse may have arrived, and nobody knows."""
        return bool(self.doubts())

    def doubts(self) -> list[Doubt]:
        """All pulses that may have arrived, but for one in our hands."""
        sums: dict[int, Doubt] = {}
        with self._database.reading() as connection:
            for identity, times, language, xp in connection.execute(_DOUBTS, self._whose):
                doubt = sums.setdefault(identity, Doubt({}, times))
                sums[identity] = Doubt({**doubt.xps, language: xp}, times)
        return list(sums.values())

    def suspicions(self) -> dict[int, Suspicion]:
        """What is held against pulses that wait."""
        with self._database.reading() as connection:
            return kept(connection, self._clock)

    def keep_suspicions(self, records: dict[int, Suspicion]) -> None:
        """Keep that for all editors. Only under the lease."""
        with self._database.transaction() as connection:
            if self.lease.renew(connection):
                keep(connection, records, self._clock)

    def pause(self, seconds: float) -> None:
        """The service asked all editors of this machine to wait so long."""
        until = self._clock.uptime() + seconds
        with self._database.transaction() as connection:
            set_meta(connection, "pause", f"{self._clock.boot_id} {until} {self._account}")

    def pause_left(self) -> float:
        """Seconds until anybody may send again."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = 'pause'").fetchone()
        parts = row[0].split(" ") if row else []
        boot_id, until, account = parts if len(parts) == 3 else ("", "0", "")  # before, no account was named
        left = float(until) - self._clock.uptime()
        is_ours = (boot_id, account) == (self._clock.boot_id, self._account)
        return left if is_ours and 0 < left <= LONGEST_WAIT else 0.0

    @property
    def _whose(self) -> dict[str, str | int]:
        return owners.values(self._owner, self._clock.now())

    def has_orphans(self) -> bool:
        """Whether there are pulses that go with this owner as soon as it is accepted."""
        with self._database.reading() as connection:
            return owners.has_orphans(connection, self._owner, self._clock.now())

    def accept(self) -> int:
        """The service takes pulses of this owner: adopt orphans; returns how many pulses that were."""
        if self._is_accepted and not self.has_orphans():
            return 0
        with self._database.transaction() as connection:
            owners.accept(connection, self._owner)
            self._is_accepted = True
            return owners.adopt(connection, self._owner, self._clock.now())

    def refuse(self) -> None:
        """The service does not accept the token."""
        with self._database.transaction() as connection:
            owners.refuse(connection, self._owner)

    def acquire(self) -> float:
        """Take the lease: 0.0 when it is ours, else the seconds to wait.

        What a former holder had in its hands may have arrived or not: it is in doubt from now on.
        """
        with self._database.transaction() as connection:
            wait = self.lease.take(connection)
            if not wait:
                owners.note(connection, self._owner, self._clock.now())
                doubt = "UPDATE pulse SET state = 'doubt', doubts = doubts + 1 WHERE state = 'sending'"
                if connection.execute(doubt).rowcount:
                    note_doubt(connection, int(self._clock.now()))
        return wait

    def renew(self) -> None:
        """Renew the lease in the middle of something that takes long; `lease.is_held` tells whether it is ours."""
        with self._database.transaction() as connection:
            self.lease.renew(connection)

    def release_lease(self) -> None:
        """Give the lease up."""
        with self._database.transaction() as connection:
            self.lease.release(connection)

    def claim(self, skip: Collection[int] = ()) -> Claim | None:
        """The next pulse, now in our hands. Raises LeaseLostError.

        One in doubt goes first, then the oldest; those that were in trouble more than once go last.
        """
        with self._database.transaction() as connection:
            if not self.lease.renew(connection):
                raise LeaseLostError("another editor sends now")
            self._settle_names(connection)
            row = self._next(connection, skip)
            if row is None:
                return None
            mine = "UPDATE pulse SET state = 'sending', open = 0, holder = ?, account = ? WHERE id = ?"
            connection.execute(mine, (self.lease.holder, self._account, row.id))
            row, is_sure = self._dated(connection, row)
            xps = row.cut(connection)
        pulse = Pulse(coded_at(row.at, row.offset), xps)
        return Claim(row.id, row.at, pulse, row.doubts, row.failures, is_sure, row.account)

    def _settle_names(self, connection: sqlite3.Connection) -> None:
        now = self._clock.now()
        today = self._clock.local_hour(now).hour[:10]
        name_choices.settle(
            connection,
            self._owner,
            now,
            today,
            lambda: snapshot_languages(connection, self._account) or self.languages,
        )

    def _dated(self, connection: sqlite3.Connection, row: PulseRow) -> tuple[PulseRow, bool]:
        """The row with the date that its pulse has by all that is known of the clocks now, and whether that is sure."""
        self._dating.keep(connection)
        at, is_sure = self._dating.of(connection, Stamp(row.at, row.boot, row.up))
        hour, offset = self._clock.local_hour(at)
        if at == row.at and abs(row.offset) < _DAY:
            return row, is_sure
        dated = replace(row, at=at, hour=hour, offset=offset, boot=row.boot if is_sure else DATED)
        row.redate(connection, dated)
        return dated, is_sure

    def has_undecided_names(self) -> bool:
        """Whether XP waits whose language gets its name by the profile."""
        with self._database.reading() as connection:
            return name_choices.has_undecided(connection, self._owner, self._clock.now())

    def must_ask_the_time(self) -> bool:
        """Whether the service's time is to be known before the next pulse is dated.

        Once in each boot of the machine, and where a date would differ from what the clock said.
        """
        if self._dating.has_heard_lately():
            return False
        with self._database.reading() as connection:
            if not self._dating.knows_the_time(connection):
                return True
            query = "SELECT DISTINCT coded_at, boot, up FROM pulse WHERE boot != ?"
            stamps = connection.execute(query, (DATED,)).fetchall()
            return any(self._dating.is_unclear(connection, Stamp(*stamp)) for stamp in stamps)

    def is_dated_again(self, claim: Claim) -> bool:
        """Whether a claimed pulse would get another date by what is known of the clocks since."""
        with self._database.reading() as connection:
            query = "SELECT coded_at, boot, up FROM pulse WHERE id = ?"
            found = connection.execute(query, (claim.id,)).fetchone()
            return found is not None and self._dating.of(connection, Stamp(*found)).at != claim.at

    def is_too_old(self, claim: Claim) -> bool:
        """Whether the service is right to call a pulse too old that is not dated again."""
        with self._database.reading() as connection:
            return claim.is_sure and is_too_old(claim.at, self._dating.now(connection))

    def now(self) -> float:
        """The service's time, as far as it is known to differ from this machine's."""
        with self._database.reading() as connection:
            return self._dating.now(connection)

    def settle(self, claim: Claim) -> None:
        """A claimed pulse is not there: it is in doubt no more."""
        with self._database.transaction() as connection:
            row = self._take_back(connection, claim)
            if row is not None:
                connection.execute("UPDATE pulse SET doubts = 0 WHERE id = ?", (row.id,))
                self._take_over_doubts(connection)

    def finish(self, claim: Claim, state: str, *, times: int = 0) -> bool:
        """Move a claimed pulse into the ledger: 'sent', 'expired' or 'rejected'. False: it is not ours.

        `times`: the profile shows that it arrived so often.
        """
        line = ""
        with self._database.transaction() as connection:
            row = self._take_back(connection, claim)
            if row is not None and times:
                connection.execute("UPDATE pulse SET doubts = 0 WHERE id = ?", (row.id,))
                row = replace(row, doubts=0)
                self._take_over_doubts(connection)
                _note_found(connection, row.id)
            if row is not None:
                if state == "sent":
                    self._date_as_stored(connection, row)
                    line = self._journal.note(connection, row.id, self._account)
                to_ledger(connection, row.id, state)
                if state == "sent":
                    moment = int(self._clock.now())
                    note_sent(connection, self._account, claim.pulse.xps, moment, times=times or 1)
            is_explained = _is_explained(connection, claim.id) if row is None else not row.doubts
            if not is_explained:  # it may be there once more, or not at all
                forget_snapshot(connection, self._account)
        self._journal.append(line)
        return row is not None

    def _date_as_stored(self, connection: sqlite3.Connection, row: PulseRow) -> None:
        """The local history has a pulse in the same hour as the service."""
        self._dating.keep(connection)
        at = self._dating.stored_at(row.at)
        if at < row.at:
            hour = self._clock.local_hour(at).hour
            row.redate(connection, replace(row, at=at, hour=hour))

    def put_back(self, claim: Claim, *, alone: bool = False) -> int:
        """A claimed pulse that is known not to have arrived waits again; `alone`: no other XP joins it.

        Returns the id under which it does, 0 if it is not ours any more.
        """
        with self._database.transaction() as connection:
            row = self._take_back(connection, claim)
            if row is None:
                return 0
            if not row.doubts:  # what was nobody's is nobody's again
                row = replace(row, account=claim.account)
                connection.execute("UPDATE pulse SET account = ? WHERE id = ?", (row.account, row.id))
            if row.may_merge and not alone:
                return row.merge(connection)
            state = "doubt" if row.doubts else "queued"
            connection.execute("UPDATE pulse SET state = ? WHERE id = ?", (state, row.id))
            return row.id

    def doubt(self, claim: Claim) -> bool:
        """Nobody knows whether a claimed pulse arrived."""
        with self._database.transaction() as connection:
            row = self._take_back(connection, claim)
            if row is not None:
                connection.execute(
                    "UPDATE pulse SET state = 'doubt', doubts = doubts + 1 WHERE id = ?", (row.id,)
                )
                note_doubt(connection, int(self._clock.now()))
        return row is not None

    def split(self, claim: Claim) -> bool:
        """Make a pulse of each language of a claimed one, to find the one that the service does not take."""
        with self._database.transaction() as connection:
            row = self._take_back(connection, claim)
            if row is not None:
                row.split(connection)
        return row is not None

    def count_failure(self, identity: int) -> int:
        """A waiting pulse was in trouble while others passed: it stands alone from now on. Returns how often."""
        with self._database.transaction() as connection:
            suspect = "UPDATE pulse SET failures = failures + 1, open = 0 WHERE id = ? AND state != 'sending'"
            connection.execute(suspect, (identity,))
            row = connection.execute("SELECT failures FROM pulse WHERE id = ?", (identity,)).fetchone()
        return row[0] if row else 0

    def _take_over_doubts(self, connection: sqlite3.Connection) -> None:
        """The profile tells of all in doubt together: what a process that stood still knows of one comes too late."""
        take_over = f"UPDATE pulse SET holder = '' WHERE state = 'doubt' AND {OURS}"  # noqa: S608 (our own words)
        connection.execute(take_over, self._whose)

    def _next(self, connection: sqlite3.Connection, skip: Collection[int]) -> PulseRow | None:
        for found in connection.execute(_IN_ORDER, self._whose):
            if found[0] not in skip:
                return PulseRow(*found)
        return None

    def _take_back(self, connection: sqlite3.Connection, claim: Claim) -> PulseRow | None:
        """The row of our claim, unless another process has claimed it since.

        A process that was stopped in mid-request finds its pulse in doubt; now that it knows the answer, the
        doubt that was noted for it is taken back.
        """
        take_back = "UPDATE pulse SET state = 'sending', doubts = doubts - 1"
        where = " WHERE id = ? AND holder = ? AND state = 'doubt'"
        connection.execute(take_back + where, (claim.id, self.lease.holder))
        query = f"SELECT {COLUMNS} FROM pulse WHERE id = ? AND holder = ? AND state = 'sending'"  # noqa: S608
        found = connection.execute(query, (claim.id, self.lease.holder)).fetchone()
        return None if found is None else PulseRow(*found)


def _found(connection: sqlite3.Connection) -> list[int]:
    row = connection.execute("SELECT value FROM meta WHERE key = 'found'").fetchone()
    return list(json.loads(row[0])) if row else []


def _note_found(connection: sqlite3.Connection, pulse: int) -> None:
    """The profile showed it."""
    set_meta(connection, "found", json.dumps([*_found(connection), pulse][-_FOUND_KEPT:]))


def _is_explained(connection: sqlite3.Connection, pulse: int) -> bool:
    """Whether a pulse that is not ours any more, and did arrive, is nothing that the profile has beyond our sums."""
    in_doubt = "SELECT 1 FROM pulse WHERE id = ? AND state = 'doubt'"
    return connection.execute(in_doubt, (pulse,)).fetchone() is not None or pulse in _found(connection)
