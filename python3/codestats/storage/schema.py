"""The database's tables, and the way from each earlier version to these.

A pulse is *open* while more XP of its hour may be merged into it: queued, whole, never failed nor in doubt. `hour` is
local time 'YYYY-MM-DDTHH', `offset` minutes east of UTC, times are epoch seconds.

A machine's clock may be wrong, then or now. So a pulse keeps two times of its last keystroke: `coded_at` by the
clock of that moment, and `up`, the seconds since the machine's boot, which `boot` names (0: not known). `boot.up` and
`boot.served_at` are the two clocks at one moment, the service's being the other: dating.py makes a date of them.

`pulse.account` tells whose it is: the key of an owner ('': the first one's that comes; owners.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.storage import ledger_sums, owners, sources, typed_with

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

__all__ = ["VERSION", "make", "migrate"]

VERSION = 9

_TABLES = """
CREATE TABLE batch(id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX batch_at ON batch(at);
CREATE TABLE boot(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    up REAL NOT NULL DEFAULT 0,
    served_at REAL NOT NULL DEFAULT 0
);
CREATE TABLE pulse(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hour TEXT NOT NULL,
    offset INTEGER NOT NULL,
    coded_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued' CHECK(state IN ('queued', 'sending', 'doubt')),
    open INTEGER NOT NULL DEFAULT 0,
    holder TEXT NOT NULL DEFAULT '',
    failures INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 0,
    part INTEGER NOT NULL DEFAULT 0,
    account TEXT NOT NULL DEFAULT '',
    boot INTEGER NOT NULL DEFAULT 0,
    up REAL NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX pulse_open ON pulse(hour, offset, account, boot) WHERE open = 1;
CREATE INDEX pulse_order ON pulse(state, coded_at);
CREATE TABLE pulse_xp(
    pulse INTEGER NOT NULL REFERENCES pulse(id),
    language TEXT NOT NULL,
    xp INTEGER NOT NULL,
    PRIMARY KEY(pulse, language)
) WITHOUT ROWID;
CREATE TABLE ledger(
    hour TEXT NOT NULL,
    offset INTEGER NOT NULL,
    language TEXT NOT NULL,
    machine TEXT NOT NULL,
    state TEXT NOT NULL CHECK(state IN ('sent', 'expired', 'rejected', 'imported')),
    doubt INTEGER NOT NULL,
    xp INTEGER NOT NULL,
    PRIMARY KEY(hour, offset, language, machine, state, doubt)
) WITHOUT ROWID;
CREATE INDEX ledger_lost ON ledger(state, xp) WHERE state IN ('expired', 'rejected');
CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
INSERT INTO meta(key, value) VALUES('identity', lower(hex(randomblob(8))));
CREATE TABLE lease(
    one INTEGER PRIMARY KEY CHECK(one = 1),
    holder TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    expires REAL NOT NULL
);
"""

_SUSPICION = "CREATE TABLE suspicion(pulse INTEGER PRIMARY KEY, record TEXT NOT NULL)"
"""What is held against a pulse, as JSON (delivery/suspicion.py)."""

_FROM_1 = """
CREATE TABLE boot(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    up REAL NOT NULL DEFAULT 0,
    served_at REAL NOT NULL DEFAULT 0
);
ALTER TABLE pulse ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE pulse ADD COLUMN boot INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pulse ADD COLUMN up REAL NOT NULL DEFAULT 0;
DROP INDEX pulse_open;
CREATE UNIQUE INDEX pulse_open ON pulse(hour, offset, account, boot) WHERE open = 1;
INSERT INTO meta(key, value) VALUES('identity', lower(hex(randomblob(8))));
"""


def make(connection: sqlite3.Connection) -> None:
    """Make all tables, within a transaction."""
    _run(connection, _TABLES)
    connection.execute(owners.TABLE)
    connection.execute(_SUSPICION)
    connection.execute(typed_with.TABLE)
    connection.execute(sources.TABLE)
    ledger_sums.make(connection)


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables of an earlier version up to this one's, within a transaction."""
    for step in range(version, VERSION):
        _STEPS[step](connection)


def _from_1(connection: sqlite3.Connection) -> None:
    _run(connection, _FROM_1)


def _from_2(_: sqlite3.Connection) -> None:
    """Its sums are made by a later step."""


def _from_3(connection: sqlite3.Connection) -> None:
    """What was in doubt then had another snapshot of the profile to be compared with."""
    connection.execute(owners.TABLE)
    connection.execute("DELETE FROM meta WHERE key = 'baseline'")


def _from_4(connection: sqlite3.Connection) -> None:
    connection.execute(_SUSPICION)


def _from_5(connection: sqlite3.Connection) -> None:
    connection.execute(typed_with.TABLE)


def _from_6(connection: sqlite3.Connection) -> None:
    connection.execute(sources.TABLE)


def _from_7(_: sqlite3.Connection) -> None:
    """As after version 2."""


def _from_8(connection: sqlite3.Connection) -> None:
    """The sums are made later, a month at a time: nobody has to wait for those of a long ledger."""
    connection.execute("DROP TABLE IF EXISTS typed_month")
    for event in ("comes", "grows", "goes"):
        connection.execute(f"DROP TRIGGER IF EXISTS typed_with_{event}")
    ledger_sums.make_again(connection)


_STEPS: dict[int, Callable[[sqlite3.Connection], None]] = {
    1: _from_1,
    2: _from_2,
    3: _from_3,
    4: _from_4,
    5: _from_5,
    6: _from_6,
    7: _from_7,
    8: _from_8,
}
"""Version → what makes the next one of it. A database is brought up step by step; no step loses a row."""


def _run(connection: sqlite3.Connection, script: str) -> None:
    # Not executescript(), which would commit what was begun.
    for statement in script.split(";\n"):
        connection.execute(statement)
