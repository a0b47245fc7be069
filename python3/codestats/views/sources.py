"""Where a period's text came from: the shares of all of it, by language and over time, and what they cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from codestats.palette import SOURCE_HUES
from codestats.pulse import KINDS
from codestats.stats.dates import MONTHS, WEEKDAYS, day_label
from codestats.stats.sources import LIMITS, NOTHING, NOTHING_THEN, WORDS, came, ranked, shares
from codestats.text import number, percent, width
from codestats.views.parts.canvas import Row, Spot
from codestats.views.parts.chrome import section
from codestats.views.parts.highlights import LANGUAGE, language_group
from codestats.views.parts.table import Column, Table
from codestats.views.parts.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codestats.stats.periods import Period
    from codestats.stats.sources import Kinds, Sources
    from codestats.views.parts.frame import Frame

__all__ = ["sources_rows"]

GROUPS = {kind: f"{LANGUAGE}{number:02}" for kind, number in SOURCE_HUES.items()}
SHORT = {"typed": "type", "completed": "comp", "pasted": "past", "commands": "cmds", "formatted": "form"}
SHORT |= {"reloaded": "rel", "tools": "tool"}
MOST_DAYS = 31  # a row a day for as long as that, else one a month
TITLE = "Where the text came from"


@dataclass(frozen=True, slots=True)
class _Line:
    """A language, or a day or month: its name, when it is (None for a language), and what came and went."""

    name: str
    kinds: Kinds
    is_time: bool = False


def sources_rows(sources: Sources, period: Period, state: dict[str, Any], frame: Frame) -> list[Row]:
    """The whole page; where the columns are is noted in ``state``."""
    span = (period.first, period.last)
    whole = sources.along("", *span).get("", {})
    label = frame.name(period.label).replace("–", frame.dash)
    if not came(whole):
        ever = sources.along("", date.min, date.max)
        return [
            Row(f"{TITLE}, {label}:") if frame.plain else section(TITLE, frame.inner, label),
            Row(),
            *_words(NOTHING_THEN if ever else " ".join(NOTHING), frame),
        ]
    languages = [_Line(name, kinds) for name, kinds in ranked(sources.along("language", *span))]
    times = _times(sources, span)
    if frame.plain:
        return _sentences(label, whole, [*languages, *times], frame)
    kinds = [kind for kind in KINDS if whole.get(kind, (0, 0))[0]]
    rows = [section(TITLE, frame.inner, f"{label}, {number(came(whole))} bytes"), Row(), _bar(whole, frame)]
    rows += [*_legend(whole, frame), Row()]
    table = Table(_columns("Language", kinds, languages, frame), state, frame, gap=1)
    state["columns"] = table.hit_areas()
    rows += [table.heading(), *map(table.row, table.shown(languages)), *table.rest(languages)]
    if len(times) > 1:
        still = Table(_columns("When", kinds, times, frame, can_sort=False), {}, frame, gap=1)
        rows += [Row(), still.heading(), *map(still.row, times)]
    rows += [Row(), *_words(LIMITS, frame)]
    return [row.cut(frame.inner, frame.glyphs.ellipsis) for row in rows]


def _words(text: str, frame: Frame) -> list[Row]:
    return [Row(line, "CodeStatsLabel") for line in wrap(text, frame.inner)]


def _times(sources: Sources, span: tuple[date, date]) -> list[_Line]:
    """The newest first: days, or months where there are too many days."""
    days = sources.along("date", *span)
    found = days if len(days) <= MOST_DAYS else sources.along("month", *span)
    return [_Line(_named(key), found[key], is_time=True) for key in sorted(found, reverse=True)]


def _named(key: str) -> str:
    """``Tue 1 Sep 2026``, ``Sep 2026``."""
    if len(key) == len("2026-09"):
        return f"{MONTHS[int(key[5:]) - 1]} {key[:4]}"
    day = date.fromisoformat(key)
    return f"{WEEKDAYS[day.weekday()]} {day_label(day)}"


def _bar(kinds: Kinds, frame: Frame) -> Row:
    """One line of the frame's width, each kind as long as its share."""
    row, done, whole = Row(), 0, came(kinds)
    for kind, new in shares(kinds).items():
        done += new
        cells = done * frame.inner // whole - row.cells
        row.add((frame.glyphs.steps[-1] if not frame.ascii else SHORT[kind][0]) * max(cells, 0), GROUPS[kind])
    return row


def _legend(kinds: Kinds, frame: Frame) -> list[Row]:
    """``● typed 61%  ● pasted 12%``, in as many rows as it takes."""
    rows, whole = [Row()], came(kinds)
    for kind, new in shares(kinds).items():
        part = Row(f"{frame.glyphs.state} ", GROUPS[kind]).add(f"{WORDS.get(kind, kind)} ", "CodeStatsLabel")
        part.add(percent(new, whole), "CodeStatsNumber")
        if rows[-1].cells and rows[-1].cells + 2 + part.cells > frame.inner:
            rows.append(Row())
        rows[-1].to(rows[-1].cells + 2 * bool(rows[-1].cells)).join(part)
    return rows


def _columns(
    title: str, kinds: Sequence[str], lines: Sequence[_Line], frame: Frame, *, can_sort: bool = True
) -> list[Column[_Line]]:
    """Name, share of each kind, bytes; of the kinds those that there is room for."""
    figure = 9 if frame.inner >= 60 else 6
    wide = frame.inner >= 24 + len(kinds) * 10 + figure
    cell = 9 if wide else 4
    room = max((frame.inner - 9 - figure) // (cell + 1), 0)
    shown = kinds[:room]
    longest = max(len(title), *(width(frame.name(line.name)) + 2 for line in lines))
    name = max(min(longest, frame.inner - figure - 1 - len(shown) * (cell + 1), 32), 8)
    columns = [
        Column("name", title, name, _namer(name, frame), _by_name if can_sort else None, right=False),
        *(
            Column(
                kind,
                kind if wide else SHORT[kind],
                cell,
                _sharer(kind, frame),
                _ranker(kind) if can_sort else None,
            )
            for kind in shown
        ),
    ]
    return [*columns, Column("xp", "Bytes", figure, _bytes(figure), _whole if can_sort else None)]


def _by_name(line: _Line) -> tuple[str, str]:
    return line.name.casefold(), line.name


def _whole(line: _Line) -> int:
    return came(line.kinds)


def _namer(cells: int, frame: Frame) -> Callable[[_Line], Row]:
    def draw(line: _Line) -> Row:
        if line.is_time:
            return Row(frame.cut(line.name, cells), "CodeStatsLabel")
        name = frame.cut(frame.name(line.name) or "?", cells - 2)
        return Row(f"{frame.glyphs.state} ", language_group(line.name)).add(name, "CodeStatsName")

    return draw


def _sharer(kind: str, frame: Frame) -> Callable[[_Line], Row]:
    def draw(line: _Line) -> Row:
        new = line.kinds.get(kind, (0, 0))[0]
        if not new:
            return Row(frame.glyphs.heat[0], "CodeStatsHeat0")
        sentence = f"{frame.name(line.name)}  {WORDS.get(kind, kind)} {number(new)} bytes"
        return Row(percent(new, came(line.kinds)), "CodeStatsNumber", Spot("", kind, sentence))

    return draw


def _ranker(kind: str) -> Callable[[_Line], int]:
    """In parts per 10,000 of the row."""
    return lambda line: -(-line.kinds.get(kind, (0, 0))[0] * 10_000 // max(came(line.kinds), 1))


def _bytes(cells: int) -> Callable[[_Line], Row]:
    return lambda line: Row(number(came(line.kinds), cells), "CodeStatsLabel")


def _sentences(label: str, whole: Kinds, lines: Sequence[_Line], frame: Frame) -> list[Row]:
    """A line for all, one a language and one a day or month."""
    said = [f"{TITLE}, {label}: {_said(whole)}."]
    said += [f"{frame.kept(line.name)}: {_said(line.kinds)}." for line in lines]
    return [Row(text) for text in [*said, LIMITS]]


def _said(kinds: Mapping[str, tuple[int, int]]) -> str:
    whole = came(kinds)
    parts = [f"{WORDS.get(kind, kind)} {percent(new, whole)}" for kind, new in shares(kinds).items()]
    return f"{', '.join(parts) or 'nothing came'}, of {number(whole)} bytes"
