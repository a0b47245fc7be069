"""Whatever `vim.notify` is (Neovim has it): a message is shown once, no key is taken, and typing goes on."""

from __future__ import annotations

import json

import pytest

TAKES = "(function(...) vim.g.got = vim.list_extend(vim.g.got, {{ ... }}) end)"
ASKS = {
    "echoes lines": "vim.cmd.echo([['one\\ntwo\\nthree']])",
    "echoes a long line": "vim.api.nvim_echo({{ text .. (' word'):rep(100) }}, true, {})",
    "echoes what it got": "vim.api.nvim_echo({{ text .. '\\n' }}, true, {})",
    "prints": "print(text, '\\n', text)",
    "tells errors": "vim.api.nvim_err_writeln('one\\ntwo\\nthree')",
    "waits for a line": "vim.fn.input(text .. ' [ENTER]')",
    "waits for a choice": "vim.fn.confirm(text, '&Yes\\n&No')",
    "waits for a key": "print(text); vim.fn.getchar()",
    "waits for each of many keys": "for _ = 1, 5 do vim.fn.getchar() end",
    "fails": "error('not today')",
    "fails with no text": "error({})",
}
SHOWS = {
    "a function": TAKES,
    "a callable table": f"setmetatable({{}}, {{ __call = function(_, ...) return {TAKES}(...) end }})",
    "later": f"vim.schedule_wrap({TAKES})",
    "later and later": f"vim.schedule_wrap(vim.schedule_wrap({TAKES}))",
    "after a wait": f"function(...) vim.wait(1500); return {TAKES}(...) end",
}
FALLS_BACK = {
    "nothing": "nil",
    "a text": "'no function'",
    "a table": "{}",
    "Neovim's own, later": "vim.schedule_wrap(vim.notify)",
    **{name: f"function(text) {work} end" for name, work in ASKS.items()},
    **{f"{name}, later": f"vim.schedule_wrap(function(text) {work} end)" for name, work in ASKS.items()},
}
TEXT = "by the way " + "and so on " * 15 + "end"


REDEFINE = 'execute "function! codestats#config#ascii() abort\\n{}\\nendfunction"'


def test_what_could_not_be_shown_is_shown_later(start_editor):
    editor = start_editor()
    editor.command("call codestats#config#ascii()")
    # The status line asks for it as well.
    editor.command(REDEFINE.format("if expand('<stack>') =~# '_echo' | throw 'not now' | endif"))
    editor.command("call codestats#message#warning('test', 'by the way')")
    editor.wait_until("join(codestats#log#entries()) =~# 'not now'")
    editor.keys("ihello <Esc>")
    assert editor.messages() == ""
    editor.command(REDEFINE.format("return v:false"))
    editor.keys("ahello<Esc>")
    editor.wait_until(lambda: "codestats: by the way" in editor.messages())
    assert editor.lines() == ["hello hello"]
    assert editor.messages().count("codestats") == 1


@pytest.fixture
def type_through(start_editor, editor_spec, service):
    """Types while {text} is to be said; returns the editor when it was."""
    if editor_spec.kind != "nvim":
        pytest.skip("vim.notify is Neovim's")

    def type_through(notify, is_said):
        editor = start_editor(
            service=service,
            vimrc=["let g:got = []", f"lua vim.notify = {notify}"],
            variables={"codestats_pulse_interval": 3600},
        )
        editor.keys("i")
        editor.command(f"call timer_start(50, {{-> codestats#message#warning('test', '{TEXT}')}})")
        editor.keys("one two<CR>" * 6)
        editor.wait_until(lambda: is_said(editor))
        editor.keys("one two<CR>" * 2 + "<Esc>")
        assert editor.lines() == ["one two"] * 8 + [""]
        assert not editor.control.request("nvim_get_mode")["blocking"]
        assert editor.eval("codestats#status().session") == 64
        return editor

    return type_through


@pytest.mark.parametrize("notify", SHOWS.values(), ids=SHOWS)
def test_whoever_shows_it_gets_it_once(type_through, notify):
    editor = type_through(notify, lambda editor: editor.eval("len(g:got)"))
    assert editor.eval("g:got") == [["codestats: " + TEXT, 3, {"title": "codestats"}]]
    assert editor.messages() == ""


@pytest.mark.parametrize("notify", FALLS_BACK.values(), ids=FALLS_BACK)
def test_whoever_does_not_show_it_or_asks_is_passed_over(type_through, notify, editor_spec):
    if "confirm(" in notify and "NVIM v0.10" in editor_spec.version():
        pytest.skip("confirm() takes its key past all that could answer for the user there")
    editor = type_through(notify, lambda editor: "by the way" in editor.messages())
    assert editor.messages().replace("\n", "").count("codestats: " + TEXT) == 1
    assert "Error" not in editor.messages()
    assert TEXT not in json.dumps(editor.eval("g:got"))


def test_one_that_fails_and_then_works_gets_the_next(type_through):
    fails_once = f"calls = calls + 1; assert(calls > 1); {TAKES}(...)"
    notify = f"(function() local calls = 0; return function(...) {fails_once} end end)()"
    editor = type_through(notify, lambda editor: "by the way" in editor.messages())
    editor.command("call codestats#message#info('test', 'another')")
    editor.wait_until("len(g:got)")
    assert editor.eval("g:got[0][0]") == "codestats: another"


def test_in_the_command_line_window_it_is_echoed(start_editor, editor_spec):
    if editor_spec.kind != "nvim":
        pytest.skip("vim.notify is Neovim's")
    window = "{relative = 'editor', row = 1, col = 1, width = 9, height = 1}"
    editor = start_editor(
        vimrc=[f"lua vim.notify = function(text) vim.api.nvim_open_win(0, false, {window}) end"]
    )
    editor.keys("q:")
    editor.command("call codestats#message#warning('test', 'by the way')")
    editor.wait_until(lambda: "codestats: by the way" in editor.messages())
    assert "E11" not in editor.messages()
