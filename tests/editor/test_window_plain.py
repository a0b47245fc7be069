"""g:codestats_plain: sentences in place of drawings, in both editors."""

from __future__ import annotations

import re

import pytest

from support.editor.earning import earn

DRAWN = re.compile(r"[─━│╭╮╰╯█▁-▇■▪●▸▾▴·…→✗○◌]")


@pytest.fixture
def plain(start_editor, service):
    """An editor with some XP, and sentences wanted."""
    editor = start_editor(
        service=service,
        args=["a.py"],
        rows=40,
        cols=100,
        variables={
            "codestats_plain": 1,
            "codestats_daily_goal": 4,
            "codestats_statusline_format": "{goal_bar} {icon}",
        },
        vimrc=["set laststatus=2 statusline=%{codestats#statusline()}"],
    )
    editor.keys("ihello<Esc>:set filetype=lua<CR>axyz<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(8)
    return editor


@pytest.mark.parametrize(
    "command, text",
    [
        ("Profile", r"demo: level 0 with 8 XP"),
        ("Profile demo nobody", r'No public profile for "nobody"'),
        ("Stats", r"Python: 5 XP, 63%|Python: 5 XP, 62%"),
        ("Status", r"State: ok"),
        ("Log", r"sent \d XP"),
        ("Health", r"OK from g:codestats_api_key"),
    ],
)
def test_windows_are_sentences_without_a_frame(command, text, plain):
    plain.keys(f":CodeStats{command}<CR>")
    plain.wait_screen(text)
    assert DRAWN.findall("\n".join(plain.screen())) == []


def test_what_a_sentence_is_about_opens(plain):
    plain.keys(":CodeStatsProfile<CR>")
    plain.wait_screen(r"Lua: 3 XP")
    plain.keys("2")
    plain.wait_screen(r"2 languages by XP:")
    plain.keys("/Lua<CR><CR>")
    plain.wait_screen(r"Languages, Lua:")
    plain.keys("<BS>")
    plain.wait_screen(r"2 languages by XP:")
    plain.keys("q")
    plain.wait_until("winnr('$') == 1")


def test_no_line_ends_within_a_number_whatever_the_user_breaks_lines_at(start_editor, service):
    """40 cells, as a braille display has them; then a window that the user makes narrower."""
    languages = ("Python", "Emacs Lisp", "Visual Basic .NET")
    earn(service, service.token(), dict.fromkeys(languages, 1_234_567))
    editor = start_editor(
        service=service,
        rows=30,
        cols=40,
        variables={"codestats_plain": 1},
        vimrc=["set breakat=,.1234567890 linebreak"],
    )
    editor.keys(":CodeStatsProfile<CR>")
    editor.wait_screen(r"^demo: level 48 with 3,703,701 XP,")
    editor.keys("2")
    editor.wait_screen(
        r"^Visual Basic .NET: 1,234,567 XP, 33%,\s+level 27, 1,234,567 of it in the last\s+12 hours\.$"
    )
    assert editor.screen_text().count("1,234,567 XP") == 3
    assert editor.eval("&g:breakat") == ",.1234567890"
    editor.resize(30, 100)
    editor.wait_screen(r"^Visual Basic .NET: 1,234,567 XP, 33%, level \d+, .* hours\.$")
    editor.keys(":wincmd L<CR>:vertical resize 30<CR>")
    widest = "max(map(getline(1, '$'), {_, line -> strdisplaywidth(line)}))"
    editor.wait_until(f"winwidth(0) == 30 && {widest} <= 30")
    assert editor.screen_text().count("1,234,567 XP") == 3


def test_the_status_line_has_no_bar(plain):
    plain.wait_until("codestats#statusline() =~# '100 percent'")
    assert plain.eval("codestats#statusline()").isascii()
