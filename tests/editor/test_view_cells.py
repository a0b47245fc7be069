"""The core's idea of display widths against the editors' own."""

from __future__ import annotations

import unicodedata

from codestats.text import clean, width
from codestats.views import Frame
from support.views import samples
from support.views.scenes import SCENES


def _lines():
    """Every line of every view, every hostile name, and every character that may be shown, after a letter."""
    for size in (40, 80, 120):
        for draw in SCENES.values():
            yield from draw(Frame(size, 40, samples.NOW)).lines
    yield from map(clean, samples.HOSTILE)
    for code in (*range(0x21, 0xD800), *range(0xE000, 0x30000)):
        line = f"x{chr(code)}"
        if clean(line) == line:
            yield line


def _has_spacing_marks(text):
    return any(unicodedata.category(char) == "Mc" for char in text)


def test_widths_are_those_of_the_editor(start_editor):
    """Neovim 0.11 draws a spacing mark in its letter's cell, Vim beside it: counted as Vim does, never too narrow."""
    lines = list(dict.fromkeys(_lines()))
    editor = start_editor(plugin=None, files={"lines.txt": "\n".join(lines) + "\n"})
    editor.command("let g:widths = map(readfile('lines.txt'), 'strdisplaywidth(v:val)')")
    drawn = editor.eval("g:widths")
    assert len(drawn) == len(lines)
    wrong = [
        (line, width(line), cells)
        for line, cells in zip(lines, drawn, strict=True)
        if cells != width(line) and not (_has_spacing_marks(line) and cells < width(line))
    ]
    assert wrong == []
