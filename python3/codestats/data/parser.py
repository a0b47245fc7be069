"""Reading what was exported, by the website or by us: line by line, believing nothing.

A file is one of ours or the website's by its first line; otherwise it is refused whole. After that a bad line
costs only itself. No line is ever held in memory beyond LONGEST_LINE, however long it is.
"""

from __future__ import annotations

import csv
import json
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any

from codestats.data.formats import COLUMNS, Row, plain_field
from codestats.languages import clean_name
from codestats.pulse import LARGEST_BATCH_XP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["LONGEST_LINE", "Bad", "NotAnExportError", "Section", "read_rows"]

LONGEST_LINE = 64 * 1024  # bytes; four names of 255 characters are 4 KB at most
_LONGEST_FIELD_LINES = 8  # a quoted name may have a line's end in it, but no more than this
_FIRST_YEAR = 1970
_NEEDED = ("language", "machine", "amount")
_TIMES = ("sent_at", "sent_at_local", "tz_offset")
_NO_NAME = "unknown"


class NotAnExportError(ValueError):
    """The file as a whole is nothing that can be imported; the text says why."""


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that was skipped, by its number from 1, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Section:
    """A header in the middle: somebody joined two files, and what follows is another export."""


class _BadLineError(ValueError):
    pass


Found = Row | Bad | Section


def read_rows(file: IO[bytes], now: datetime) -> Iterator[Found]:
    """Rows (their hours as counted there, state 'imported'), bad lines, and joins. Raises NotAnExportError, OSError.

    `now`: an aware datetime; XP of the day after tomorrow is no XP. Lines without XP (amount 0) are passed over.
    """
    lines = _Lines(file)
    first = lines.next()
    if first is None:
        raise NotAnExportError("its first line is too long")
    _refuse_other_kinds(first)
    text = first.decode("utf-8-sig", "replace").strip()
    latest = now.astimezone(timezone.utc).replace(tzinfo=None) + timedelta(days=1)
    # A cache of its own for each file: what is in the future is another thing tomorrow.
    hour_of = lru_cache(maxsize=1024)(lambda time, offset: _hour(time, offset, latest))
    if text.startswith("{"):
        try:
            yield _from_json(text, hour_of)
        except _BadLineError as error:
            raise NotAnExportError(f"its first line is no entry of an export: {error}") from None
        yield from _each(lines, lambda raw: _from_json(_text(raw), hour_of))
    else:
        yield from _csv_rows(lines, text, hour_of)


def _refuse_other_kinds(first: bytes) -> None:
    if not first.strip():
        raise NotAnExportError("it is empty")
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise NotAnExportError("it is UTF-16: save it as UTF-8")
    if first[:2] == b"\x1f\x8b" or first[:4] == b"PK\x03\x04":
        raise NotAnExportError("it is compressed: unpack it first")


class _Lines:
    """Lines of a file with their numbers; one that is too long is read past, not into memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._put_back: deque[bytes | None] = deque()
        self.number = 0

    def next(self) -> bytes | None:
        """The next line without its end; b'' at the end of the file, None for a line that is too long."""
        self.number += 1
        if self._put_back:
            return self._put_back.popleft()
        raw = self._file.readline(LONGEST_LINE)
        if len(raw) < LONGEST_LINE or raw.endswith(b"\n"):
            return raw
        while raw and not raw.endswith(b"\n"):
            raw = self._file.readline(LONGEST_LINE)
        return None

    def put_back(self, lines: list[bytes | None]) -> None:
        """These are to come again."""
        self._put_back.extendleft(reversed(lines))
        self.number -= len(lines)


def _each(lines: _Lines, row_of: Callable[[bytes], Row | Section | None]) -> Iterator[Found]:
    """Every further line as what it is."""
    while (raw := lines.next()) != b"":
        number = lines.number
        if raw is None:
            yield Bad(number, "the line is too long")
            continue
        if raw.isspace():
            continue
        try:
            row = row_of(raw)
        except _BadLineError as error:
            yield Bad(number, str(error))
        else:
            if row is not None:
                yield row


def _text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise _BadLineError("not UTF-8") from None
    if "\0" in text:
        raise _BadLineError("it contains a NUL character")
    return text


def _from_json(text: str, hour_of: Callable[[str, str], tuple[str, int]]) -> Row:
    try:
        entry: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise _BadLineError("invalid JSON") from None
    if not isinstance(entry, dict) or not all(key in entry for key in _NEEDED):
        raise _BadLineError("not an entry")
    language, machine, amount = (entry[key] for key in _NEEDED)
    local, offset = entry.get("sent_at_local"), entry.get("tz_offset")
    if not isinstance(language, str) or not isinstance(machine, str) or not isinstance(local, str):
        raise _BadLineError("a text field is missing")
    if type(amount) is not int or not 1 <= amount <= LARGEST_BATCH_XP or type(offset) is not int:
        raise _BadLineError("a number is missing")
    hour, minutes = hour_of(local[:13], str(offset))
    return Row(hour, minutes, _name(language), _machine(machine), "imported", amount)


def _csv_rows(lines: _Lines, header: str, hour_of: Callable[[str, str], tuple[str, int]]) -> Iterator[Found]:
    separator = next((mark for mark in ";,\t" if mark in header), ";")
    names = [name.strip().strip('"').strip().lower() for name in header.split(separator)]
    if not all(name in names for name in _NEEDED) or not {"sent_at", "sent_at_local"} & set(names):
        raise NotAnExportError(f"its first line is not {';'.join(COLUMNS)}")
    width = len(names)
    language, machine, amount = (names.index(name) for name in _NEEDED)
    utc, local, offset = (names.index(name) if name in names else -1 for name in _TIMES)

    def row_of(raw: bytes) -> Row | Section | None:
        text = _text(raw).rstrip("\r\n")
        fields = _quoted(lines, text, separator) if '"' in text else text.split(separator)
        if len(fields) != width:
            raise _BadLineError(f"it has {len(fields)} fields, not {width}")
        xp = fields[amount]
        if not (xp.isascii() and xp.isdigit()) or len(xp) > 13 or int(xp) > LARGEST_BATCH_XP:
            if xp == names[amount]:
                return Section()
            raise _BadLineError("invalid amount of XP")
        if not int(xp):
            return None
        time, minutes = _time_fields(fields, utc, local, offset)
        hour, east = hour_of(time[:13], minutes)
        return Row(
            hour,
            east,
            _name(plain_field(fields[language])),
            _machine(plain_field(fields[machine])),
            "imported",
            int(xp),
        )

    yield from _each(lines, row_of)


def _time_fields(fields: list[str], utc: int, local: int, offset: int) -> tuple[str, str]:
    """Local time and offset; an old entry of the website may have none, which makes its time UTC."""
    minutes = fields[offset] if offset >= 0 else ""
    if local >= 0 and fields[local]:
        return fields[local], minutes or "0"
    return (fields[utc] if utc >= 0 else ""), "0"


def _quoted(lines: _Lines, text: str, separator: str) -> list[str]:
    """The fields of a line with quotes; a field may go on in the following lines."""
    taken: list[bytes | None] = []
    whole = text
    while whole.count('"') % 2:
        more = lines.next() if len(taken) < _LONGEST_FIELD_LINES else b""
        if more:
            taken.append(more)
        if not more or len(whole) + len(more) > LONGEST_LINE:
            # The quote is a stray one: the other lines may be good.
            lines.put_back([*taken, *([more] if more is None else [])])
            raise _BadLineError("unterminated quote")
        whole += "\n" + more.decode("utf-8", "replace").rstrip("\r\n")
    try:
        return next(csv.reader([whole], delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        raise _BadLineError("misplaced quotes") from None


@lru_cache(maxsize=4096)
def _name(text: str) -> str:
    return clean_name(text)


@lru_cache(maxsize=1024)
def _machine(text: str) -> str:
    return clean_name(text) if text.strip() else _NO_NAME


def _hour(time: str, offset: str, latest: datetime) -> tuple[str, int]:
    """('YYYY-MM-DDTHH', minutes) of the beginning of a local time. Raises _BadLineError."""
    hour = time[:10] + "T" + time[11:]
    try:
        if time[10:11] not in (" ", "T") or len(time) != 13 or not time[11:].isdigit() or not time.isascii():
            raise ValueError  # noqa: TRY301 (as fromisoformat would)
        when = datetime(int(time[:4]), int(time[5:7]), int(time[8:10]), int(time[11:]))  # noqa: DTZ001 (local)
        if when.strftime("%Y-%m-%dT%H").zfill(13) != hour or when.year < _FIRST_YEAR:
            raise ValueError  # noqa: TRY301 (as fromisoformat would)
    except ValueError:
        raise _BadLineError("invalid timestamp") from None
    digits = offset[1:] if offset[:1] in ("-", "+") else offset
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 4 or int(digits) >= 24 * 60:
        raise _BadLineError("invalid tz_offset")
    if when - timedelta(minutes=int(offset)) > latest:
        raise _BadLineError("timestamp in the future")
    return hour, int(offset)
