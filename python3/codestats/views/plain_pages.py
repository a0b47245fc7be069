"""The pages of the windows as sentences: one thing a line, what it is about opens as in the drawings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from codestats.profile import Profile
from codestats.stats.dates import MONTHS, WEEKDAYS
from codestats.stats.sums import TYPED_WITH
from codestats.text import number, percent, plural
from codestats.views.detail import Scope, is_known, narrowed
from codestats.views.keys import breakdown_of
from codestats.views.parts.canvas import Row, Spot
from codestats.views.parts.sentences import crumb_of, filter_spot, notes_of
from codestats.views.parts.table import MOST, is_descending
from codestats.views.plain import SORTS, Said, Telling, habits, stats_lines, tallies
from codestats.views.records import record_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codestats.profile import Tally
    from codestats.stats.periods import Period
    from codestats.stats.sums import Sums
    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = ["compare_lines", "detail_lines", "period_lines", "profile_lines"]

State = dict[str, Any]
TALLY_SORTS: dict[str, Callable[[Tally], tuple[Any, ...]]] = {
    "xp": lambda tally: (tally.xp,),
    "name": lambda tally: (tally.name.casefold(), tally.name),
    "recent": lambda tally: (tally.recent,),
}


def _rows(lines: Sequence[Said]) -> list[Row]:
    return [Row(text).about(spot) for text, spot in lines]


def _sortable(state: State, keys: Sequence[str]) -> str:
    """Note what ``s`` goes through, and what is chosen now; returns that."""
    state["columns"] = [[0, 0, key] for key in keys]
    chosen = state.get("sort")
    state["sort"] = chosen if isinstance(chosen, str) and chosen in keys else "xp"
    return str(state["sort"])


def _told(spot: Spot | None, frame: Frame) -> str:
    """The sentence of a drawing, to be read out: ``Tue 1 Sep 2026: 2,868 XP, Rust 61%, 9-17 h.``."""
    text = spot.sentence if spot else ""
    return f"{text.replace('  ', ': ', 1).replace(f' {frame.glyphs.dot} ', ', ')}."


def profile_lines(data: ProfileData, state: State, frame: Frame) -> list[Row]:
    """A page of a profile."""
    profile, page = data.profile or Profile(), state["page"]
    if page in ("languages", "machines"):
        return _rows(_sorted(page, profile, state, frame))
    if page == "activity":
        return _rows([*_days(data, 30, frame), *_weekdays(data, frame), *_hours(data)])
    if page == "records":
        return _rows(_records(data, frame))
    lines = [
        *habits(data, frame),
        *_days(data, 7, frame),
        *tallies("languages", profile.languages, frame, 10),
    ]
    return _rows([*lines, *tallies("machines", profile.machines, frame, 5)])


def _sorted(page: str, profile: Profile, state: State, frame: Frame) -> list[Said]:
    found = profile.languages if page == "languages" else profile.machines
    if not found:
        return [(f"No {page} yet.", None)]
    sort = _sortable(state, list(TALLY_SORTS))
    ordered = sorted(found, key=TALLY_SORTS[sort], reverse=bool(state.get("descending", True)))
    words = {"xp": "XP", "name": "name", "recent": "XP of the last 12 hours"}
    _, *lines = tallies(page, ordered, frame, MOST)
    return [(f"{plural(len(found), page[:-1])} by {words[sort]}:", None), *lines]


def _days(data: ProfileData, count: int, frame: Frame) -> list[Said]:
    """The days with XP of the last ones, the newest first."""
    today = frame.now.date()
    first = today - timedelta(days=count - 1)
    facts = data.facts(first, today)
    days = [today - timedelta(days=ago) for ago in range(count)]
    known = [(day, data.calendar.get(day, 0)) for day in days]
    total, active = sum(xp for _, xp in known), sum(xp > 0 for _, xp in known)
    lines: list[Said] = [(f"The last {count} days: {number(total)} XP on {plural(active, 'day')}.", None)]
    for day, xp in known:
        if xp > 0:
            spot = facts.spot(day, xp, frame)
            lines.append((_told(spot, frame), spot))
    return lines


def _weekdays(data: ProfileData, frame: Frame) -> list[Said]:
    today = frame.now.date()
    sums = [0] * 7
    for day, xp in data.calendar.items():
        if 0 <= (today - day).days < 365:
            sums[day.weekday()] += xp
    return _parts("Weekdays of the last 12 months", {WEEKDAYS[at]: xp for at, xp in enumerate(sums)})


def _hours(data: ProfileData) -> list[Said]:
    account = data.account
    if account is not None and account.hours:
        hours = {f"{hour} h": xp for hour, xp in sorted(account.hours.items())}
        return _parts("Hours, all machines and all time", hours)
    here = sorted(data.activity.by("hour").items()) if data.activity else []
    return _parts("Hours, this machine", {f"{int(hour)} h": xp for hour, xp in here})


def _parts(what: str, sums: Mapping[str, int]) -> list[Said]:
    whole = sum(sums.values())
    if not whole:
        return []
    lines: list[Said] = [(f"{what}:", None)]
    return lines + [
        (f"{name}: {number(xp)} XP, {percent(xp, whole)}.", None) for name, xp in sums.items() if xp
    ]


def _records(data: ProfileData, frame: Frame) -> list[Said]:
    lines: list[Said] = []
    for blocks in record_blocks(data, frame):
        for title, facts in blocks:
            lines += [(f"{title}:", None)] if facts else []
            for label, figure, note, spot in facts:
                lines.append((f"{label}: {figure}{', ' if note else ''}{note}.", spot))
    return lines or [("No records yet.", None)]


# -------------------------------------------------------------- statistics and drill-downs


def period_lines(sums: Sums, period: Period, state: State, frame: Frame) -> list[Row]:
    """A period of the statistics."""
    sort = _sortable(state, SORTS)
    is_reversed = is_descending(state) is (sort == "name")
    telling = Telling(breakdown_of(state), bool(state.get("percent")), sort, is_reversed)
    lines = stats_lines(sums, period, frame, telling)
    if len(lines) == 1:
        del state["columns"]
    return _rows(lines)


def detail_lines(scope: Scope, filters: Sequence[tuple[str, tuple[str, ...]]], frame: Frame) -> list[Row]:
    """What filters leave, by all that they leave open."""
    part = narrowed(scope.activity, filters)
    crumbs = [crumb_of(dimension, keys, frame) for dimension, keys in filters]
    lines: list[Said] = [(f"{scope.name}, {', '.join(crumbs)}:", Spot("crumb", len(filters) - 1))]
    if not part:
        return _rows([*lines, ("Nothing of this in this machine's history.", None)])
    hours, days = part.active_hours()[""], part.by_date()
    share = percent(part.total, scope.activity.total)
    typed = f"typed in {plural(hours, 'hour')} on {plural(len(days), 'day')}"
    lines.append((f"{number(part.total)} XP, {share} of all here, {typed}.", None))
    taken = {dimension for dimension, _ in filters}
    lines += [(note, None) for note in notes_of(filters)]
    for dimension in ("language", "machine", *TYPED_WITH, "weekday", "hour", "month"):
        is_open = dimension not in taken and not (dimension in ("weekday", "month") and "date" in taken)
        if is_open and (dimension not in TYPED_WITH or is_known(part, dimension)):
            lines += _open_lines(part, dimension, frame)
    if "date" not in taken:
        lines.append(
            (f"{plural(len(days), 'day')}:" if len(days) <= MOST else f"The last {MOST} days:", None)
        )
        for day in sorted(days, reverse=True)[:MOST]:
            name = crumb_of("date", (day.isoformat(),), frame)
            lines.append((f"{name}: {number(days[day])} XP.", filter_spot("date", day.isoformat(), "")))
    return _rows(lines)


def _open_lines(part: Sums, dimension: str, frame: Frame) -> list[Said]:
    """What is left, along a dimension that no filter is of: names by XP, times in their order."""
    sums = part.by(dimension)
    is_name = dimension in ("language", "machine", *TYPED_WITH)
    keys = sorted(sums, key=lambda key: (-sums[key], key)) if is_name else sorted(sums)
    lines: list[Said] = [(f"{plural(len(keys), dimension)}:", None)]
    for key in keys[:MOST]:
        text = f"{_key(dimension, key, frame)}: {number(sums[key])} XP, {percent(sums[key], part.total)}."
        lines.append((text, filter_spot(dimension, key, "")))
    return lines


def _key(dimension: str, key: str, frame: Frame) -> str:
    """A month as ``Aug 2026``; the rest as the crumbs call it."""
    if dimension == "month":
        return f"{MONTHS[int(key[5:7]) - 1]} {key[:4]}"
    return crumb_of(dimension, (key,), frame)


# -------------------------------------------------------------- users


def compare_lines(
    people: Sequence[tuple[str, ProfileData, list[Row]]], state: State, frame: Frame
) -> list[Row]:
    """A page of several users: (name, what is known, what is to be said of its age or in place of it)."""
    if state["page"] == "languages":
        return _rows(_languages([(name, data) for name, data, _ in people], frame))
    rows: list[Row] = []
    for name, data, notes in people:
        said: list[Said] = [] if data.profile and state["page"] != "activity" else [(f"{name}:", None)]
        if data.profile is None:
            pass
        elif state["page"] == "activity":
            said += [*_days(data, 30, frame), *_weekdays(data, frame)]
        else:
            said += [*habits(data, frame), *tallies("languages", data.profile.languages, frame, 5)]
        opens = Spot("user", data.user)
        rows += [*(Row(text).about(opens) for text, _ in said), *(row.about(opens) for row in notes), Row()]
    return rows


def _languages(people: Sequence[tuple[str, ProfileData]], frame: Frame) -> list[Said]:
    spelling: dict[str, str] = {}
    sums: dict[str, list[tuple[str, int, int]]] = {}
    for name, data in people:
        profile = data.profile or Profile()
        for tally in profile.languages:
            spelling.setdefault(tally.name.casefold(), tally.name)
            sums.setdefault(tally.name.casefold(), []).append((name, tally.xp, profile.total_xp))
    ordered = sorted(sums, key=lambda key: (-sum(xp for _, xp, _ in sums[key]), key))[:MOST]
    lines: list[Said] = [(f"{plural(len(sums), 'language')}:", None)]
    for key in ordered:
        told = ", ".join(f"{name} {number(xp)} XP ({percent(xp, whole)})" for name, xp, whole in sums[key])
        lines.append((f"{frame.kept(spelling[key])}: {told}.", None))
    return lines
