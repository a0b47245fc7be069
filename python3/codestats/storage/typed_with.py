"""What XP was typed with, beside the ledger: the editor and the operating system, by hour, language and machine.

Kept from schema version 6 on, and never sent. What was typed before, elsewhere, or imported is in no row of it: it is
`UNKNOWN`, what a total has beyond these rows.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from codestats.paths import machine_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Mapping, Sequence

__all__ = ["DIMENSIONS", "MONTHS", "TABLE", "UNKNOWN", "add", "cross", "rename", "rows", "system_name"]

_ONE_DAY = timedelta(days=1)

DIMENSIONS = ("editor", "system")
UNKNOWN = "?"

TABLE = """
CREATE TABLE typed_with(
    hour TEXT NOT NULL,
    offset INTEGER NOT NULL,
    language TEXT NOT NULL,
    machine TEXT NOT NULL,
    editor TEXT NOT NULL,
    system TEXT NOT NULL,
    xp INTEGER NOT NULL,
    PRIMARY KEY(hour, offset, language, machine, editor, system)
) WITHOUT ROWID
"""

MONTHS = """
CREATE TABLE typed_month(
    month TEXT NOT NULL,
    language TEXT NOT NULL,
    machine TEXT NOT NULL,
    editor TEXT NOT NULL,
    system TEXT NOT NULL,
    xp INTEGER NOT NULL,
    PRIMARY KEY(month, language, machine, editor, system)
) WITHOUT ROWID;
INSERT INTO typed_month SELECT substr(hour, 1, 7), language, machine, editor, system, sum(xp) FROM typed_with
GROUP BY substr(hour, 1, 7), language, machine, editor, system;
CREATE TRIGGER typed_with_comes AFTER INSERT ON typed_with BEGIN
    INSERT INTO typed_month VALUES(substr(NEW.hour, 1, 7), NEW.language, NEW.machine, NEW.editor, NEW.system, NEW.xp)
    ON CONFLICT(month, language, machine, editor, system) DO UPDATE SET xp = xp + excluded.xp; END;
CREATE TRIGGER typed_with_grows AFTER UPDATE ON typed_with BEGIN
    UPDATE typed_month SET xp = xp + NEW.xp - OLD.xp WHERE month = substr(OLD.hour, 1, 7)
    AND language = OLD.language AND machine = OLD.machine AND editor = OLD.editor AND system = OLD.system; END;
CREATE TRIGGER typed_with_goes AFTER DELETE ON typed_with BEGIN
    UPDATE typed_month SET xp = xp - OLD.xp WHERE month = substr(OLD.hour, 1, 7)
    AND language = OLD.language AND machine = OLD.machine AND editor = OLD.editor AND system = OLD.system; END
"""
"""Sums by month, from schema version 8 on: nobody is to wait for a breakdown of a million rows. Only xp is updated."""

_ADD = """
INSERT INTO typed_with(hour, offset, language, machine, editor, system, xp) VALUES(?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(hour, offset, language, machine, editor, system) DO UPDATE SET xp = xp + excluded.xp
"""
_THERE = "hour = :hour AND offset = :offset AND language = :old AND machine = :machine"
_MOVE = f"""
INSERT INTO typed_with(hour, offset, language, machine, editor, system, xp)
SELECT hour, offset, :new, machine, editor, system, xp FROM typed_with WHERE {_THERE}
ON CONFLICT(hour, offset, language, machine, editor, system) DO UPDATE SET xp = xp + excluded.xp
"""  # noqa: S608 (our own words)
_ROWS = """
SELECT hour, offset, language, machine, editor, system, xp FROM typed_with
WHERE hour >= ? AND hour < ? AND xp > 0 ORDER BY 1, 2, 3, 4, 5, 6
"""
_SYSTEMS = {"linux": "Linux", "darwin": "macOS", "win32": "Windows", "cygwin": "Windows"}


def system_name() -> str:
    """This machine's operating system."""
    return _SYSTEMS.get(sys.platform, sys.platform)


def add(connection: sqlite3.Connection, hour: str, offset: int, xp: Mapping[str, int], editor: str) -> None:
    """Note what XP by language was typed with, here; nothing where the editor is not known ('')."""
    if editor:
        place = (machine_name(), editor, system_name())
        connection.executemany(
            _ADD, [(hour, offset, language, *place, amount) for language, amount in xp.items()]
        )


def rename(connection: sqlite3.Connection, hour: str, offset: int, old: str, new: str) -> None:
    """What was typed here in that hour goes by another name of its language."""
    given = {"hour": hour, "offset": offset, "old": old, "new": new, "machine": machine_name()}
    connection.execute(_MOVE, given)
    connection.execute(f"DELETE FROM typed_with WHERE {_THERE}", given)  # noqa: S608


def rows(
    connection: sqlite3.Connection, first: str, last: str
) -> Iterator[tuple[str, int, str, str, str, str, int]]:
    """Hour, offset, language, machine, editor, system and XP of the hours [first, last), in order of time."""
    yield from connection.execute(_ROWS, (first, last))


def cross(
    connection: sqlite3.Connection,
    keys: tuple[str, ...],
    first: date,
    last: date,
    wanted: Sequence[tuple[str, Sequence[str]]],
) -> dict[tuple[str, ...], int]:
    """XP of the days from `first` to `last` along some dimensions, where others are among the `wanted` keys."""
    found: dict[tuple[str, ...], int] = {}
    for source in _sources(first, last, {*keys, *(dimension for dimension, _ in wanted)}):
        conditions, given = [f"{source.span} >= ?", f"{source.span} <= ?"], [source.first, source.last]
        for dimension, values in wanted:
            conditions.append(f"{source.keys[dimension]} IN ({', '.join('?' * len(values))})")
            given += values
        names = ", ".join(source.keys[key] for key in keys)
        where = " AND ".join(conditions)
        query = f"SELECT {names}, sum(xp) FROM {source.table} WHERE xp > 0 AND {where} GROUP BY {names}"  # noqa: S608
        for row in connection.execute(query, given):
            found[row[:-1]] = found.get(row[:-1], 0) + row[-1]
    return found


class _Source(NamedTuple):
    """A table with the column that it is in time order by, what is wanted of it, and dimensions as SQL."""

    table: str
    span: str
    first: str
    last: str
    keys: Mapping[str, str]


def _sources(first: date, last: date, dimensions: Collection[str]) -> Iterator[_Source]:
    """Whole months of sums where these will do, days of hours for the rest."""
    begin = first if first.day == 1 else (first.replace(day=28) + 4 * _ONE_DAY).replace(day=1)
    end = last if last == date.max or (last + _ONE_DAY).day == 1 else last.replace(day=1) - _ONE_DAY
    if not _MONTH_KEYS.keys() >= set(dimensions) or begin > end:
        yield _hours(first, last)
        return
    if first < begin:
        yield _hours(first, begin - _ONE_DAY)
    yield _Source("typed_month", "month", begin.isoformat()[:7], end.isoformat()[:7], _MONTH_KEYS)
    if end < last:
        yield _hours(end + _ONE_DAY, last)


def _hours(first: date, last: date) -> _Source:
    return _Source("typed_with", "hour", f"{first.isoformat()}T", f"{last.isoformat()}T~", _HOUR_KEYS)


_NAMES = {
    "language": "coalesce(nullif(language, ''), '?')",
    # As the sums have it: a machine may have several names (ledger_sums.overlay fills the table).
    "machine": "coalesce((SELECT shown FROM temp.sum_machine WHERE name = machine), nullif(machine, ''), '?')",
    "editor": "editor",
    "system": "system",
}
_MONTH_KEYS = {**_NAMES, "month": "month", "year": "substr(month, 1, 4)"}
_HOUR_KEYS = {
    **_NAMES,
    "weekday": "CAST((CAST(strftime('%w', substr(hour, 1, 10)) AS INTEGER) + 6) % 7 AS TEXT)",
    "hour": "substr(hour, 12)",
    "date": "substr(hour, 1, 10)",
    # its Monday
    "week": "date(substr(hour, 1, 10), '-' || ((strftime('%w', substr(hour, 1, 10)) + 6) % 7) || ' days')",
    "month": "substr(hour, 1, 7)",
    "year": "substr(hour, 1, 4)",
}
