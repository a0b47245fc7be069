"""The row of a pulse that waits, and what moves its XP: another date, a cut, a merge, a split.

Every method with a connection is a part of its caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codestats.pulse import LARGEST_XP
from codestats.storage import typed_with
from codestats.storage.spool import add_xp, merge_open
from codestats.storage.typed_with import Place

if TYPE_CHECKING:
    import sqlite3

__all__ = ["COLUMNS", "PulseRow"]

COLUMNS = "id, hour, offset, coded_at, doubts, failures, part, account, boot, up"
"""Of the table `pulse`, in the order of `PulseRow`."""

_XPS = "SELECT language, xp FROM pulse_xp WHERE pulse = ? ORDER BY language"
_REOPEN = """
UPDATE pulse SET state = 'queued', open = 1 WHERE id = ?
AND NOT EXISTS (
    SELECT 1 FROM pulse WHERE hour = ? AND offset = ? AND account = ? AND boot = ? AND open = 1
)
"""
_PART = """
INSERT INTO pulse(hour, offset, coded_at, state, doubts, part, account, boot, up)
SELECT hour, offset, coded_at, ?, doubts, 1, account, boot, up FROM pulse WHERE id = ?
"""


@dataclass(frozen=True, slots=True)
class PulseRow:
    """A pulse of the queue; its XP by language are in the table `pulse_xp`.

    `at`: seconds since 1970; `offset`: minutes east of UTC; `part`: 1, it was split off; `boot` and `up`: which boot of
    the machine it was typed in, and how many seconds after its start.
    """

    id: int
    hour: str
    offset: int
    at: int
    doubts: int
    failures: int
    part: int
    account: str
    boot: int
    up: float

    @property
    def may_merge(self) -> bool:
        """A pulse under suspicion, or one that may have arrived, must not take other XP with it."""
        return not (self.doubts or self.failures or self.part)

    def redate(self, connection: sqlite3.Connection, dated: PulseRow) -> None:
        """Give it the date of `dated`, and what is known beside it likewise."""
        change = "UPDATE pulse SET coded_at = ?, hour = ?, offset = ?, boot = ? WHERE id = ?"
        connection.execute(change, (dated.at, dated.hour, dated.offset, dated.boot, self.id))
        if (self.hour, self.offset) != (dated.hour, dated.offset):
            for language, xp in self._xps(connection).items():
                before = Place(self.hour, self.offset, language)
                typed_with.move(connection, before, Place(dated.hour, dated.offset, language), xp)

    def cut(self, connection: sqlite3.Connection) -> dict[str, int]:
        """Its XP by language; what is more than the service takes in one entry goes to another pulse."""
        xps = self._xps(connection)
        large = {language: xp for language, xp in xps.items() if xp > LARGEST_XP}
        if large:
            rest = self._open_pulse(connection)
            for language, xp in large.items():
                add_xp(connection, rest, {language: xp - LARGEST_XP})
                xps[language] = LARGEST_XP
                limit = "UPDATE pulse_xp SET xp = ? WHERE pulse = ? AND language = ?"
                connection.execute(limit, (LARGEST_XP, self.id, language))
        return xps

    def merge(self, connection: sqlite3.Connection) -> int:
        """Open it again, or make it part of the one that was opened meanwhile; returns its id from now on."""
        which = (self.id, self.hour, self.offset, self.account, self.boot)
        if connection.execute(_REOPEN, which).rowcount:
            return self.id
        target = self._open_pulse(connection)
        add_xp(connection, target, self._xps(connection))
        connection.execute("DELETE FROM pulse_xp WHERE pulse = ?", (self.id,))
        connection.execute("DELETE FROM pulse WHERE id = ?", (self.id,))
        return target

    def split(self, connection: sqlite3.Connection) -> None:
        """Make a pulse of each of its languages."""
        for language in self._xps(connection):
            made = connection.execute(_PART, ("doubt" if self.doubts else "queued", self.id))
            move = "UPDATE pulse_xp SET pulse = ? WHERE pulse = ? AND language = ?"
            connection.execute(move, (made.lastrowid, self.id, language))
        connection.execute("DELETE FROM pulse WHERE id = ?", (self.id,))

    def _xps(self, connection: sqlite3.Connection) -> dict[str, int]:
        return dict(connection.execute(_XPS, (self.id,)).fetchall())

    def _open_pulse(self, connection: sqlite3.Connection) -> int:
        """The open pulse that its XP may join."""
        return merge_open(
            connection,
            self.hour,
            self.offset,
            self.at,
            account=self.account,
            boot=self.boot,
            up=self.up,
        )
