"""Rows of highlighted text, and the finished view: lines, spans and spots in bytes.

A page draws :class:`Row` values in a frame; :func:`finish` puts margins round them and counts
bytes once. All positions of rows are display cells, all of spans and spots are UTF-8 bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from codestats.text import cut, width
from codestats.views.parts.colours import PLAIN, Ground, definitions
from codestats.views.parts.wrapping import WHOLE, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codestats.views.parts.frame import Frame

__all__ = ["Hint", "Place", "Row", "Span", "Spot", "View", "beside", "finish"]

Hint = tuple[str, str]
"""A key, and in a word what it does now."""

INDENT = 2  # cells before what a sentence goes on with in its next line
PART = 50  # lines whose highlights and spots an editor takes in one go


class Span(NamedTuple):
    """A highlighted stretch: line from 0, bytes [start, end) of that line, group name."""

    line: int
    start: int
    end: int
    group: str


class Spot(NamedTuple):
    """Something that was drawn and can be pointed at: ``sentence`` is about it.

    ``<CR>`` and a click give ``kind`` and ``key`` to `keys.on_key`; a spot of kind '' only tells.
    """

    kind: str
    key: Any
    sentence: str = ""


class Place(NamedTuple):
    """Where a spot is: line from 0, bytes [start, end) of that line."""

    line: int
    start: int
    end: int
    spot: Spot


@dataclass(frozen=True, slots=True)
class View:
    """What a window shows; ``state`` comes back with the next key, ``keys`` are to be forwarded.

    ``hints``: the keys to show in the window's border, the most useful first. ``sticky``: numbers of the
    lines that stay in sight where the page is scrolled (tabs, headings of columns).
    """

    title: str
    lines: tuple[str, ...]
    spans: tuple[Span, ...]
    state: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    url: str = ""
    places: tuple[Place, ...] = ()
    hints: tuple[Hint, ...] = ()
    sticky: tuple[int, ...] = ()
    users: tuple[str, ...] = ()
    """Whose profiles are shown."""

    def to_message(self, view_id: int, ground: Ground = PLAIN) -> dict[str, Any]:
        """The ``view`` message for the editor."""
        first, *further = self._parts()
        return {
            "type": "view",
            "id": view_id,
            "title": self.title,
            "lines": list(self.lines),
            **first,
            "further": [json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in further],
            "hints": [list(hint) for hint in self.hints],
            "sticky": list(self.sticky),
            "state": dict(self.state),
            "keys": list(self.keys),
            "url": self.url,
            "users": list(self.users),
            "groups": definitions(ground, {span.group for span in self.spans}),
        }

    def _parts(self) -> list[dict[str, dict[str, list[Any]]]]:
        """Spans by group, as Vim adds text properties, and spots by line; a part each PART lines.

        The editor's thread has no time for all of a long page at once.
        """
        parts: list[dict[str, dict[str, list[Any]]]] = [
            {"spans": {}, "spots": {}} for _ in range(0, max(len(self.lines), 1), PART)
        ]
        for line, start, end, group in self.spans:
            spans = parts[line // PART]["spans"]
            spans.setdefault(group, []).append([line + 1, start + 1, line + 1, end + 1])
        for place in self.places:
            spots = parts[place.line // PART]["spots"]
            spots.setdefault(str(place.line), []).append([place.start, place.end, *place.spot])
        return parts


class Row:
    """A line in the making; every method returns the row."""

    __slots__ = ("cells", "is_sticky", "parts", "spot")

    def __init__(self, text: str = "", group: str = "", spot: Spot | None = None) -> None:
        self.parts: list[tuple[str, str, Spot | None]] = []
        self.cells = 0
        self.spot: Spot | None = None
        self.is_sticky = False
        self.add(text, group, spot)

    def add(self, text: str, group: str = "", spot: Spot | None = None) -> Row:
        """Append text."""
        if text:
            self.parts.append((text, group, spot))
            self.cells += width(text)
        return self

    def to(self, cell: int) -> Row:
        """Blanks up to ``cell``."""
        if cell > self.cells:
            self.parts.append((" " * (cell - self.cells), "", None))
            self.cells = cell
        return self

    def end(self, cell: int, text: str, group: str = "") -> Row:
        """Append text so that it ends at ``cell``."""
        return self.to(cell - width(text)).add(text, group)

    def join(self, other: Row) -> Row:
        """Append another row, with what it is about."""
        if other.spot is None:
            self.parts += other.parts
        else:
            self.parts += [(text, group, spot or other.spot) for text, group, spot in other.parts]
        self.cells += other.cells
        self.is_sticky |= other.is_sticky
        return self

    def about(self, spot: Spot | None) -> Row:
        """Make all of the row that is about nothing yet about ``spot``."""
        self.spot = spot
        return self

    def stays(self) -> Row:
        """Keep the row in sight where the page is scrolled."""
        self.is_sticky = True
        return self

    def folded(self, cells: int) -> list[Row]:
        """The row as lines of at most ``cells``, those after the first one indented."""
        text = "".join(text for text, _, _ in self.parts)
        lines = pieces(text, cells, max(cells - INDENT, 1))
        return [self._slice(start, end, INDENT if start else 0) for start, end in lines]

    def _slice(self, start: int, end: int, indent: int) -> Row:
        """Some of the characters, behind so many blanks."""
        row, at = Row().to(indent).about(_spoken(self.spot)), 0
        for text, group, spot in self.parts:
            shown = text[max(start - at, 0) : max(end - at, 0)].replace(WHOLE, " ")
            row.add(shown, group, _spoken(spot))
            at += len(text)
        return row

    def cut(self, cells: int, ellipsis: str) -> Row:
        """This row, or a shorter one where it is wider than ``cells``."""
        if self.cells <= cells:
            return self
        short = Row().about(self.spot)
        short.is_sticky = self.is_sticky
        for text, group, spot in self.parts:
            room = cells - short.cells
            if width(text) > room:
                return short.add(cut(text, room, ellipsis), group, spot)
            short.add(text, group, spot)
        return short


def _spoken(spot: Spot | None) -> Spot | None:
    """The spot with blanks as others know them."""
    return spot and spot._replace(sentence=spot.sentence.replace(WHOLE, " "))


def beside(left: list[Row], right: list[Row], column: int) -> list[Row]:
    """Two blocks side by side, the right one from cell ``column`` on."""
    rows = []
    for at in range(max(len(left), len(right))):
        row = Row().join(left[at]) if at < len(left) else Row()
        rows.append(row.to(column).join(right[at]) if at < len(right) else row)
    return rows


class _Draft:
    """Lines, spans and places of a view in the making."""

    def __init__(self, margin: int) -> None:
        self.margin = margin
        self.lines: list[str] = []
        self.spans: list[Span] = []
        self.places: list[Place] = []

    def add(self, row: Row) -> None:
        """Append a row: neighbours of one group become one span, of one spot one place."""
        line, spans, places = len(self.lines), self.spans, self.places
        texts = [" " * self.margin]
        at = begin = place = self.margin
        open_group, open_spot = "", None
        for text, group, own in row.parts:
            spot = own or row.spot
            if group != open_group:
                if open_group:
                    spans.append(Span(line, begin, at, open_group))
                begin, open_group = at, group
            if spot is not open_spot:
                if open_spot is not None:
                    places.append(Place(line, place, at, open_spot))
                place, open_spot = at, spot
            texts.append(text)
            at += len(text) if text.isascii() else len(text.encode())
        if open_group:
            spans.append(Span(line, begin, at, open_group))
        if open_spot is not None:
            places.append(Place(line, place, at, open_spot))
        self._trim("".join(texts), line)

    def _trim(self, text: str, line: int) -> None:
        """Take the text without blanks at its end, and without the spans and places that were there."""
        trimmed = text.rstrip(" ")
        self.lines.append(trimmed)
        if len(trimmed) == len(text):
            return
        end = len(trimmed.encode())
        for marks in (self.spans, self.places):
            while marks and marks[-1].line == line and marks[-1].start >= end:
                marks.pop()
            if marks and marks[-1].line == line and marks[-1].end > end:
                marks[-1] = marks[-1]._replace(end=end)  # type: ignore[assignment]


def finish(title: str, rows: Iterable[Row], frame: Frame, state: Mapping[str, Any]) -> View:
    """The view of a page's rows, each moved into the frame and cut to its width; without blank ones at the end."""
    rows = list(rows)
    while rows and not rows[-1].cells:
        rows.pop()
    draft = _Draft(frame.margin)
    room = max(frame.width - frame.margin, 1)
    sticky = []
    for row in rows:
        if row.is_sticky:
            sticky.append(len(draft.lines))
        for line in row.folded(frame.inner) if frame.plain else (row.cut(room, frame.glyphs.ellipsis),):
            draft.add(line)
    return View(
        title,
        tuple(draft.lines),
        tuple(draft.spans),
        state,
        places=tuple(draft.places),
        sticky=() if frame.plain else tuple(sticky),
    )
