#!/usr/bin/env python3
"""What windows cost the editor's main thread, with a filled year, at 200 columns and 50 lines: a table.

    make bench-windows                           the editors at hand
    make bench-windows ARGS="--editors vim-9.2,nvim-0.12"

A page: its message is read and shown. Beside it, so that the machine does not matter, the same lines put into a buffer
without anything else. Opening: from the command to the window, and from the command until the page with the profile is
on the screen; beside it, the editor's own `:help`. Medians of `--rounds`, with the upper quartile behind them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts"), str(ROOT / "python3")]

import screens  # noqa: E402 - found by the line above, as are the others
from codestats.server import Service  # noqa: E402
from editors import find  # noqa: E402
from support.editor.driver import Editor  # noqa: E402
from support.editor.home import Home  # noqa: E402

ROWS, COLUMNS = 50, 200
PAGES = {  # view: the command, and the keys to the next pages
    "profile": ("profile", ["<Tab>"] * 4),
    "statistics": ("stats month", ["<Tab>", "b", "b", "b", "b"]),
    "two users": ("profile ada bob", ["<Tab>", "<Tab>"]),
    "1,000 languages": ("profile many", ["<Tab>"]),
}
# Notes each rendering as it comes, and measures in µs how long one takes: as text, where the editor gets text (`read`).
MEASURE = """
let g:bench_message = {}
let g:bench_turned = v:false
let g:BenchReal = funcref('codestats#view#show')
function! codestats#view#show(message)
  let g:bench_message = a:message
  let g:bench_turned = g:bench_turned || get(a:message, 'top')
  call g:BenchReal(a:message)
endfunction
function! BenchCost(Work, rounds)
  let costs = []
  for round in range(a:rounds)
    let begin = reltime()
    call a:Work()
    call add(costs, float2nr(reltimefloat(reltime(begin)) * 1000000))
  endfor
  return costs
endfunction
function! BenchRead()
  if type(g:bench_read) == v:t_string
    call json_decode(g:bench_read)
  elseif type(g:bench_read) == v:t_list
    call msgpackparse(g:bench_read)
  endif
endfunction
" What the message was when it came: text of a job, MessagePack of a remote plugin; embedded Python gives a value.
function! BenchPack(manner)
  let text = json_encode(g:bench_message)
  let g:bench_read = a:manner =~# 'remote' ? msgpackdump([g:bench_message]) : a:manner =~# 'embedded' ? 0 : text
  return strlen(text)
endfunction
function! BenchShow()
  call g:BenchReal(g:bench_message)
endfunction
function! BenchDraw()
  call g:BenchReal(g:bench_message)
  redraw!
endfunction
function! BenchLines()
  setlocal modifiable
  silent call deletebufline('%', 1, '$')
  call setbufline('%', 1, g:bench_message.lines)
  redraw!
endfunction
function! BenchHelp()
  help
  redraw
  close
endfunction
function! BenchOpen()
  call codestats#profile('ada')
endfunction
"""


def milliseconds(costs: Sequence[float]) -> str:
    """The median, and the upper quartile, of µs."""
    return f"{statistics.median(costs) / 1000:.2f} ({statistics.quantiles(costs)[2] / 1000:.2f})"


def costs_of(editor: Editor, work: str, rounds: int) -> list[float]:
    """µs, as the editor measures them itself."""
    found = editor.eval(f"BenchCost(function('{work}'), {rounds})")
    return [float(cost) for cost in found]


def measure_pages(editor: Editor, rounds: int) -> list[str]:
    """A row a page."""
    lines = []
    for view, (command, keys) in PAGES.items():
        editor.command("let g:bench_message = {}")
        editor.keys(f":CodeStats {command}<CR>")
        editor.wait_until("len(get(g:bench_message, 'lines', [])) > 8")
        for number, key in enumerate(["", *keys], 1):
            if key:
                editor.command("let g:bench_turned = v:false")
                editor.keys(key)
                editor.wait_until("g:bench_turned")
            size = int(editor.eval("BenchPack(codestats#host#manner())"))
            read = costs_of(editor, "BenchRead", rounds)
            show = costs_of(editor, "BenchShow", rounds)
            drawn = costs_of(editor, "BenchDraw", rounds)
            both = [one + other for one, other in zip(read, show, strict=True)]
            marks = int(editor.eval("len(flatten(values(g:bench_message.spans), 1))"))
            editor.command("tabnew")
            bare = costs_of(editor, "BenchLines", rounds)
            editor.command("bwipeout!")
            ratio = statistics.median(drawn) / statistics.median(bare)
            lines.append(
                f"| {view}, {number} | {size / 1024:.1f} | {marks} | {milliseconds(read)}"
                f" | {milliseconds(show)} | {milliseconds(both)} | {milliseconds(drawn)} | {ratio:.1f} |"
            )
        editor.keys("q")
    return lines


def measure_opening(editor: Editor, rounds: int) -> str:
    """The command, the window, the profile in it; beside `:help`."""
    blocked, shown = [], []
    for _ in range(rounds):
        editor.command("let g:bench_message = {}")
        begin = time.perf_counter()
        blocked += costs_of(editor, "BenchOpen", 1)
        editor.wait_until("len(get(g:bench_message, 'lines', [])) > 8")
        shown.append((time.perf_counter() - begin) * 1_000_000)
        editor.keys("q")
    beside = costs_of(editor, "BenchHelp", rounds)
    ratio = statistics.median(blocked) / statistics.median(beside)
    return (
        f"opening: {milliseconds(blocked)} ms of the main thread, {ratio:.1f} times `:help` ({milliseconds(beside)} ms)"
        f"; {milliseconds(shown)} ms until the profile is there"
    )


def measure(name: str, home: Home, service: Service, rounds: int) -> None:
    """One editor."""
    variables = {
        "codestats_api_url": service.url,
        "codestats_api_key": service.token(screens.USER, screens.MACHINES[0]),
    }
    options = {"vimrc": ["set termguicolors"], "variables": variables, "rows": ROWS, "cols": COLUMNS}
    with Editor.start(find(name), home, **options) as editor:
        editor.keys(":CodeStatsProfile<CR>")
        editor.wait_screen(r"LEVEL \d")
        editor.wait_until("codestats#host#state() ==# 'up'")
        editor.keys("q")
        file = (
            home.path / "autoload" / "codestats" / "view.vim"
        )  # where Vim lets a function of that name be defined
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(MEASURE)
        editor.command(f"source {file}")
        print(f"\n{name} ({editor.eval('codestats#host#manner()')})\n")
        print(
            "| page | KiB | marks | read, ms | show, ms | both, ms | show and redraw, ms | times the bare lines |"
        )
        print("|---|---|---|---|---|---|---|---|")
        print("\n".join(measure_pages(editor, rounds)))
        print(f"\n{measure_opening(editor, rounds)}")


def main() -> None:
    """Measure in each editor."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--editors", default="vim,nvim")
    parser.add_argument("--rounds", type=int, default=25)
    arguments = parser.parse_args()
    now = datetime.now().astimezone()
    clock = [now.timestamp()]
    entries = list(screens.typing(now, screens.LANGUAGES, 20261121))
    with tempfile.TemporaryDirectory() as directory, Service(clock=lambda: clock[0]) as service:
        screens.tell_service(service, screens.USER, entries, clock)
        others = list(screens.typing(now, screens.LANGUAGES_OF_OTHER, 20261122))
        screens.tell_service(service, screens.OTHER, others, clock)
        many = [(now, f"Language {at}", screens.MACHINES[0], at + 1) for at in range(1000)]
        screens.tell_service(service, "many", many, clock)
        clock[0] = now.timestamp()
        home = Home.make(Path(directory))
        screens.tell_history(home, entries)
        for name in arguments.editors.split(","):
            measure(name, home, service, arguments.rounds)


if __name__ == "__main__":
    main()
