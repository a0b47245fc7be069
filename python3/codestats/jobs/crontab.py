"""A line of the user's crontab, between two marks: the other lines are not touched."""

from __future__ import annotations

import re
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from codestats import process
from codestats.jobs.scheduler import SchedulerError, ask, say

if TYPE_CHECKING:
    from codestats.jobs.job import Job
    from codestats.jobs.period import Slots

__all__ = ["Crontab", "line_of"]


class Crontab:
    """Where there is cron."""

    name = "crontab"
    title = "a line of the crontab"

    def is_there(self) -> bool:
        """Whether there is a crontab to be had."""
        return process.find("crontab") is not None

    def files(self, job: Job) -> list[Path]:  # noqa: ARG002 (as all have it)
        """Cron's own, of which nobody needs to know."""
        return []

    def has(self, job: Job) -> bool:
        """Whether its lines are there as they would be written."""
        return _block(job) in _read()

    def add(self, job: Job) -> None:
        """Put it in the place of its former lines, or at the end."""
        before = _read()
        rest, block = _without(before, job), _block(job)
        if before.endswith(block) and before == rest + block:
            return
        ended = rest if rest.endswith(b"\n") or not rest else rest + b"\n"
        _write(ended + block)

    def remove(self, job: Job) -> None:
        """Take its lines out; a crontab with nothing else in it goes."""
        if not self.is_there():
            return
        before = _read()
        rest = _without(before, job)
        if rest == before:
            return
        if rest:
            _write(rest)
        else:
            say("crontab", "-r")


def line_of(job: Job) -> str:
    """Its line. Raises SchedulerError where cron has no way to write it."""
    words = [f"{name}={shlex.quote(value)}" for name, value in sorted(job.environ.items())]
    command = " ".join([*words, *map(shlex.quote, job.words)])
    if "\n" in command:
        raise SchedulerError("a crontab has no line breaks in names of directories: rename it")
    return f"{_when(job.slots)} {command}".replace("%", "\\%")


def _when(slots: Slots) -> str:
    hours = "*" if len(slots.hours) == 24 else ",".join(map(str, slots.hours))
    day = "*" if slots.weekday is None else str(slots.weekday)
    return f"{','.join(map(str, slots.minutes))} {hours} * * {day}"


def _block(job: Job) -> bytes:
    begin = f"# {job.name}: begin (`python3 -m codestats backup --uninstall` removes it)"
    return f"{begin}\n{line_of(job)}\n# {job.name}: end\n".encode("utf-8", "surrogateescape")


def _without(text: bytes, job: Job) -> bytes:
    name = re.escape(job.name.encode())
    return re.sub(rb"(?ms)^# %s: begin .*?^# %s: end\n" % (name, name), b"", text)


def _read() -> bytes:
    """The crontab; empty where the user has none. Raises SchedulerError where it cannot be told."""
    done = ask("crontab", "-l")
    if done is None:
        raise SchedulerError("`crontab -l` does not run: nothing was changed")
    if done.returncode == 0:
        return done.stdout
    if b"no crontab" in done.stderr.lower():
        return b""
    said = " ".join(done.stderr.decode(errors="replace").split())[:200]
    raise SchedulerError(f"`crontab -l` ended with status {done.returncode}: {said}; nothing was changed")


def _write(text: bytes) -> None:
    """From a whole file: of a pipe, whose writer may be killed, crontab would take what came, and be it nothing."""
    with tempfile.TemporaryDirectory(prefix="codestats-") as directory:
        file = Path(directory, "crontab")
        file.write_bytes(text)
        say("crontab", str(file))
