"""A systemd user timer: two files in ~/.config/systemd/user."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from codestats import paths
from codestats.jobs.made import Made
from codestats.jobs.scheduler import SchedulerError, ask, say

if TYPE_CHECKING:
    from pathlib import Path

    from codestats.jobs.job import Job
    from codestats.jobs.period import Slots

__all__ = ["Systemd", "calendar", "quoted"]

_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


class Systemd:
    """Where a user manager runs."""

    name = "systemd"
    title = "a systemd user timer"

    def is_there(self) -> bool:
        """Whether a user manager answers: a container has the program, and nobody to hear it.

        In a chroot it ignores the question, and says that all is well (seen on 257).
        """
        done = ask("systemctl", "--user", "show-environment")
        return done is not None and done.returncode == 0 and b"=" in done.stdout

    def files(self, job: Job) -> list[Path]:
        """The service and its timer."""
        return [_directory() / f"{job.name}.{kind}" for kind in ("service", "timer")]

    def has(self, job: Job) -> bool:
        """As written, and enabled."""
        done = ask("systemctl", "--user", "is-enabled", f"{job.name}.timer")
        return self._made(job).is_there() and done is not None and done.stdout.strip() == b"enabled"

    def add(self, job: Job) -> None:
        """Write, and enable."""
        made = self._made(job)
        made.write()
        try:
            say("systemctl", "--user", "daemon-reload")
            say("systemctl", "--user", "enable", "--now", f"{job.name}.timer")
        except SchedulerError:
            ask("systemctl", "--user", "disable", "--now", f"{job.name}.timer")
            made.take_back()
            if not self.files(job)[1].exists():
                _unlink(job)
            ask("systemctl", "--user", "daemon-reload")
            raise

    def remove(self, job: Job) -> None:
        """Disable, and remove the files and what systemd noted of the last time."""
        if self.is_there():
            ask("systemctl", "--user", "disable", "--now", f"{job.name}.timer")
            ask("systemctl", "--user", "clean", "--what=state", f"{job.name}.timer")
        for path in self.files(job):
            path.unlink(missing_ok=True)
        _unlink(job)
        ask("systemctl", "--user", "daemon-reload")

    def _made(self, job: Job) -> Made:
        service, timer = self.files(job)
        return Made({service: _service(job).encode(), timer: _timer(job).encode()})


def _directory() -> Path:
    return paths.config_dir(os.environ) / "systemd" / "user"


def _unlink(job: Job) -> None:
    """What enabling made, in case that disabling was not possible."""
    link = _directory() / "timers.target.wants" / f"{job.name}.timer"
    link.unlink(missing_ok=True)
    with suppress(OSError):  # others are in it
        link.parent.rmdir()


def quoted(word: str, *, is_command: bool = True) -> str:
    """A word as systemd's files have it: `%` begins a specifier and, in a command, `$` a variable."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped.replace("$", "$$") if is_command else escaped}"'


def calendar(slots: Slots) -> str:
    """For OnCalendar."""
    day = f"{_DAYS[slots.weekday]} " if slots.weekday is not None else ""
    hours = "*" if len(slots.hours) == 24 else ",".join(f"{hour:02}" for hour in slots.hours)
    return f"{day}*-*-* {hours}:{','.join(f'{minute:02}' for minute in slots.minutes)}:00"


def _service(job: Job) -> str:
    environ = "".join(
        f"Environment={quoted(f'{name}={value}', is_command=False)}\n"
        for name, value in sorted(job.environ.items())
    )
    return (
        "# Made by `python3 -m codestats backup --install`; `backup --uninstall` removes it.\n"
        "[Unit]\nDescription=Back up the history of Code::Stats\n\n"
        f"[Service]\nType=oneshot\n{environ}ExecStart={' '.join(map(quoted, job.words))}\n"
        "# 3: the history was backed up, the profile could not be had.\nSuccessExitStatus=3\n"
    )


def _timer(job: Job) -> str:
    return (
        "# Made by `python3 -m codestats backup --install`; `backup --uninstall` removes it.\n"
        "[Unit]\nDescription=Back up the history of Code::Stats\n\n"
        f"[Timer]\nOnCalendar={calendar(job.slots)}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )
