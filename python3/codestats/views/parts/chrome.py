"""What stands round every page: tabs and crumbs above, the help page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.text import width
from codestats.views.parts.canvas import Row, Spot
from codestats.views.parts.wrapping import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codestats.views.parts.frame import Frame

__all__ = ["crumb_row", "help_rows", "more_row", "section", "tabs"]

Pairs = tuple[tuple[str, str], ...]
SHORT = {"overview": "Over", "languages": "Lang", "machines": "Mach", "activity": "Act", "records": "Rec"}


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
    if frame.printed:
        return []
    if frame.plain:
        return [_plain_tabs(pages, page), Row()]
    row, line = Row(), Row()
    gap = 3 if frame.inner >= 58 else 1
    labels = _labels(pages, page, frame.inner - len(pages) * (2 + gap) + gap)
    for number, (name, label) in enumerate(zip(pages, labels, strict=True), 1):
        active = name == page
        start = row.cells
        group = "CodeStatsTabActive" if active else "CodeStatsTab"
        spot = Spot("page", name)
        row.add(f"{number}", "CodeStatsKey", spot).add(f" {label}", group, spot)
        if active:
            line.add(frame.glyphs.rule * start, "CodeStatsRule")
            line.add(frame.glyphs.rule_active * (row.cells - start), "CodeStatsTabActive")
        row.to(row.cells + gap)
    line.add(frame.glyphs.rule * (frame.inner - line.cells), "CodeStatsRule")
    return [row.stays(), line.stays()]


def _plain_tabs(pages: Sequence[str], page: str) -> Row:
    """``Pages: 1 Overview, shown now; 2 Languages; …``."""
    row = Row("Pages: ")
    for number, name in enumerate(pages, 1):
        text = f"{whole(f'{number} {name.capitalize()}')}{', shown now' if name == page else ''}"
        row.add("; " if number > 1 else "").add(text, "", Spot("page", name))
    return row.add(".")


def section(title: str, cells: int, note: str = "") -> Row:
    """A heading, with a quiet note behind it where ``cells`` allow."""
    row = Row(title, "CodeStatsTitle")
    fits = note and row.cells + 2 + width(note) <= cells
    return row.add(f"  {note}", "CodeStatsLabel") if fits else row


def more_row(count: int, page: str, frame: Frame) -> Row:
    """The last line of a list that was cut: how many are left out, and the key to the page that has them."""
    row = Row().to(2).add(f"{count:,} more", "CodeStatsLabel")
    if not frame.printed:
        row.add(f" {frame.glyphs.dot} press ", "CodeStatsLabel").add(page, "CodeStatsKey")
    return row.about(Spot("page", page))


def crumb_row(begin: str, crumbs: Sequence[str], frame: Frame) -> Row:
    """Where a drill-down is, each step a way back: ``Profile ▸ Rust ▸ Tue 1 Sep 2026``."""
    row = Row(begin, "CodeStatsKey", Spot("crumb", 0, "back"))
    for at, crumb in enumerate(crumbs, 1):
        row.add(f" {frame.glyphs.crumb} ", "CodeStatsLabel")
        is_last = at == len(crumbs)
        row.add(
            crumb,
            "CodeStatsTitle" if is_last else "CodeStatsKey",
            None if is_last else Spot("crumb", at, "back"),
        )
    return row.cut(frame.inner, frame.glyphs.ellipsis)


def help_rows(keys: Pairs) -> list[Row]:
    """The keys of a view, one a line."""
    rows = [Row(), Row("Keys", "CodeStatsTitle"), Row()]
    rows += [Row(key, "CodeStatsKey").to(10).add(what, "CodeStatsLabel") for key, what in keys]
    return rows
