"""What a page is drawn for: the window's size, the time, and what its texts may be made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from codestats.text import clean, cut, to_ascii
from codestats.views.parts.colours import Ground
from codestats.views.parts.glyphs import ASCII, FEW_COLOURS, UNICODE, Glyphs
from codestats.views.parts.wrapping import whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Frame"]

MAX_INNER = 120  # cells; longer lines are hard to read across


@dataclass(frozen=True, slots=True)
class Frame:
    """The window to draw for: size in cells, local time, glyphs.

    ``inner`` cells are for the page, in the middle of the window, with a margin left and right.
    """

    width: int
    height: int
    now: datetime
    ascii: bool = False
    shades: bool = True
    """Whether four shades of one colour can be told apart: 256 colours and more."""
    printed: bool = False
    """Whether it is a sheet and no window: no tabs, no keys, as many lines as it takes."""
    plain: bool = False
    """Whether sentences are wanted in place of drawings: for screen readers."""

    @classmethod
    def of(cls, message: Mapping[str, Any], now: datetime) -> Frame:
        """The window that a ``view`` message tells of; 80 by 24 where it makes no sense."""

        def size(name: str, default: int) -> int:
            value = message.get(name)
            return min(max(value, 1), 1000) if isinstance(value, int) else default

        ground = Ground.of(message.get("colours"))
        is_ascii, is_plain = bool(message.get("ascii")), bool(message.get("plain"))
        return cls(size("width", 80), size("height", 24), now, is_ascii, ground.has_shades, plain=is_plain)

    @property
    def glyphs(self) -> Glyphs:
        """What lines and bars are made of."""
        return ASCII if self.ascii or self.plain else UNICODE if self.shades else FEW_COLOURS

    @property
    def dash(self) -> str:
        """Between two hours or days."""
        return "-" if self.ascii or self.plain else "–"

    @property
    def margin(self) -> int:
        """Blank cells at the left; none before sentences."""
        if self.plain:
            return 0
        least = 0 if self.width < 30 else 1 if self.width < 60 else 2
        return max(least, (self.width - MAX_INNER) // 2)

    @property
    def inner(self) -> int:
        """Cells of a page's lines."""
        return max(min(self.width - 2 * self.margin, MAX_INNER), 1)

    def column(self, cells: int) -> Frame:
        """A frame for a part of the page: its lines are ``cells`` long."""
        widths = (cells + 2 * margin for margin in (0, 1, 2))
        frames = (replace(self, width=width) for width in widths)
        return next(frame for frame in frames if frame.inner == cells)

    def name(self, text: object) -> str:
        """Untrusted text as this frame can show it."""
        return to_ascii(clean(text)) if self.ascii else clean(text)

    def kept(self, text: object) -> str:
        """A name in a sentence: no line ends within it."""
        return whole(self.name(text)) if self.plain else self.name(text)

    def cut(self, text: str, cells: int) -> str:
        """The text, cut to at most ``cells``."""
        return cut(text, cells, self.glyphs.ellipsis)
