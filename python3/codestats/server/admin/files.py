"""What is in an export: the website's own CSV, or the same as JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from codestats.server.timestamp import local_time, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codestats.server.database import Database

__all__ = ["FORMATS", "Format"]


class Format(NamedTuple):
    """``write`` makes the file of a user (by number); ``kind`` is its content type, ``name`` what to save it as."""

    write: Callable[[Database, int], bytes]
    kind: str
    name: str


class _Entry(NamedTuple):
    sent_at: str
    sent_at_local: str
    tz_offset: int
    language: str
    machine: str
    amount: int


def _entries(database: Database, user: int) -> Iterator[_Entry]:
    rows = database.rows(
        "SELECT sent_at, coded_at, languages.name, machines.name, xp FROM xps JOIN pulses ON pulses.id = pulse"
        " JOIN machines ON machines.id = machine JOIN languages ON languages.id = language"
        " WHERE user = ? ORDER BY sent_at, pulses.id, xps.rowid",
        (user,),
    )
    for sent_at, coded_at, language, machine, xp in rows:
        stamp = parse_timestamp(coded_at)
        offset = stamp[1] if stamp else 0
        utc = datetime.fromtimestamp(int(sent_at), timezone.utc)
        yield _Entry(
            f"{utc:%Y-%m-%d %H:%M:%S}Z", f"{local_time(int(sent_at), offset):%Y-%m-%d %H:%M:%S}", offset // 60,
            language, machine, xp,
        )  # fmt: skip


def _csv(database: Database, user: int) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(_Entry._fields)
    writer.writerows(_entries(database, user))
    return text.getvalue().encode()


def _jsonl(database: Database, user: int) -> bytes:
    lines = (json.dumps(entry._asdict(), ensure_ascii=False) for entry in _entries(database, user))
    return "".join(f"{line}\n" for line in lines).encode()


FORMATS = {
    "csv": Format(_csv, "text/csv; charset=utf-8", "pulses.csv"),
    "jsonl": Format(_jsonl, "application/x-ndjson; charset=utf-8", "pulses.jsonl"),
}
