"""The last run of a job: `jobs/ID.run.json` says how it went, a lock on `jobs/ID.lock` that it is still going on.

Whoever is killed cannot say so any more: a run that is "running" while nobody holds the lock was killed.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from codestats.exceptions import CodeStatsError
from codestats.filelock import LockHeldError, exclusive
from codestats.jobs import job as registry
from codestats.storage.atomic_file import TEMPORARY, atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from codestats.jobs.job import Job

__all__ = ["Run", "last_run", "recorded"]

_PATIENCE = 2.0  # seconds: whoever looks at the state holds the lock for a moment
_LOOK_AGAIN = 0.02
_STALE = 60.0  # seconds after which a half-written record is nobody's any more


@dataclass(slots=True)
class Run:
    """One run; times are seconds since 1970, 0 for not yet. `state`: running, done or failed."""

    state: str = "running"
    started_at: int = 0
    ended_at: int = 0
    exit_code: int = -1
    size: int = 0
    path: str = ""
    why: str = ""
    is_killed: bool = False

    def end(self, exit_code: int, *, is_done: bool, why: str = "") -> None:
        """It came to its end."""
        self.state = "done" if is_done else "failed"
        self.exit_code, self.ended_at = exit_code, int(time.time())
        self.why = why or self.why


@contextmanager
def recorded(data_dir: Path, directory: Path) -> Iterator[Run]:
    """Keep how the backup into `directory` goes, if it is scheduled. The caller ends the run; an exception fails it."""
    run = Run(started_at=int(time.time()))
    job = registry.find(data_dir, directory)
    if job is None:
        yield run
        return
    with _own_run(data_dir, job) as is_ours:
        path = _run_file(data_dir, job) if is_ours else None
        _clear_left_overs(registry.jobs_dir(data_dir))
        _write(path, run)
        try:
            yield run
        except BaseException as error:
            if run.state == "running":
                run.end(1, is_done=False, why=_reason(error))
            raise
        finally:
            _write(path, run)


def last_run(data_dir: Path, job: Job) -> Run | None:
    """How its last run went; None: it did not run yet."""
    run = _read(_run_file(data_dir, job))
    if run is None or run.state != "running":
        return run
    try:
        with exclusive(_lock_file(data_dir, job)):
            run = _read(_run_file(data_dir, job))  # it may have ended, or another begun and ended, meanwhile
    except OSError:  # it is going on, or that cannot be told
        return run
    if run and run.state == "running":
        run.state, run.is_killed, run.why = "failed", True, "killed before it had ended"
    return run


def _run_file(data_dir: Path, job: Job) -> Path:
    return registry.jobs_dir(data_dir) / f"{job.id}.run.json"


def _lock_file(data_dir: Path, job: Job) -> Path:
    return registry.jobs_dir(data_dir) / f"{job.id}.lock"


@contextmanager
def _own_run(data_dir: Path, job: Job) -> Iterator[bool]:
    """The right to say how it goes; False: another run has it, or the disk takes nothing."""
    path = _lock_file(data_dir, job)
    end = time.monotonic() + _PATIENCE
    while True:
        lock = exclusive(path)
        try:
            lock.__enter__()
        except LockHeldError:
            if time.monotonic() < end:
                time.sleep(_LOOK_AGAIN)
                continue
        except OSError:
            pass
        else:
            break
        yield False
        return
    try:
        yield True
    finally:
        lock.__exit__(None, None, None)


def _clear_left_overs(directory: Path) -> None:
    """Remove what a killed run left."""
    for path in directory.glob(TEMPORARY):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE:
                path.unlink()


def _write(path: Path | None, run: Run) -> None:
    """A disk that takes no record is no reason to make no backup."""
    with suppress(OSError):
        if path:
            with atomic_write(path, replace=True) as file:
                file.write(json.dumps(asdict(run)).encode())


def _read(path: Path) -> Run | None:
    try:
        return Run(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    if isinstance(error, (CodeStatsError, OSError, ValueError)):
        return str(error)
    return "cancelled" if not isinstance(error, Exception) else type(error).__name__
