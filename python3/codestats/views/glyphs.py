"""The few glyphs that all views are drawn with, in Unicode and in ASCII.

All are in the code page of the first IBM PC or in the box drawing and block blocks, so that no
patched font is needed; each takes one cell with ``'ambiwidth'`` at ``single``.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ASCII", "UNICODE", "Glyphs", "bar", "columns", "meter"]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set; ``heat`` from none to most, ``eighths`` and ``steps`` from least to full."""

    ellipsis: str
    rule: str
    rule_active: str
    done: str
    half: str
    rest: str
    heat: str
    eighths: str
    steps: str
    base: str
    up: str
    down: str
    dot: str
    cross: str
    state: str


UNICODE = Glyphs(
    ellipsis="…", rule="─", rule_active="━", done="━", half="╸", rest="─", heat="·░▒▓█",
    eighths="▏▎▍▌▋▊▉█", steps="▁▂▃▄▅▆▇█", base="▁", up="▴", down="▾", dot="·", cross="\u00d7", state="●",
)  # fmt: skip
ASCII = Glyphs(
    ellipsis="~", rule="-", rule_active="=", done="#", half="", rest="-", heat=".-+*#",
    eighths="#", steps="#", base="_", up="^", down="v", dot="-", cross="x", state="*",
)  # fmt: skip


def bar(share: float, cells: int, glyphs: Glyphs) -> str:
    """A bar of ``share`` (0 to 1) of ``cells``; anything above 0 shows at least its thinnest mark."""
    parts = len(glyphs.eighths)
    filled = round(min(max(share, 0.0), 1.0) * cells * parts)
    if share > 0 and cells > 0:
        filled = max(filled, 1)
    whole, rest = divmod(filled, parts)
    return glyphs.eighths[-1] * whole + (glyphs.eighths[rest - 1] if rest else "")


def meter(share: float, cells: int, glyphs: Glyphs) -> tuple[str, str]:
    """A progress line of ``cells``: its done part and the rest; full only when share is 1."""
    share = min(max(share, 0.0), 1.0)
    halves = int(share * cells * 2)
    whole, odd = divmod(halves, 2)
    done = glyphs.done * whole + (glyphs.half if odd else "")
    return done, glyphs.rest * (cells - len(done))


def columns(values: list[int], rows: int, glyphs: Glyphs) -> list[str]:
    """A chart of upright bars, one cell each, as ``rows`` lines from the top; '' height is blank."""
    top = max(values, default=0)
    parts = len(glyphs.steps)
    heights = [0 if v <= 0 or top <= 0 else max(1, round(v * rows * parts / top)) for v in values]
    return [
        "".join(_step(height - row * parts, glyphs.steps) for height in heights)
        for row in reversed(range(rows))
    ]


def _step(height: int, steps: str) -> str:
    return " " if height <= 0 else steps[min(height, len(steps)) - 1]
