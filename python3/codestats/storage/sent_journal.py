"""What was sent, told once more outside the data directory, so that a restored backup does not send it again.

A data directory that is set back to what it was yesterday has XP in its queue that the service has got since, and the
service counts it again. So each pulse that arrived is also a line in the user's cache directory, which a backup of the
data does not bring back. A database counts what it sent; where the lines go further than its count, they are replayed:
their XP leaves the queue and is in the local history.

    sent-<digest>.jsonl   {"of": "<database>", "n": 12, "hour": "2026-11-27T14", "offset": 60, "account": …, "xps": …}
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from codestats.storage import name_choices, typed_with
from codestats.storage.spool import add_to_ledger, set_meta
from codestats.storage.typed_with import Place

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from codestats.storage.database import Database

__all__ = ["SentJournal"]

_COUNT = "sent pulses"
_LARGEST = (
    512 * 1024
)  # bytes; some 3,000 pulses, of which a year's backup may lack more: they are too old by then
_KEPT = 1500  # lines

_QUEUED = """
SELECT pulse, xp FROM pulse_xp JOIN pulse ON pulse = id
WHERE hour = ? AND offset = ? AND account IN ('', ?) AND language = ? ORDER BY id
"""


class SentJournal:
    """The lines of one database. Without a cache directory, or with one that cannot be written, nothing is kept."""

    def __init__(self, database: Path, cache: Path | None) -> None:
        digest = hashlib.sha256(os.fsencode(database)).hexdigest()[:12]
        self._path = cache / f"sent-{digest}.jsonl" if cache else None

    def note(self, connection: sqlite3.Connection, pulse: int, account: str) -> str:
        """The line of a pulse that arrived, counted by the database; within the transaction that moves it."""
        hour, offset = connection.execute("SELECT hour, offset FROM pulse WHERE id = ?", (pulse,)).fetchone()
        xps = dict(
            connection.execute("SELECT language, xp FROM pulse_xp WHERE pulse = ?", (pulse,)).fetchall()
        )
        number = _count(connection) + 1
        set_meta(connection, _COUNT, number)
        place = {"hour": hour, "offset": offset, "account": account}
        return json.dumps({"of": _identity(connection), "n": number, **place, "xps": xps})

    def append(self, line: str) -> None:
        """Write it, after that transaction."""
        if self._path is None or not line:
            return
        with suppress(OSError):
            _make_private(self._path.parent)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self._path, flags, 0o600)
            try:
                if os.name == "posix":
                    os.fchmod(descriptor, 0o600)  # whatever the umask
                os.write(descriptor, line.encode() + b"\n")
                is_large = os.fstat(descriptor).st_size > _LARGEST
            finally:
                os.close(descriptor)
            if is_large:
                self._shorten()

    def replay(
        self,
        database: Database,
        forget: Callable[[sqlite3.Connection, str], object],
        prepare: Callable[[], object],
    ) -> int:
        """Take out of the queue what was sent since this database was copied; returns the XP. Raises StorageError.

        `forget` is called for each account whose sums changed; `prepare` before anything is taken out.
        """
        with database.reading() as connection:
            if not self._after(connection):
                return 0
        prepare()
        taken = 0
        with database.transaction() as connection:
            for entry in self._after(connection):
                taken += _take_out(connection, entry)
                forget(connection, entry["account"])
                set_meta(connection, _COUNT, entry["n"])
        return taken

    def _after(self, connection: sqlite3.Connection) -> list[dict[str, Any]]:
        """What this very database sent after all that it knows of."""
        identity, count = _identity(connection), _count(connection)
        return [entry for entry in self._entries() if entry["of"] == identity and entry["n"] > count]

    def _entries(self) -> list[dict[str, Any]]:
        if self._path is None:
            return []
        entries = []
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(descriptor, "rb") as file:
                if not _is_own(os.fstat(descriptor)):
                    return []
                for line in file.read(4 * _LARGEST).splitlines():
                    with suppress(ValueError):  # one that was cut short by a full disk
                        entry = json.loads(line)
                        if _is_entry(entry):
                            entries.append(entry)
        return entries

    def _shorten(self) -> None:
        assert self._path is not None  # noqa: S101 (for the type checker)
        temporary = self._path.with_suffix(f".{os.getpid()}.tmp")
        lines = self._path.read_bytes().splitlines(keepends=True)[-_KEPT:]
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(lines)
        temporary.replace(self._path)


def _make_private(directory: Path) -> None:
    """Make the directory and those above it that are missing, for the user only, whatever the umask."""
    if not directory.is_dir():
        _make_private(directory.parent)
        directory.mkdir(exist_ok=True)
        directory.chmod(0o700)


def _take_out(connection: sqlite3.Connection, entry: dict[str, Any]) -> int:
    """Move the XP of one line from the queue to the history; what is not in the queue was typed after the copy."""
    taken = 0
    for language, xp in entry["xps"].items():
        left = xp
        for name in (language, *name_choices.undecided_as(connection, entry["account"], language)):
            cell = (entry["hour"], entry["offset"], entry["account"], name)
            for pulse, queued in connection.execute(_QUEUED, cell).fetchall():
                part = min(left, queued)
                take = "UPDATE pulse_xp SET xp = xp - ? WHERE pulse = ? AND language = ?"
                connection.execute(take, (part, pulse, name))
                if name != language:
                    at = (entry["hour"], entry["offset"])
                    typed_with.move(connection, Place(*at, name), Place(*at, language), part)
                left -= part
        taken += xp - left
        add_to_ledger(connection, entry["hour"], entry["offset"], language, "sent", xp)
    connection.execute("DELETE FROM pulse_xp WHERE xp = 0")
    connection.execute("DELETE FROM pulse WHERE id NOT IN (SELECT pulse FROM pulse_xp)")
    return taken


def _count(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_COUNT,)).fetchone()
    return int(row[0]) if row else 0


def _identity(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
    return str(row[0]) if row else ""


def _is_own(found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    kinds = {"of": str, "n": int, "hour": str, "offset": int, "account": str, "xps": dict}
    if not all(isinstance(entry.get(name), kind) for name, kind in kinds.items()):
        return False
    return all(isinstance(xp, int) and xp > 0 for xp in entry["xps"].values())
