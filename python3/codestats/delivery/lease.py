"""One sender at a time: a row that its holder renews, and that a dead or stopped holder loses within seconds.

Why: the service's totals lose XP when pulses of one user arrive at the same time (service-api.md). The expiry is
in seconds since the machine's boot, so no jump of the wall clock can keep or break a lease; one that lies
further ahead than any lease is given for is void. One of another boot may be another machine's, whose seconds are
none of ours: it holds until it has not been renewed for as long as a lease lasts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from codestats.clock import Clock

__all__ = ["SECONDS", "Lease", "holder_of"]

SECONDS = 6.0
"""How long a lease lasts without being renewed; it is renewed three times in that time."""


class Lease:
    """One process's view of the lease. All methods but `is_held` want an open transaction."""

    def __init__(self, clock: Clock, holder: str) -> None:
        self._clock = clock
        self.holder = holder
        self._until = 0.0
        self._foreign: tuple[tuple[object, ...], float] = ((), 0.0)  # as it was seen first, and when

    def take(self, connection: sqlite3.Connection) -> float:
        """Take or renew the lease: 0.0 when it is ours now, else the seconds until the other's runs out."""
        holder, remaining = self._look(connection)
        if remaining > 0 and holder != self.holder:
            self._until = 0.0
            return remaining
        self._until = self._clock.uptime() + SECONDS
        take = "INSERT OR REPLACE INTO lease(one, holder, boot_id, expires) VALUES(1, ?, ?, ?)"
        connection.execute(take, (self.holder, self._clock.boot_id, self._until))
        return 0.0

    def renew(self, connection: sqlite3.Connection) -> bool:
        """Prolong the lease if nobody else took it meanwhile."""
        holder, _ = self._look(connection)
        return holder == self.holder and self.take(connection) == 0

    def _look(self, connection: sqlite3.Connection) -> tuple[str, float]:
        """Who took the lease last, and for how many more seconds."""
        row = connection.execute(_FIND).fetchone()
        if row is None or row[1] == self._clock.boot_id:
            return _remaining(row, self._clock)
        if row != self._foreign[0]:
            self._foreign = (row, self._clock.uptime())
        return row[0], max(self._foreign[1] + SECONDS - self._clock.uptime(), 0.0)

    def release(self, connection: sqlite3.Connection) -> None:
        """Let the next one send at once."""
        self._until = 0.0
        connection.execute("DELETE FROM lease WHERE holder = ?", (self.holder,))

    def is_held(self) -> bool:
        """Whether nobody else can be sending now. Asks no database: the last look before a request."""
        return self._clock.uptime() < self._until


def holder_of(connection: sqlite3.Connection, clock: Clock) -> str:
    """Who on this machine may send at this moment; '' for nobody."""
    holder, remaining = _remaining(connection.execute(_FIND).fetchone(), clock)
    return holder if remaining else ""


_FIND = "SELECT holder, boot_id, expires FROM lease"


def _remaining(row: tuple[str, str, float] | None, clock: Clock) -> tuple[str, float]:
    """Who took the lease in this boot, and for how many more seconds."""
    if row is None or row[1] != clock.boot_id:
        return "", 0.0
    remaining = row[2] - clock.uptime()
    return row[0], remaining if 0 < remaining <= SECONDS else 0.0
