#!/usr/bin/env python3
"""Every counted situation in every supported editor, as a table.

scripts/matrix.py                      set up what is missing, run, print, write .build/matrix.md
scripts/matrix.py --set-up-only        only set up
scripts/matrix.py --all                all editor tests, not only those of counting
scripts/matrix.py -k paste             further arguments go to pytest
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

import roots
import setup
from editors import BUILD, MATRIX, REPO, find

TABLE_FILE = BUILD / "matrix.md"
COUNTING = "tests/editor/test_counting.py"
LEGEND = (
    "✓ the XP that the rule says, read at the service; *n for m*: n XP where the rule says m, as the help tells for "
    "editors without a key hook; ✗ wrong; – not a matter of this editor."
)


def _escaped(text: str) -> str:
    """As a table's cell has it."""
    return text.replace("|", "\\|")


@dataclass
class Table:
    """A pytest plugin that keeps what became of each situation in each editor."""

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:  # noqa: ANN401, ARG002
        """Called for each worker, with the tests in the order of their files."""
        self.order = {test: place for place, test in enumerate(ids)}

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: ANN401 - pytest's report
        """Called for the set-up, the run and the end of each test."""
        known = dict(report.user_properties)
        if "situation" not in known or (report.when != "call" and report.passed):
            return
        row = self.cells.setdefault(known["situation"], {})
        place = self.order.get(report.nodeid, 0)
        self.places[known["situation"]] = min(place, self.places.get(known["situation"], place))
        row[known["editor"]] = self._cell(report, known)

    @staticmethod
    def _cell(report: Any, known: dict[str, Any]) -> str:  # noqa: ANN401 - pytest's report
        if report.skipped:
            return "–"
        got, rule = known.get("xp"), known.get("rule")
        if report.failed:
            return "✗" if got is None else f"✗ {got} for {rule}"
        return "✓" if got == rule else f"{got} for {rule}"

    def markdown(self) -> str:
        """The whole table with its heading, ready to be quoted."""
        versions = [f"- {name}: {find(name).version()}" for name in MATRIX]
        head = ["| situation |", "| --- |"]
        for name in MATRIX:
            head[0] += f" {name} |"
            head[1] += " --- |"
        rows = [
            f"| {_escaped(situation)} | " + " | ".join(row.get(name, "") for name in MATRIX) + " |"
            for situation, row in sorted(self.cells.items(), key=lambda item: self.places[item[0]])
        ]
        right = "| **right** |" + "".join(f" **{self._right(name)}** |" for name in MATRIX)
        today = dt.datetime.now(tz=dt.timezone.utc).date()
        return "\n".join([f"Run on {today}.", "", *versions, "", *head, *rows, right, "", LEGEND, ""])

    def _right(self, name: str) -> str:
        cells = [row[name] for row in self.cells.values() if row.get(name, "–") != "–"]
        return f"{cells.count('✓')} of {len(cells)}"


def main() -> int:
    """Exit status: pytest's, or 1 if the editors could not be set up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set-up-only", action="store_true", help="do not run the tests")
    parser.add_argument("--all", action="store_true", help="all editor tests, not only those of counting")
    parser.add_argument("-n", "--workers", default="6", help="tests at the same time (default: %(default)s)")
    options, further = parser.parse_known_args()
    try:
        setup.install_pypi_nvim()
        roots.set_up_all()
    except setup.SetupError as error:
        setup.say(str(error))
        return 1
    if options.set_up_only:
        return 0
    table = Table()
    tests = "tests/editor" if options.all else COUNTING
    fixed = ["--rootdir", str(REPO), "--editors", "matrix", "-n", options.workers, "-q"]
    status = int(pytest.main([*fixed, tests, *further], plugins=[table]))
    if table.cells:
        text = table.markdown()
        TABLE_FILE.write_text(text)
        print(text)
        print(f"written to {TABLE_FILE.relative_to(REPO)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
