"""What the health check finds out about scheduled backups."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from codestats.jobs.report import JobReport, reports
from codestats.jobs.schedule import is_gone

if TYPE_CHECKING:
    from pathlib import Path

    from codestats.health.finding import Finding

__all__ = ["job_findings"]


def job_findings(directory: Path) -> list[Finding]:
    """A finding for each: that it failed, did not run for three periods, or is no longer scheduled is a warning."""
    return [_finding(report) for report in reports(directory)] or [("info", "no backup is scheduled", "")]


def _finding(report: JobReport) -> Finding:
    directory = shlex.quote(report.job.directory)
    again = f"python3 -m codestats backup --install {directory}"
    if is_gone(report.job):
        return ("warn", f"{report.sentence()}; its schedule is gone from {report.job.scheduler}", again)
    if report.state == "failed":
        return ("warn", report.sentence(), f"python3 -m codestats backup {directory}")
    if report.is_overdue:
        return ("warn", report.sentence(), again)
    return ("ok", report.sentence(), "")
