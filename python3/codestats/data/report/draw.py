"""Drawings in SVG for page and card: the card's heat map, bars, the ring of the level."""

from __future__ import annotations

from html import escape
from math import pi
from typing import TYPE_CHECKING

from codestats.palette import colour
from codestats.stats.dates import day_label
from codestats.stats.heat import heat_level
from codestats.text import clean, number, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from codestats.data.report.model import Week

__all__ = ["bar", "columns", "dot", "heat_cells", "ring", "xml"]

_CELL, _PITCH = 11, 14


def xml(text: object) -> str:
    """Anybody's text inside an element: cleaned, and nothing in it is markup."""
    return escape(clean(str(text)))


def heat_cells(
    weeks: Sequence[Week], calendar: Mapping[date, int], limits: tuple[int, int, int, int], pitch: float
) -> str:
    """A rectangle a day, in rows from Monday on, with what it stands for on hovering."""
    size = round(pitch * _CELL / _PITCH, 1)
    parts = []
    for column, week in enumerate(weeks):
        for row, day in enumerate(week):
            if day is not None:
                xp = calendar.get(day, 0)
                parts.append(
                    f'<rect class="h{heat_level(xp, limits)}" x="{column * pitch:g}" y="{row * pitch:g}"'
                    f' width="{size:g}" height="{size:g}" rx="2">'
                    f"<title>{day_label(day)}: {number(xp)} XP</title></rect>"
                )
    return "".join(parts)


def dot(language: str) -> str:
    """The language's colour, which never stands without its name."""
    return (
        '<svg class="dot" viewBox="0 0 8 8" aria-hidden="true">'
        f'<circle cx="4" cy="4" r="4" fill="{colour(language)}"/></svg>'
    )


def bar(part: int, whole: int) -> str:
    """A line of that share."""
    share = 100 * part / whole if whole > 0 else 0
    return (
        '<svg aria-hidden="true"><rect class="track" width="100%" height="100%" rx="3"/>'
        f'<rect class="bar" width="{min(max(share, 0.8), 100):.1f}%" height="100%" rx="3"/></svg>'
    )


def ring(level: int, progress: float) -> str:
    """The level in a ring that fills up to the next one."""
    around = 2 * pi * 50
    size = "" if level < 1000 else ' textLength="76" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<svg viewBox="0 0 112 112" role="img" aria-label="Level {level}">'
        '<circle class="rail" cx="56" cy="56" r="50" fill="none" stroke-width="8"/>'
        '<circle class="way" cx="56" cy="56" r="50" fill="none" stroke-width="8" stroke-linecap="round"'
        f' stroke-dasharray="{max(progress, 0.004) * around:.2f} {around:.2f}" transform="rotate(-90 56 56)"/>'
        '<text x="56" y="38" text-anchor="middle">Level</text>'
        f'<text class="level" x="56" y="70" text-anchor="middle"{size}>{level}</text></svg>'
    )


def _shade(value: int, most: int) -> str:
    """Only the largest stands out."""
    return "h0" if not value else "bar" if value == most else "h2"


def columns(values: Sequence[int], labels: Sequence[str], label: str) -> str:
    """A column chart: a column a value, a name below each (some may be empty), the largest with its number."""
    width, height, room = 420, 150, 20
    step = width / len(values)
    most = max(values, default=0)
    parts = []
    for at, (value, name) in enumerate(zip(values, labels, strict=True)):
        tall = max(round((height - 2 * room) * value / most, 1), 2 if value else 1) if most else 1
        x, middle = at * step + step * 0.12, (at + 0.5) * step
        y = height - room - tall
        parts.append(
            f'<rect class="{_shade(value, most)}" x="{x:.1f}" y="{y:g}" width="{step * 0.76:.1f}"'
            f' height="{tall:g}" rx="2"><title>{number(value)} XP</title></rect>'
        )
        if name:
            parts.append(f'<text x="{middle:.1f}" y="{height - 4}" text-anchor="middle">{name}</text>')
        if value and value == most:
            near = min(max(middle, 16), width - 16)
            parts.append(f'<text x="{near:.1f}" y="{y - 6:g}" text-anchor="middle">{short(value)}</text>')
    return f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
