"""Scheduling a backup: the job written down and handed to the system's scheduler, or neither."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from codestats import paths
from codestats.install.environment import python_of, versions
from codestats.install.requirements import lacking
from codestats.jobs import job as registry
from codestats.jobs.crontab import Crontab
from codestats.jobs.job import Job
from codestats.jobs.launchd import Launchd
from codestats.jobs.scheduler import Scheduler, SchedulerError
from codestats.jobs.systemd import Systemd

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["cancel", "environment_of_service", "is_gone", "is_scheduled", "plan", "schedule", "scheduler_of"]

_SCHEDULERS: tuple[Scheduler, ...] = (Launchd(), Systemd(), Crontab())


def plan(data_dir: Path, directory: Path, every: int, options: Sequence[str], environ: dict[str, str]) -> Job:
    """The job, not scheduled yet. Raises SchedulerError where this system has nothing that starts jobs."""
    scheduler = next((one for one in _SCHEDULERS if one.is_there()), None)
    if scheduler is None:
        raise SchedulerError(
            "no systemd user manager, no crontab, no launchd here: install cron (`apt install cron`), then try again"
        )
    package = Path(__file__).resolve().parents[2]
    words = [
        _python(data_dir),
        "-m",
        "codestats",
        "backup",
        "--data-dir",
        str(data_dir),
        *options,
        str(directory),
    ]
    return Job(
        id=registry.job_id(directory),
        directory=str(directory),
        every=every,
        words=words,
        scheduler=scheduler.name,
        installed_at=int(time.time()),
        environ={"PYTHONPATH": str(package), **environ},
        machine=paths.machine_name(),
    )


def _python(data_dir: Path) -> str:
    """This Python, or that of the private environment where only that can speak to the service."""
    environment = paths.environment_dir(data_dir)
    if lacking("urllib3") and "urllib3" in versions(environment):
        return str(python_of(environment))
    return sys.executable


def scheduler_of(job: Job) -> Scheduler:
    """Who starts it. Raises SchedulerError."""
    scheduler = next((one for one in _SCHEDULERS if one.name == job.scheduler), None)
    if scheduler is None:
        raise SchedulerError(f"{job.scheduler}: no such scheduler is known")
    return scheduler


def is_scheduled(data_dir: Path, job: Job) -> bool:
    """Whether just this is scheduled already."""
    known = registry.find(data_dir, Path(job.directory))
    return known is not None and _same(known, job) and scheduler_of(job).has(known)


def is_gone(job: Job) -> bool:
    """Whether the system was told to start it, and will not any more: somebody took it out by hand."""
    try:
        return not scheduler_of(job).has(job)
    except (SchedulerError, OSError):  # it cannot be told
        return False


def _same(known: Job, job: Job) -> bool:
    return replace(known, installed_at=0) == replace(job, installed_at=0)


def schedule(data_dir: Path, job: Job) -> bool:
    """Have it started from now on; False: it is already. Raises SchedulerError, OSError, UnsafeDirectoryError."""
    if is_scheduled(data_dir, job):
        return False
    known = registry.find(data_dir, Path(job.directory))
    if known:
        job = replace(job, installed_at=known.installed_at)
    registry.keep(data_dir, job)
    try:
        scheduler_of(job).add(job)
        if known and known.scheduler != job.scheduler:
            scheduler_of(known).remove(known)
    except (SchedulerError, OSError):
        if known:
            registry.keep(data_dir, known)
        else:
            registry.forget(data_dir, job)
        raise
    return True


def cancel(data_dir: Path, directory: Path) -> Job | None:
    """Never start the backup into `directory` again; None: there was none. The backups stay. Raises as `schedule`."""
    job = registry.find(data_dir, directory)
    if job:
        scheduler_of(job).remove(job)
        registry.forget(data_dir, job)
    return job


def environment_of_service(api_url: str) -> dict[str, str]:
    """What the job has to know of the service: the system starts it without the variables of a shell."""
    return {"CODESTATS_API_URL": api_url} if os.environ.get("CODESTATS_API_URL") and api_url else {}
