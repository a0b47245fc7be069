"""The way back: every file as it was, byte for byte, and what was not there gone. XP and backups are never touched."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from codestats import paths
from codestats.jobs import schedule
from codestats.jobs.job import Job, jobs_dir
from codestats.setup.journal import Entry, Journal, digest_of
from codestats.storage.atomic_file import clear_left_overs, read_file, write_file

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LEFT", "action_of", "undo"]

LEFT = "left"
"""The action where something was changed since: nothing of it is touched."""


def action_of(entry: Entry) -> str:
    """What undoing it comes to: `remove`, `restore`, `none` or `left`. Raises OSError."""
    if entry.kind == "file":
        return _file_action(entry)
    if entry.kind == "packages":
        return "remove" if entry.before is None and Path(entry.path).exists() else "none"
    return "restore" if entry.job else "remove"


def _file_action(entry: Entry) -> str:
    now, before = read_file(Path(entry.path)), entry.content_before()
    if now == before:
        return "none"
    if now is not None and digest_of(now) not in entry.written:
        return LEFT
    return "remove" if before is None else "restore"


def undo(data_dir: Path, journal: Journal) -> Iterator[tuple[Entry, str]]:
    """Undo the newest first; yields each with what was done. Raises CodeStatsError, OSError: the rest stays noted."""
    clear_left_overs(data_dir)
    is_noted = journal.path.exists()
    for entry in reversed(list(journal.entries)):
        action = action_of(entry)
        if entry.kind == "file":
            clear_left_overs(Path(entry.path).parent)
        if action not in ("none", LEFT):
            _UNDO[entry.kind](data_dir, entry)
        if entry.kind == "packages" and not entry.mode:
            paths.install_lock(data_dir).unlink(missing_ok=True)
        if action != LEFT:
            journal.entries.remove(entry)
            journal.save()
        yield entry, action
    if not journal.entries:
        journal.forget()
    if not is_noted:  # one that was killed before it noted anything
        with suppress(OSError):
            data_dir.rmdir()


def _undo_file(_data_dir: Path, entry: Entry) -> None:
    path, before = Path(entry.path), entry.content_before()
    if before is None:
        path.unlink(missing_ok=True)
    else:
        write_file(path, before, entry.mode)


def _undo_packages(_data_dir: Path, entry: Entry) -> None:
    shutil.rmtree(entry.path)


def _undo_job(data_dir: Path, entry: Entry) -> None:
    clear_left_overs(jobs_dir(data_dir))
    job = schedule.cancel(data_dir, Path(entry.path))
    for file in schedule.scheduler_of(job).files(job) if job else ():
        clear_left_overs(file.parent)
    with suppress(OSError):  # another job is kept there, or nothing
        jobs_dir(data_dir).rmdir()
    if entry.job:
        schedule.schedule(data_dir, Job(**entry.job))


_UNDO = {"file": _undo_file, "packages": _undo_packages, "job": _undo_job}
