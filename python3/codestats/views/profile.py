"""The profile view: tabs, a page or a message, and which keys do something on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codestats.profile import Profile
from codestats.stats.steps import filters_around
from codestats.text import age
from codestats.views.activity import activity_rows
from codestats.views.detail import Scope, detail_rows
from codestats.views.hints import hints
from codestats.views.keymap import KEYS, PAGES, keys_of
from codestats.views.keys import filters_of
from codestats.views.overview import overview_rows
from codestats.views.parts import chrome
from codestats.views.parts.canvas import Hint, Row, View, finish
from codestats.views.parts.wrapping import wrap
from codestats.views.plain_pages import detail_lines, profile_lines
from codestats.views.profile_data import ProfileData
from codestats.views.records import records_rows
from codestats.views.tallies import tally_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codestats.views.parts.frame import Frame

__all__ = ["ProfileData", "banner_rows", "instead_rows", "profile_view"]

State = dict[str, Any]
VOLATILE = ("columns", "cursor", "earlier", "later", "years")
FRESH = 600.0  # seconds for which nothing is said about the age of what is shown

NOBODY_YET = (
    "Make a machine at https://codestats.net/my/machines, copy its token and give it to :CodeStatsLogin. "
    "Until then XP is kept on this machine and shown by :CodeStatsStats."
)


def profile_view(data: ProfileData, state: Mapping[str, Any], frame: Frame) -> View:
    """Any page of a profile, or what there is to say instead."""
    page = str(state.get("page"))
    page = page if page in PAGES else PAGES[0]
    shown: State = {k: v for k, v in state.items() if k not in VOLATILE} | {"page": page}
    shown |= filters_around(filters_of(state), frame.now.date())
    rows = chrome.tabs(PAGES, page, frame)
    if state.get("help"):
        rows += chrome.help_rows(KEYS["profile"])
    elif data.profile is None:
        rows += instead_rows(data, frame)
    else:
        rows += banner_rows(data, frame)
        rows += _page(data, shown, frame, frame.height - len(rows))
    user = frame.name(data.profile.user if data.profile else data.user)
    title = f"Code::Stats {frame.glyphs.dot} {frame.cut(user, 40)}" if user else "Code::Stats"
    return replace(
        finish(title, rows, frame, shown),
        keys=keys_of("profile"),
        url=data.url,
        hints=_hints(data, shown, rows),
        users=(data.profile.user,) if data.profile and data.profile.user else (),
    )


def _hints(data: ProfileData, state: State, rows: list[Row]) -> tuple[Hint, ...]:
    """The keys; where the overview has not all languages, the page that has them."""
    name = "compare" if state.get("user") else "profile"
    found = hints(name, state, keys_of("profile"), rows, data.url)
    if data.profile is None or state["page"] != "overview" or state.get("help") or state.get("filters"):
        return found
    cut = len(data.profile.languages) - sum(_is_language(row) for row in rows)
    return (*found[:3], ("2", f"{cut:,} more"), *found[3:]) if cut > 0 else found


def _is_language(row: Row) -> bool:
    spots = (row.spot, *(spot for _, _, spot in row.parts[:1]))
    return any(spot is not None and spot.kind == "filter" and spot.key[0][0] == "language" for spot in spots)


def _page(data: ProfileData, state: State, frame: Frame, height: int) -> list[Row]:
    """Rows of the state's page; a page with a table notes in ``state`` where its columns are."""
    page, profile = state["page"], data.profile or Profile()
    filters = filters_of(state)
    if filters:
        account = {tally.name.casefold(): tally.xp for tally in profile.languages}
        scope = Scope(page.capitalize(), data.activity, account)
        return (
            detail_lines(scope, filters, frame) if frame.plain else detail_rows(scope, filters, state, frame)
        )
    notes = _notes(data, frame) if page == "languages" else []
    if frame.plain:
        return profile_lines(data, state, frame) + notes
    if page == "activity":
        return activity_rows(data, frame, height)
    if page == "records":
        return records_rows(data, frame)
    if page in ("languages", "machines"):
        return tally_rows(page, profile, state, frame) + notes
    return overview_rows(data, state, frame, height)


def _notes(data: ProfileData, frame: Frame) -> list[Row]:
    lines = [line for note in data.notes for line in wrap(frame.name(note), frame.inner)]
    return [Row(), *(Row(line, "CodeStatsInfo") for line in lines)] if lines else []


def banner_rows(data: ProfileData, frame: Frame) -> list[Row]:
    """What is to know about the data shown: that it is old, and why. Nothing while it is fresh."""
    if data.state == "ready" or (data.state == "loading" and data.age(frame.now) < FRESH and data.fetched_at):
        return []
    note, group = {
        "loading": (f"Refreshing{frame.glyphs.ellipsis}", "CodeStatsInfo"),
        "error": (frame.name(data.note) or "No answer", "CodeStatsWarning"),
        "missing": ("The service does not show this profile any more", "CodeStatsWarning"),
    }.get(data.state, ("", ""))
    if not note:
        return []
    note = f"{note} {frame.glyphs.dot} {_source(data, frame)}"
    return [*(Row(line, group) for line in wrap(note, frame.inner)), Row()]


def _source(data: ProfileData, frame: Frame) -> str:
    known = f"data from {age(data.age(frame.now))}" if data.fetched_at else "data as last known"
    return f"{known}, with {data.counted:,} XP counted since" if data.counted > 0 else known


def instead_rows(data: ProfileData, frame: Frame) -> list[Row]:
    """The page when there is no profile at all."""
    missing = f'No public profile for "{frame.cut(frame.name(data.user), 60) or "?"}". It may be misspelled or private.'
    heading, text, group = {
        "loading": (data.note or "Loading the profile", "", "CodeStatsInfo"),
        "missing": ("Unknown or private profile", missing, "CodeStatsWarning"),
        "no_token": ("No token yet", NOBODY_YET, "CodeStatsTitle"),
    }.get(data.state, ("No profile to show", data.note or "The service did not answer.", "CodeStatsWarning"))
    rows = [Row(), *(Row(line, group) for line in wrap(frame.name(heading), frame.inner)), Row()]
    cells = min(frame.inner, 72)
    return rows + [Row(line, "CodeStatsLabel") for line in wrap(frame.name(text), cells) if line]
