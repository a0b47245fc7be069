"""What a key costs: added to an editor without the plugin, and beside the least that any handler and any counter costs.

Keys typed singly, each when the editor has worked the one before through and sleeps, are measured in instructions that
it retires (callgrind.py): in CPU time, which is taken where there is no valgrind, the noise is larger than what a key
adds. A burst, which comes in one write, is measured in CPU time: each variant in an editor of its own, all pinned to
one core and typed into by turns.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import callgrind
from codestats.server import Service
from editors import EditorSpec
from support.editor.driver import Editor
from support.editor.home import Home

ONE, BACK = "one at a time", "each letter taken back and typed again"
LINE = "the quick brown fox jumps over the lazy dog "
BURST = 200
_ROUNDS = 40
_BURST_ROUNDS = 15
_COUNTED_LINES = 5

_LUA = "lua vim.api.nvim_create_autocmd('InsertCharPre', {callback = %s})"
_FUNCTION = "function! Handle() abort\n%sendfunction\nautocmd InsertCharPre * call Handle()"
_DEF = "def g:Handle()\n%senddef\nautocmd InsertCharPre * call g:Handle()"
_ADD = "let g:counts[&filetype] = get(g:counts, &filetype) + 1"
_ADD9 = "g:counts[&filetype] = get(g:counts, &filetype) + 1\n"
_ADD_LUA = (
    "(function() local counts, get, current = {}, vim.api.nvim_get_option_value, {buf = 0}; return function() "
    "local key = get('filetype', current); counts[key] = (counts[key] or 0) + 1 end end)()"
)
_COUNTS = "let g:counts = {}\n"
_TICKS = "timer_info()->filter('string(v:val.callback) =~# \"_tick\"')->map('v:val.time')"


@dataclass(frozen=True, slots=True)
class Variant:
    """What is in the editor. `kind`: "none", "empty", "counter" or "plugin"; `sources`: g:codestats_sources."""

    kind: str
    name: str
    vimrc: str = ""
    sources: int = 0


NONE, PLUGIN = Variant("none", "no plugin"), Variant("plugin", "codestats.vim")
SOURCES = Variant("plugin", "with sources", sources=1)
_BOTH = (
    Variant("empty", "command", "autocmd InsertCharPre * :"),
    Variant("empty", "legacy function", _FUNCTION % ""),
    Variant("counter", "command", f"{_COUNTS}autocmd InsertCharPre * {_ADD}"),
    Variant("counter", "legacy function", _COUNTS + _FUNCTION % f"{_ADD}\n"),
)
VARIANTS = {
    "vim": (
        NONE,
        *_BOTH,
        Variant("empty", "def function", _DEF % ""),
        Variant("counter", "def function", _COUNTS + _DEF % _ADD9),
        PLUGIN,
        SOURCES,
    ),
    "nvim": (
        NONE,
        *_BOTH,
        Variant("empty", "Lua function", _LUA % "function() end"),
        Variant("counter", "Lua function", _LUA % _ADD_LUA),
        PLUGIN,
        SOURCES,
    ),
}
Cost = dict[Variant, list[float]]


def start(spec: EditorSpec, variant: Variant, directory: Path, service: Service) -> Editor:
    """An editor in a fresh home that is in Insert mode."""
    variables = {
        "codestats_pulse_interval": 3600,
        "codestats_sources": variant.sources,
        "codestats_api_url": service.url,
        "codestats_api_key": service.token(),
    }
    editor = Editor.start(
        spec,
        Home.make(directory),
        variables=variables,
        vimrc=variant.vimrc,
        files={"text": ""},
        args=["text"],
        plugin="pack" if variant.kind == "plugin" else None,
    )
    editor.command("setlocal filetype=text")
    if variant.kind == "plugin":
        let_tick(editor)
    return editor


def let_tick(editor: Editor) -> None:
    """A session's first letters are followed by some ticks, until it is known that nobody shows the status text."""
    while not editor.eval(f"{_TICKS} == [60000]"):
        editor.keys("ix<Esc>")
        editor.wait_until(f"{_TICKS}->min() >= 60000")


def singly(editor: Editor) -> int:
    """A line, key by key; how many keys."""
    for key in LINE:
        editor.press(key.encode())
    return len(LINE)


def corrected(editor: Editor) -> int:
    """The same, each letter taken out again and put in by the next key."""
    for key in LINE:
        for part in (key, "\x7f", key):
            editor.press(part.encode())
    return 3 * len(LINE)


def at_once(editor: Editor) -> int:
    """Lines in one write."""
    editor.burst((LINE + "\r").encode() * BURST)
    return (len(LINE) + 1) * BURST


def insertion(editor: Editor, type_: Callable[[Editor], int], measure: Callable[[Editor], float]) -> float:
    """What `measure` grows by for each key of an insertion of its own: `.` would repeat it, so editors keep it."""
    editor.command("%delete _")
    editor.press(b"i")
    before = measure(editor)
    keys = type_(editor)
    spent = (measure(editor) - before) / keys
    editor.press(b"\x1b")
    return spent


# -- CPU time ----------------------------------------------------------------


def cpu(editor: Editor) -> float:
    """Microseconds of CPU that the editor's process has had, all threads."""
    tasks = Path(f"/proc/{editor.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e3


def pin(editor: Editor) -> None:
    """To the last core; what types stays on the others."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(editor.pid, {cores[-1]})


def times(
    spec: EditorSpec,
    directory: Path,
    service: Service,
    type_: Callable[[Editor], int],
    variants: Sequence[Variant],
) -> Cost:
    """µs a key in each round, the first warming up."""
    rounds = _BURST_ROUNDS if type_ is at_once else _ROUNDS
    found: Cost = {variant: [] for variant in variants}
    with ExitStack() as stack:
        editors = {
            variant: stack.enter_context(start(spec, variant, directory / str(number), service))
            for number, variant in enumerate(found)
        }
        for editor in editors.values():
            pin(editor)
        for number in range(rounds + 1):
            for variant in turned(list(editors), number):
                found[variant].append(insertion(editors[variant], type_, cpu))
    return {variant: values[1:] for variant, values in found.items()}


def turned(variants: Sequence[Variant], number: int) -> Sequence[Variant]:
    """Another one first at each round."""
    place = number % len(variants)
    return [*variants[place:], *variants[:place]]


# -- instructions ------------------------------------------------------------


def instructions(
    spec: EditorSpec,
    directory: Path,
    service: Service,
    type_: Callable[[Editor], int],
    variants: Sequence[Variant],
) -> Cost:
    """Thousands of instructions a key of each line; the first warms up."""
    found: Cost = {}
    for number, variant in enumerate(variants):
        out = directory / f"{number}-out"
        out.mkdir(parents=True)
        with start(callgrind.counted(spec, out), variant, directory / str(number), service) as editor:
            values = [
                insertion(editor, type_, lambda editor, out=out: callgrind.retired(editor, out))
                for _ in range(_COUNTED_LINES + 1)
            ]
        found[variant] = values[1:]
    return found


# -- the table ---------------------------------------------------------------


def cheapest(cost: Cost, kind: str) -> Variant | None:
    """Of the forms that one kind has, the one that adds least."""
    forms = [variant for variant in cost if variant.kind == kind]
    return min(forms, key=lambda variant: added(cost, variant)[1], default=None)


def added(cost: Cost, variant: Variant) -> list[float]:
    """The quartiles of what it adds to no plugin, round by round."""
    pairs = zip(cost[variant], cost[NONE], strict=True)
    return statistics.quantiles([ours - bare for ours, bare in pairs], n=4)


def ratio(cost: Cost, ours: Variant, other: Variant) -> str:
    """How often what another one adds goes into what ours adds; unknown where that one is lost in the noise."""
    low, middle, _ = added(cost, other)
    return f"{added(cost, ours)[1] / middle:.2f}" if low > 0 else "?"


def rows(cost: Cost, unit: str, name: str) -> Iterator[str]:
    """The row of one measure; with where text comes from noted, another one."""
    bare = f"{statistics.median(cost[NONE]):,.1f} {unit}"
    others = [cheapest(cost, kind) for kind in ("empty", "counter")]
    for ours in (variant for variant in cost if variant.kind == "plugin"):
        cells = [bare]
        for variant in (*others, ours):
            if variant is None:
                cells.append("")
                continue
            low, middle, high = added(cost, variant)
            form = "" if variant is ours else f", {variant.name}"
            cells.append(f"+{middle:.1f} ({low:.1f} to {high:.1f}){form}")
        cells += ["" if other is None else ratio(cost, ours, other) for other in others]
        label = name if ours is PLUGIN else f"{name}, {ours.name}"
        yield f"| {label} | {' | '.join(cells)} |"


def table(spec: EditorSpec, service: Service, *, sources: bool) -> list[str]:
    """Of one editor; `sources`: also with g:codestats_sources, and letters that are taken back."""
    lines = [
        "| | no plugin | empty handler | simplest counter | codestats.vim | × empty | × counter |",
        "|---|---|---|---|---|---|---|",
    ]
    variants = (
        VARIANTS[spec.kind] if sources else [each for each in VARIANTS[spec.kind] if each is not SOURCES]
    )
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp", ignore_cleanup_errors=True) as place:
        directory = Path(place)
        measure, unit, what = (
            (instructions, "k", "thousand instructions a key")
            if callgrind.is_at_hand()
            else (times, "µs", "CPU time of a key (no valgrind here)")
        )
        cost = measure(spec, directory / "singly", service, singly, variants)
        lines += rows(cost, unit, f"{what}, {ONE}")
        if sources:
            cost = measure(spec, directory / "corrected", service, corrected, (NONE, PLUGIN, SOURCES))
            lines += rows(cost, unit, f"{what}, {BACK}")
        cost = times(spec, directory / "burst", service, at_once, variants)
        lines += rows(cost, "µs", f"CPU time of a key, {BURST} lines at once")
    return lines
