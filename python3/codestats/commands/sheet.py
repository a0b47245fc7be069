"""A view on paper: as wide as the terminal, in its colours where it has any, without tabs and keys."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from codestats.clock import local_now
from codestats.commands.common import UsageError
from codestats.text import width
from codestats.views import Frame
from codestats.views.parts.colours import PLAIN, definitions
from codestats.views.parts.glyphs import UNICODE
from codestats.views.parts.highlights import GROUPS, LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from codestats.views import View

__all__ = ["column_named", "has_colours", "sheet", "sheet_frame"]

_LINES = 10_000  # of a sheet: none is cut
_WIDEST = 120

# SGR codes that can be read on light and on dark: what the ground is, a terminal does not tell.
_CODES = {
    "bold": "1", "quiet": "2", "faint": "2", "accent": "36", "strong": "1;36", "green": "32", "red": "31",
    "shade1": "36", "shade2": "36", "shade3": "1;36", "shade4": "1;36", "ground3": "1", "ground4": "7",
}  # fmt: skip
_ARROWS = " ▾▴▲▼^v"


def has_colours() -> bool:
    """Whether standard output is a terminal that is to be coloured (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def sheet_frame(*, is_ascii: bool) -> Frame:
    """What to draw on: without Unicode where standard output has none, as under an ISO 8859-1 locale."""
    columns = min(shutil.get_terminal_size().columns, _WIDEST)
    is_ascii = is_ascii or not _is_unicode()
    return Frame(columns, _LINES, local_now(), is_ascii, shades=False, printed=True)


def _is_unicode() -> bool:
    try:
        f"{UNICODE.done}{UNICODE.steps}{UNICODE.state}".encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def sheet(draw: Callable[[Frame], View], *, is_ascii: bool) -> str:
    """The lines, coloured where that is to be."""
    view = draw(sheet_frame(is_ascii=is_ascii))
    lines = _coloured(view) if has_colours() else list(view.lines)
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _coloured(view: View) -> list[str]:
    codes = _codes({span.group for span in view.spans})
    lines = []
    for number, line in enumerate(view.lines):
        data, done = line.encode(), 0
        parts = []
        for span in sorted(span for span in view.spans if span.line == number):
            code = codes.get(span.group, "")
            if code and span.start >= done:
                text = data[span.start : span.end].decode(errors="replace")
                parts += [data[done : span.start].decode(errors="replace"), f"\x1b[{code}m{text}\x1b[0m"]
                done = span.end
        lines.append("".join(parts) + data[done:].decode(errors="replace").rstrip())
    return lines


def _codes(groups: set[str]) -> Mapping[str, str]:
    """Group -> SGR code."""
    codes = {group.name: _CODES.get(group.role, "") for group in GROUPS}
    if "256" in os.environ.get("TERM", "") or os.environ.get("COLORTERM"):
        for group, drawn in definitions(PLAIN, groups).items():
            if group.startswith(LANGUAGE):
                number = dict(part.split("=") for part in drawn.split()).get("ctermfg", "")
                codes[group] = f"38;5;{number}" if number else ""
    return codes


def column_named(view: View, name: str) -> str:
    """The key of the column with that title or key. Raises UsageError."""
    heading = view.lines[view.sticky[0]] if view.sticky else ""
    titles = {
        _cells(heading, start, end).strip(_ARROWS): str(key)
        for start, end, key in view.state.get("columns") or ()
    }
    keys = {title.casefold(): key for title, key in titles.items() if title}
    found = keys.get(name.casefold()) or next((key for key in keys.values() if key == name.casefold()), "")
    if not found:
        raise UsageError(
            f'no column "{name}" here; there are {", ".join(title for title in titles if title)}'
        )
    return found


def _cells(line: str, start: int, end: int) -> str:
    """What stands in these cells of a line."""
    at, found = 0, ""
    for char in line:
        found += char if start <= at < end else ""
        at += width(char)
    return found
