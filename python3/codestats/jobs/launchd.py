"""A launchd agent of macOS: a property list in ~/Library/LaunchAgents."""

from __future__ import annotations

import os
import plistlib
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codestats import paths, process
from codestats.jobs.made import Made
from codestats.jobs.scheduler import SchedulerError, ask, say

if TYPE_CHECKING:
    from codestats.jobs.job import Job
    from codestats.jobs.period import Slots

__all__ = ["Launchd", "property_list"]


class Launchd:
    """On macOS."""

    name = "launchd"
    title = "a launchd agent"

    def is_there(self) -> bool:
        """Whether this is macOS."""
        return sys.platform == "darwin" and process.find("launchctl") is not None

    def files(self, job: Job) -> list[Path]:
        """The property list."""
        return [Path(paths.home_dir(os.environ), "Library", "LaunchAgents", f"{_label(job)}.plist")]

    def has(self, job: Job) -> bool:
        """As written, and loaded."""
        done = ask("launchctl", "print", f"{_domain()}/{_label(job)}")
        return self._made(job).is_there() and done is not None and done.returncode == 0

    def add(self, job: Job) -> None:
        """Write, and load in the place of the former one."""
        made = self._made(job)
        ask("launchctl", "bootout", f"{_domain()}/{_label(job)}")
        made.write()
        try:
            say("launchctl", "bootstrap", _domain(), str(self.files(job)[0]))
        except SchedulerError:
            made.take_back()
            raise

    def remove(self, job: Job) -> None:
        """Unload, and remove it."""
        ask("launchctl", "bootout", f"{_domain()}/{_label(job)}")
        self.files(job)[0].unlink(missing_ok=True)

    def _made(self, job: Job) -> Made:
        return Made({self.files(job)[0]: property_list(job)})


def _label(job: Job) -> str:
    return f"net.{job.name}"


def _domain() -> str:
    return f"gui/{os.getuid()}"


def property_list(job: Job) -> bytes:
    """What launchd reads: a time that the machine slept through is made up for."""
    told: dict[str, Any] = {
        "Label": _label(job),
        "ProgramArguments": job.words,
        "EnvironmentVariables": job.environ,
        "StartCalendarInterval": _times(job.slots),
        "ProcessType": "Background",
    }
    return plistlib.dumps(told)


def _times(slots: Slots) -> list[dict[str, int]]:
    day = {} if slots.weekday is None else {"Weekday": slots.weekday}
    if len(slots.hours) == 24:
        return [{"Minute": minute, **day} for minute in slots.minutes]
    return [{"Hour": hour, "Minute": minute, **day} for hour, minute in product(slots.hours, slots.minutes)]
