"""What starts jobs on this system: the first of systemd, crontab and launchd that is there."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Protocol

from codestats import process
from codestats.exceptions import CodeStatsError

if TYPE_CHECKING:
    from pathlib import Path

    from codestats.jobs.job import Job

__all__ = ["Scheduler", "SchedulerError", "ask", "found", "say"]

_SECONDS = 30.0


class SchedulerError(CodeStatsError):
    """The job is not scheduled, and what was there is as it was; the text says what to do."""


class Scheduler(Protocol):
    """One way to have a job started."""

    name: str
    """As a job keeps it."""
    title: str
    """For people."""

    def is_there(self) -> bool:
        """Whether it can be used."""
        ...

    def files(self, job: Job) -> list[Path]:
        """The files that it has of a job, so that one can be told of them."""
        ...

    def has(self, job: Job) -> bool:
        """Whether it has the job just as it is."""
        ...

    def add(self, job: Job) -> None:
        """Have it started from now on, in the place of what it had of it. Raises SchedulerError, OSError."""
        ...

    def remove(self, job: Job) -> None:
        """Never start it again; no harm if it is not there. Raises SchedulerError, OSError."""
        ...


def found(name: str) -> str:
    """The program of that name. Raises SchedulerError."""
    program = process.find(name)
    if not program:
        raise SchedulerError(f"{name} is not there any more: install it, then try again")
    return program


def ask(program: str, *words: str) -> subprocess.CompletedProcess[bytes] | None:
    """Run a program; None: it is not there, or did not end."""
    path = process.find(program)
    try:
        return process.run(path, *words, seconds=_SECONDS) if path else None
    except (OSError, subprocess.SubprocessError):
        return None


def say(program: str, *words: str) -> None:
    """Run a program that has to succeed. Raises SchedulerError with what it said."""
    try:
        done = process.run(found(program), *words, seconds=_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise SchedulerError(f"`{program} {' '.join(words)}`: {error}") from None
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).decode(errors="replace").split())[:300]
        raise SchedulerError(f"`{program} {' '.join(words)}` ended with status {done.returncode}: {said}")
