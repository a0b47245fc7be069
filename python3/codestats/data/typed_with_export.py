"""Exporting what XP was typed with: a CSV file of its own, since the website's layout has no columns for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.data import ledger
from codestats.data.export import Exported, Output
from codestats.data.formats import field, times
from codestats.storage import typed_with

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HEADER", "write_typed_with"]

HEADER = "sent_at;sent_at_local;tz_offset;language;machine;editor;system;amount\n"


def write_typed_with(directory: Path, out: Output, span: ledger.Span) -> Exported:
    """Write every row of which it is known what it was typed with. Raises OSError, StorageError."""
    out.write(HEADER.encode())
    count = total = 0
    with ledger.opened(directory) as database:
        if database is None:
            return Exported()
        with database.reading() as connection:
            for hour, offset, *names, xp in typed_with.rows(connection, *span):
                count += 1
                total += xp
                parts = [*times(hour, offset), str(offset), *map(field, names), str(xp)]
                out.write((";".join(parts) + "\n").encode("utf-8", "replace"))
    return Exported(count, total)
