"""Sessions of a typist, each held against what the rule says of it; what deviates is shrunk to the fewest keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from editors import find
from support.editor.control import ControlError
from support.fuzzing.case import Case, event
from support.fuzzing.play import END, UntoldError, counted, expected
from support.fuzzing.repertoire import FULL, PLAIN
from support.fuzzing.settings import SETTINGS
from support.fuzzing.typist import Typist

TIMES = 3
"""So often a deviation has to show before it is one: a busy machine may delay a key."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """The fewest strokes found with which what is counted is not what the rule says."""

    case: Case
    expected: dict[str, int]
    counted: dict[str, int]
    earning: tuple[str, ...]

    def __str__(self) -> str:
        setup = "".join(f"\n    {line}" for line in self.case.setup)
        return (
            f"{self.case.editor}: {''.join(self.case.strokes)!r}: {_said(self.counted)} XP, not {_said(self.expected)}"
            f"\n  earning: {' '.join(self.earning)}\n  text: {self.case.text!r}, {self.case.filetype}{setup}"
        )


def _said(xp: dict[str, int]) -> str:
    return str(sum(xp.values())) if len(xp) < 2 else str(xp)


@dataclass(slots=True)
class Result:
    """Of one session. `diverged`: its text came out otherwise when nobody looked, so nothing can be said of it."""

    case: Case
    deviation: Deviation | None = None
    diverged: bool = False


def session(editor: str, seed: int, keys: int) -> Case:
    """The session of that number; the same each time."""
    return Typist(Random(seed), editor, FULL if has_key_hook(editor) else PLAIN).session(keys)


@cache
def has_key_hook(editor: str) -> bool:
    spec = find(editor)
    asks = (
        "-u",
        "NONE",
        "-i",
        "NONE",
        "-es",
        "-c",
        "call writefile([exists('##KeyInputPre')], '/dev/stdout')",
        "-c",
        "qa!",
    )
    return spec.kind == "nvim" or "1" in spec.output(*asks)


def examine(case: Case) -> Result:
    """Play a session, and shrink it if it deviates each time."""
    for _ in range(TIMES):
        verdict = _judge(case)
        if verdict is not False:
            return Result(case, diverged=verdict is None)
    smallest = shrink(case, _deviates)
    wanted = expected(smallest)
    strokes = (*smallest.strokes, *END)
    earning = tuple(strokes[number] for number in wanted.earning)
    return Result(case, Deviation(smallest, wanted.xp, counted(smallest, wanted.delays).xp, earning))


def _judge(case: Case, *, delivered: bool = True) -> bool | None:
    """Is it right? None if that cannot be told."""
    try:
        wanted = expected(case)
        got = counted(case, wanted.delays, delivered=delivered)
    except (ControlError, TimeoutError, UntoldError):
        return None  # the editor has left, or waits for a key
    if wanted.texts != got.texts:
        return None
    return got.xp == (wanted.xp if delivered else {"": sum(wanted.xp.values())})


def _deviates(case: Case) -> bool:
    """Twice in a row, by the editor's own sum, which is sooner known."""
    return all(_judge(case, delivered=False) is False for _ in range(2))


def shrink(case: Case, deviates: Callable[[Case], bool]) -> Case:
    """A case that deviates as well and has nothing left that can be taken away."""
    if not deviates(case):
        return case  # a matter of languages, not of sums
    case = case.with_strokes(_fewest(case.strokes, lambda strokes: deviates(case.with_strokes(strokes))))
    mapped = _mappings(case)
    setup = _fewest(
        case.setup, lambda lines: mapped.issubset(lines) and deviates(replace(case, setup=tuple(lines)))
    )
    case = replace(case, setup=tuple(setup))
    for text in ("", "abc\n", "abc def\nghi jkl\n"):
        if deviates(simpler := replace(case, text=text)):
            case = simpler
            break
    return case.with_strokes(_fewest(case.strokes, lambda strokes: deviates(case.with_strokes(strokes))))


def _mappings(case: Case) -> set[str]:
    """Setup that a chord needs: without its mapping its keys are worth what each is worth alone."""
    chords = {keys for kind, keys in map(event, case.strokes) if kind == "chord"}
    return {
        line for setting in SETTINGS if chords.intersection(setting.chords) for line in setting.setup
    }.intersection(case.setup)


def _fewest(items: Sequence[str], holds: Callable[[list[str]], bool]) -> list[str]:
    """Take away parts, large ones first, as long as it holds without them (Zeller's ddmin, greedy)."""
    kept = list(items)
    size = max(1, len(kept) // 2)
    while size:
        for shorter in _without(kept, size):
            if holds(shorter):
                kept = shorter
                break
        else:
            size //= 2
        size = min(size, len(kept))
    return kept


def _without(items: list[str], size: int) -> Iterator[list[str]]:
    """The end first: what comes after a deviation has no part in it."""
    for start in range(len(items) - size, -1, -size):
        yield items[:start] + items[start + size :]
