"""A screen as an SVG picture. Blocks, lines and squares are shapes, so that no font leaves a seam between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from codestats.text import width
from codestats.views.parts.colours import Ground, definitions, hex_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codestats.views.parts.canvas import View

__all__ = ["Paper", "Stretch", "svg", "view_svg"]

WIDE, HIGH, EDGE = 8.4, 18.0, 12
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
_BLOCKS = {glyph: eighths for eighths, glyph in enumerate("▁▂▃▄▅▆▇█", 1)}
_SQUARES = {"■": 0.92, "▪": 0.56}
_LINES = {"━": (0.0, 1.0, 2.4), "╸": (0.0, 0.5, 2.4), "─": (0.0, 1.0, 1.0), "═": (0.0, 1.0, 2.0)}
_CORNERS = {"╭": (1, 1), "╮": (-1, 1), "╰": (1, -1), "╯": (-1, -1)}
_GUI = re.compile(r"gui(fg|bg)?=(\S+)")


@dataclass(frozen=True, slots=True)
class Paper:
    """What is drawn on: how many rows and columns, the colours of text and ground."""

    rows: int
    columns: int
    ink: str
    ground: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text of one look, from a cell of a row on."""

    row: int
    column: int
    text: str
    ink: str
    ground: str
    bold: bool = False


def svg(stretches: Iterable[Stretch], paper: Paper) -> str:
    """The picture."""
    wide, high = paper.columns * WIDE + 2 * EDGE, paper.rows * HIGH + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}">',
        f'<g font-family="{FONTS}" font-size="14">',
        f'<rect width="100%" height="100%" rx="8" fill="{paper.ground}"/>',
    ]
    for stretch in stretches:
        parts += _drawn(stretch, paper)
    return "\n".join([*parts, "</g></svg>", ""])


def _drawn(stretch: Stretch, paper: Paper) -> list[str]:
    """The ground of a stretch, and its characters: alike ones that are shapes together, the others as text."""
    x, y = EDGE + stretch.column * WIDE, EDGE + stretch.row * HIGH
    parts = []
    if stretch.ground != paper.ground:
        parts.append(_rect(x, y, width(stretch.text) * WIDE, HIGH, stretch.ground))
    for glyph, run in groupby(stretch.text, lambda char: char if _is_shape(char) else ""):
        text = "".join(run)
        cells = width(text)
        if glyph:
            parts += _shapes(glyph, cells, x, y, stretch.ink)
        elif text.strip():
            parts.append(_text(text, cells, x, y, stretch))
        x += cells * WIDE
    return parts


def _is_shape(char: str) -> bool:
    return char in _BLOCKS or char in _SQUARES or char in _LINES or char in _CORNERS or char in "●│║"


def _rect(x: float, y: float, wide: float, high: float, fill: str) -> str:
    size = f'width="{wide:.2f}" height="{high:.2f}"'
    return f'<rect x="{x:.2f}" y="{y:.2f}" {size} fill="{fill}" shape-rendering="crispEdges"/>'


def _shapes(glyph: str, cells: int, x: float, y: float, fill: str) -> list[str]:
    """A run of one glyph."""
    middle = y + HIGH / 2
    if glyph in _BLOCKS:
        high = HIGH * _BLOCKS[glyph] / 8
        return [_rect(x, y + HIGH - high, cells * WIDE, high, fill)]
    if glyph in _LINES:
        begin, end, thick = _LINES[glyph]
        return [_rect(x + begin * WIDE, middle - thick / 2, (cells - 1 + end) * WIDE, thick, fill)]
    if glyph in "│║":
        return [_rect(x + WIDE / 2 - 0.5 + at * WIDE, y, 1, HIGH, fill) for at in range(cells)]
    if glyph in _CORNERS:
        return [_corner(glyph, x + at * WIDE, y, fill) for at in range(cells)]
    return [_spot(glyph, x + at * WIDE, middle, fill) for at in range(cells)]


def _corner(glyph: str, x: float, y: float, fill: str) -> str:
    right, down = _CORNERS[glyph]
    cx, cy, r = x + WIDE / 2, y + HIGH / 2, WIDE / 2
    path = f"M{cx + right * r:.2f} {cy:.2f}Q{cx:.2f} {cy:.2f} {cx:.2f} {cy + down * r:.2f}V{cy + down * HIGH / 2:.2f}"
    return f'<path d="{path}" fill="none" stroke="{fill}"/>'


def _spot(glyph: str, x: float, middle: float, fill: str) -> str:
    if glyph == "●":
        return f'<circle cx="{x + WIDE / 2:.2f}" cy="{middle:.2f}" r="3.4" fill="{fill}"/>'
    side = WIDE * _SQUARES[glyph]
    return (
        f'<rect x="{x + (WIDE - side) / 2:.2f}" y="{middle - side / 2:.2f}" width="{side:.2f}" height="{side:.2f}"'
        f' rx="1" fill="{fill}"/>'
    )


def _text(text: str, cells: int, x: float, y: float, stretch: Stretch) -> str:
    weight = ' font-weight="bold"' if stretch.bold else ""
    length = f'textLength="{cells * WIDE:.1f}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"'
    return f'<text x="{x:.1f}" y="{y + 14:.0f}" fill="{stretch.ink}"{weight} {length}>{escape(text)}</text>'


def view_svg(view: View, ground: Ground) -> str:
    """A view on its own, with its title, in the colours that its window has."""
    rows = [view.title, "", *view.lines]
    columns = max((width(line) for line in rows), default=0) + 2
    paper = Paper(len(rows), columns, hex_of(ground.text), hex_of(ground.back))
    looks = definitions(ground, {span.group for span in view.spans})
    stretches = [Stretch(0, 2, view.title, paper.ink, paper.ground, bold=True)]
    for number, line in enumerate(view.lines):
        stretches += _of_line(view, number, line.encode(), looks, paper)
    return svg(stretches, paper)


def _of_line(view: View, number: int, raw: bytes, looks: dict[str, str], paper: Paper) -> Sequence[Stretch]:
    found, at, column = [], 0, 0

    def add(end: int, look: str) -> None:
        nonlocal at, column
        text = raw[at:end].decode()
        if text:
            found.append(_stretch(number + 2, column, text, look, paper))
        at, column = end, column + width(text)

    for span in view.spans:
        if span.line == number:
            add(span.start, "")
            add(span.end, looks.get(span.group, ""))
    add(len(raw), "")
    return found


def _stretch(row: int, column: int, text: str, look: str, paper: Paper) -> Stretch:
    """With what ``:highlight`` takes for true colour."""
    told = dict(_GUI.findall(look))
    ink, ground = told.get("fg", paper.ink), told.get("bg", paper.ground)
    return Stretch(row, column, text, ink, ground, bold="bold" in told.get("", ""))
