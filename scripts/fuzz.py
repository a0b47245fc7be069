#!/usr/bin/env python3
"""Random editing, key by key, held against the rule: a typed key that changes the text of a normal buffer earns 1 XP.

    make fuzz                                             20,000 keys in each of the editors at hand
    make fuzz ARGS="--editors vim-9.2 --keys 2000 --seed 7"
    make fuzz ARGS="--case FILE"                          one deviation again, as --into wrote it

Each session is played twice: without the plugin, the text of all buffers compared after each key; and with it, the
editor asked nothing, the XP read at the service. A deviation that shows three times is shrunk to the fewest keys, and
the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / name) for name in ("scripts", "tests", "python3")]

from editors import find  # noqa: E402 - found by the line above, as are the others
from support.fuzzing.case import Case  # noqa: E402
from support.fuzzing.fuzzer import Deviation, Result, examine, session  # noqa: E402

SESSION = 150


def write(deviation: Deviation, directory: Path, seed: int) -> None:
    """As a file that --case takes."""
    directory.mkdir(parents=True, exist_ok=True)
    text = deviation.case.to_json(expected=deviation.expected, counted=deviation.counted, seen=str(deviation))
    (directory / f"{deviation.case.editor}-{seed}.json").write_text(text + "\n")


def results(editor: str, seeds: Iterable[int], workers: int) -> Iterable[tuple[int, Result]]:
    """Of each session, in order."""
    with ThreadPoolExecutor(workers) as pool:
        yield from zip(
            seeds, pool.map(lambda seed: examine(session(editor, seed, SESSION)), seeds), strict=True
        )


def run(editor: str, options: argparse.Namespace) -> int:
    """All sessions in one editor; how many deviations there were."""
    seeds = range(options.seed, options.seed + -(-options.keys // SESSION))
    keys = diverged = 0
    found: dict[str, Deviation] = {}
    for seed, result in results(editor, seeds, options.workers):
        if result.diverged:
            diverged += 1
            continue
        keys += result.case.keys
        if result.deviation:
            found[str(result.deviation)] = result.deviation
            print(f"\nsession {seed}: {result.deviation}", flush=True)
            if options.into:
                write(result.deviation, options.into, seed)
    print(
        f"{find(editor).version()}: {keys:,} keys in {len(seeds) - diverged} sessions from seed {options.seed} on,"
        f" {len(found)} deviations; {diverged} sessions more ended with another text when nobody looked",
        flush=True,
    )
    return len(found)


def again(path: Path) -> int:
    """One case once more."""
    result = examine(Case.from_json(path.read_text()))
    print("its text differs when nobody looks" if result.diverged else result.deviation or "right")
    return int(result.deviation is not None)


def main() -> int:
    """Exit status 1 if anything deviates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--editors", default="nvim,vim", help="names of scripts/editors.py (default: %(default)s)"
    )
    parser.add_argument("--keys", type=int, default=20_000, help="in each editor (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the first session (default: %(default)s)")
    parser.add_argument(
        "-n", "--workers", type=int, default=4, help="sessions at once (default: %(default)s)"
    )
    parser.add_argument("--into", type=Path, metavar="DIRECTORY", help="write each deviation to a file there")
    parser.add_argument("--case", type=Path, metavar="FILE", help="play this one again")
    options = parser.parse_args()
    if options.case:
        return again(options.case)
    return int(sum(run(editor, options) for editor in options.editors.split(",")) > 0)


if __name__ == "__main__":
    sys.exit(main())
