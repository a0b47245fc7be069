"""Exporting rows that the website's layout has no columns for, as CSV or JSON Lines: files of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from codestats.data import ledger
from codestats.data.export import Exported, Output
from codestats.data.formats import field, times

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = ["write_rows"]

_TIMES = ("sent_at", "sent_at_local", "tz_offset")


def write_rows(  # noqa: PLR0913, PLR0917 (whence, whereto, what)
    directory: Path,
    out: Output,
    form: str,
    span: ledger.Span,
    rows: Callable[[sqlite3.Connection, str, str], Iterable[tuple[str | int, ...]]],
    names: tuple[str, ...],
    amounts: tuple[str, ...],
) -> Exported:
    """Write `rows` of a span, as 'csv' or 'jsonl': hour, offset, then `names` and `amounts`, the first of them counted.

    Raises OSError, StorageError.
    """
    columns = (*_TIMES, *names, *amounts)
    if form == "csv":
        out.write((";".join(columns) + "\n").encode())
    count = total = 0
    with ledger.opened(directory) as database:
        if database is None:
            return Exported()
        with database.reading() as connection:
            for hour, offset, *values in rows(connection, *span):
                count += 1
                total += int(values[len(names)])
                row = (*times(str(hour), int(offset)), offset, *values)
                out.write((_csv(row) if form == "csv" else _jsonl(columns, row)).encode("utf-8", "replace"))
    return Exported(count, total)


def _csv(row: tuple[str | int, ...]) -> str:
    written = (field(value) if isinstance(value, str) else str(value) for value in row[len(_TIMES) :])
    return ";".join((*map(str, row[: len(_TIMES)]), *written)) + "\n"


def _jsonl(columns: tuple[str, ...], row: tuple[str | int, ...]) -> str:
    return json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n"
