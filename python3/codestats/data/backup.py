"""Dated backups in a directory: the ledger, and the public profile as the service tells it.

    ledger-HOST-2026-11-21.csv     as `export` writes it
    profile-USER-2026-11-21.json   the service's answer, with sorted keys

A backup that is the same as the last one is not written again. Kept are the newest ones, the first of each
month, and the largest: after a lost database even a forgotten cron job keeps what there was.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import IO, TYPE_CHECKING, Any

from codestats import paths
from codestats.data import ledger
from codestats.data.export import write_ledger
from codestats.storage.atomic_file import atomic_write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["KEEP", "Series", "back_up_ledger", "back_up_profile", "kept", "prune"]

KEEP = 7
_UNSAFE = re.compile(r"[^\w.@+-]+")


@dataclass(frozen=True, slots=True)
class Series:
    """The backups of one thing: files `stem-YYYY-MM-DD.suffix` of a directory."""

    directory: Path
    stem: str
    suffix: str

    @classmethod
    def of_ledger(cls, directory: Path) -> Series:
        """This machine's ledger."""
        return cls(directory, f"ledger-{_safe(paths.machine_name())}", "csv")

    @classmethod
    def of_profile(cls, directory: Path, user: str) -> Series:
        """A user's profile."""
        return cls(directory, f"profile-{_safe(user)}", "json")

    def path(self, day: date) -> Path:
        """Where the backup of a day is."""
        return self.directory / f"{self.stem}-{day.isoformat()}.{self.suffix}"

    def files(self) -> list[Path]:
        """Those that are there, oldest first."""
        name = re.compile(rf"{re.escape(self.stem)}-\d{{4}}-\d\d-\d\d\.{self.suffix}")
        found = (path for path in self.directory.iterdir() if name.fullmatch(path.name) and path.is_file())
        return sorted(path for path in found if _is_day(path.stem[-10:]))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _safe(name: str) -> str:
    """A name as part of a file's name. What had to be changed is told apart by a digest."""
    safe = _UNSAFE.sub("_", name)[:80]
    return (
        safe if safe == name else f"{safe}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
    )


class _NotWrittenError(Exception):
    pass


class _Digesting:
    """Writes to a file and digests what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sum = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        return self._file.write(data)

    @property
    def digest(self) -> bytes:
        return self._sum.digest()


def back_up_ledger(source: Path, series: Series, day: date) -> bool:
    """Write the ledger of a data directory, unless it is as in the last backup. Raises OSError, StorageError.

    False: it has less XP than the last backup, which a ledger never should; that one is not replaced.
    """
    files = series.files()
    before, digest = _look_at(files[-1]) if files else (0, b"")
    now = before
    path = series.path(day)
    with suppress(_NotWrittenError), atomic_write(path, replace=True) as file:
        out = _Digesting(file)
        now = write_ledger(source, out, "csv", ledger.EVERYTHING).xp
        if out.digest == digest or (now < before and path in files):
            raise _NotWrittenError
    return now >= before


def _look_at(path: Path) -> tuple[int, bytes]:
    """The XP and the digest of an earlier backup."""
    xp, digest = 0, hashlib.sha256()
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            amount = line.rpartition(b";")[2].strip()
            xp += int(amount) if amount.isdigit() and len(amount) < 20 else 0
    return xp, digest.digest()


def back_up_profile(answer: dict[str, Any], series: Series, day: date) -> None:
    """Write the service's answer, unless it is as in the last backup. Raises OSError."""
    text = (json.dumps(answer, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode(
        "utf-8", "replace"
    )
    files = series.files()
    if not files or files[-1].read_bytes() != text:
        with atomic_write(series.path(day), replace=True) as file:
            file.write(text)


def kept(days: Sequence[tuple[date, int]], number: int) -> set[date]:
    """Which of some backups (day, size) stay: the newest `number`, the first of each month, the largest."""
    ordered = sorted(days)
    stay = {day for day, _ in ordered[-number:]}
    first_of_month: dict[tuple[int, int], date] = {}
    for day, _ in ordered:
        first_of_month.setdefault((day.year, day.month), day)
    largest = max(ordered, key=lambda entry: (entry[1], entry[0]), default=None)
    return stay | set(first_of_month.values()) | ({largest[0]} if largest else set())


def prune(series: Series, number: int) -> None:
    """Remove the backups that need not stay. Raises OSError."""
    files = {date.fromisoformat(path.stem[-10:]): path for path in series.files()}
    stay = kept([(day, path.stat().st_size) for day, path in files.items()], number)
    for day, path in files.items():
        if day not in stay:
            path.unlink()
