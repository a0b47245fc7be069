"""What stands round every page: tabs above, keys below, the help page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.text import width
from codestats.views.canvas import Frame, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["help_rows", "section", "tabs", "with_footer"]

Pairs = tuple[tuple[str, str], ...]
SHORT = {"overview": "Overview", "languages": "Lang", "machines": "Mach", "activity": "Act"}


def _labels(pages: Sequence[str], page: str, cells: int) -> list[str]:
    """Names of the tabs, shortened where they would not fit: that of the page shown last."""
    full = {name: name.capitalize() for name in pages}
    short = {**full, **SHORT}
    for names in (full, {**short, page: page.capitalize()}):
        if sum(len(names[name]) for name in pages) <= cells:
            return [names[name] for name in pages]
    return [short[name] for name in pages]


def tabs(pages: Sequence[str], page: str, frame: Frame) -> list[Row]:
    """The pages' names, and a line that is heavy under the one shown."""
    row, line = Row(), Row()
    gap = 3 if frame.inner >= 58 else 1
    labels = _labels(pages, page, frame.inner - len(pages) * (2 + gap) + gap)
    for number, (name, label) in enumerate(zip(pages, labels, strict=True), 1):
        active = name == page
        start = row.cells
        group = "CodeStatsTabActive" if active else "CodeStatsTab"
        row.add(f"{number}", "CodeStatsKey").add(f" {label}", group)
        if active:
            line.add(frame.glyphs.rule * start, "CodeStatsRule")
            line.add(frame.glyphs.rule_active * (row.cells - start), "CodeStatsTabActive")
        row.to(row.cells + gap)
    line.add(frame.glyphs.rule * (frame.inner - line.cells), "CodeStatsRule")
    return [row, line]


def section(title: str, cells: int, note: str = "") -> Row:
    """A heading, with a quiet note behind it where ``cells`` allow."""
    row = Row(title, "CodeStatsTitle")
    fits = note and row.cells + 2 + width(note) <= cells
    return row.add(f"  {note}", "CodeStatsLabel") if fits else row


def help_rows(keys: Pairs) -> list[Row]:
    """The keys of a view, one a line."""
    rows = [Row(), Row("Keys", "CodeStatsTitle"), Row()]
    rows += [Row(key, "CodeStatsKey").to(10).add(what, "CodeStatsLabel") for key, what in keys]
    return rows


def with_footer(rows: list[Row], hints: Pairs, frame: Frame) -> list[Row]:
    """The rows with the commonest keys in the window's last line, or after the last row.

    Where that is out of sight, the first line says how to learn of them.
    """
    if ("?", "keys") in hints and len(rows) + 2 > frame.height and rows[0].cells + 8 <= frame.inner:
        rows[0].to(frame.inner - 6).add("?", "CodeStatsKey").add(" keys", "CodeStatsLabel")
    footer = Row()
    for key, what in hints:
        gap = 3 if footer.cells else 0
        if footer.cells + gap + len(key) + len(what) + 1 > frame.inner:
            break
        footer.to(footer.cells + gap).add(key, "CodeStatsKey").add(f" {what}", "CodeStatsLabel")
    blank = max(frame.height - len(rows) - 1, 1)
    return [*rows, *(Row() for _ in range(blank)), footer]
