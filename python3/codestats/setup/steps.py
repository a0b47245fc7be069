"""The steps of a setup: each knows whether it is needed, shows what it would do, and does it once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from codestats import paths
from codestats.install import environment
from codestats.install.requirements import OLDEST, lacking
from codestats.jobs import job as registry
from codestats.jobs import schedule
from codestats.jobs.period import name_of
from codestats.setup.journal import Entry, Journal, SetupError, digest_of
from codestats.storage.atomic_file import read_file, write_file

if TYPE_CHECKING:
    from codestats.jobs.job import Job

__all__ = ["BackupStep", "FileStep", "PackagesStep", "Step", "short"]

Say = Callable[[str], None]


class Step(Protocol):
    """One change: of token, packages, vim, neovim or backup."""

    @property
    def what(self) -> str:
        """Its name in results."""
        ...

    @property
    def path(self) -> str:
        """What it changes."""
        ...

    def action(self, journal: Journal) -> str:
        """`create`, `change`, or `none` where all is as wanted. Raises SetupError where it must not be changed."""
        ...

    def shown(self) -> list[str]:
        """Lines that show what it puts there, without the token."""
        ...

    def take(self, journal: Journal) -> None:
        """Do it. Raises CodeStatsError, OSError."""
        ...


@dataclass(frozen=True, slots=True)
class FileStep:
    """A file of our own."""

    what: str
    file: Path
    content: bytes
    is_secret: bool = False

    @property
    def path(self) -> str:
        """The file's."""
        return str(self.file)

    def action(self, journal: Journal) -> str:
        """A token is replaced by the one that was given; other files only where they are as we wrote them."""
        now = read_file(self.file)
        if now == self.content:
            return "none"
        entry = journal.entry_of("file", self.file)
        if now is not None and not self.is_secret and not (entry and digest_of(now) in entry.written):
            raise SetupError(
                f"{self.file} was not written by setup, or changed since: move it away, then run setup"
            )
        return "create" if now is None else "change"

    def shown(self) -> list[str]:
        """Its lines."""
        return ["the token"] if self.is_secret else self.content.decode().splitlines()

    def take(self, journal: Journal) -> None:
        """Note, then write it."""
        if self.is_secret:
            paths.refuse_foreign_file(self.file)
        journal.note_file(self.what, self.file, self.content)
        write_file(self.file, self.content)


@dataclass(frozen=True, slots=True)
class PackagesStep:
    """The private environment, where this Python lacks what is needed."""

    data_dir: Path
    wanted: tuple[str, ...]
    say: Say
    what: str = "packages"

    @property
    def path(self) -> str:
        """The environment's."""
        return str(paths.environment_dir(self.data_dir))

    def action(self, journal: Journal) -> str:  # noqa: ARG002 (as all have it)
        """Nothing, if this Python or the environment has it all."""
        if not lacking(*self.wanted):
            return "none"
        place = paths.environment_dir(self.data_dir)
        if set(self.wanted) <= set(environment.versions(place)):
            return "none"
        return "change" if place.exists() else "create"

    def shown(self) -> list[str]:
        """What is put there."""
        return [f"{' and '.join(OLDEST)}, from the package index"]

    def take(self, journal: Journal) -> None:
        """Make the environment."""
        place, lock = paths.environment_dir(self.data_dir), paths.install_lock(self.data_dir)
        before = "" if place.exists() else None
        journal.note(Entry("packages", self.what, str(place), before, mode=int(lock.exists())), place)
        environment.install(self.data_dir, upgrade=False, say=self.say)


@dataclass(frozen=True, slots=True)
class BackupStep:
    """A backup that the system starts."""

    data_dir: Path
    job: Job
    what: str = "backup"

    @property
    def path(self) -> str:
        """Where backups go."""
        return self.job.directory

    def action(self, journal: Journal) -> str:  # noqa: ARG002 (as all have it)
        """By what is scheduled for this directory."""
        if schedule.is_scheduled(self.data_dir, self.job):
            return "none"
        return "change" if registry.find(self.data_dir, Path(self.job.directory)) else "create"

    def shown(self) -> list[str]:
        """When, and by what."""
        scheduler = schedule.scheduler_of(self.job)
        files = [str(file) for file in scheduler.files(self.job)]
        return [f"every {name_of(self.job.every)}, by {scheduler.title}", *files]

    def take(self, journal: Journal) -> None:
        """Schedule it."""
        known = registry.find(self.data_dir, Path(self.job.directory))
        files = schedule.scheduler_of(self.job).files(self.job)
        wants = [file.parent / "timers.target.wants" / file.name for file in files if file.suffix == ".timer"]
        entry = Entry("job", self.what, self.job.directory, job=asdict(known) if known else None)
        journal.note(entry, *files, *wants)
        schedule.schedule(self.data_dir, self.job)


def short(path: str) -> str:
    """A path as people write it."""
    home = paths.home_dir(os.environ)
    return "~" + path[len(home) :] if path.startswith(home + os.sep) else path
