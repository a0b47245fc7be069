"""The pages of languages and of machines: one sortable table each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codestats.levels import progress
from codestats.text import number, percent, width
from codestats.views.parts.canvas import Row, Spot
from codestats.views.parts.glyphs import meter
from codestats.views.parts.highlights import language_group
from codestats.views.parts.sentences import filter_spot, level_sentence
from codestats.views.parts.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codestats.profile import Profile, Tally
    from codestats.views.parts.frame import Frame

__all__ = ["tally_rows"]

NARROW = 60  # cells below which figures are short and the progress line is left out


@dataclass(frozen=True, slots=True)
class _Cells:
    """Draws the cells of one table; widths of the columns, 0 leaves a column out."""

    frame: Frame
    dimension: str
    total: int
    most: int
    name: int
    bar: int
    xp: int
    share: int
    level: int
    progress: int
    gain: int

    def draw_name(self, tally: Tally) -> Row:
        dot = f"{self.frame.glyphs.state} " if self.dimension == "language" else ""
        row = Row(dot, language_group(tally.name))
        return row.add(self.frame.cut(self.frame.name(tally.name), self.name - len(dot)), "CodeStatsName")

    def draw_bar(self, tally: Tally) -> Row:
        done, rest = meter(tally.xp / max(self.most, 1), self.bar, self.frame.glyphs)
        group = language_group(tally.name) if self.dimension == "language" else "CodeStatsBar"
        return Row(done, group).add(rest, "CodeStatsTrack")

    def spot(self, tally: Tally) -> Spot:
        sentence = level_sentence(self.frame, tally.name, tally.xp, self.total)
        return filter_spot(self.dimension, tally.name, sentence)

    def draw_xp(self, tally: Tally) -> Row:
        return Row(number(tally.xp, self.xp), "CodeStatsNumber")

    def draw_share(self, tally: Tally) -> Row:
        return Row(percent(tally.xp, self.total), "CodeStatsLabel")

    def draw_level(self, tally: Tally) -> Row:
        return Row(number(tally.level, self.level), "CodeStatsLevel")

    def draw_progress(self, tally: Tally) -> Row:
        done, rest = meter(progress(tally.xp), self.progress, self.frame.glyphs)
        return Row(done, "CodeStatsProgress").add(rest, "CodeStatsTrack")

    def draw_gain(self, tally: Tally) -> Row:
        return Row(f"+{number(tally.recent, self.gain - 1)}" if tally.recent else "", "CodeStatsGain")

    def columns(self, title: str) -> list[Column[Tally]]:
        """The columns that have any width."""
        found: list[Column[Tally]] = [
            Column(
                "name", title, self.name, self.draw_name, lambda t: (t.name.casefold(), t.name), right=False
            ),
            Column("bar", "", self.bar, self.draw_bar, right=False, sorts="xp"),
            Column("xp", "XP", self.xp, self.draw_xp, lambda t: t.xp),
            Column("share", "Share" if self.share > 4 else "%", self.share, self.draw_share, sorts="xp"),
            Column("level", "Level" if self.level > 3 else "Lvl", self.level, self.draw_level, sorts="xp"),
            Column(
                "progress",
                "Progress",
                self.progress,
                self.draw_progress,
                lambda t: progress(t.xp),
                right=False,
            ),
            Column(
                "recent",
                "Last 12 h" if self.gain > 10 else "12 h",
                self.gain,
                self.draw_gain,
                lambda t: t.recent,
            ),
        ]
        return [column for column in found if column.width > 0]


def _narrow(frame: Frame, dimension: str, tallies: Sequence[Tally], longest: int) -> _Cells:
    """Short figures; the name gets what the bar can spare."""
    gain = 5 if frame.inner >= 36 else 0
    room = max(frame.inner - (5 + 4 + 3 + gain) - (5 if gain else 4), 4)
    name = max(min(longest, room * 3 // 5), 4)
    total = sum(tally.xp for tally in tallies)
    return _Cells(frame, dimension, total, tallies[0].xp, name, max(room - name, 0), 5, 4, 3, 0, gain)


def _wide(frame: Frame, dimension: str, tallies: Sequence[Tally], longest: int) -> _Cells:
    """Whole figures; name, bar and progress share the rest."""
    most = tallies[0].xp
    xp = max(min(len(number(most)), 13), 5)
    newest = max(tally.recent for tally in tallies)
    gain = max(min(len(number(newest)) + 1, 10), 6 if frame.inner < 90 else 11)
    room = frame.inner - (xp + 5 + 5 + gain) - 12
    name = max(min(longest, room // 2 - 2, 32), 10)
    line = max((room - name) * 2 // 5, 8)
    total = sum(tally.xp for tally in tallies)
    return _Cells(frame, dimension, total, most, name, max(room - name - line, 0), xp, 5, 5, line, gain)


def tally_rows(what: str, profile: Profile, state: dict[str, Any], frame: Frame) -> list[Row]:
    """The table of ``what``; where its columns are is noted in ``state``."""
    tallies = profile.languages if what == "languages" else profile.machines
    if not tallies:
        return [Row(f"No {what} yet.", "CodeStatsTitle")]
    dimension = "language" if what == "languages" else "machine"
    longest = max(width(frame.name(tally.name)) for tally in tallies) + 2 * (dimension == "language")
    cells = (_narrow if frame.inner < NARROW else _wide)(frame, dimension, tallies, longest)
    table = Table(cells.columns(dimension.capitalize()), state, frame, 1 if frame.inner < NARROW else 2)
    state["columns"] = table.hit_areas()
    rows = [table.row(tally).about(cells.spot(tally)) for tally in table.shown(tallies)]
    return [table.heading(), *rows, *table.rest(tallies)]
