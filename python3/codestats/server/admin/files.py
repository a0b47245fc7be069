"""What is in an export: the website's own CSV, or the same as JSON Lines; a part at a time."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from codestats.server.timestamp import local_time, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from codestats.server.database import Database

__all__ = ["FORMATS", "Format"]

_PART = 256 * 1024
"""Characters of a part."""


class Format(NamedTuple):
    """``lines`` are those of the file; ``kind`` is its content type, ``name`` what to save it as."""

    lines: Callable[[Iterable[_Entry]], Iterator[str]]
    kind: str
    name: str

    def parts(self, database: Database, user: int) -> Iterator[bytes]:
        """The file of a user (by number), a part at a time: a long history is never in memory as a whole."""
        lines, size = [], 0
        for line in self.lines(_entries(database, user)):
            lines.append(line)
            size += len(line)
            if size >= _PART:
                yield "".join(lines).encode()
                lines, size = [], 0
        if lines:
            yield "".join(lines).encode()


class _Entry(NamedTuple):
    sent_at: str
    sent_at_local: str
    tz_offset: int
    language: str
    machine: str
    amount: int


def _entries(database: Database, user: int) -> Iterator[_Entry]:
    rows = database.stream(
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


class _Echo:
    """A file whose write tells the text: so `writerow` returns its line."""

    def write(self, text: str) -> str:
        return text


def _csv(entries: Iterable[_Entry]) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\n")
    yield writer.writerow(_Entry._fields)
    yield from map(writer.writerow, entries)


def _jsonl(entries: Iterable[_Entry]) -> Iterator[str]:
    return (f"{json.dumps(entry._asdict(), ensure_ascii=False)}\n" for entry in entries)


FORMATS = {
    "csv": Format(_csv, "text/csv; charset=utf-8", "pulses.csv"),
    "jsonl": Format(_jsonl, "application/x-ndjson; charset=utf-8", "pulses.jsonl"),
}
