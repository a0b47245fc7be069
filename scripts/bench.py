#!/usr/bin/env python3
"""What the plugin costs, beside none: tables, also in .build/bench.md.

    make bench                                   the editors at hand
    make bench ARGS="--editors vim-9.2,nvim-0.12"
    make bench ARGS=--keys                       what a key costs, no more (bench_keys.py)
    make bench ARGS=--sources                    also with g:codestats_sources

Each variant is in an editor of its own on a pseudo-terminal, and they take turns; medians, with the quartiles behind
them.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts"), str(ROOT / "python3")]

import bench_keys  # noqa: E402 - found by the line above, as are the others
from codestats.server import Service  # noqa: E402
from codestats.server.exchange import Request, Response  # noqa: E402
from codestats.server.server import Handler  # noqa: E402
from editors import EditorSpec, find  # noqa: E402
from support.editor.driver import Editor  # noqa: E402
from support.editor.home import Home  # noqa: E402

# µs a call of the named function, measured by the editor itself.
LOOP = """
function Empty() abort
  return ''
endfunction
function Cost(name) abort
  let Call = function(a:name)
  let begin = reltime()
  for i in range(20000)
    call Call()
  endfor
  return reltimefloat(reltime(begin)) * 50
endfunction
"""
# The longest time, in ms, between two looks of a timer that looks once per ms.
WATCH = """
function Look(timer) abort
  let now = reltime()
  let g:longest = max([g:longest, float2nr(reltimefloat(reltime(g:looked, now)) * 1000000)])
  let g:looked = now
endfunction
function Watch() abort
  let [g:longest, g:looked] = [0, reltime()]
  let g:watch = timer_start(1, 'Look', {'repeat': -1})
endfunction
function Longest() abort
  call timer_stop(g:watch)
  return g:longest / 1000.0
endfunction
"""
ROUNDS = 7


def start(spec: EditorSpec, variant: str, directory: Path, service: Service, vimrc: str = "") -> Editor:
    """An editor in a fresh home: bare, or with the plugin."""
    variables = {
        "codestats_pulse_interval": 3600,
        "codestats_api_url": service.url,
        "codestats_api_key": service.token(),
    }
    return Editor.start(
        spec,
        Home.make(directory),
        variables=variables,
        vimrc=vimrc,
        files={"text": ""},
        args=["text"],
        plugin="pack" if variant == "plugin" else None,
    )


def statusline(spec: EditorSpec, directory: Path, service: Service) -> str:
    """An evaluation of the status line, above an empty function."""
    with start(spec, "plugin", directory, service, vimrc=LOOP) as editor:
        editor.keys("ihello<Esc>")
        pairs = [
            (editor.eval("Cost('Empty')"), editor.eval("Cost('codestats#statusline')")) for _ in range(ROUNDS)
        ]
    empty, ours = zip(*pairs, strict=True)
    above = statistics.median(b - a for a, b in pairs)
    return f"| a status line evaluation | {spread(empty)} µs | {spread(ours)} µs | {above:+.2f} µs |"


def start_up(spec: EditorSpec, directory: Path, service: Service) -> str:
    """From the start of the process to its end at once."""
    homes = {}
    for variant in ("none", "plugin"):
        with start(spec, variant, directory / variant, service) as editor:
            homes[variant] = editor.home
    terminal = ["--headless"] if spec.kind == "nvim" else ["--not-a-term"]
    found: dict[str, list[float]] = {"none": [], "plugin": []}
    vimrc = {variant: home.path / ".vimrc" for variant, home in homes.items()}
    for path in vimrc.values():
        if path.exists():  # the driver's channel has no part in this
            path.write_text("source $VIMRUNTIME/defaults.vim\n")
    for number in range(40):
        for variant in turned(("none", "plugin"), number):
            command = [*spec.command, *terminal, "-c", "qa!"]
            before = time.perf_counter()
            environment = {**homes[variant].env, "TERM": "xterm", **spec.env}
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run(command, env=environment, check=False, **quiet)
            found[variant].append((time.perf_counter() - before) * 1000)
    above = statistics.median(found["plugin"]) - statistics.median(found["none"])
    return f"| start-up | {spread(found['none'])} ms | {spread(found['plugin'])} ms | {above:+.1f} ms |"


def hand_over(spec: EditorSpec, directory: Path, service: Service) -> Iterable[str]:
    """The editor's main thread: how long it is in codestats#pulse#hand_over(), and its longest pause until all is sent.

    The first time the host is started as well; in Vim that is its Python, at an idle moment.
    """
    times, pauses = [], []
    with start(spec, "plugin", directory / "plugin", service, vimrc=WATCH) as editor:
        timed = [
            "let g:began = reltime()",
            "call codestats#pulse#hand_over()",
            "let g:took = reltimefloat(reltime(g:began)) * 1000",
        ]
        for _ in range(ROUNDS):
            editor.keys("ihello<Esc>")
            editor.command("call Watch()")
            editor.eval("execute(" + repr(timed) + ")")
            editor.wait_until("codestats#status().unsent == 0", timeout=30)
            pauses.append(editor.eval("Longest()"))
            times.append(editor.eval("g:took"))
    with start(spec, "none", directory / "none", service, vimrc=WATCH) as editor:
        bare = []
        for _ in range(ROUNDS):
            editor.command("call Watch()")
            editor.keys("ihello<Esc>", pace=0.1)
            bare.append(editor.eval("Longest()"))
    yield f"| a hand-over, first and later | | {times[0]:.2f} ms, {spread(times[1:])} ms | |"
    longest = f"{pauses[0]:.2f} ms, {spread(pauses[1:])} ms"
    yield f"| longest pause until all is sent, first and later | {spread(bare)} ms | {longest} | |"


ASK_NOTHING = """
if !has('nvim')
  set t_RV= t_u7= t_RF= t_RB=
endif
"""
"""A young Vim that leaves waits 100 ms for a terminal that has not told yet what it is."""


class Hanging(Handler):
    """Takes a pulse and never answers."""

    is_over = threading.Event()

    def before(self, request: Request) -> Response:  # noqa: ARG002 - the same for all
        """Until the bench is through with it."""
        self.is_over.wait()
        return Response(503)


def leaving(spec: EditorSpec, directory: Path, service: Service) -> Iterable[str]:
    """From the last key of :qa! to the end of the process, with XP just typed."""
    bare = [leave(spec, "none", directory / f"none{number}", service) for number in range(ROUNDS)]
    with Service(handler=Hanging, grace=0.0) as hanging, Service() as refusing:
        refusing.stop()
        for name, used in (("healthy", service), ("hanging", hanging), ("refusing", refusing)):
            ours = [leave(spec, "plugin", directory / f"{name}{number}", used) for number in range(ROUNDS)]
            above = statistics.median(ours) - statistics.median(bare)
            yield f"| leaving, {name} service | {spread(bare)} ms | {spread(ours)} ms | {above:+.0f} ms |"
        Hanging.is_over.set()


def leave(spec: EditorSpec, variant: str, directory: Path, service: Service) -> float:
    """Milliseconds. A first pulse is under way (or sent, to a healthy service) when the rest is typed."""
    with start(spec, variant, directory, service, vimrc=ASK_NOTHING) as editor:
        editor.keys("ihello<Esc>")
        if variant == "plugin":
            editor.command("call codestats#flush()")
            editor.wait_until("codestats#status().queued > 0 || codestats#status().sent > 0", timeout=30)
        editor.keys("aworld<Esc>:qa!")
        before = time.perf_counter()
        editor.keys("<CR>", pace=0, settle=False)
        editor.wait_exit()
        return (time.perf_counter() - before) * 1000


def turned(names: Sequence[str], number: int) -> list[str]:
    """Another one first at each round."""
    return [names[(number + place) % len(names)] for place in range(len(names))]


def spread(values: Sequence[float]) -> str:
    """The median, and the quartiles."""
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


def table(spec: EditorSpec) -> list[str]:
    """All rows of one editor but those of keys."""
    lines = ["| | no plugin | codestats.vim | |", "|---|---|---|---|"]
    with (
        tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name,
        Service() as service,
    ):
        directory = Path(name)
        lines.append(statusline(spec, directory / "statusline", service))
        lines.append(start_up(spec, directory / "start", service))
        lines += hand_over(spec, directory / "hand-over", service)
        lines += leaving(spec, directory / "leaving", service)
    return lines


def main() -> None:
    """Measure, print, and write .build/bench.md."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--editors", default="nvim,vim", help="names of scripts/editors.py (default: %(default)s)"
    )
    parser.add_argument("--keys", action="store_true", help="only what a key costs")
    parser.add_argument(
        "--sources", action="store_true", help="also what a key costs with g:codestats_sources"
    )
    options = parser.parse_args()
    lines = [f"`make bench` on {datetime.now().astimezone():%Y-%m-%d}: median (quartiles)", ""]
    for name in options.editors.split(","):
        spec = find(name)
        with Service() as service:
            lines += [
                f"### {spec.version()}",
                "",
                *bench_keys.table(spec, service, sources=options.sources),
                "",
            ]
        if not options.keys:
            lines += [*table(spec), ""]
    text = "\n".join(lines)
    (ROOT / ".build" / "bench.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
