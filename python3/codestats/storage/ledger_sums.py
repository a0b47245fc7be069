"""Sums of the ledger, kept by SQLite: XP and active hours by day, month and year, language, machine, tool and weekday.

`sum_day`, `sum_month` and `sum_year` have a row a language, machine, tool, weekday and span of time, and in it a column
an hour of the day: `h09` is the XP of the hour from nine on, `n09` on how many days of the span that hour had any. ''
stands for *all* languages, machines or tools, so that hours in which two languages were typed count once. `sum_name`
lists the languages, machines and tools that have rows together.

A tool is what XP was typed with, editor and system (typed_with.py); of what the ledger has beyond that, it is not
known. So the sums of all tools are those of the ledger, whatever else is asked.

A trigger notes the day of every change to the ledger, and to what is known of tools, in `stale_day`, whoever makes the
change and why. `refresh` brings the sums of such days up to date when that suits. `overlay` puts what is still missing,
and what waits to be sent, into a temporary table of differences: what is read is right at any moment, and reading
writes nothing.
"""

# ruff: noqa: S608 - queries are put together from this module's own words
from __future__ import annotations

import time
from typing import TYPE_CHECKING

from codestats.paths import machine_name
from codestats.storage import typed_with
from codestats.storage.machine_names import known_names, shown_names

if TYPE_CHECKING:
    import sqlite3

__all__ = [
    "ALIKE", "COUNTS", "DIFFERENCES", "HOURS", "NAMES", "OPEN_DAYS", "make", "make_again", "mark_all_stale",
    "overlay", "refresh", "stale_days",
]  # fmt: skip

HOURS = tuple(f"h{hour:02}" for hour in range(24))
COUNTS = tuple(f"n{hour:02}" for hour in range(24))
DIFFERENCES = "temp.sum_difference"
"""A table as `sum_month`, but of days: to be added to whatever the others say."""
OPEN_DAYS = "temp.sum_fresh"
"""What the sums of the days in `temp.sum_open` are, in place of those in `sum_day`."""

_TOTALS = ("xp", "hours")
_VALUES = (*_TOTALS, *HOURS, *COUNTS)
NAMES = ("language", "machine", "tool")
ALIKE = " AND ".join(f"{{0}}.{name} = name.{name}" for name in NAMES)
"""SQL: a table's rows of the languages, machines and tools of `sum_name AS name`."""
_NAMES = ", ".join(NAMES)
_KEY = f"{_NAMES}, span, weekday"
_SPANS = {"sum_month": 7, "sum_year": 4}  # characters of an ISO date
_WATCHED = ("ledger", "typed_with")


def make(connection: sqlite3.Connection) -> None:
    """Make the tables, and the triggers that watch ledger and tools, within a transaction."""
    for table, values in (("sum_day", (*_TOTALS, *HOURS)), ("sum_month", _VALUES), ("sum_year", _VALUES)):
        columns = ", ".join(f"{name} INTEGER NOT NULL" for name in values)
        connection.execute(
            f"CREATE TABLE {table}(language TEXT NOT NULL, machine TEXT NOT NULL, tool TEXT NOT NULL,"
            f" span TEXT NOT NULL, weekday INTEGER NOT NULL, {columns}, PRIMARY KEY({_KEY})) WITHOUT ROWID"
        )
    connection.execute(
        "CREATE TABLE sum_name(language TEXT NOT NULL, machine TEXT NOT NULL, tool TEXT NOT NULL,"
        f" PRIMARY KEY({_NAMES})) WITHOUT ROWID"
    )
    connection.execute("CREATE TABLE stale_day(day TEXT PRIMARY KEY) WITHOUT ROWID")
    for table in _WATCHED:
        _watch(connection, table)


def make_again(connection: sqlite3.Connection) -> None:
    """Have all of them made as they are now, in place of those of an earlier version, within a transaction."""
    for table in ("sum_day", "sum_month", "sum_year", "sum_pair", "stale_day"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for event in ("insert", "delete", "update"):
        connection.execute(f"DROP TRIGGER IF EXISTS ledger_{event}_makes_stale")
    make(connection)
    mark_all_stale(connection)


def _watch(connection: sqlite3.Connection, table: str) -> None:
    for event, rows in (("INSERT", ("NEW",)), ("DELETE", ("OLD",)), ("UPDATE", ("OLD", "NEW"))):
        # Not INSERT OR IGNORE: in a trigger, the policy of the statement that set it off would go before.
        notes = " ".join(
            f"INSERT INTO stale_day SELECT substr({row}.hour, 1, 10)"
            f" WHERE NOT EXISTS (SELECT 1 FROM stale_day WHERE day = substr({row}.hour, 1, 10));"
            for row in rows
        )
        name = f"{table}_{event.lower()}_makes_stale"
        connection.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {notes} END")


def mark_all_stale(connection: sqlite3.Connection) -> None:
    """Have all sums made, for a ledger that is older than they are."""
    connection.execute("INSERT OR IGNORE INTO stale_day SELECT DISTINCT substr(hour, 1, 10) FROM ledger")


def stale_days(connection: sqlite3.Connection) -> int:
    """How many days wait for `refresh`."""
    return int(connection.execute("SELECT count(*) FROM stale_day").fetchone()[0])


def refresh(connection: sqlite3.Connection, seconds: float = 0.0) -> bool:
    """Bring stale sums up to date, within a transaction: the latest month's, and more for so many seconds.

    Returns whether any are still stale.
    """
    until = time.monotonic() + seconds
    while _refresh_month(connection):
        if time.monotonic() >= until:
            return stale_days(connection) > 0
    return False


def _refresh_month(connection: sqlite3.Connection) -> bool:
    """The latest stale one; False if there is none."""
    newest = connection.execute("SELECT substr(max(day), 1, 7) FROM stale_day").fetchone()[0]
    if newest is None:
        return False
    _clear(connection)
    connection.execute(f"{_OPEN} FROM stale_day WHERE substr(day, 1, 7) = ?", (newest,))
    _take_fresh(connection, _OF_LEDGER)
    _take_differences(connection)
    connection.execute(
        f"DELETE FROM sum_day WHERE ({_KEY}) IN (SELECT {_KEY} FROM {DIFFERENCES} WHERE xp < 0)"
    )
    connection.execute(
        f"INSERT INTO sum_day SELECT {_KEY}, {_TOTAL}, {_ACTIVE}, {_list(HOURS)} FROM temp.sum_fresh"
    )
    for table, length in _SPANS.items():
        connection.execute(_add_to(table, length))
    connection.execute(f"INSERT OR IGNORE INTO sum_name SELECT DISTINCT {_NAMES} FROM temp.sum_fresh")
    connection.execute("DELETE FROM stale_day WHERE substr(day, 1, 7) = ?", (newest,))
    return True


def overlay(connection: sqlite3.Connection) -> None:
    """Fill DIFFERENCES with what the sums lack, for as long as the present transaction lasts."""
    _clear(connection)
    connection.execute(
        f"{_OPEN} FROM (SELECT day FROM stale_day UNION SELECT substr(hour, 1, 10) FROM pulse)"
    )
    _take_fresh(connection, f"{_OF_LEDGER} UNION ALL {_OF_QUEUE}")
    _take_differences(connection)


def _list(names: tuple[str, ...], form: str = "{}") -> str:
    return ", ".join(form.format(name) for name in names)


_TEMPORARY = (
    "CREATE TEMP TABLE IF NOT EXISTS sum_open(day TEXT PRIMARY KEY) WITHOUT ROWID",
    f"CREATE TEMP TABLE IF NOT EXISTS sum_fresh({_KEY}, {_list(HOURS)})",
    f"CREATE TEMP TABLE IF NOT EXISTS sum_difference({_KEY}, {_list(_VALUES)})",
    "CREATE TEMP TABLE IF NOT EXISTS sum_machine(name TEXT PRIMARY KEY, shown TEXT) WITHOUT ROWID",
)


def _clear(connection: sqlite3.Connection) -> None:
    for statement in _TEMPORARY:
        connection.execute(statement)
    for table in ("sum_open", "sum_fresh", "sum_difference", "sum_machine"):
        connection.execute(f"DELETE FROM temp.{table}")
    names = shown_names(known_names(connection))
    connection.executemany("INSERT INTO temp.sum_machine VALUES(?, ?)", names.items())


# Days that are none (of a database that somebody else has written to) have no sums.
_OPEN = "INSERT OR IGNORE INTO temp.sum_open SELECT CASE date(day, '+0 days') WHEN day THEN day ELSE '' END"
_ROWS = (
    "SELECT day, coalesce(nullif(language, ''), '?') AS language,"
    " coalesce((SELECT shown FROM temp.sum_machine WHERE name = {machine}), nullif({machine}, ''), '?') AS machine,"
    " {tool} AS tool, CAST(substr(hour, 12) AS INTEGER) AS hour, xp FROM temp.sum_open CROSS JOIN {table}"
    " ON day <> '' AND hour >= day || 'T00' AND hour <= day || 'T23' {more} WHERE xp > 0"
)
_OF_LEDGER = _ROWS.format(machine="machine", tool="''", table="ledger", more="")
_OF_QUEUE = _ROWS.format(machine=":machine", tool="''", table="pulse", more="JOIN pulse_xp ON pulse = id")
_OF_TOOLS = _ROWS.format(machine="machine", tool=typed_with.TOOL, table="typed_with", more="")
_TOTAL = " + ".join(HOURS)
_ACTIVE = " + ".join(f"({hour} > 0)" for hour in HOURS)
_SUMS = _list(HOURS, "sum({})")
_RESTS = _list(HOURS, "sum(CASE tool WHEN '' THEN {0} ELSE -{0} END)")
_BY_DAY = "FROM temp.sum_fresh GROUP BY language, machine, span"
# Not more than the ledger has: where that is so, somebody else has written to the database.
_DOUBT = f"""
DELETE FROM temp.sum_fresh WHERE tool <> '' AND (language, machine, span) IN (
    SELECT language, machine, span {_BY_DAY} HAVING min({_RESTS}) < 0
)
"""
_REST = f"""
INSERT INTO temp.sum_fresh SELECT language, machine, '{typed_with.NO_TOOL}', span, weekday, {_RESTS} {_BY_DAY}
HAVING max({_RESTS}) > 0
"""
# The inner SELECT is done before anything of it is put in.
_OF_ALL = f"""
INSERT INTO temp.sum_fresh SELECT * FROM (
    SELECT language, '' AS machine, tool, span, weekday, {_SUMS} FROM temp.sum_fresh GROUP BY language, tool, span
    UNION ALL SELECT '', machine, tool, span, weekday, {_SUMS} FROM temp.sum_fresh GROUP BY machine, tool, span
    UNION ALL SELECT '', '', tool, span, weekday, {_SUMS} FROM temp.sum_fresh GROUP BY tool, span
)
"""


def _take_fresh(connection: sqlite3.Connection, source: str) -> None:
    """The sums of the open days."""
    weekday = "(CAST(strftime('%w', day) AS INTEGER) + 6) % 7"  # Monday is 0
    hours = ", ".join(f"sum(xp * (hour = {hour}))" for hour in range(24))
    for rows in (source, _OF_TOOLS):
        connection.execute(
            f"INSERT INTO temp.sum_fresh SELECT {_NAMES}, day, {weekday}, {hours} FROM ({rows}) GROUP BY 1, 2, 3, 4",
            {"machine": machine_name()} if ":machine" in rows else {},
        )
    for statement in (_DOUBT, _REST, _OF_ALL):
        connection.execute(statement)


def _take_differences(connection: sqlite3.Connection) -> None:
    """What the open days' sums are now, and without what they were."""
    connection.execute(
        f"INSERT INTO {DIFFERENCES} SELECT {_KEY}, {_TOTAL}, {_ACTIVE}, {_list(HOURS)}, {_list(HOURS, '({} > 0)')}"
        " FROM temp.sum_fresh"
    )
    connection.execute(
        f"INSERT INTO {DIFFERENCES} SELECT {_list(NAMES, 'old.{}')}, span, weekday, -xp, -hours,"
        f" {_list(HOURS, '-{}')}, {_list(HOURS, '-({} > 0)')}"
        f" FROM sum_name AS name CROSS JOIN temp.sum_open CROSS JOIN sum_day AS old"
        f" ON {ALIKE.format('old')} AND span = day"
    )


def _add_to(table: str, length: int) -> str:
    return (
        f"INSERT INTO {table} SELECT {_NAMES}, substr(span, 1, {length}), weekday, {_list(_VALUES, 'sum({})')}"
        f" FROM {DIFFERENCES} WHERE TRUE GROUP BY 1, 2, 3, 4, 5"
        f" ON CONFLICT({_KEY}) DO UPDATE SET {_list(_VALUES, '{0} = {0} + excluded.{0}')}"
    )
