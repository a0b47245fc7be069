"""`codestats backup --install` and `--uninstall`: the schedule of a backup."""

# ruff: noqa: T201 - a command prints
from __future__ import annotations

import os
from typing import TYPE_CHECKING

from codestats.commands import common
from codestats.jobs import schedule
from codestats.jobs.period import DAY, name_of, parse

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from codestats.jobs.job import Job
    from codestats.settings import Settings

__all__ = ["install", "planned", "uninstall"]


def install(arguments: argparse.Namespace, settings: Settings, directory: Path) -> int:
    """Schedule it; says so once. Raises UsageError, SchedulerError, OSError."""
    data_dir = common.data_dir(settings)
    job = planned(data_dir, directory, settings, _options(arguments, settings), arguments.every or "")
    is_new = schedule.schedule(data_dir, job)
    title = schedule.scheduler_of(job).title
    print(
        f"{'Scheduled' if is_new else 'Already scheduled'}: every {name_of(job.every)} into {directory}, by {title}."
        " `codestats jobs` shows how it goes, `codestats backup --uninstall DIR` ends it."
    )
    return 0


def planned(data_dir: Path, directory: Path, settings: Settings, options: list[str], every: str) -> Job:
    """The job of such a backup. Raises UsageError, SchedulerError."""
    try:
        seconds = parse(every) if every else DAY
    except ValueError as error:
        raise common.UsageError(str(error)) from None
    return schedule.plan(
        data_dir, directory, seconds, options, schedule.environment_of_service(settings.api_url)
    )


def _options(arguments: argparse.Namespace, settings: Settings) -> list[str]:
    """Those of this command line that the system's is to have; the token's owner where only this shell has a token."""
    if arguments.settings == "-":
        raise common.UsageError(
            "a scheduled backup has nothing to read settings from: give --settings a file"
        )
    user = arguments.user or (settings.username if os.environ.get("CODESTATS_API_KEY") else "")
    options = ["--keep", str(arguments.keep)]
    options += ["--settings", os.path.abspath(arguments.settings)] if arguments.settings else []  # noqa: PTH100
    options += ["--user", user] if user and not arguments.no_profile else []
    return options + (["--no-profile"] if arguments.no_profile else [])


def uninstall(settings: Settings, directory: Path) -> int:
    """Take it out of the schedule; the backups stay. Raises SchedulerError, OSError."""
    job = schedule.cancel(common.data_dir(settings), directory)
    print(f"{'No longer scheduled: backups' if job else 'No backup is scheduled'} into {directory}")
    return 0
