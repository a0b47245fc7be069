"""Where a text goes on in the next line: between words, never within a number, a date or a name.

An editor's own wrapping breaks where the user's 'breakat' says: with a comma in it, within 1,234.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codestats.stats.dates import LONG_MONTHS, MONTHS, WEEKDAYS
from codestats.text import cut, width

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["WHOLE", "pieces", "whole", "wrap"]

WHOLE = "\N{NO-BREAK SPACE}"
"""A blank of a name, where no line ends; `codestats.text.clean` leaves none in what others wrote."""

_DAY = rf"\d{{1,2}} (?:{'|'.join(MONTHS)})\b(?: \d{{4}}\b)?"
_UNIT = r"(?:XP|d|h|s|min|kB|MB|GB|bytes?|days?|hours?|minutes?|months?|years?)\b"
_ONE = re.compile(
    rf"(?:\b(?:{'|'.join(WEEKDAYS)}) )?(?:\d{{1,2}}[-–]|\b{_DAY} [-–] )?\b{_DAY}"
    rf"|\b(?:{'|'.join((*MONTHS, *LONG_MONTHS))}) \d{{4}}\b"
    rf"|\d {_UNIT}|\b[Ll]evel \d|[^\s,;:]+ [<>]?\d+%"
)
"""A date, days up to another, a month, a figure with its unit, a share with what has it."""
_KEPT = re.compile(r"[^ ]+")
_WORD = re.compile(rf"[^ {WHOLE}]+")


def whole(text: str) -> str:
    """The text, to be kept on one line."""
    return text.replace(" ", WHOLE)


def pieces(text: str, cells: int, further: int) -> list[tuple[int, int]]:
    """The lines of a text, each [start, end) in characters: the first of at most ``cells``, the others of ``further``.

    What is kept whole is broken at its blanks where it is wider than a line, a word in its middle.
    """
    if width(text) <= cells:
        return [(0, len(text))]
    lines: list[tuple[int, int]] = []
    room = cells
    for start, end in _units(text, max(min(cells, further), 2)):
        if lines and width(text[lines[-1][0] : end]) <= room:
            lines[-1] = lines[-1][0], end
        else:
            room = further if lines else cells
            lines.append((start, end))
    return lines or [(0, 0)]


def _units(text: str, cells: int) -> Iterator[tuple[int, int]]:
    """What a line may end after, each of at most ``cells``."""
    held = _ONE.sub(lambda match: whole(match[0]), text)
    for kept in _KEPT.finditer(held):
        if width(kept[0]) <= cells:
            yield kept.span()
            continue
        for word in _WORD.finditer(held, *kept.span()):
            start = word.start()
            while start < word.end():
                end = start + len(cut(text[start : word.end()], cells, ""))
                yield start, end
                start = end


def wrap(text: str, cells: int) -> list[str]:
    """The lines of a text, of at most ``cells`` each."""
    return [text[start:end] for start, end in pieces(text, cells, cells)]
