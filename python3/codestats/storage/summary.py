"""What waits and what was typed today, in a small file beside the database: an editor reads it without any Python.

    summary-<host>-<token>.json   {"version": 1, "day": "2026-11-27", "queued": 12, "today": 340, …}

So an editor in which nothing is typed shows what is true, and starts a process only if something waits to be sent. The
host's name stands for the machine, since an editor knows no other. Each token has its own numbers. Both are in the name
as the beginning of a hash. autoload/codestats/kept.vim is the reader.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from codestats.paths import machine_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Summary", "summary_file"]

_NUMBERS = ("queued", "queued_pulses", "in_doubt", "expired", "rejected", "today", "last_sent")


def summary_file(directory: Path, token: str) -> Path:
    """Where the editors of this host look that have this token, '' for none."""
    names = [_digest(name) for name in (machine_name(), token) if name]
    return directory / f"summary-{'-'.join(names)}.json"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]


class Summary:
    """A token's file in one data directory. It is worth a moment's work, so what the disk refuses is let be."""

    def __init__(self, directory: Path, token: str) -> None:
        self._path = summary_file(directory, token)
        self._last: dict[str, Any] = {}

    def keep(self, status: Mapping[str, Any], day: str) -> None:
        """Keep the status of a local day ('YYYY-MM-DD'); its state only as long as something waits."""
        kept = {"version": 1, "day": day, **{name: status[name] for name in _NUMBERS}}
        if kept["queued"]:
            kept |= {"state": status["state"], "error": status["error"]}
        self._write(kept)

    def expect(self) -> None:
        """Something may wait from now on: known before it is recorded, in case that this process is killed then."""
        if self._last.get("queued") == 0:
            self._write({**self._last, "queued": 1})

    def _write(self, kept: dict[str, Any]) -> None:
        if kept == self._last:
            return
        self._last = kept
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as file:
                if os.name == "posix":
                    os.fchmod(file.fileno(), 0o600)  # whatever the umask
                json.dump(kept, file)
            temporary.replace(self._path)
