"""How scheduled jobs stand: for `codestats jobs`, the status and the health check."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from codestats.jobs import job as registry
from codestats.jobs.period import name_of
from codestats.jobs.runs import Run, last_run
from codestats.text import age, clean, number

if TYPE_CHECKING:
    from pathlib import Path

    from codestats.jobs.job import Job

__all__ = ["JobReport", "reports"]

_PERIODS = 3
"""For so long a job may not have run without a warning."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """One job and its last run at a moment, in seconds since 1970. `state`: queued, running, done or failed."""

    job: Job
    run: Run | None
    now: float

    @property
    def state(self) -> str:
        """`queued` until it ran for the first time."""
        return self.run.state if self.run else "queued"

    @property
    def is_overdue(self) -> bool:
        """Whether it did not begin for three periods."""
        begun = max(self.job.installed_at, self.run.started_at if self.run else 0)
        return self.state != "running" and self.now - begun > _PERIODS * self.job.every

    @property
    def needs_care(self) -> bool:
        """Whether somebody should look at it."""
        return self.state == "failed" or self.is_overdue

    @property
    def next_at(self) -> int:
        """When it begins next."""
        return int(self.job.slots.next_after(datetime.fromtimestamp(self.now).astimezone()).timestamp())

    def sentence(self) -> str:
        """How it stands, in one line for people."""
        every = f"every {name_of(self.job.every)} into {clean(self.job.directory, 200)}"
        return f"{every}: {self._how()}"

    def _how(self) -> str:
        run = self.run
        if run is None:
            return "did not run yet" + (f", for {_PERIODS} periods" if self.is_overdue else "")
        when = age(self.now - (run.ended_at or run.started_at))
        why = f": {clean(run.why, 200)}" if run.why else ""
        size = f", {number(max(run.size // 1024, 1))} kB" if run.size else ""
        late = f"; it did not run for {_PERIODS} periods" if self.is_overdue else ""
        return {
            "running": f"running, begun {when}",
            "done": f"done {when}{size}{why}{late}",
        }.get(run.state, f"failed {when}{why}{late}")

    def to_json(self) -> dict[str, Any]:
        """For programs (doc/json.md)."""
        run = self.run or Run()
        return {
            "id": self.job.id,
            "kind": "backup",
            "directory": self.job.directory,
            "every": self.job.every,
            "scheduler": self.job.scheduler,
            "machine": self.job.machine,
            "installed_at": self.job.installed_at,
            "next_at": self.next_at,
            "state": self.state,
            "is_killed": run.is_killed,
            "is_overdue": self.is_overdue,
            "started_at": run.started_at or None,
            "ended_at": run.ended_at or None,
            "exit_code": run.exit_code if run.ended_at else None,
            "size": run.size or None,
            "path": run.path or None,
            "why": run.why,
        }


def reports(data_dir: Path) -> list[JobReport]:
    """Of all that is scheduled on this machine."""
    now = time.time()
    return [JobReport(job, last_run(data_dir, job), now) for job in registry.of_this_machine(data_dir)]
