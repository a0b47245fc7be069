"""The few glyphs that all views are drawn with, in Unicode and in ASCII.

All are in the code page of the first IBM PC or in the box drawing and block blocks, so that no
patched font is needed; each takes one cell with ``'ambiwidth'`` at ``single``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ASCII", "FEW_COLOURS", "UNICODE", "Glyphs", "columns", "meter", "spark"]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set; ``heat`` from none to most, ``steps`` of a column and ``sparks`` of a line from least to full."""

    ellipsis: str
    rule: str
    rule_active: str
    done: str
    half: str
    rest: str
    heat: str
    steps: str
    sparks: str
    base: str
    up: str
    down: str
    dot: str
    cross: str
    state: str
    crumb: str
    more: str
    less: str
    goal: str
    mean: str


UNICODE = Glyphs(
    ellipsis="…", rule="─", rule_active="━", done="━", half="╸", rest="─", heat="·▪▪■■",
    steps="▁▂▃▄▅▆▇█", sparks="▁▂▃▄▅▆▇", base="▁", up="▴", down="▾", dot="·", cross="\u00d7", state="●", crumb="▸",
    more="▲", less="▼", goal="╌", mean="·",
)  # fmt: skip
ASCII = Glyphs(
    ellipsis="~", rule="-", rule_active="=", done="#", half="", rest="-", heat=".-+*#",
    steps="#", sparks="_.-=+*#", base="_", up="^", down="v", dot="-", cross="x", state="*", crumb=">",
    more="+", less="-", goal="-", mean="o",
)  # fmt: skip
FEW_COLOURS = replace(UNICODE, heat="·░▒▓█")
"""Where shades of a colour can't be told apart, the shapes have to tell all."""


def meter(share: float, cells: int, glyphs: Glyphs) -> tuple[str, str]:
    """A line of ``cells``: its done part and the rest.

    Full only when share is 1; anything above 0 shows at least its thinnest mark.
    """
    halves = int(min(max(share, 0.0), 1.0) * cells * 2)
    if share > 0 and cells > 0:
        halves = max(halves, 1 if glyphs.half else 2)
    whole, odd = divmod(halves, 2)
    done = glyphs.done * whole + (glyphs.half if odd else "")
    return done, glyphs.rest * (cells - len(done))


def spark(values: Sequence[int], glyphs: Glyphs) -> str:
    """A chart in one line: a cell a value, nothing at its lowest step."""
    top = max(values, default=0)
    last = len(glyphs.sparks) - 1
    return "".join(glyphs.sparks[0 if value <= 0 else max(1, round(value * last / top))] for value in values)


def columns(values: list[int], rows: int, glyphs: Glyphs, top: int = 0) -> list[str]:
    """A chart of upright bars, one cell each, as ``rows`` lines from the top; '' height is blank.

    ``top``: the value of full height, the largest one unless given.
    """
    top = top or max(values, default=0)
    parts = len(glyphs.steps)
    heights = [0 if v <= 0 or top <= 0 else max(1, round(v * rows * parts / top)) for v in values]
    return [
        "".join(_step(height - row * parts, glyphs.steps) for height in heights)
        for row in reversed(range(rows))
    ]


def _step(height: int, steps: str) -> str:
    return " " if height <= 0 else steps[min(height, len(steps)) - 1]
