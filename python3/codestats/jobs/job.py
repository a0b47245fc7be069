"""What is scheduled: one small file a job, `jobs/ID.json` in the data directory."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from codestats import paths
from codestats.jobs.period import Slots
from codestats.storage.atomic_file import atomic_write

__all__ = ["Job", "find", "forget", "job_id", "jobs_dir", "keep", "of_this_machine"]


@dataclass(frozen=True, slots=True)
class Job:
    """A backup into `directory` every `every` seconds; `words` is the command, `scheduler` who starts it."""

    id: str
    directory: str
    every: int
    words: list[str]
    scheduler: str
    installed_at: int
    environ: dict[str, str] = field(default_factory=dict)
    machine: str = ""

    @property
    def slots(self) -> Slots:
        """When it runs."""
        return Slots.of(self.every, int(self.id.rpartition("-")[2], 16))

    @property
    def name(self) -> str:
        """As the system's schedulers know it."""
        return f"codestats-{self.id}"


def job_id(directory: Path) -> str:
    """The same for the same directory on the same machine: a home may be shared."""
    known = f"{paths.machine_key()}\0{directory}"
    return f"backup-{hashlib.sha256(known.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def jobs_dir(data_dir: Path) -> Path:
    """Where jobs and their last runs are kept."""
    return data_dir / "jobs"


def keep(data_dir: Path, job: Job) -> None:
    """Write it down. Raises OSError, UnsafeDirectoryError."""
    paths.ensure_private_dir(data_dir)
    directory = paths.ensure_private_dir(jobs_dir(data_dir))
    with atomic_write(directory / f"{job.id}.json", replace=True) as file:
        file.write(json.dumps(asdict(job)).encode())


def find(data_dir: Path, directory: Path) -> Job | None:
    """The backup into a directory, if there is one."""
    return _read(jobs_dir(data_dir) / f"{job_id(directory)}.json")


def forget(data_dir: Path, job: Job) -> None:
    """Remove all that is kept of it. Raises OSError."""
    directory = jobs_dir(data_dir)
    for suffix in (".json", ".run.json", ".lock"):
        (directory / f"{job.id}{suffix}").unlink(missing_ok=True)
    with suppress(OSError):  # another job is kept there
        directory.rmdir()


def of_this_machine(data_dir: Path) -> list[Job]:
    """All that is scheduled here, by directory."""
    found = map(_read, jobs_dir(data_dir).glob("backup-*[0-9a-f].json"))
    return sorted((job for job in found if job and _is_ours(job)), key=lambda job: job.directory)


def _is_ours(job: Job) -> bool:
    return job.id == job_id(Path(job.directory))


def _read(path: Path) -> Job | None:
    """None: it is not there, or no such file of ours."""
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        job = Job(**told)
        is_whole = job.id == path.stem and job.every > 0 and bool(job.slots)
    except (OSError, ValueError, TypeError):
        return None
    return job if is_whole else None
