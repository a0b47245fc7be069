"""The overview's first lines: name, level and the way to the next one; then the figures of these days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from codestats.levels import standing
from codestats.stats.activity import monday
from codestats.stats.dates import MONTHS, WEEKDAYS, day_label, days_label
from codestats.text import number, percent, plural
from codestats.views.parts.canvas import Row, Spot
from codestats.views.parts.glyphs import meter, spark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from codestats.profile import Profile
    from codestats.stats.activity import Days
    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = ["level_rows"]

SINGLE = 60  # cells that no column of several users has


def level_rows(data: ProfileData, profile: Profile, frame: Frame) -> list[Row]:
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


def _streak_spot(days: Days) -> Spot:
    if days.longest_end is None:
        return Spot("", "", "No streak yet")
    first = days.longest_end - timedelta(days=days.longest - 1)
    return Spot(
        "", "", f"Longest streak: {plural(days.longest, 'day')}, {days_label(first, days.longest_end)}"
    )


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
