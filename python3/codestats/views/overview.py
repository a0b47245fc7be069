"""The overview page: who, which level, what lately, a year at a glance, and what in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from codestats.levels import standing
from codestats.profile import Profile
from codestats.stats.activity import monday
from codestats.stats.dates import MONTHS, WEEKDAYS, day_label, days_label
from codestats.text import number, percent, plural, width
from codestats.views.parts.canvas import Row, Spot, beside
from codestats.views.parts.charts import Chart, Line, axis, bar_rows, column_rows
from codestats.views.parts.chrome import more_row, section
from codestats.views.parts.glyphs import meter, spark
from codestats.views.parts.heatmap import turned_map
from codestats.views.parts.highlights import language_group
from codestats.views.parts.sentences import filter_spot, level_sentence
from codestats.views.parts.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from codestats.profile import Tally
    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = ["overview_rows"]

WIDE = 96  # cells from which a second column stands beside the languages
SINGLE = 60  # cells that no column of several users has
WEEKS = 12  # of a language's spark line


def overview_rows(data: ProfileData, state: dict[str, Any], frame: Frame, height: int) -> list[Row]:
    """The page in about ``height`` rows: as many languages as are left."""
    profile = data.profile or Profile()
    rows = _level_rows(data, profile, frame)
    if profile.is_empty and not data.calendar:
        return [*rows, Row(), *_empty_rows(frame)]
    rows += [Row(), *_year_rows(data, state, frame)]
    left = height - len(rows) - 1
    if profile.languages and left >= 2:
        rows += [Row(), *_lower_rows(data, profile, frame, left)]
    return rows


def _empty_rows(frame: Frame) -> list[Row]:
    text = "Type something: each keystroke that changes text is 1 XP."
    lines = wrap(text, frame.inner)
    return [Row("No XP yet.", "CodeStatsTitle"), *(Row(line, "CodeStatsLabel") for line in lines)]


# -------------------------------------------------------------- who and how far


def _level_rows(data: ProfileData, profile: Profile, frame: Frame) -> list[Row]:
    """Name, level and the way to the next one; then the figures of these days."""
    stand = standing(profile.total_xp)
    level = f"LEVEL {stand.level:,}"
    ahead = [number(stand.missing), f"to {stand.level + 1:,}"]
    if pace := _pace(data, stand.missing, frame):
        ahead[1] += f", {pace}"
    if frame.inner >= 56:
        name = frame.cut(frame.name(profile.user) or "?", frame.inner // 3)
        row = Row(name, "CodeStatsTitle").add("  ").add(level, "CodeStatsLevel").add(" ")
        end = frame.inner - len(" ".join(ahead)) - 2
        first = [_along(row, stand.progress, end, frame).add("  ").add(ahead[0], "CodeStatsNumber")]
        first[0].add(f" {ahead[1]}", "CodeStatsLabel")
    else:
        name = frame.cut(frame.name(profile.user) or "?", frame.inner - len(level) - 2)
        tail = f" {percent(stand.gained, stand.span)}"
        first = [
            Row(name, "CodeStatsTitle").end(frame.inner, level, "CodeStatsLevel"),
            _along(Row(), stand.progress, frame.inner - len(tail), frame).add(tail, "CodeStatsNumber"),
        ]
    first[-1].about(Spot("", "", f"{number(stand.gained)} of {number(stand.span)} XP of this level"))
    return [*first, *_figures(data, profile, frame)]


def _along(row: Row, share: float, end: int, frame: Frame) -> Row:
    """A progress line up to a cell."""
    done, rest = meter(share, max(end - row.cells, 0), frame.glyphs)
    return row.add(done, "CodeStatsProgress").add(rest, "CodeStatsTrack")


def _pace(data: ProfileData, missing: int, frame: Frame) -> str:
    """When the next level comes if all goes on like the last 30 days: ``~31 Dec``."""
    today = frame.now.date()
    lately = sum(data.calendar.get(today - timedelta(days=days), 0) for days in range(30))
    if lately <= 0 or missing * 30 // lately > 3650:
        return ""
    try:
        day = today + timedelta(days=-(-missing * 30 // lately))
    except OverflowError:
        return ""
    near = f"~{day.day} {MONTHS[day.month - 1]}"
    return near if (day - today).days < 300 else f"~{MONTHS[day.month - 1]} {day.year}"


def _figures(data: ProfileData, profile: Profile, frame: Frame) -> list[Row]:
    """Total, today, week, streak and the last seven days, on as many lines as they need."""
    days, today = data.days(frame.now), frame.now.date()
    goal = f"/{number(data.goal, 7)}" if data.goal > 0 else ""
    week = _week_change(data.calendar, today, days.week, frame)
    parts = [
        Row(number(profile.total_xp), "CodeStatsNumber").add(" XP", "CodeStatsLabel"),
        Row("today ", "CodeStatsLabel")
        .add(number(days.today, 10), "CodeStatsNumber")
        .add(goal, "CodeStatsLabel"),
        Row("week ", "CodeStatsLabel").add(number(days.week, 10), "CodeStatsNumber").join(week),
        Row("streak ", "CodeStatsLabel")
        .add(f"{days.streak:,} d", "CodeStatsNumber")
        .about(_streak_spot(days)),
    ]
    last = [data.calendar.get(today - timedelta(days=ago), 0) for ago in range(6, -1, -1)]
    drawn = Row("7 d ", "CodeStatsLabel").add(spark(last, frame.glyphs), "CodeStatsBar")
    if data.goal > 0:
        share = percent(min(days.today, data.goal), data.goal)
        parts[1].about(Spot("", "", f"{share} of today's goal of {number(data.goal)} XP"))
    rows, all_ = [Row()], [*parts, drawn]
    # Not where users stand side by side: there each has as many lines as the others.
    closer = sum(part.cells + 2 for part in all_) - 2
    gap = 2 if frame.inner >= SINGLE and closer <= frame.inner < closer + len(all_) - 1 else 3
    for part in all_:
        if rows[-1].cells and rows[-1].cells + gap + part.cells > frame.inner:
            rows.append(Row())
        rows[-1].to(rows[-1].cells + gap * bool(rows[-1].cells)).join(part)
    if len(rows) == 1 and rows[0].cells + 30 < frame.inner:
        return [_spread([*parts, *_bests(data, frame), drawn], frame)]
    return rows[:2]


def _spread(parts: Sequence[Row], frame: Frame) -> Row:
    """As many parts as fit, the last one always and at the right, the others evenly before it."""
    shown = list(parts)
    while len(shown) > 2 and sum(part.cells + 3 for part in shown) - 3 > frame.inner:
        shown.pop(-2)
    blank = frame.inner - sum(part.cells for part in shown)
    row = Row()
    for at, part in enumerate(shown):
        row.join(part)
        if at < len(shown) - 1:
            row.to(row.cells + blank // (len(shown) - 1) + (at < blank % (len(shown) - 1)))
    return row


def _bests(data: ProfileData, frame: Frame) -> list[Row]:
    """The longest streak and the best day."""
    days = data.days(frame.now)
    if days.best_day is None:
        return []
    return [
        Row("longest ", "CodeStatsLabel")
        .add(f"{days.longest:,} d", "CodeStatsNumber")
        .about(_streak_spot(days)),
        Row("best ", "CodeStatsLabel")
        .add(number(days.best, 10), "CodeStatsNumber")
        .about(Spot("", "", f"Best day: {day_label(days.best_day)}, {number(days.best)} XP")),
    ]


def _streak_spot(days: object) -> Spot:
    longest, end = getattr(days, "longest", 0), getattr(days, "longest_end", None)
    if end is None:
        return Spot("", "", "No streak yet")
    first = end - timedelta(days=longest - 1)
    return Spot("", "", f"Longest streak: {plural(longest, 'day')}, {days_label(first, end)}")


def _week_change(calendar: Mapping[date, int], today: date, week: int, frame: Frame) -> Row:
    """Against the same days of the last week."""
    first = monday(today)
    if first.toordinal() <= 7:
        return Row()
    before = sum(calendar.get(first - timedelta(days=7 - at), 0) for at in range(today.weekday() + 1))
    if not before or week == before:
        return Row()
    points = round(abs(week - before) * 100 / before)
    sign, group = (
        (frame.glyphs.more, "CodeStatsGain") if week > before else (frame.glyphs.less, "CodeStatsLoss")
    )
    span = "Mon" if today.weekday() == 0 else f"Mon to {WEEKDAYS[today.weekday()]}"
    spot = Spot("", "", f"{number(week)} XP this week, {number(before)} last week ({span})")
    return Row(" ").add(f"{sign}{min(points, 999)}%", group).about(spot)


# -------------------------------------------------------------- the year


def _year_rows(data: ProfileData, state: dict[str, Any], frame: Frame) -> list[Row]:
    """The map of a year, facts beside it where it is narrow; how far it goes back is noted in ``state``."""
    rows = turned_map(data.calendar, frame.now.date(), state, "back", frame, data.facts)
    wide = max(row.cells for row in rows)
    if frame.inner - wide >= 17:
        rows = beside(rows, _year_facts(data, frame, frame.inner - wide - 3), wide + 3)
    return rows


def _year_facts(data: ProfileData, frame: Frame, cells: int) -> list[Row]:
    """Bests and the last fortnight, right of a map that leaves room."""
    days, today = data.days(frame.now), frame.now.date()
    facts = [
        ("best day", number(days.best, 9), _day(days.best_day, today)),
        ("longest", f"{days.longest:,} d", _day(days.longest_end, today)),
    ]
    rows = [Row()]
    for label, figure, when in facts:
        rows.append(Row(label, "CodeStatsLabel").end(cells, figure, "CodeStatsNumber"))
        rows.append(Row().end(cells, when, "CodeStatsLabel"))
    last = [data.calendar.get(today - timedelta(days=ago), 0) for ago in range(13, -1, -1)]
    total = number(sum(last), 9)
    rows += [Row(), Row("14 d", "CodeStatsLabel").end(cells, total, "CodeStatsNumber")]
    return [*rows, Row().end(cells, spark(last, frame.glyphs), "CodeStatsBar")]


def _day(day: date | None, today: date) -> str:
    """A past day, of another year without the day of the month."""
    if day is None:
        return ""
    month = MONTHS[day.month - 1]
    return f"{day.day} {month}" if day.year == today.year else f"{month} {day.year}"


# -------------------------------------------------------------- languages and machines


def _lower_rows(data: ProfileData, profile: Profile, frame: Frame, height: int) -> list[Row]:
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
    lines = [
        _language_row(tally, profile, frame, (cells, name, figure), weekly.get(tally.name.casefold()))
        if not weekly
        else _language_row(
            tally, profile, frame, (cells, name, figure), weekly.get(tally.name.casefold(), [0] * WEEKS)
        )
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
