"""When something was typed, and what time it is, whatever this machine's clock said then or says now.

A clock may be years behind until the network sets it, days ahead for one editor, or wrong all the time. Two things
don't jump: the seconds since the machine's boot, and the service's own clock, which the `Date` of its answers tells.
Both at one moment are kept with each boot; with them everything typed in that boot has an exact date.

Without them the clock is believed as far as it can be true: not before anything the service is known to have answered
earlier, not in the future. What would then be too old for the service, though no clock that is known to be right says
so, gets the latest date that it can have: it must not be lost because a clock was wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from codestats.clock import Clock

__all__ = ["ACCEPTED", "DATED", "TOLERANCE", "Dating", "Moment", "Stamp", "boot_id", "is_too_old"]

TOLERANCE = 600.0
"""Seconds by which two clocks may differ and are both right: pulses are dated by the hour."""

ACCEPTED = 7 * 86_400.0
"""The age in seconds up to which the service takes a pulse (API documentation, "Add pulse")."""

DATED = -1
"""In place of a boot: the time is the service's already."""

_MARGIN = 60.0  # seconds that a request may take
_BOOTS_KEPT = 50
_FIRST = 1_451_606_400  # 2016: no XP is older than the service


class Stamp(NamedTuple):
    """The last keystroke of a pulse: by the clock of that moment, and by the seconds since a boot (0: unknown)."""

    at: int
    boot: int
    up: float


class Moment(NamedTuple):
    """When that was. `is_sure`: by clocks that are known to have been right."""

    at: int
    is_sure: bool


class Dating:
    """The service's clock as far as it was heard, and dates made with it. For one thread at a time."""

    def __init__(self, clock: Clock, tell: Callable[[float], object] = lambda _: None) -> None:
        """`tell` is told by how many seconds this machine's clock is behind the service's; 0.0: it is right."""
        self._clock = clock
        self._tell = tell
        self._told: float | None = None
        self._last = (-1e9, 0.0)  # (uptime, the service's clock) of its last answer
        self._heard: tuple[float, float] | None = None  # the same, as long as it is not kept

    def hear(self, served_at: float, uptime: float) -> None:
        """An answer of the service: its clock, and our uptime, at that moment."""
        self._heard = self._last = (uptime, served_at)
        skew = _notable(served_at + self._clock.uptime() - uptime - self._clock.now())
        if self._told is None or abs(skew - self._told) > TOLERANCE:
            self._told = skew
            self._tell(skew)

    def keep(self, connection: sqlite3.Connection) -> None:
        """Keep what was heard with this boot, within a transaction."""
        if self._heard is not None:
            boot = boot_id(connection, self._clock.boot_id)
            connection.execute("UPDATE boot SET up = ?, served_at = ? WHERE id = ?", (*self._heard, boot))
            if boot:  # else it is all that there is
                self._heard = None

    def now(self, connection: sqlite3.Connection) -> float:
        """The service's time, as far as it is known to differ from this machine's."""
        return self._clock.now() + self._skew(connection)

    def of(self, connection: sqlite3.Connection, stamp: Stamp) -> Moment:
        """When that was typed."""
        now = self.now(connection)
        moment = self._placed(connection, stamp, now)
        if not moment.is_sure and is_too_old(moment.at, now):
            moment = Moment(self._latest(now), is_sure=False)
        if abs(moment.at - stamp.at) <= TOLERANCE:
            moment = moment._replace(at=stamp.at)
        return moment._replace(at=min(moment.at, int(now + TOLERANCE)))

    def has_heard_lately(self) -> bool:
        """Whether it was the service's own answer, a while ago at most, that tells the time."""
        return 0 <= self._clock.uptime() - self._last[0] <= TOLERANCE

    def knows_the_time(self, connection: sqlite3.Connection) -> bool:
        """Whether the service told it, in this boot."""
        return self._anchor(connection) is not None

    def is_unclear(self, connection: sqlite3.Connection, stamp: Stamp) -> bool:
        """Whether that is dated by more than the clock of its moment, or too old."""
        moment = self.of(connection, stamp)
        return moment.at != stamp.at or is_too_old(moment.at, self.now(connection))

    def stored_at(self, at: int) -> int:
        """When the service says that a pulse of then was typed which it took just now: never in its future."""
        uptime, served_at = self._last
        age = self._clock.uptime() - uptime
        return min(at, int(served_at + age)) if 0 <= age <= _MARGIN else at

    def _placed(self, connection: sqlite3.Connection, stamp: Stamp, now: float) -> Moment:
        if stamp.boot == DATED:
            return Moment(stamp.at, is_sure=False)
        row = connection.execute(
            "SELECT name, up, served_at FROM boot WHERE id = ?", (stamp.boot,)
        ).fetchone()
        name, up, served_at = row or ("", 0.0, 0.0)
        if served_at:
            return Moment(int(served_at + stamp.up - up), is_sure=True)
        if name and name == self._clock.boot_id:  # the time that passed is known, whatever the clock shows
            return Moment(int(now - (self._clock.uptime() - stamp.up)), is_sure=True)
        return self._believed(connection, stamp, now)

    def _believed(self, connection: sqlite3.Connection, stamp: Stamp, now: float) -> Moment:
        """By the clock of another boot, or of an unknown one, as far as it can have been right."""
        before = "SELECT max(served_at) FROM boot WHERE id < ? AND name != ?"
        (last,) = connection.execute(before, (stamp.boot, self._clock.boot_id)).fetchone()
        earliest = max(last or 0, _FIRST) - TOLERANCE
        skew = self._skew(connection)
        # A clock that is wrong now was so then, most likely.
        possible = [at for at in (stamp.at + int(skew), stamp.at) if earliest <= at <= now + TOLERANCE]
        possible.sort(key=lambda at: is_too_old(at, now))
        if not possible:
            return Moment(self._latest(now), is_sure=False)
        # Nothing more can be known of a boot without a name; else, the clock was right before and is now.
        return Moment(possible[0], is_sure=not skew and (bool(last) or not stamp.boot))

    def _latest(self, now: float) -> int:
        """What was typed before this boot was typed at its beginning, at the latest."""
        began = now - self._clock.uptime()
        return int(now if is_too_old(began, now) else began)

    def _skew(self, connection: sqlite3.Connection) -> float:
        """Seconds that this machine's clock is behind the service's; 0.0 for as good as none, and for unknown."""
        anchor = self._anchor(connection)
        if anchor is None:
            return 0.0
        return _notable(anchor[1] + self._clock.uptime() - anchor[0] - self._clock.now())

    def _anchor(self, connection: sqlite3.Connection) -> tuple[float, float] | None:
        """Our uptime and the service's clock at one moment of this boot."""
        if self._heard is not None or not self._clock.boot_id:
            return self._heard
        find = "SELECT up, served_at FROM boot WHERE name = ? AND served_at > 0"
        return connection.execute(find, (self._clock.boot_id,)).fetchone()  # type: ignore[no-any-return]


def _notable(skew: float) -> float:
    return skew if abs(skew) > TOLERANCE else 0.0


def is_too_old(at: float, now: float) -> bool:
    """Whether the service refuses what was typed then."""
    return now - at > ACCEPTED - _MARGIN


def boot_id(connection: sqlite3.Connection, name: str) -> int:
    """The number of a boot, 0 where boots have no names; within a transaction."""
    if not name:
        return 0
    find = "SELECT id FROM boot WHERE name = ?"
    row = connection.execute(find, (name,)).fetchone()
    if row is None:
        connection.execute("INSERT INTO boot(name) VALUES(?)", (name,))
        row = connection.execute(find, (name,)).fetchone()
        forget = "DELETE FROM boot WHERE id <= ? AND id NOT IN (SELECT boot FROM pulse)"
        connection.execute(forget, (row[0] - _BOOTS_KEPT,))
    return int(row[0])
