"""The story with times, for `:CodeStatsLog`: a small file that several editors append to."""

from __future__ import annotations

import os
import time
from collections import deque
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from codestats import paths

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LARGEST", "Log"]

LARGEST = 256 * 1024
"""Bytes after which the file becomes `codestats.log.1` and a new one is begun."""

_REMEMBERED = 300


class Log:
    """Appends lines; never raises, and never writes a token it was told of. Safe in any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._recent: deque[str] = deque(maxlen=_REMEMBERED)
        self._unwritten: deque[str] = deque(maxlen=_REMEMBERED)
        self._file: Path | None = None
        self._token = ""

    def hide(self, token: str) -> None:
        """Never let this token show."""
        self._token = token

    def open(self, data_dir: Path) -> None:
        """Write to this directory from now on; what was said before goes there too."""
        with self._lock:
            self._file = paths.log_file(data_dir)
            self._flush()

    def write(self, text: str) -> None:
        """Note one thing that happened."""
        line = f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} [{os.getpid()}] {self._clean(text)}"
        with self._lock:
            self._recent.append(line)
            self._unwritten.append(line)
            self._flush()

    def tail(self, count: int = _REMEMBERED) -> list[str]:
        """The last lines of all editors, oldest first; this one's alone where there is no file."""
        with self._lock:
            if self._file is None or self._unwritten:
                return list(self._recent)[-count:]
            with suppress(OSError):
                lines = self._file.read_text("utf-8", "replace").splitlines()
                if len(lines) < count:
                    with suppress(OSError):
                        lines = _older(self._file).read_text("utf-8", "replace").splitlines() + lines
                return lines[-count:]
            return list(self._recent)[-count:]

    def _clean(self, text: str) -> str:
        from codestats.credentials import redact  # noqa: PLC0415 (only when there is something to say)

        line = redact(text, self._token) if self._token else text
        return " ".join(line.split())

    def _flush(self) -> None:
        if self._file is None or not self._unwritten:
            return
        with suppress(OSError):
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self._file, flags, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                if size == 0 and os.name == "posix":  # new: whatever the umask
                    os.fchmod(descriptor, 0o600)
                text = "".join(f"{line}\n" for line in self._unwritten)
                os.write(descriptor, text.encode("utf-8", "replace"))
                self._unwritten.clear()
            finally:
                os.close(descriptor)
            if size > LARGEST:
                self._file.replace(_older(self._file))


def _older(file: Path) -> Path:
    return file.with_name(file.name + ".1")
