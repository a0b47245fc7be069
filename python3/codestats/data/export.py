"""Exporting: the ledger to a file or a stream, in flat memory, under one consistent look at it."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Protocol

from codestats.data import ledger
from codestats.data.formats import FORMATS, HEADER
from codestats.storage.atomic_file import atomic_write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Exported", "Output", "export_to_file", "export_to_stream", "to_stream", "write_ledger"]

_EVERY = 10_000  # rows between two words about the progress
_IN_MEMORY = 1 << 20  # bytes of a stream's copy before it goes to the disk


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    rows: int = 0
    xp: int = 0


def export_to_file(  # noqa: PLR0913 (all but three are optional or keywords)
    directory: Path,
    target: Path,
    form: str,
    span: ledger.Span,
    *,
    replace: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write a file, whole or not at all. Raises OutputExistsError, OSError, StorageError."""
    with atomic_write(target, replace=replace) as file:
        return write_ledger(directory, file, form, span, progress)


def export_to_stream(directory: Path, out: IO[bytes], form: str, span: ledger.Span) -> Exported:
    """Write to a stream. Raises OSError, StorageError."""
    return to_stream(lambda copy: write_ledger(directory, copy, form, span), out)


def to_stream(write: Callable[[IO[bytes]], Exported], out: IO[bytes]) -> Exported:
    """Write to a stream what `write` does.

    By way of a copy: while the database is read, an editor on a file system without WAL cannot record, so a
    reader at the other end of a pipe must not decide how long that takes.
    """
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        done = write(copy)
        copy.seek(0)
        shutil.copyfileobj(copy, out)
    out.flush()
    return done


class Output(Protocol):
    """What can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take all of it."""


def write_ledger(
    directory: Path,
    out: Output,
    form: str,
    span: ledger.Span,
    progress: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write every row; `progress(rows so far, rows in all)` is called now and then."""
    line_of = FORMATS[form]
    if form == "csv":
        out.write(HEADER.encode())
    number = xp = 0
    with ledger.opened(directory) as database:
        if database is None:
            return Exported()
        with database.reading() as connection:
            whole = ledger.count(connection, span) if progress else 0
            for number, row in enumerate(ledger.rows(connection, span, by_state=form == "jsonl"), 1):
                xp += row.xp
                out.write(line_of(row).encode("utf-8", "replace"))
                if progress and number % _EVERY == 0:
                    progress(number, max(whole, number))
    return Exported(number, xp)
