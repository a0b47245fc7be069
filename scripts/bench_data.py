#!/usr/bin/env python3
"""Time and memory of the user's data at 1,000,000 rows: export, import, backup, report, pages; and a prompt's status.

    scripts/bench_data.py [ROWS]

Each command runs in a process of its own; memory is the largest resident size of that process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python3"))

from codestats import paths  # noqa: E402 - found by the line above
from codestats.profile import Profile  # noqa: E402
from codestats.stats.periods import NAMES as PERIODS  # noqa: E402
from codestats.stats.sums import BREAKDOWNS, DIMENSIONS  # noqa: E402
from codestats.storage import ledger_sums  # noqa: E402
from codestats.storage.database import Database  # noqa: E402
from codestats.storage.history import History  # noqa: E402
from codestats.views import Frame, ProfileData, StatsData, profile_view, stats_view  # noqa: E402
from codestats.views.keys import PAGES  # noqa: E402

LANGUAGES = [f"Language {number}" for number in range(40)]
MACHINES = ["box", "laptop", "office"]
DRILLS = (
    [],
    [("language", "Language 7")],
    [("machine", "box"), ("weekday", "2")],
    [("hour", "14")],
    [("editor", "Vim")],
    [("editor", "Neovim"), ("language", "Language 7")],
    [("system", "Linux")],
    [("editor", "?"), ("weekday", "2")],
    [("system", "Linux"), ("month", datetime.now().strftime("%Y-%m"))],  # noqa: DTZ005 - local by definition
    [("language", "Language 7"), ("month", datetime.now().strftime("%Y-%m"))],  # noqa: DTZ005 - local by definition
    [("date", datetime.now().strftime("%Y-%m-%d"))],  # noqa: DTZ005
)


def fill(directory: Path, rows: int) -> None:
    """A ledger of that many rows: each hour back from now has forty languages on three machines, in two editors."""
    paths.ensure_private_dir(directory)
    now = datetime.now()  # noqa: DTZ005 - local by definition
    each_hour = [(language, machine) for language in LANGUAGES for machine in MACHINES]

    def entries():  # noqa: ANN202
        for number in range(rows):
            back, at = divmod(number, len(each_hour))
            hour = (now - timedelta(hours=back)).strftime("%Y-%m-%dT%H")
            yield (hour, 60, *each_hour[at], "sent", 0, number % 500 + 1)

    with closing(Database(paths.database_file(directory))) as database, database.transaction() as connection:
        connection.executemany("INSERT INTO ledger VALUES(?, ?, ?, ?, ?, ?, ?)", entries())
        connection.execute(
            "INSERT INTO typed_with SELECT hour, offset, language, machine,"
            " CASE (hour_of_day + length(language)) % 2 WHEN 0 THEN 'Vim' ELSE 'Neovim' END, 'Linux', xp"
            " FROM (SELECT *, CAST(substr(hour, 12) AS INTEGER) AS hour_of_day FROM ledger) WHERE xp % 10"
        )


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


def draw(home: Path) -> None:
    """Print how long each page of the history takes, from the look into the database to its lines."""
    now = datetime.now().astimezone()
    frame = Frame(120, 40, now)
    with closing(Database(paths.database_file(home))) as database:
        begin = time.process_time()
        is_stale = True
        while is_stale:
            with database.transaction() as connection:
                is_stale = ledger_sums.refresh(connection, 0.1)
        print(f"sums made, once: {time.process_time() - begin:.1f} s of CPU")
        history = History(database)
        tables = [
            {},
            {"percent": True},
            *({"breakdown": by} for by in BREAKDOWNS),
        ]
        states = [{"period": period, **table} for period in PERIODS for table in tables]
        pages = {
            " ".join(map(str, state.values())): partial(_statistics, history, state, frame)
            for state in states
        }
        for page in PAGES:
            pages[f"profile {page}"] = partial(_profile, history, page, frame)
        for drill in DRILLS:
            for dimension in DIMENSIONS:
                title = f"{dimension} of {' '.join(key for _, key in drill) or 'all'}"
                pages[title] = partial(_question, history, drill, dimension)
        times = sorted(((_milliseconds(page), title) for title, page in pages.items()), reverse=True)
        print(
            f"{len(times)} pages and questions: median {times[len(times) // 2][0]:.1f} ms of CPU, the slowest"
        )
        for milliseconds, title in times[:8]:
            print(f"    {title:<40}{milliseconds:7.1f} ms")


def _statistics(history: History, state: dict[str, object], frame: Frame) -> None:
    with history.stats() as sums:
        stats_view(StatsData(sums), state, frame)


def _profile(history: History, page: str, frame: Frame) -> None:
    with history.stats() as sums:
        profile = Profile("ada", 0, 0, (), (), sums.by_date())
        profile_view(ProfileData("ada", profile, activity=sums), {"page": page}, frame)


def _question(history: History, drill: list[tuple[str, str]], dimension: str) -> None:
    with history.stats() as sums:
        narrowed = sums
        for key in drill:
            narrowed = narrowed.only(*key)
        narrowed.by(dimension)
        narrowed.cross("language", dimension)
        narrowed.active_hours()


def _milliseconds(page: Callable[[], None]) -> float:
    """Of CPU, the least of three: other processes may want the processor, too."""
    found = []
    for _ in range(3):
        begin = time.process_time()
        page()
        found.append(time.process_time() - begin)
    return 1000 * min(found)


def main() -> int:
    """Measure everything."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        directory, home = Path(name), Path(name, "data")
        fill(home, rows)
        draw(home)
        few = directory / "few"
        fill(few, 1000)
        there = ("--data-dir", home)
        print(f"{rows:,} rows, Python {sys.version.split()[0]}")
        measure("export as CSV", "export", directory / "a.csv", *there)
        measure("export as JSON Lines", "export", directory / "a.jsonl", *there)
        measure("export to standard output", "export", *there)
        measure("import CSV, all new", "import", directory / "a.csv", "--data-dir", directory / "new")
        measure("import CSV again", "import", directory / "a.csv", "--data-dir", directory / "new")
        measure("import JSON Lines, nothing new", "import", directory / "a.jsonl", *there)
        measure("backup", "backup", directory / "backups", *there)
        measure("backup, nothing new", "backup", directory / "backups", *there)
        measure("report", "report", "-o", directory / "a.html", *there)
        measure("stats all, as JSON", "--json", "stats", "all", *there)
        measure("stats week, as JSON", "--json", "stats", "week", *there)
        measure("status, as JSON", "--json", "status", *there)
        measure("status, as JSON, of 1,000 rows", "--json", "status", "--data-dir", few)
        measure("export of 1,000 rows", "export", "--data-dir", few)
        some = directory / "some"
        fill(some, 50_000)
        print("the pages again, of 50,000 rows")
        draw(some)
        print(f"the CSV has {(directory / 'a.csv').stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
