"""What setup changed, and what was there before: `setup.json` in the data directory, for nobody else to read.

A change is noted before it is made, so that one that was killed half-way can be undone, or made again. The address of
the service is beside them: a command in a shell reads no vimrc that has it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from codestats import paths
from codestats.exceptions import CodeStatsError
from codestats.storage.atomic_file import TEMPORARY, read_file, write_file

__all__ = ["Entry", "Journal", "SetupError", "digest_of"]


class SetupError(CodeStatsError):
    """A step was not possible: what was there is as it was; the text says how to go on."""


@dataclass(slots=True)
class Entry:
    """One thing that was changed. `kind`: file, packages or job; `before` is None where there was nothing."""

    kind: str
    what: str
    path: str
    before: str | None = None
    mode: int = 0
    written: list[str] = field(default_factory=list)
    """Digests of all that we wrote into a file: anything else in it is somebody else's."""
    job: dict[str, Any] | None = None
    """The job that was scheduled before."""

    def content_before(self) -> bytes | None:
        """Of a file."""
        return None if self.before is None else base64.b64decode(self.before)


class Journal:
    """The notes of one data directory. Raises SetupError if there are some that cannot be read."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "setup.json"
        self.entries: list[Entry] = []
        self.directories: list[str] = []
        self.api_url = ""
        text = read_file(self.path)
        if text is not None:
            try:
                told = json.loads(text)
                self.directories = [str(name) for name in told["directories"]]
                self.entries = [Entry(**entry) for entry in told["entries"]]
                self.api_url = str(told.get("api_url", ""))
            except (ValueError, TypeError, KeyError):
                raise SetupError(f"{self.path} cannot be read: move it away, then try again") from None

    def entry_of(self, kind: str, path: Path) -> Entry | None:
        """What is noted of it."""
        return next((entry for entry in self.entries if (entry.kind, entry.path) == (kind, str(path))), None)

    def note_file(self, what: str, path: Path, content: bytes) -> None:
        """A file is about to be written. Raises OSError, UnsafeDirectoryError."""
        entry = self.entry_of("file", path)
        if entry is None:
            entry = Entry("file", what, str(path))
            before = read_file(path)
            if before is not None:
                entry.before = base64.b64encode(before).decode()
                entry.mode = stat.S_IMODE(path.stat().st_mode)
            self.entries.append(entry)
        entry.written.append(digest_of(content))
        self._note_parents(path)
        self.save()

    def note(self, entry: Entry, *files: Path) -> None:
        """Something else is about to be changed, with files in the place of these. Raises as `note_file`."""
        if self.entry_of(entry.kind, Path(entry.path)) is None:
            self.entries.append(entry)
        for file in files:
            self._note_parents(file)
        self.save()

    def note_address(self, api_url: str) -> None:
        """What was set up speaks to this service; '' for the usual one. Raises OSError, UnsafeDirectoryError."""
        if api_url != self.api_url:
            self.api_url = api_url
            self.save()

    def _note_parents(self, path: Path) -> None:
        for parent in reversed([*path.parents, *self.path.parents]):
            is_made = not parent.exists() or (parent == self.path.parent and self._is_just_made())
            if is_made and str(parent) not in self.directories:
                self.directories.append(str(parent))
        self.directories.sort(key=len)

    def _is_just_made(self) -> bool:
        """Whether a setup that was killed made the data directory, and noted nothing yet."""
        return not any(path for path in self.path.parent.iterdir() if not path.match(TEMPORARY))

    def save(self) -> None:
        """Raises OSError, UnsafeDirectoryError."""
        self._note_parents(self.path)
        paths.ensure_private_dir(self.path.parent)
        entries = [asdict(entry) for entry in self.entries]
        told = {"directories": self.directories, "entries": entries, "api_url": self.api_url}
        write_file(self.path, json.dumps(told).encode())

    def forget(self) -> None:
        """All is undone: the notes go, and the directories that are empty."""
        self.path.unlink(missing_ok=True)
        for directory in reversed(self.directories):
            with suppress(OSError):
                Path(directory).rmdir()


def digest_of(content: bytes) -> str:
    """Of a file's content."""
    return hashlib.sha256(content).hexdigest()
