"""All text of the windows can be read in any colour scheme: contrasts are computed from what is on the screen."""

from __future__ import annotations

from functools import cache

import pytest

from codestats.views.parts.colours import contrast, rgb_of

SCHEMES = (
    ("default", "dark"), ("default", "light"), ("habamax", "dark"), ("quiet", "light"), ("lunaperche", "dark"),
    ("morning", "light"), ("desert", "dark"), ("peachpuff", "light"), ("blue", "dark"), ("evening", "dark"),
    ("zellner", "light"), ("slate", "dark"), ("retrobox", "dark"), ("retrobox", "light"), ("shine", "light"),
)  # fmt: skip
TERMINAL = {"fg": "ffffff", "bg": "000000"}  # as ours answers when asked
NAMED = {
    "black": "000000", "red": "cd0000", "green": "00cd00", "brown": "cdcd00", "blue": "0000ee", "magenta": "cd00cd",
    "cyan": "00cdcd", "white": "e5e5e5", "brightblack": "7f7f7f", "brightred": "ff0000", "brightgreen": "00ff00",
    "brightbrown": "ffff00", "brightblue": "5c5cff", "brightmagenta": "ff00ff", "brightcyan": "00ffff",
    "brightwhite": "ffffff", "bfightmagenta": "ff00ff",
}  # fmt: skip


def colour(name, what):
    return rgb_of("#" + (TERMINAL[what] if name == "default" else NAMED.get(name, name)))


@cache
def ratio(cell):
    pair = [colour(cell.fg, "fg"), colour(cell.bg, "bg")]
    return contrast(*(reversed(pair) if cell.reverse else pair))


def unreadable(editor, first, last, least=4.5):
    """Letters and digits of the window whose contrast is too low: [(row, text, contrast)]."""
    found = []
    for row in range(first, last):
        for column, char in enumerate(editor.terminal.lines()[row]):
            cell = editor.cell(row, column)
            if char.isalnum() and char.isascii() and ratio(cell) < least:
                found.append((row, column, char, cell.fg, cell.bg, round(ratio(cell), 2)))
    return found


@pytest.fixture
def editor(start_editor, service, request):
    editor = start_editor(service=service, args=["a.py"], rows=40, cols=100, vimrc=list(request.param))
    editor.keys("ihello<Esc>:set filetype=lua<CR>axyz<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(8)
    return editor


def window_rows(editor):
    editor.wait_screen("q close")
    lines = editor.screen()
    first = next(row for row, line in enumerate(lines) if "1 Overview" in line or "1 Today" in line)
    last = next(row for row in range(len(lines) - 1, 0, -1) if "q close" in lines[row])
    return first, last


@pytest.mark.shared
@pytest.mark.parametrize(
    "editor", [("set termguicolors",), ("set notermguicolors t_Co=256",)], indirect=True, ids=["true", "256"]
)
def test_text_can_be_read_in_any_colour_scheme(editor):
    known = set(editor.eval("getcompletion('', 'color')"))
    # Neovim's default leaves the background to the terminal where it can't set it, and ours is black.
    is_theirs = editor.spec.kind == "nvim" and not editor.eval("&termguicolors")
    schemes = [s for s in SCHEMES if s[0] in known and not (is_theirs and s == ("default", "light"))]
    assert len(schemes) >= 10
    bad = {}
    for name, background in schemes:
        editor.command(f"set background={background} | colorscheme {name}")
        editor.keys(":CodeStatsProfile<CR>")
        editor.wait_screen(r"● Lua")
        bad[name, background, "overview"] = unreadable(editor, *window_rows(editor))
        editor.keys("q:CodeStatsStats week<CR>")
        editor.wait_screen(r"Total")
        editor.keys("bb")
        editor.wait_screen(r"Language × weekday")
        bad[name, background, "breakdown"] = unreadable(editor, *window_rows(editor))
        editor.keys("q")
    assert {where: cells[:6] for where, cells in bad.items() if cells} == {}
