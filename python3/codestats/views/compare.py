"""Two or more users side by side: their overviews, their languages in one table, their days on one scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from codestats.profile import Profile
from codestats.text import number, percent, short, width
from codestats.views.activity import Panel, Source, day_rows, weekday_rows
from codestats.views.hints import hints
from codestats.views.keymap import COMPARE_PAGES, KEYS, keys_of
from codestats.views.overview import overview_rows
from codestats.views.parts import chrome
from codestats.views.parts.canvas import Row, Spot, View, beside, finish
from codestats.views.parts.charts import Line, bar_rows
from codestats.views.parts.glyphs import meter
from codestats.views.parts.highlights import language_group
from codestats.views.parts.sentences import level_sentence
from codestats.views.parts.table import Column, Table
from codestats.views.parts.wrapping import whole
from codestats.views.plain_pages import compare_lines
from codestats.views.profile import banner_rows, instead_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = ["compare_view"]

State = dict[str, Any]
LEAST = 34  # cells of a user's column
GAP = 4
STACKED = 20  # rows of a user's overview where not all stand side by side
ROOMY = 60
BARS = 16  # cells of a cell of the table from which a bar stands in it


def compare_view(people: Sequence[ProfileData], state: Mapping[str, Any], frame: Frame) -> View:
    """Any page of the comparison."""
    page = str(state.get("page"))
    page = page if page in COMPARE_PAGES else COMPARE_PAGES[0]
    shown: State = {k: v for k, v in state.items() if k not in ("columns", "cursor")} | {"page": page}
    rows = chrome.tabs(COMPARE_PAGES, page, frame)
    if state.get("help"):
        rows += chrome.help_rows(KEYS["compare"])
    else:
        rows += _page(people, shown, frame, frame.height - len(rows))
    names = [frame.cut(_name(person, frame), 20) for person in people]
    title = f"Code::Stats {frame.glyphs.dot} {frame.cut(', '.join(names), 40)}"
    return replace(
        finish(title, rows, frame, shown),
        keys=keys_of("compare"),
        url=people[0].url if people else "",
        hints=hints("compare", shown, keys_of("compare"), rows, people[0].url if people else ""),
        users=tuple(person.profile.user for person in people if person.profile),
    )


def _page(people: Sequence[ProfileData], state: State, frame: Frame, height: int) -> list[Row]:
    if frame.plain:
        told = [
            (whole(_name(p, frame)), p, banner_rows(p, frame) if p.profile else instead_rows(p, frame))
            for p in people
        ]
        return compare_lines(told, state, frame)
    if state["page"] == "languages":
        return _language_rows(people, state, frame)
    if state["page"] == "activity":
        return _activity_rows(people, frame, height)
    return _overviews(people, frame, height)


def _name(person: ProfileData, frame: Frame) -> str:
    return frame.name(person.profile.user if person.profile else person.user) or "?"


def _opens(person: ProfileData, frame: Frame, sentence: str = "") -> Spot:
    """A spot that shows one user's own profile."""
    return Spot("user", person.user, sentence or f"The profile of {frame.cut(_name(person, frame), 30)}")


# -------------------------------------------------------------- side by side


def _overviews(people: Sequence[ProfileData], frame: Frame, height: int) -> list[Row]:
    """As many columns as fit; further users below."""
    fit, cells = _columns(people, frame)
    high = height if fit == len(people) else STACKED
    column = frame.column(cells)
    return _side_by_side([_overview(person, column, high) for person in people], fit, cells)


def _columns(people: Sequence[ProfileData], frame: Frame) -> tuple[int, int]:
    """How many users stand side by side, and the cells of each."""
    fit = max(min(len(people), (frame.inner + GAP) // (LEAST + GAP)), 1)
    return fit, (frame.inner - GAP * (fit - 1)) // fit


def _side_by_side(blocks: Sequence[list[Row]], fit: int, cells: int) -> list[Row]:
    """So many blocks beside each other, the next below them."""
    rows: list[Row] = []
    for first in range(0, len(blocks), fit):
        block = blocks[first]
        for at, other in enumerate(blocks[first + 1 : first + fit], 1):
            block = beside(block, other, at * (cells + GAP))
        rows += [*([Row()] if rows else []), *block]
    return rows


def _overview(person: ProfileData, frame: Frame, height: int) -> list[Row]:
    """One user's, or what there is to say instead; all of it opens the user's profile."""
    if person.profile is None:
        name = Row(frame.cut(_name(person, frame), frame.inner), "CodeStatsTitle")
        rows = [name, *instead_rows(person, frame)]
    else:
        rows = banner_rows(person, frame)
        rows += overview_rows(person, {}, frame, height - len(rows))
    return [_opening(row, person, frame) for row in rows]


def _opening(row: Row, person: ProfileData, frame: Frame) -> Row:
    """The row as wide as its column; wherever it is touched, it opens the user's profile."""
    row.parts = [(text, group, _of_user(spot, person)) for text, group, spot in row.parts]
    row.about(_of_user(row.spot, person) if row.spot else _opens(person, frame))
    return row.cut(frame.inner, frame.glyphs.ellipsis)


def _of_user(spot: Spot | None, person: ProfileData) -> Spot | None:
    """What it says stays, what it opens is the user's profile."""
    return spot and Spot("user", person.user, spot.sentence)


# -------------------------------------------------------------- languages


@dataclass(frozen=True, slots=True)
class _Line:
    """A language: XP by user."""

    name: str
    values: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.values)


def _lines(people: Sequence[ProfileData]) -> list[_Line]:
    """A line a language, most XP first; letter case does not matter."""
    spelling: dict[str, str] = {}
    values: dict[str, list[int]] = {}
    for at, person in enumerate(people):
        for tally in (person.profile or Profile()).languages:
            key = tally.name.casefold()
            spelling.setdefault(key, tally.name)
            values.setdefault(key, [0] * len(people))[at] += tally.xp
    lines = [_Line(spelling[key], tuple(xp)) for key, xp in values.items()]
    return sorted(lines, key=lambda line: (-line.total, line.name.casefold(), line.name))


def _language_rows(people: Sequence[ProfileData], state: State, frame: Frame) -> list[Row]:
    lines = _lines(people)
    if not lines:
        return [Row("No languages yet.", "CodeStatsTitle")]
    longest = 2 + max(width(frame.name(line.name)) for line in lines)
    name = max(min(longest, 26 if frame.inner >= 90 else 16), 8)
    total = 7 if frame.inner >= ROOMY else 5
    cell = (frame.inner - name - total - 2) // len(people) - 2
    if cell < 5:
        return _lists(people, lines, frame)
    cells = _Cells(people, frame, name, total, cell, as_percent=bool(state.get("percent")))
    table = Table(cells.columns(), state, frame)
    state["columns"] = table.hit_areas()
    return [table.heading(), *(table.row(line) for line in table.shown(lines)), *table.rest(lines)]


def _lists(people: Sequence[ProfileData], lines: Sequence[_Line], frame: Frame) -> list[Row]:
    """Where no table fits: a heading a language, a bar a user."""
    rows: list[Row] = []
    for line in lines:
        head = Row(f"{frame.glyphs.state} ", language_group(line.name))
        rows.append(head.add(frame.cut(frame.name(line.name), frame.inner - 2), "CodeStatsName"))
        bars = [
            Line(_name(person, frame), xp, bar=language_group(line.name))
            for person, xp in zip(people, line.values, strict=True)
        ]
        rows += bar_rows(bars, frame.inner, frame, 10)
    return rows


@dataclass(frozen=True, slots=True)
class _Cells:
    """Draws the cells of the table of languages; widths in cells."""

    people: Sequence[ProfileData]
    frame: Frame
    name: int
    total: int
    cell: int
    as_percent: bool

    def columns(self) -> list[Column[_Line]]:
        """Name, a column a user, and all of them together."""
        return [
            Column(
                "name",
                "Language",
                self.name,
                self._draw_name,
                lambda i: (i.name.casefold(), i.name),
                right=False,
            ),
            *(
                Column(f"column{at}", _name(person, self.frame), self.cell, self._drawer(at), self._rank(at))
                for at, person in enumerate(self.people)
            ),
            Column("xp", "All", self.total, self._draw_total, lambda i: i.total),
        ]

    def _draw_name(self, line: _Line) -> Row:
        row = Row(f"{self.frame.glyphs.state} ", language_group(line.name))
        return row.add(self.frame.cut(self.frame.name(line.name), self.name - 2), "CodeStatsName")

    def _draw_total(self, line: _Line) -> Row:
        return Row(short(line.total), "CodeStatsLabel")

    def _whole(self, at: int) -> int:
        profile = self.people[at].profile
        return profile.total_xp if profile else 0

    def _weight(self, line: _Line, at: int) -> int:
        """What bars and order go by: XP, or parts per 10,000 of all that the user has."""
        return -(-line.values[at] * 10_000 // max(self._whole(at), 1)) if self.as_percent else line.values[at]

    def _rank(self, at: int) -> Callable[[_Line], int]:
        return lambda line: self._weight(line, at)

    def _drawer(self, at: int) -> Callable[[_Line], Row]:
        return lambda line: self._draw(line, at)

    def _draw(self, line: _Line, at: int) -> Row:
        xp, whole, person = line.values[at], self._whole(at), self.people[at]
        if not xp:
            return Row(self.frame.glyphs.dot, "CodeStatsLabel")
        who = self.frame.cut(_name(person, self.frame), 20)
        sentence = f"{who}: {level_sentence(self.frame, line.name, xp, whole)}"
        figure = percent(xp, whole) if self.as_percent else number(xp, min(self.cell, 11))
        row = Row().about(_opens(person, self.frame, sentence))
        if self.cell >= BARS:
            most = 10_000 if self.as_percent else self._most()
            room = self.cell - (5 if self.as_percent else 12)
            done, rest = meter(self._weight(line, at) / max(most, 1), room, self.frame.glyphs)
            row.add(done, language_group(line.name)).add(rest, "CodeStatsTrack")
        return row.end(self.cell, figure, "CodeStatsNumber")

    def _most(self) -> int:
        """The most XP of a language that any of them has: all bars are on one scale."""
        tallies = [person.profile.languages for person in self.people if person.profile]
        return max((found[0].xp for found in tallies if found), default=0)


# -------------------------------------------------------------- days


def _activity_rows(people: Sequence[ProfileData], frame: Frame, height: int) -> list[Row]:
    """The last 30 days of each, all on one scale, and their weekdays."""
    today = frame.now.date()
    shown = [today - timedelta(days=ago) for ago in range(29, -1, -1)]
    top = max((person.calendar.get(day, 0) for person in people for day in shown), default=0)
    high = min(max((height - 9) // max(len(people), 1) - 4, 3), 8)
    rows: list[Row] = []
    for person in people:
        source = Source(person.calendar, person.facts(shown[0], today), top=top)
        title = frame.cut(_name(person, frame), frame.inner // 2)
        chart = day_rows(f"{title}, last 30 days", shown, source, frame, high)
        rows += [*(_opening(row, person, frame) for row in chart), Row()]
    return [*rows, *_weekdays(people, frame)]


def _weekdays(people: Sequence[ProfileData], frame: Frame) -> list[Row]:
    today = frame.now.date()
    fit, cells = _columns(people, frame)
    blocks: list[list[Row]] = []
    for person in people:
        year = {day: xp for day, xp in person.calendar.items() if 0 <= (today - day).days < 365}
        panel = Panel(frame, cells, f"{_name(person, frame)}, last 12 months")
        blocks.append(
            [_opening(row, person, frame.column(cells)) for row in weekday_rows(year, today.weekday(), panel)]
        )
    return _side_by_side(blocks, fit, cells)
