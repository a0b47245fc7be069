"""What stands round every page: tabs above, keys below, the help page."""

from __future__ import annotations

from codestats.text import width
from codestats.views.canvas import Frame, Row
from codestats.views.keys import PAGES

__all__ = ["help_rows", "section", "tabs", "with_footer"]

Pairs = tuple[tuple[str, str], ...]
SHORT = {"overview": "Overview", "languages": "Lang", "machines": "Mach", "activity": "Act"}


def _labels(page: str, frame: Frame) -> list[str]:
    """Names of the tabs, shortened where they would not fit."""
    full = [name.capitalize() for name in PAGES]
    if sum(map(len, full)) + 5 * len(full) <= frame.inner:
        return full
    return [name.capitalize() if name == page else SHORT[name] for name in PAGES]


def tabs(page: str, frame: Frame) -> list[Row]:
    """The pages' names, and a line that is heavy under the one shown."""
    row, line = Row(), Row()
    gap = 3 if frame.inner >= 58 else 1
    for number, (name, label) in enumerate(zip(PAGES, _labels(page, frame), strict=True), 1):
        active = name == page
        start = row.cells
        row.add(f"{number}", "CodeStatsKey").add(f" {label}", "CodeStatsTabActive" if active else "CodeStatsTab")
        if active:
            line.add(frame.glyphs.rule * start, "CodeStatsRule")
            line.add(frame.glyphs.rule_active * (row.cells - start), "CodeStatsTabActive")
        row.to(row.cells + gap)
    line.add(frame.glyphs.rule * (frame.inner - line.cells), "CodeStatsRule")
    if row.cells + 6 <= frame.inner:
        row.to(frame.inner - 6).add("?", "CodeStatsKey").add(" keys", "CodeStatsLabel")
    return [row, line]


def section(title: str, frame: Frame, note: str = "") -> Row:
    """A heading, with a quiet note behind it where there is room."""
    row = Row(title, "CodeStatsTitle")
    return row.add(f"  {note}", "CodeStatsLabel") if note and row.cells + 2 + width(note) <= frame.inner else row


def help_rows(keys: Pairs) -> list[Row]:
    """The keys of a view, one a line."""
    rows = [Row(), Row("Keys", "CodeStatsTitle"), Row()]
    rows += [Row(key, "CodeStatsKey").to(10).add(what, "CodeStatsLabel") for key, what in keys]
    return rows


def with_footer(rows: list[Row], hints: Pairs, frame: Frame) -> list[Row]:
    """The rows with the commonest keys in the window's last line, or after the last row."""
    footer = Row()
    for key, what in hints:
        if footer.cells + len(key) + len(what) + 1 > frame.inner:
            break
        footer.add(key, "CodeStatsKey").add(f" {what}", "CodeStatsLabel").add("   ")
    blank = max(frame.height - len(rows) - 1, 1)
    return [*rows, *(Row() for _ in range(blank)), footer]
