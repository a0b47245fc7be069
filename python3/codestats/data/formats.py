"""A row of exported data, and its two forms as text: CSV in the service's column layout, and JSON Lines.

service-api.md, *The website's export*: separator `;`, header as COLUMNS, a line an XP entry, times to the second,
`tz_offset` in minutes east of UTC. Both forms of ours have the same names; JSON Lines also tells the state.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["COLUMNS", "FORMATS", "HEADER", "Row", "csv_line", "field", "jsonl_line", "plain_field", "times"]

COLUMNS = ("sent_at", "sent_at_local", "tz_offset", "language", "machine", "amount")
HEADER = ";".join(COLUMNS) + "\n"

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


class Row(NamedTuple):
    """XP of one language on one machine in one local hour.

    `hour` is 'YYYY-MM-DDTHH', `offset` minutes east of UTC, `state` queued, sent, expired, rejected or imported.
    """

    hour: str
    offset: int
    language: str
    machine: str
    state: str
    xp: int


def csv_line(row: Row) -> str:
    """One line of CSV with its end."""
    sent_at, local = times(row[0], row[1])
    return f"{sent_at};{local};{row[1]};{field(row[2])};{field(row[3])};{row[5]}\n"


def jsonl_line(row: Row) -> str:
    """One JSON object with its line's end."""
    sent_at, local = times(row[0], row[1])
    return (
        f'{{"sent_at": "{sent_at}", "sent_at_local": "{local}", "tz_offset": {row[1]}, '
        f'"language": {_string(row[2])}, "machine": {_string(row[3])}, "state": "{row[4]}", "amount": {row[5]}}}\n'
    )


FORMATS: dict[str, Callable[[Row], str]] = {"csv": csv_line, "jsonl": jsonl_line}


@lru_cache(maxsize=64)
def times(hour: str, offset: int) -> tuple[str, str]:
    """The beginning of a local hour in UTC and in local time, as the website writes them."""
    local = datetime.strptime(hour, "%Y-%m-%dT%H")  # noqa: DTZ007 (local by definition)
    return f"{local - timedelta(minutes=offset):%Y-%m-%d %H:%M:%S}Z", f"{local:%Y-%m-%d %H:%M:%S}"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return _FORMULA.match(text) is not None


@lru_cache(maxsize=4096)
def field(text: str) -> str:
    """A name as a field: never a formula (an apostrophe stands before it), quoted where it has to be."""
    if is_formula(text):
        text = f"'{text}"
    if any(char in text for char in ';"\r\n') or text != text.strip():
        text = '"' + text.replace('"', '""') + '"'
    return text


def plain_field(text: str) -> str:
    """The name without the apostrophe that kept it from being a formula."""
    return text[1:] if text[:1] == "'" and is_formula(text) else text


@lru_cache(maxsize=4096)
def _string(text: str) -> str:
    return json.dumps(text)
