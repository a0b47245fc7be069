#!/usr/bin/env python3
"""Time and memory of the user's data at 1,000,000 rows: export, import, backup, report; and a prompt's status.

    scripts/bench_data.py [ROWS]

Each command runs in a process of its own; memory is the largest resident size of that process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python3"))

from codestats import paths  # noqa: E402 - found by the line above
from codestats.storage.database import Database  # noqa: E402

LANGUAGES = [f"Language {number}" for number in range(40)]
MACHINES = ["box", "laptop", "office"]


def fill(folder: Path, rows: int) -> None:
    """A ledger of that many rows: each hour back from now has forty languages on three machines."""
    paths.own_folder(folder)
    now = datetime.now()  # noqa: DTZ005 - local by definition
    each_hour = [(language, machine) for language in LANGUAGES for machine in MACHINES]

    def entries():  # noqa: ANN202
        for number in range(rows):
            back, at = divmod(number, len(each_hour))
            hour = (now - timedelta(hours=back)).strftime("%Y-%m-%dT%H")
            yield (hour, 60, *each_hour[at], "sent", 0, number % 500 + 1)

    with closing(Database(paths.database_file(folder))) as database, database.transaction() as connection:
        connection.executemany("INSERT INTO ledger VALUES(?, ?, ?, ?, ?, ?, ?)", entries())


def measure(title: str, *arguments: str | Path, stdout: int | None = subprocess.DEVNULL) -> None:
    """Run `codestats` and print what it took."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "python3")}
    begin = time.monotonic()
    command = [sys.executable, "-m", "codestats", *map(str, arguments)]
    process = subprocess.Popen(command, env=env, stdout=stdout)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds, memory = time.monotonic() - begin, usage.ru_maxrss / 1024
    cpu = usage.ru_utime + usage.ru_stime
    failed = f"  exit code {process.returncode}" if process.returncode else ""
    print(f"{title:<34}{seconds:7.2f} s  {cpu:7.2f} s CPU  {memory:6.0f} MB{failed}", flush=True)


def main() -> int:
    """Measure everything."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder, home = Path(name), Path(name, "data")
        fill(home, rows)
        few = folder / "few"
        fill(few, 1000)
        there = ("--data-dir", home)
        print(f"{rows:,} rows, Python {sys.version.split()[0]}")
        measure("export as CSV", "export", folder / "a.csv", *there)
        measure("export as JSON Lines", "export", folder / "a.jsonl", *there)
        measure("export to standard output", "export", *there)
        measure("import CSV, all new", "import", folder / "a.csv", "--data-dir", folder / "new")
        measure("import CSV again", "import", folder / "a.csv", "--data-dir", folder / "new")
        measure("import JSON Lines, nothing new", "import", folder / "a.jsonl", *there)
        measure("backup", "backup", folder / "backups", *there)
        measure("backup, nothing new", "backup", folder / "backups", *there)
        measure("report", "report", "-o", folder / "a.html", *there)
        measure("stats all, as JSON", "--json", "stats", "all", *there)
        measure("stats week, as JSON", "--json", "stats", "week", *there)
        measure("status, as JSON", "--json", "status", *there)
        measure("status, as JSON, of 1,000 rows", "--json", "status", "--data-dir", few)
        measure("export of 1,000 rows", "export", "--data-dir", few)
        print(f"the CSV has {(folder / 'a.csv').stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
