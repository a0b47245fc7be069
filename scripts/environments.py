#!/usr/bin/env python3
"""Start every kind of process in a trapped directory, in each environment; make a table of what ran and what arrived.

scripts/environments.py             run all, print the table, write .build/environments.md
scripts/environments.py -k PATH     further arguments go to pytest, and only the printed table is made
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from editors import AT_HAND, BUILD, REPO, find


@dataclass
class Table:
    """A pytest plugin that keeps the rows."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: ANN401 - pytest's report
        """Called for the set-up, the run and the end of each test."""
        known = dict(report.user_properties)
        if report.when == "teardown" and "environment" in known:
            ran = ", ".join(known["ran"]) or "nothing"
            self.rows.append((known["environment"], known["way"], ran, *map(str, known["xp"])))
        if report.failed:
            self.failed.append(report.nodeid.rpartition("::")[2])

    def markdown(self) -> str:
        """The whole table, ready to be quoted: a row an environment, a column an editor and its host."""
        ways = sorted({way for _, way, *_ in self.rows})
        cells = {
            (environment, way): f"{ran}, {typed} → {arrived}"
            for environment, way, ran, typed, arrived in self.rows
        }
        lines = [("environment", *ways), ("---",) * (len(ways) + 1)]
        lines += [
            (environment, *(cells.get((environment, way), "") for way in ways))
            for environment in sorted({environment for environment, *_ in self.rows})
        ]
        table = ["| " + " | ".join(line) + " |" for line in lines]
        today = dt.datetime.now(tz=dt.timezone.utc).date()
        versions = ", ".join(f"{name}: {find(name).version()}" for name in AT_HAND)
        failed = [f"- FAILED: {text}" for text in sorted(self.failed)]
        good = sum(1 for row in self.rows if row[2] == "nothing" and row[3] == row[4])
        result = f"{good} of {len(self.rows)} sessions: nothing ran, all XP arrived."
        return "\n".join([f"Run on {today}: {versions}.", "", result, "", *table, "", *failed])


def main() -> int:
    """Exit status: pytest's."""
    table = Table()
    fixed = ["--rootdir", str(REPO), "-n", os.environ.get("WORKERS", "4"), "-q"]
    status = int(pytest.main([*fixed, str(REPO / "tests" / "environments"), *sys.argv[1:]], plugins=[table]))
    text = table.markdown()
    print(text)
    if not sys.argv[1:]:
        (BUILD / "environments.md").write_text(text + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
