#!/usr/bin/env python3
"""What finding code inside another language costs: a look-up on another line, and a key on the same line.

scripts/bench_embedded.py [EDITOR…]     default: nvim vim
PARSERS=DIR scripts/bench_embedded.py   and HTML by tree: DIR has parser/*.so and queries/ for html, css and javascript

Numbers are microseconds. The cursor jumps and the screen is drawn before each look-up; there is one per change of
line. "same line" is what every other key pays.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from editors import REPO, find

sys.path[:0] = [str(REPO / "tests"), str(REPO / "python3")]

from support.editor.driver import Editor  # noqa: E402 (found by the line above)
from support.editor.home import Home  # noqa: E402

MOVES = 400


def html(size: int) -> str:
    """A page: `size` lines of style, of script and of text each."""
    style = "".join(f"p.c{i} {{ color: red }}\n" for i in range(size))
    script = "".join(f"var a{i} = f({i});\n" for i in range(size))
    text = "".join(f"<p>text {i}</p>\n" for i in range(size))
    return f"<html>\n<style>\n{style}</style>\n<script>\n{script}</script>\n{text}</html>\n"


def markdown(blocks: int, size: int) -> str:
    """Fenced blocks of `size` lines, each after as many lines of text."""
    return "".join("text\n" * size + "```lua\n" + "print(1)\n" * size + "```\n" for _ in range(blocks))


def heredocs(count: int) -> str:
    """Vim script with Lua and Python in it."""
    return "".join(
        f"let a = {i}\nlua << EOF\nlocal b = {i}\nEOF\npython3 << EOF\nb = 1\nEOF\n" for i in range(count)
    )


PARSERS = os.environ.get("PARSERS", "")
PARSED = [
    ("html of 30 lines, tree", "a.html", html(8), "html", "tree"),
    ("html of 3,000 lines, tree", "b.html", html(1000), "html", "tree"),
]
CASES = [
    ("json, can have no guests", "a.txt", "1\n" * 300, "json", ""),
    ("markdown, 10 fences of 10 lines", "a.md", markdown(10, 10), "markdown", ""),
    ("markdown, 400 fences of 3 lines", "b.md", markdown(400, 3), "markdown", ""),
    ("markdown, no fence in 3,000 lines", "c.md", "text\n" * 3000, "markdown", ""),
    ("html of 30 lines, syntax", "a.html", html(8), "html", "syntax"),
    ("html of 3,000 lines, syntax", "b.html", html(1000), "html", "syntax"),
    *(PARSED if PARSERS else []),
    ("vim, 20 heredocs, syntax", "a.vim", heredocs(10), "vim", "syntax"),
    ("vim, 20 heredocs, tree", "b.vim", heredocs(10), "vim", "tree"),
    ("vim, 400 heredocs, tree", "c.vim", heredocs(200), "vim", "tree"),
]

PREPARE = {
    "": "silent! lua vim.treesitter.stop()",
    "syntax": "silent! lua vim.treesitter.stop()",
    "tree": "lua vim.treesitter.start(); vim.treesitter.get_parser():parse(true)",  # all of it: the worst case
}

LUA = """
local key, forget, filetype, moves = require('codestats.embedded').key, require('codestats.embedded').forget, ...
local cold, warm, answers = {}, {}, {}
for i = 1, moves do
  vim.api.nvim_win_set_cursor(0, { (i * 11) % vim.api.nvim_buf_line_count(0) + 1, 0 })
  vim.cmd.redraw()
  forget()
  local from = vim.uv.hrtime()
  local answer = key(filetype)
  cold[i] = (vim.uv.hrtime() - from) / 1000
  from = vim.uv.hrtime()
  for _ = 1, 100 do
    key(filetype)
  end
  warm[i] = (vim.uv.hrtime() - from) / 100000
  answers[answer] = (answers[answer] or 0) + 1
end
return { cold, warm, answers }
"""

VIM9 = """vim9script
def g:BenchEmbedded(filetype: string, moves: number): list<any>
  var cold: list<float> = []
  var warm: list<float> = []
  var answers: dict<number> = {}
  for i in range(moves)
    cursor((i * 11) % line('$') + 1, 1)
    redraw
    codestats#embedded#Forget()
    var from = reltime()
    const answer = codestats#embedded#Key(filetype)
    add(cold, reltimefloat(reltime(from)) * 1000000)
    from = reltime()
    for _ in range(100)
      codestats#embedded#Key(filetype)
    endfor
    add(warm, reltimefloat(reltime(from)) * 10000)
    answers[answer] = get(answers, answer) + 1
  endfor
  return [cold, warm, answers]
enddef
"""


def measure(name: str) -> None:
    """One editor's table."""
    spec = find(name)
    with tempfile.TemporaryDirectory() as directory:
        home = Home.make(Path(directory))
        files = {case[1]: case[2] for case in CASES} | {"bench.vim": VIM9}
        vimrc = ["syntax on", f"set runtimepath+={PARSERS}", "let g:vimsyn_embed = 'lPp'"]
        with Editor.start(spec, home, vimrc=vimrc, files=files, rows=40) as editor:
            if spec.kind == "vim":
                editor.command("source bench.vim")
            print(f"{name}: {'':36}   look-up: median   p95   same line   answers")
            for label, file, _, filetype, way in CASES:
                if way == "tree" and spec.kind == "vim":
                    continue
                editor.command(f"edit! {file}")
                editor.command(f"set filetype={filetype}")
                if spec.kind == "nvim":
                    editor.command(PREPARE[way])
                    cold, warm, answers = editor.control.lua(LUA, filetype, MOVES)
                else:
                    cold, warm, answers = editor.eval(f"g:BenchEmbedded('{filetype}', {MOVES})")
                cold.sort()
                warm.sort()
                middle, most = cold[len(cold) // 2], cold[len(cold) * 95 // 100]
                print(f"  {label:40} {middle:16.1f} {most:6.1f} {warm[len(warm) // 2]:10.2f}    {answers}")


if __name__ == "__main__":
    for editor_name in sys.argv[1:] or ["nvim", "vim"]:
        measure(editor_name)
