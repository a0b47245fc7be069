#!/usr/bin/env python3
"""Break the network, the disk and the processes on purpose, in real editors, and make a table of what became of the XP.

scripts/faults.py              run all faults, print the table, write .build/faults.md
scripts/faults.py -k disk      further arguments go to pytest
SOAK=1 scripts/faults.py       the same and ten minutes with eight editors (SOAK_SECONDS for another time)
scripts/faults.py --offline    a week offline: requests, and what recording costs with 10 and 100,000 pulses waiting
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import setup
from editors import AT_HAND, BUILD, REPO, find

TABLE_FILE = BUILD / "faults.md"
HEAD = (
    "fault",
    "editor",
    "typed",
    "arrived",
    "given up",
    "lost",
    "twice",
    "leaving (ms)",
    "what the user was told",
)
_HOME = re.compile(r"/\S+?/pytest-of-\w+/\S*?/home(?=/)")

LEGEND = (
    "XP by language, typed with real keys and read at the service after a fresh editor has flushed. `given up`: the"
    " service will never take it; told, and kept in the local history. `bounded`: one pulse whose answer was lost may"
    " come twice, where the profile is hidden. `leaving`: from the last key of :qa! to the end of the process."
)


@dataclass
class Table:
    """A pytest plugin that keeps the rows."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: ANN401 - pytest's report
        """Called for the set-up, the run and the end of each test."""
        known = dict(report.user_properties)
        if report.when == "call" and "row" in known:
            self.rows.append(_row(known))
        if report.when == "call" and "note" in known:
            self.notes.append(known["note"])
        if report.skipped:
            self.skipped.append(f"{report.nodeid.rpartition('::')[2]}: {report.longrepr[2]}")
        if report.failed:
            self.failed.append(report.nodeid.rpartition("::")[2])

    def markdown(self) -> str:
        """The whole table with its heading, ready to be quoted."""
        rows = sorted(self.rows, key=lambda row: row[:2])
        lines = ["| " + " | ".join(row) + " |" for row in (HEAD, ("---",) * len(HEAD), *rows)]
        sums = [sum(int(row[column].split()[0]) for row in rows) for column in (2, 3, 4, 5, 6)]
        lines.append("| **all** | | " + " | ".join(f"**{number}**" for number in sums) + " | | |")
        today = dt.datetime.now(tz=dt.timezone.utc).date()
        versions = [f"- {name}: {find(name).version()}" for name in AT_HAND]
        return "\n".join(
            [f"Run on {today}.", "", *versions, "", *lines, "", LEGEND, ""]
            + [f"- {note}" for note in self.notes]
            + [f"- not run: {text}" for text in sorted(Counter(self.skipped))]
            + [f"- FAILED: {text}" for text in sorted(self.failed)]
        )


def _row(known: dict[str, Any]) -> tuple[str, ...]:
    typed, arrived, lost, twice = known["row"]
    bounded = f" (bounded: {known['bounded']})" if known["bounded"] else ""
    leaving = ", ".join(map(str, known["leaving"]))
    told = "; ".join(text.removeprefix("codestats: ") for text in known["told"]).replace("|", "\\|")
    told = _HOME.sub("~", told)
    cells = (typed, arrived, known["given_up"], lost, f"{twice}{bounded}", leaving, told)
    return (known["fault"], known["carrier"], *map(str, cells))


def main() -> int:
    """Exit status: pytest's."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--offline", action="store_true", help="only the numbers of a week offline")
    parser.add_argument(
        "-n", "--workers", default=os.environ.get("WORKERS", "4"), help="tests at the same time"
    )
    options, further = parser.parse_known_args()
    if os.geteuid() == 0 and not list(Path("/usr/lib").glob("**/faketime/libfaketime.so.1")):
        try:
            setup.apt_install("libfaketime", why="to set editors' clocks")
        except setup.SetupError as error:
            print(f"faults: {error}", file=sys.stderr)
    table = Table()
    tests = str(REPO / "tests") + ("/faults/test_offline.py" if options.offline else "")
    fixed = ["--rootdir", str(REPO), "-m", "faults", "-n", options.workers, "-q"]
    status = int(pytest.main([*fixed, tests, *further], plugins=[table]))
    text = table.markdown()
    print(text)
    if not (options.offline or further):
        TABLE_FILE.write_text(text)
        print(f"written to {TABLE_FILE.relative_to(REPO)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
