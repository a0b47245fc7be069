"""The overview's lower part: languages; in a wide window machines and the last fortnight beside them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from codestats.stats.dates import WEEKDAYS
from codestats.text import number, percent, width
from codestats.views.parts.canvas import Row, beside
from codestats.views.parts.charts import Chart, Line, axis, bar_rows, column_rows
from codestats.views.parts.chrome import more_row, section
from codestats.views.parts.glyphs import meter, spark
from codestats.views.parts.highlights import language_group
from codestats.views.parts.sentences import filter_spot, level_sentence

if TYPE_CHECKING:
    from codestats.profile import Profile, Tally
    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = ["lower_rows"]

WIDE = 96  # cells from which a second column stands beside the languages
WEEKS = 12  # of a language's spark line


def lower_rows(data: ProfileData, profile: Profile, frame: Frame, height: int) -> list[Row]:
    """Languages; in a wide window machines and the last fortnight beside them."""
    if frame.inner < WIDE or height < 5:
        return _language_rows(data, profile, frame, height, frame.inner)
    right = frame.inner // 3
    left = frame.inner - right - 5
    rows = [section("Languages", left), *_language_rows(data, profile, frame, height - 1, left)]
    return beside(rows, _side_rows(data, profile, frame, height, right), left + 5)


def _language_rows(data: ProfileData, profile: Profile, frame: Frame, rows: int, cells: int) -> list[Row]:
    """Dot, name, level, bar, XP, share and the weeks' spark; the last line tells of those cut off."""
    tallies = profile.languages
    shown = tallies[:rows]
    if len(tallies) > rows >= 6:
        shown = tallies[: rows - 1]
    weekly = _weekly(data, frame) if cells >= 62 else {}
    name = max(min(max(width(frame.name(tally.name)) for tally in shown), 18, cells // 3), 6)
    figure = 5 if cells < 60 else max(len(number(shown[0].xp, 11)), 5)
    blank = [0] * WEEKS if weekly else None
    lines = [
        _language_row(tally, profile, frame, (cells, name, figure), weekly.get(tally.name.casefold(), blank))
        for tally in shown
    ]
    cut = len(tallies) - len(shown)
    return [*lines, more_row(cut, "2", frame)] if cut and rows >= 6 else lines


def _language_row(
    tally: Tally, profile: Profile, frame: Frame, plan: tuple[int, int, int], weeks: list[int] | None
) -> Row:
    cells, name, figure = plan
    group = language_group(tally.name)
    row = Row(f"{frame.glyphs.state} ", group).add(frame.cut(frame.name(tally.name), name), "CodeStatsName")
    row.to(2 + name).end(2 + name + 4, f"{tally.level:,}", "CodeStatsLevel").add(" ")
    tail = figure + 1 + 5 + ((WEEKS + 2) if weeks is not None else 0)
    done, rest = meter(
        tally.xp / max(profile.languages[0].xp, 1), max(cells - row.cells - tail, 0), frame.glyphs
    )
    row.add(done, group).add(rest, "CodeStatsTrack")
    row.end(row.cells + 1 + figure, number(tally.xp, figure), "CodeStatsNumber")
    row.end(row.cells + 5, percent(tally.xp, profile.total_xp), "CodeStatsLabel")
    if weeks is not None:
        row.add("  ").add(spark(weeks, frame.glyphs), group)
    sentence = level_sentence(frame, tally.name, tally.xp, profile.total_xp)
    return row.about(filter_spot("language", tally.name, sentence))


def _weekly(data: ProfileData, frame: Frame) -> dict[str, list[int]]:
    """Language in small letters -> XP of each of the last weeks; empty where nobody tells them."""
    today = frame.now.date()
    try:
        first = today - timedelta(days=7 * WEEKS - 1)
    except OverflowError:
        return {}
    found: dict[str, list[int]] = {}
    for day, languages in data.facts(first, today).languages.items():
        week = (today.fromisoformat(day) - first).days // 7
        for name, xp in languages.items():
            found.setdefault(name.casefold(), [0] * WEEKS)[week] += xp
    return found


def _side_rows(data: ProfileData, profile: Profile, frame: Frame, height: int, cells: int) -> list[Row]:
    """Machines, and under them the last fourteen days."""
    rows: list[Row] = []
    chart = 8 if height >= 11 else 0
    room = height - chart - 1
    if profile.machines and room >= 2:
        shown = profile.machines[: max(min(room - 1, 5), 1)]
        lines = [_machine_line(tally, profile, frame) for tally in shown]
        note = f"{len(profile.machines):,}" if len(profile.machines) > len(shown) else ""
        rows += [section("Machines", cells, note), *bar_rows(lines, cells, frame)]
        cut = len(profile.machines) - len(shown)
        rows += [more_row(cut, "3", frame)] if cut else []
    if chart:
        rows += [Row(), *_fortnight(data, frame, cells, min(height - len(rows) - 3, 7))]
    return rows


def _machine_line(tally: Tally, profile: Profile, frame: Frame) -> Line:
    sentence = level_sentence(frame, tally.name, tally.xp, sum(other.xp for other in profile.machines))
    label = frame.cut(frame.name(tally.name), 16)
    return Line(label, tally.xp, group="CodeStatsName", spot=filter_spot("machine", tally.name, sentence))


def _fortnight(data: ProfileData, frame: Frame, cells: int, high: int) -> list[Row]:
    """The last fourteen days as columns."""
    today = frame.now.date()
    shown = [today - timedelta(days=ago) for ago in range(13, -1, -1)]
    values = [data.calendar.get(day, 0) for day in shown]
    facts = data.facts(shown[0], today)
    spots = [facts.spot(day, xp, frame) for day, xp in zip(shown, values, strict=True)]
    gutter = 6
    chart = Chart(
        values, max((cells - gutter) // 14, 1), max(high, 3), 13, gutter, spots=spots, goal=data.goal
    )
    labels = {at: WEEKDAYS[day.weekday()][:2] for at, day in enumerate(shown) if at % 2 == 1}
    note = f"{number(sum(values))} XP"
    return [section("Last 14 days", cells, note), *column_rows(chart, frame), axis(labels, chart)]
