"""Exporting where text came from: a file of its own, since the website's layout has no columns for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codestats.data import ledger
from codestats.data.export import Exported, Output
from codestats.data.formats import field, times
from codestats.storage import sources

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["COLUMNS", "write_sources"]

COLUMNS = ("sent_at", "sent_at_local", "tz_offset", "language", "machine", "kind", "came", "went")


def write_sources(directory: Path, out: Output, form: str, span: ledger.Span) -> Exported:
    """Write every row, as 'csv' or 'jsonl'; what is counted are the bytes that came. Raises OSError, StorageError."""
    line_of = _FORMATS[form]
    if form == "csv":
        out.write((";".join(COLUMNS) + "\n").encode())
    count = total = 0
    with ledger.opened(directory) as database:
        if database is None:
            return Exported()
        with database.reading() as connection:
            for hour, offset, *names, came, went in sources.rows(connection, *span):
                count += 1
                total += came
                out.write(line_of(hour, offset, names, (came, went)).encode("utf-8", "replace"))
    return Exported(count, total)


def _csv_line(hour: str, offset: int, names: list[str], amounts: tuple[int, int]) -> str:
    return ";".join((*times(hour, offset), str(offset), *map(field, names), *map(str, amounts))) + "\n"


def _jsonl_line(hour: str, offset: int, names: list[str], amounts: tuple[int, int]) -> str:
    values = (*times(hour, offset), offset, *names, *amounts)
    return json.dumps(dict(zip(COLUMNS, values, strict=True)), ensure_ascii=False) + "\n"


_FORMATS = {"csv": _csv_line, "jsonl": _jsonl_line}
