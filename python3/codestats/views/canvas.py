"""Rows of highlighted text, and the finished view: lines, and spans in bytes.

A page draws :class:`Row` values in a frame; :func:`finish` puts margins round them and counts
bytes once. All positions of rows are display cells, all of spans are UTF-8 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from codestats.text import clean, cut, to_ascii, width
from codestats.views.glyphs import ASCII, UNICODE, Glyphs
from codestats.views.highlights import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

__all__ = ["Frame", "Row", "Span", "View", "beside", "finish", "wrap"]

MAX_INNER = 120  # cells; longer lines are hard to read across


class Span(NamedTuple):
    """A highlighted stretch: line from 0, bytes [start, end) of that line, group name."""

    line: int
    start: int
    end: int
    group: str


@dataclass(frozen=True, slots=True)
class View:
    """What a window shows; ``state`` comes back with the next key, ``keys`` are to be forwarded."""

    title: str
    lines: tuple[str, ...]
    spans: tuple[Span, ...]
    state: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    url: str = ""

    def to_message(self, view_id: int) -> dict[str, Any]:
        """The ``view`` message for the editor."""
        return {
            "type": "view",
            "id": view_id,
            "title": self.title,
            "lines": list(self.lines),
            "spans": [list(span) for span in self.spans],
            "state": dict(self.state),
            "keys": list(self.keys),
            "url": self.url,
            "groups": {group.name: group.link for group in GROUPS},
        }


@dataclass(frozen=True, slots=True)
class Frame:
    """The window to draw for: size in cells, local time, glyphs.

    ``inner`` cells are for the page, in the middle of the window, with a margin left and right.
    """

    width: int
    height: int
    now: datetime
    ascii: bool = False

    @classmethod
    def of(cls, message: Mapping[str, Any], now: datetime) -> Frame:
        """The window that a ``view`` message tells of; 80 by 24 where it makes no sense."""

        def size(name: str, default: int) -> int:
            value = message.get(name)
            return min(max(value, 1), 1000) if isinstance(value, int) else default

        return cls(size("width", 80), size("height", 24), now, bool(message.get("ascii")))

    @property
    def glyphs(self) -> Glyphs:
        """What lines and bars are made of."""
        return ASCII if self.ascii else UNICODE

    @property
    def margin(self) -> int:
        """Blank cells at the left."""
        least = 0 if self.width < 30 else 1 if self.width < 60 else 2
        return max(least, (self.width - MAX_INNER) // 2)

    @property
    def inner(self) -> int:
        """Cells of a page's lines."""
        return max(min(self.width - 2 * self.margin, MAX_INNER), 1)

    def name(self, text: object) -> str:
        """Untrusted text as this frame can show it."""
        return to_ascii(clean(text)) if self.ascii else clean(text)

    def cut(self, text: str, cells: int) -> str:
        """The text, cut to at most ``cells``."""
        return cut(text, cells, self.glyphs.ellipsis)


class Row:
    """A line in the making; every method returns the row."""

    __slots__ = ("cells", "parts")

    def __init__(self, text: str = "", group: str = "") -> None:
        self.parts: list[tuple[str, str]] = []
        self.cells = 0
        self.add(text, group)

    def add(self, text: str, group: str = "") -> Row:
        """Append text."""
        if text:
            self.parts.append((text, group))
            self.cells += width(text)
        return self

    def to(self, cell: int) -> Row:
        """Blanks up to ``cell``."""
        if cell > self.cells:
            self.parts.append((" " * (cell - self.cells), ""))
            self.cells = cell
        return self

    def end(self, cell: int, text: str, group: str = "") -> Row:
        """Append text so that it ends at ``cell``."""
        return self.to(cell - width(text)).add(text, group)

    def join(self, other: Row) -> Row:
        """Append another row."""
        self.parts += other.parts
        self.cells += other.cells
        return self

    def cut(self, cells: int, ellipsis: str) -> Row:
        """This row, or a shorter one where it is wider than ``cells``."""
        if self.cells <= cells:
            return self
        short = Row()
        for text, group in self.parts:
            room = cells - short.cells
            if width(text) > room:
                return short.add(cut(text, room, ellipsis), group)
            short.add(text, group)
        return short


def beside(left: list[Row], right: list[Row], column: int) -> list[Row]:
    """Two blocks side by side, the right one from cell ``column`` on."""
    rows = []
    for at in range(max(len(left), len(right))):
        row = Row().join(left[at]) if at < len(left) else Row()
        rows.append(row.to(column).join(right[at]) if at < len(right) else row)
    return rows


def wrap(text: str, cells: int) -> list[str]:
    """Words on lines of at most ``cells``; a longer word is broken."""
    lines = [""]
    for word in _broken(text.split(" "), max(cells, 2)):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and width(longer) > cells:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _broken(words: Iterable[str], cells: int) -> Iterator[str]:
    """The words, those wider than ``cells`` in pieces."""
    for word in words:
        rest = word
        while width(rest) > cells:
            piece = cut(rest, cells, "")
            yield piece
            rest = rest[len(piece) :]
        yield rest


def _render(row: Row, line: int, margin: int, spans: list[Span]) -> str:
    """The row's text without blanks at the end; its spans are appended, neighbours made one."""
    texts = [" " * margin]
    at = begin = margin
    open_group = ""
    for text, group in row.parts:
        if group != open_group:
            if open_group:
                spans.append(Span(line, begin, at, open_group))
            begin, open_group = at, group
        texts.append(text)
        at += len(text) if text.isascii() else len(text.encode())
    if open_group:
        spans.append(Span(line, begin, at, open_group))
    return _trim("".join(texts), line, spans)


def _trim(text: str, line: int, spans: list[Span]) -> str:
    """The text without blanks at its end, and without the spans that were there."""
    trimmed = text.rstrip(" ")
    if len(trimmed) != len(text):
        end = len(trimmed.encode())
        while spans and spans[-1].line == line and spans[-1].start >= end:
            spans.pop()
        if spans and spans[-1].line == line and spans[-1].end > end:
            spans[-1] = spans[-1]._replace(end=end)
    return trimmed


def finish(title: str, rows: Iterable[Row], frame: Frame, state: Mapping[str, Any]) -> View:
    """The view of a page's rows, each moved into the frame and cut to its width."""
    spans: list[Span] = []
    lines: list[str] = []
    room = max(frame.width - frame.margin, 1)
    for row in rows:
        lines.append(_render(row.cut(room, frame.glyphs.ellipsis), len(lines), frame.margin, spans))
    return View(title, tuple(lines), tuple(spans), state)
