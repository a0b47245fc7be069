"""The pages of languages and of machines: one sortable table each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codestats.levels import progress
from codestats.text import number, percent, width
from codestats.views.canvas import Frame, Row
from codestats.views.glyphs import bar, meter
from codestats.views.table import Column, hit_areas, sorted_items, table_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from codestats.profile import Profile, Tally

__all__ = ["tally_rows"]


@dataclass(frozen=True, slots=True)
class _Widths:
    """Cells of the columns for one frame; 0 leaves a column out."""

    name: int
    bar: int
    xp: int
    level: int
    progress: int
    gain: int


def _widths(frame: Frame, longest: int) -> _Widths:
    """How much each column gets: figures first, the rest is shared by name, bar and progress."""
    if frame.inner < 56:
        fixed = 5 + 2 + 5 + 2 + 5 + 2  # XP, share, level in short, and their gaps
        room = frame.inner - fixed - (7 if frame.inner >= 36 else 0)
        name = min(max(longest, 4), max(room - 2, 4))
        bar_cells = room - name - 2
        return _Widths(name, max(bar_cells, 0), 5, 5, 0, 5 if frame.inner >= 36 else 0)
    room = frame.inner - (11 + 2 + 6 + 2 + 7 + 2 + 9 + 2) - 2 - 2
    name = min(max(longest, 8), room // 2, 32)
    rest = room - name
    return _Widths(name, rest - rest // 3, 11, 7, rest // 3, 9)


def _plain(text: str, group: str) -> Row:
    return Row(text, group)


def _columns(what: str, profile: Profile, widths: _Widths, frame: Frame) -> list[Column[Tally]]:
    tallies = profile.languages if what == "languages" else profile.machines
    total = sum(tally.xp for tally in tallies)
    most = max((tally.xp for tally in tallies), default=0)
    glyphs = frame.glyphs

    def name_cell(tally: Tally) -> Row:
        return Row(frame.cut(frame.name(tally.name), widths.name), "CodeStatsName")

    def bar_cell(tally: Tally) -> Row:
        return Row(bar(tally.xp / max(most, 1), widths.bar, glyphs), "CodeStatsBar")

    def progress_cell(tally: Tally) -> Row:
        done, rest = meter(progress(tally.xp), widths.progress, glyphs)
        return Row(done, "CodeStatsProgress").add(rest, "CodeStatsTrack")

    def gain_cell(tally: Tally) -> Row:
        return Row(f"+{number(tally.recent, widths.gain - 1)}" if tally.recent else "", "CodeStatsGain")

    def figure(text_of: Callable[[Tally], str], group: str) -> Callable[[Tally], Row]:
        return lambda tally: _plain(text_of(tally), group)

    short = frame.inner < 56
    all_columns = [
        Column("name", "Language" if what == "languages" else "Machine", widths.name, name_cell,
               lambda t: (t.name.casefold(), t.name), right=False),
        Column("bar", "", widths.bar, bar_cell, None, right=False),
        Column("xp", "XP", widths.xp, figure(lambda t: number(t.xp, widths.xp), "CodeStatsNumber"),
               lambda t: t.xp),
        Column("share", "%" if short else "Share", 5 if short else 6,
               figure(lambda t: percent(t.xp, total), "CodeStatsLabel"), None),
        Column("level", "Lvl" if short else "Level", widths.level,
               figure(lambda t: f"{t.level:,}", "CodeStatsLevel"), None),
        Column("progress", "Progress", widths.progress, progress_cell, lambda t: progress(t.xp), right=False),
        Column("recent", "12 h" if short else "Last 12 h", widths.gain, gain_cell, lambda t: t.recent),
    ]  # fmt: skip
    return [column for column in all_columns if column.width > 0]


def tally_rows(what: str, profile: Profile, state: dict[str, Any], frame: Frame) -> list[Row]:
    """The table of ``what``; where its columns are is noted in ``state``."""
    tallies = profile.languages if what == "languages" else profile.machines
    if not tallies:
        return [Row(f"No {what} yet.", "CodeStatsTitle")]
    longest = max(width(frame.name(tally.name)) for tally in tallies)
    columns = _columns(what, profile, _widths(frame, longest), frame)
    state["columns"] = hit_areas(columns, frame.margin)
    return table_rows(sorted_items(tallies, columns, state), columns, state, frame)
