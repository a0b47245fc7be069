"""Exporting what XP was typed with: a file of its own, since the website's layout has no columns for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codestats.data import ledger
from codestats.data.export import Exported, Output
from codestats.data.formats import field, times
from codestats.storage import typed_with

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["COLUMNS", "write_typed_with"]

COLUMNS = ("sent_at", "sent_at_local", "tz_offset", "language", "machine", "editor", "system", "amount")


def write_typed_with(directory: Path, out: Output, form: str, span: ledger.Span) -> Exported:
    """Write every row of which it is known what it was typed with, as 'csv' or 'jsonl'.

    Raises OSError, StorageError.
    """
    line_of = _FORMATS[form]
    if form == "csv":
        out.write((";".join(COLUMNS) + "\n").encode())
    count = total = 0
    with ledger.opened(directory) as database:
        if database is None:
            return Exported()
        with database.reading() as connection:
            for hour, offset, *names, xp in typed_with.rows(connection, *span):
                count += 1
                total += xp
                out.write(line_of(hour, offset, names, xp).encode("utf-8", "replace"))
    return Exported(count, total)


def _csv_line(hour: str, offset: int, names: list[str], xp: int) -> str:
    return ";".join((*times(hour, offset), str(offset), *map(field, names), str(xp))) + "\n"


def _jsonl_line(hour: str, offset: int, names: list[str], xp: int) -> str:
    values = (*times(hour, offset), offset, *names, xp)
    return json.dumps(dict(zip(COLUMNS, values, strict=True)), ensure_ascii=False) + "\n"


_FORMATS = {"csv": _csv_line, "jsonl": _jsonl_line}
