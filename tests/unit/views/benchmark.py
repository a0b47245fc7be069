"""How long views take: python3 tests/unit/views/benchmark.py

CPU time: a busy machine does not matter much. The aim is 50 ms for a profile of 1,000 languages and ten years of dates.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

sys.path[:0] = [str(Path(__file__).parents[3] / "python3"), str(Path(__file__).parents[2])]

from codestats.profile import parse_profile  # noqa: E402
from codestats.views import Frame, ProfileData, StatsData, profile_view, stats_view  # noqa: E402
from support.memory_sums import Activity, Entry  # noqa: E402
from support.views import samples  # noqa: E402

AIM = 50.0


def ledger():
    """Ten years of ten hours a day in four of 1,000 languages each: some 100,000 entries."""
    entries = []
    for at, day in enumerate(samples.days(3653)):
        entries += [
            Entry(f"{day}T{8 + hour:02}", f"Language {(at + hour * part) % 1000}", f"Machine {part}", 5)
            for hour in range(10)
            for part in range(4)
        ]
    return Activity.of(entries)


def main() -> None:
    frame = Frame(120, 40, samples.NOW)
    profile, activity = samples.big_profile(), ledger()
    year = Activity(tuple(entry for entry in activity.entries if entry.hour >= "2025-08-20"))
    data = ProfileData(user="big", profile=profile, activity=year)
    raw = {"languages": {t.name: {"xps": t.xp, "new_xps": 1} for t in profile.languages},
           "dates": {day.isoformat(): xp for day, xp in profile.dates.items()}}  # fmt: skip
    cases = {"parse": lambda: parse_profile(raw)}
    for page in ("overview", "languages", "machines", "activity"):
        cases[page] = lambda page=page: profile_view(data, {"page": page}, frame)
    for period in ("week", "year", "all"):
        cases[f"stats {period}"] = lambda period=period: stats_view(
            StatsData(activity), {"period": period}, frame
        )
    for by in ("machine", "weekday", "hour", "month"):
        state = {"period": "year", "breakdown": by}
        cases[f"year by {by}"] = lambda state=state: stats_view(StatsData(year), state, frame)
    sys.stdout.write(
        f"{len(activity.entries):,} entries in the ledger, {len(year.entries):,} of the last year\n"
    )
    for name, draw in cases.items():
        times = []
        for _ in range(7):
            begin = process_time()
            draw()
            times.append((process_time() - begin) * 1000)
        first, best = times[0], min(times)
        mark = "" if best < AIM else f"  more than {AIM:.0f} ms"
        sys.stdout.write(f"{name:16} first {first:7.1f} ms  best {best:7.1f} ms{mark}\n")


if __name__ == "__main__":
    main()
