"""Nothing that a user or another plugin sets can break typing, and an error of ours is told once."""

from __future__ import annotations

import pytest

VARIABLES = {"codestats_pulse_interval": 3600}
OFF = ("0", "v:false", "0.0")
WEIRD = (
    "{}", "{'a': {'b': 1}}", "[]", "[1]", "''", "1.5", "-1", "v:null", "v:true", "function('tr')", "{-> 1}", "0z00",
)  # fmt: skip

# The function as if it had a mistake.
BREAK = "execute \"function! {}(...) abort\\nthrow 'broken on purpose'\\nendfunction\""


@pytest.fixture
def editor(start_editor):
    """One whose XP stays where it was counted."""
    editor = start_editor(variables=VARIABLES)
    editor.command("setlocal filetype=python")
    return editor


def worth_of_a_letter(editor):
    editor.keys("ix<Esc>")
    return editor.eval("codestats#counter#call('take')")["xp"]


def test_only_zero_and_false_switch_a_buffer_off(editor):
    for value in (*OFF, *WEIRD):
        editor.command(f"let b:codestats_enabled = {value}")
        assert worth_of_a_letter(editor) == ({} if value in OFF else {"python": 1}), value
        editor.command("unlet b:codestats_enabled")
    assert editor.messages() == ""


@pytest.mark.parametrize("variable", ["codestats_language", "codestats_key_by_path"])
def test_a_language_that_is_no_name_is_none(editor, variable):
    for value in (*OFF, *WEIRD):
        editor.command(f"let b:{variable} = {value}")
        assert worth_of_a_letter(editor) == {"python": 1}, value
        editor.command(f"unlet b:{variable}")
    assert editor.messages() == ""


def test_an_error_stops_counting_and_not_typing(editor):
    editor.command("if !exists('*codestats#pulse#arm') | runtime autoload/codestats/pulse.vim | endif")
    editor.command(BREAK.format("codestats#pulse#arm"))
    editor.keys("ihello<CR>wörld<Esc>yypAx<BS><Esc>:s/w/W/<CR>")
    editor.burst("o" + "abc" * 10)
    editor.keys("<Esc>")
    assert editor.lines() == ["hello", "wörld", "Wörld", "abc" * 10]
    counted = editor.eval("codestats#status().session")
    assert counted < 10  # some letters may be put down together
    editor.keys("i")
    editor.paste("hello")
    editor.paste("world")
    editor.keys("x<Esc>")
    assert editor.eval("codestats#status().session") == counted
    said = [line for line in editor.messages().splitlines() if "counting stopped" in line]
    assert len(said) == 1
    assert "broken on purpose" in said[0]
    assert len(editor.messages().splitlines()) == 1


def test_another_plugins_way_to_paste_stays(start_editor, editor_spec):
    if editor_spec.kind != "nvim":
        pytest.skip("a matter of nvim alone")
    before = "lua local paste = vim.paste; vim.paste = function(_, phase) return paste({'X'}, phase) end"
    editor = start_editor(variables=VARIABLES, vimrc=before)
    editor.keys("i")
    editor.paste("hello")
    editor.keys("a<Esc>")
    assert editor.lines() == ["Xa"]
    assert sum(editor.eval("codestats#counter#call('take')")["xp"].values()) == 2


def test_a_verbose_editor_counts_as_any_other(editor):
    editor.command("set verbose=1")
    editor.burst("ohello<Esc>ohello<Esc>x")
    editor.wait_until("codestats#status().session == 13")
    assert "counting stopped" not in editor.messages()
