"""Where text came from, noted on this machine alone: bytes that came and went, by kind."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.fakes import rows
from support.situations.situation import TEXT, Action, burst, command, file_written, paste, script, wait_for

NOTED = {"codestats_pulse_interval": 3600, "codestats_sources": 1}
OMNI = (
    script(
        "function! Omni(findstart, base) abort\n"
        "return a:findstart ? 0 : ['foobar', 'foobaz', 'fooqux']\n"
        "endfunction"
    ),
    "setlocal omnifunc=Omni completefunc=Omni",
    "set completeopt=menu,menuone",
)
STREAM = (
    "let g:runs = 0",
    "let g:Stream = {-> [execute('let g:runs += 1'), append('$', 'streamed')]}",
)
JOB = (
    "let g:runs = 0",
    "let g:Got = {lines -> [append('$', lines), execute('let g:runs += len(lines)')]}",
    "let g:told = ['sh', '-c', 'for one in 1 2 3 4 5; do echo streamed; sleep 0.01; done']",
    "let g:Lines = {_, lines, __ -> g:Got(filter(lines, '!empty(v:val)'))}",
    "let g:Line = {_, line -> g:Got([line])}",
    "let g:how = has('nvim') ? {'on_stdout': g:Lines} : {'out_cb': g:Line}",
    "let g:Start = function(has('nvim') ? 'jobstart' : 'job_start', [g:told, g:how])",
    "let g:Run = {-> execute('let g:job = g:Start()')}",
)
PAIRS = ("inoremap ( ()<Left>",)
SNIPPET = ("inoremap <Tab> <Cmd>call setline('.', 'function()') \\| call cursor(0, 99)<CR>",)
SNIPPET_LATER = ("inoremap <Tab> <Cmd>call timer_start(20, {-> setline('.', getline('.') .. 'word')})<CR>",)
FORMATTER = (
    "autocmd case BufWritePre * call setline(1, 'formatted by some tool')",
    "autocmd case BufWritePost * call writefile([], 'written')",
)
# A language server within the editor: what it suggests is put in by the editor if it has a range, else pasted.
SERVER = """
lua local function answer(method, params)
  if method == 'initialize' then
    return { capabilities = { inlineCompletionProvider = true, textDocumentSync = 1 } }
  end
  local at = params.position
  local range = vim.g.has_range and { start = at, ['end'] = at } or nil
  return { items = { { insertText = 'unction()', range = range } } }
end
local function server()
  local closing = false
  return {
    request = function(method, params, callback)
      vim.schedule(function() callback(nil, answer(method, params)) end)
      return true, 1
    end,
    notify = function() return true end,
    is_closing = function() return closing end,
    terminate = function() closing = true end,
  }
end
vim.lsp.start({ name = 'suggesting', cmd = server })
vim.lsp.inline_completion.enable(true)
"""
SUGGESTING = (SERVER.replace("\n", " "), "inoremap <C-l> <Cmd>lua vim.lsp.inline_completion.get()<CR>")
SUGGESTED = wait_for(
    "!empty(nvim_buf_get_extmarks(0, nvim_create_namespace('nvim.lsp.inline_completion'), 0, -1, {}))"
)
EDIT_ELSEWHERE = "call writefile(['outside', 'outside'], expand('%'))"
RELOAD = (command(EDIT_ELSEWHERE), command("checktime"), wait_for("getline(1) ==# 'outside'"))


@dataclass(frozen=True, slots=True)
class Case:
    """What is done to a `text`, and kind → bytes that came and went then.

    `hookless` is what Vim before 9.1.0597 tells, which sees no keys; `neovim` what Neovim does where it is a byte off.
    """

    name: str
    actions: tuple[Action, ...]
    wanted: dict[str, tuple[int, int]]
    text: str = ""
    setup: tuple[str, ...] = ()
    hookless: dict[str, tuple[int, int]] | None = None
    neovim: dict[str, tuple[int, int]] | None = None
    needs: str = "1"


SITUATIONS = [
    Case("letters", ("ofoo bar<Esc>",), {"typed": (7, 0), "commands": (1, 0)}, hookless={"typed": (8, 0)}),
    Case("letters beyond ASCII", ("iäß€<Esc>",), {"typed": (7, 0)}),
    Case("letters typed again", ("ifoo<BS><BS>bar<Esc>",), {"typed": (6, 2)}),
    Case(
        "line breaks and indents",
        ("ifoo<CR><Tab>bar<Esc>",),
        {"typed": (11, 0)},
        "",
        ("setlocal et sw=4 sts=4",),
    ),
    Case(
        "autopairs",
        ("if(x)<Esc>",),
        {"typed": (4, 0), "commands": (1, 0)},
        setup=PAIRS,
        hookless={"typed": (5, 0)},
    ),
    Case(
        "a mapped letter",
        ("i;<Esc>",),
        {"typed": (1, 0), "commands": (4, 0)},
        setup=("inoremap ; word;",),
        hookless={"typed": (5, 0)},
    ),
    Case(
        "the word before",
        ("ofoobar fo<C-n> <Esc>",),
        {"typed": (10, 0), "commands": (1, 0), "completed": (4, 0)},
        TEXT,
        hookless={"typed": (11, 0), "completed": (4, 0)},
    ),
    Case(
        "what was inserted last",
        ("Ax<Esc>jA<C-a><Esc>",),
        {"typed": (1, 0), "commands": (1, 0)},
        TEXT,
        hookless={"typed": (2, 0)},
    ),
    Case("a word of a menu", ("ifo<C-x><C-o><C-y>x<Esc>",), {"typed": (3, 0), "completed": (4, 0)}, "", OMNI),
    Case(
        "a snippet",
        ("if<Tab>x<Esc>",),
        {"typed": (2, 0), "completed": (9, 0)},
        setup=SNIPPET,
        hookless={"typed": (2, 0), "commands": (9, 0)},
    ),
    Case(
        "a snippet that comes later",
        ("if<Tab>", wait_for("getline('.') ==# 'fword'"), "<Esc>"),
        {"typed": (1, 0), "completed": (4, 0)},
        setup=SNIPPET_LATER,
        hookless={"typed": (1, 0), "tools": (4, 0)},
    ),
    Case(
        "a paste while letters are typed",
        ("ifoo", paste("pasted"), "x<Esc>"),
        {"typed": (4, 0), "pasted": (6, 0)},
        hookless={"typed": (4, 0), "commands": (6, 0)},
    ),
    Case(
        "a paste that a vimrc's mapping takes",
        (
            "ifoo",
            paste("pasted"),
            "x<Esc>",
            command("silent! set nopaste t_BE& pastetoggle="),
            command("imapclear"),
        ),
        {"typed": (4, 0), "pasted": (6, 0)},
        setup=(
            script("function! Paste() abort\nset pastetoggle=<Esc>[201~ paste\nreturn ''\nendfunction"),
            "inoremap <special> <expr> <Esc>[200~ Paste()",
            "let &t_BE = ''",
        ),
        hookless={"typed": (4, 0), "commands": (6, 0)},
    ),
    Case(
        "a paste of lines in Normal mode",
        (paste("one\ntwo\n"), "ggx"),
        {"pasted": (8, 0), "commands": (0, 1)},
        hookless={"commands": (8, 1)},
    ),
    Case("a register put", ("yyp",), {"pasted": (12, 0)}, TEXT, hookless={"commands": (12, 0)}),
    Case(
        "a register in Insert mode",
        ("yiwo<C-r>0<Esc>",),
        {"pasted": (3, 0), "commands": (1, 0)},
        TEXT,
        hookless={"typed": (4, 0)},
    ),
    Case("a macro", ("qqA!<Esc>jq2@q",), {"typed": (1, 0), "commands": (2, 0)}, TEXT),
    Case(
        "a repeat",
        ("A!!<Esc>j.",),
        {"typed": (2, 0), "commands": (2, 0)},
        TEXT,
        hookless={"typed": (3, 0), "commands": (1, 0)},
    ),
    Case("an operator", ("dd",), {"commands": (0, 12)}, TEXT),
    Case(":s", (":%s/[aj]/long/<CR>",), {"commands": (6, 0)}, TEXT),
    Case(
        "a formatter",
        ("x:write<CR>", file_written("written")),
        {"commands": (0, 1), "formatted": (12, 0)},
        TEXT,
        FORMATTER,
    ),
    Case("a reload by hand", (command(EDIT_ELSEWHERE), ":edit!<CR>"), {"reloaded": (0, 19)}, TEXT),
    Case("a reload by itself", RELOAD, {"reloaded": (0, 19)}, TEXT, ("setlocal autoread",)),
    Case(
        "a job that streams lines",
        (command("call g:Run()"), wait_for("g:runs == 5")),
        {"tools": (45, 0)},
        TEXT,
        JOB,
    ),
    Case(
        "a stream of lines while nothing is typed",
        (command("call timer_start(5, g:Stream, {'repeat': 20})"), wait_for("g:runs == 20")),
        {"tools": (180, 0)},
        TEXT,
        STREAM,
    ),
    Case(
        "a stream of lines while letters are typed",
        (
            "O",
            command("call timer_start(5, g:Stream, {'repeat': 20})"),
            "the quick brown fox<Esc>",
            wait_for("g:runs == 20"),
        ),
        {"commands": (1, 0), "typed": (19, 0), "tools": (180, 0)},
        TEXT,
        STREAM,
        hookless={"typed": (20, 0), "tools": (180, 0)},
    ),
    *(
        Case(
            f"an inline completion, {how}",
            ("if", SUGGESTED, "<C-l>x<Esc>"),
            {"typed": (2, 0), "completed": (9, 0)},
            setup=(f"let g:has_range = {has_range}", *SUGGESTING),
            needs="has('nvim-0.12')",
        )
        for how, has_range in (("put in", "v:true"), ("pasted", "v:false"))
    ),
    Case("letters that come together", ("i", burst("foo bar"), "<Esc>"), {"typed": (7, 0)}),
    Case(
        "a line that is wrapped",
        ("ifoo bar baz<Esc>",),
        {"typed": (11, 0)},
        setup=("setlocal textwidth=8",),
        neovim={"typed": (11, 0), "commands": (1, 0)},
    ),
]


def noted(editor):
    """Language → kind → bytes that came and went, as they are in the database."""
    editor.sync()
    editor.command("call codestats#flush()")
    found = {}
    for file in Path(editor.home.data_dir).glob("spool*.sqlite3"):
        query = "SELECT language, kind, sum(came), sum(went) FROM source GROUP BY language, kind"
        with suppress(sqlite3.OperationalError):  # the table is not there yet
            for language, kind, came, went in rows(file, query):
                found.setdefault(language, {})[kind] = (came, went)
    return found


def sees_keys(editor):
    return editor.spec.kind == "nvim" or editor.eval("exists('##KeyInputPre')")


def wanted_in(case, editor):
    """What this editor tells of it."""
    if not sees_keys(editor):
        return case.hookless or case.wanted
    return case.neovim if editor.spec.kind == "nvim" and case.neovim else case.wanted


def play(editor, case, number):
    """Do it in a buffer and a language of its own."""
    (editor.home.work / f"text{number}").write_text(case.text)
    for line in (
        f"edit! text{number}",
        f"let b:codestats_language = {case.name!r}",
        "augroup case",
        "augroup END",
        *case.setup,
    ):
        editor.command(line)
    for action in case.actions:
        editor.keys(action) if isinstance(action, str) else action(editor)
    editor.sync()
    for line in ("augroup case", "autocmd!", "augroup END", "imapclear", "update"):
        editor.command(line)


def test_each_kind_has_its_bytes(start_editor, service):
    """All situations one after the other, each with a language's name of its own."""
    editor = start_editor(service=service, variables=NOTED, vimrc="set hidden")
    cases = [case for case in SITUATIONS if editor.eval(case.needs)]
    for number, case in enumerate(cases):
        play(editor, case, number)
    wanted = {case.name: wanted_in(case, editor) for case in cases}
    with suppress(TimeoutError):
        editor.wait_until(lambda: noted(editor) == wanted, timeout=5)
    got = noted(editor)
    assert not (wrong := {n: got.get(n) for n in wanted if got.get(n) != wanted[n]}), json.dumps(wrong)


def test_nothing_is_noted_unless_it_is_wanted(start_editor, service):
    editor = start_editor(service=service, variables={"codestats_pulse_interval": 3600}, args=["a.py"])
    editor.keys("ifoo<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    assert noted(editor) == {}
    assert not editor.eval(
        "has('nvim') ? luaeval('package.loaded[\"codestats.tracker.sources\"] ~= nil')"
        " : exists('*codestats#tracker#sources#Take')"
    )


def test_nothing_is_noted_while_counting_is_paused(start_editor, service):
    editor = start_editor(service=service, variables=NOTED, args=["a.py"])
    editor.command("CodeStatsPause")
    editor.keys("ifoo<Esc>")
    editor.command("call timer_start(1, {-> append('$', 'others')})")
    editor.wait_until("getline('$') ==# 'others'")
    editor.command("CodeStatsResume")
    editor.keys("Ab<Esc>")
    editor.wait_until(lambda: noted(editor) == {"Python": {"typed": (1, 0)}})


def test_an_error_in_it_does_not_end_counting(start_editor, editor_spec, service):
    if editor_spec.kind == "vim":
        pytest.skip("nothing outside Vim's script makes it fail")
    editor = start_editor(service=service, variables=NOTED, args=["a.py"])
    editor.command("lua package.loaded['codestats.tracker.sources'].changed(0, nil, nil, nil)")
    editor.keys("ifoo<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    assert service.xp() == {"Python": 3}
    assert "is noted no more" in editor.eval("execute('messages')")


def test_it_leaves_no_trace_in_what_is_sent(start_editor, service):
    editor = start_editor(service=service, variables=NOTED, args=["a.py"])
    editor.keys("ifoo")
    editor.paste("pasted")
    editor.keys("<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    assert [pulse.xps for pulse in service.pulses()] == [{"Python": 4}]
    kind = "pasted" if sees_keys(editor) else "commands"
    editor.wait_until(lambda: noted(editor) == {"Python": {"typed": (3, 0), kind: (6, 0)}})
    editor.keys(":CodeStatsStats<CR>")
    editor.wait_screen("Total")
    editor.keys("w")
    editor.wait_screen(rf"typed 33%  . {kind} 67%")
