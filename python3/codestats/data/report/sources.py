"""Where the text came from, as a section of the page: a line of all of it, and tables by language and by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.data.report.draw import dot, xml
from codestats.palette import HUES, SOURCE_HUES
from codestats.pulse import KINDS
from codestats.stats.sources import LIMITS, WORDS, came, shares
from codestats.text import number, percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codestats.data.report.source_tables import SourceTables
    from codestats.stats.sources import Kinds

__all__ = ["sources_section"]

_HIGH, _WIDE = 8, 1000


def sources_section(tables: SourceTables) -> str:
    """The line, its legend, the tables, and what they cannot tell."""
    kinds = [kind for kind in KINDS if kind in shares(tables.whole)]
    languages = [(f"{dot(name)}<bdi>{xml(name) or '?'}</bdi>", found) for name, found in tables.languages]
    return (
        '<section class="wide" id="sources"><h2>Where the text came from</h2>'
        f'{_line(tables.whole)}<p class="soft">{_legend(tables.whole)}</p>'
        '<div class="scroll" role="region" aria-label="Where the text came from" tabindex="0">'
        f"{_table('Language', languages, kinds)}{_table('Month', tables.months, kinds)}</div>"
        f'<p class="soft">{xml(LIMITS)}</p></section>'
    )


def _line(whole: Kinds) -> str:
    """Each kind as long as its share."""
    parts, done, total = [], 0, came(whole)
    for kind, new in shares(whole).items():
        start, done = _WIDE * done / total, done + new
        wide = _WIDE * done / total - start
        parts.append(f'<rect x="{start:.1f}" width="{wide:.1f}" height="{_HIGH}" fill="{_colour(kind)}"/>')
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDE} {_HIGH}" preserveAspectRatio="none" height="{_HIGH}" '
        f'aria-hidden="true">{"".join(parts)}</svg>'
    )


def _legend(whole: Kinds) -> str:
    return " ".join(
        f'<span><svg class="dot" viewBox="0 0 8 8" aria-hidden="true">'
        f'<circle cx="4" cy="4" r="4" fill="{_colour(kind)}"/></svg>'
        f"{WORDS.get(kind, kind)} {xml(percent(new, came(whole)))}</span>"
        for kind, new in shares(whole).items()
    )


def _colour(kind: str) -> str:
    return HUES[SOURCE_HUES[kind]]


def _table(title: str, lines: Iterable[tuple[str, Kinds]], kinds: list[str]) -> str:
    heads = "".join(f'<th scope="col">{kind}</th>' for kind in kinds)
    rows = "".join(_row(name, found, kinds) for name, found in lines)
    return (
        f'<table><thead><tr><th scope="col">{title}</th><th scope="col">Bytes</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(name: str, found: Kinds, kinds: list[str]) -> str:
    """`name` is markup already."""
    new = shares(found)
    cells = "".join(
        f"<td>{xml(percent(new[kind], came(found))) if kind in new else '·'}</td>" for kind in kinds
    )
    return f'<tr><th scope="row">{name}</th><td>{number(came(found))}</td>{cells}</tr>'
