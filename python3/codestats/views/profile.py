"""The profile view: header with tabs, a page or a message, footer with keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from codestats.text import age
from codestats.views import chrome
from codestats.views.activity import activity_rows
from codestats.views.canvas import Frame, Row, View, finish, wrap
from codestats.views.keys import KEYS, PAGES
from codestats.views.overview import overview_rows
from codestats.views.profile_data import ProfileData
from codestats.views.tallies import tally_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ProfileData", "profile_view"]

State = dict[str, Any]

HINTS = (("Tab", "pages"), ("?", "keys"), ("q", "close"), ("s", "sort"), ("r", "refresh"), ("o", "web"))
NOBODY_YET = (
    "Make a machine at https://codestats.net/my/machines, copy its token and give it to :CodeStatsLogin. "
    "Until then XP is kept on this machine and shown by :CodeStatsStats."
)


def profile_view(data: ProfileData, state: Mapping[str, Any], frame: Frame) -> View:
    """Any page of a profile, or what there is to say instead."""
    page = str(state.get("page"))
    page = page if page in PAGES else PAGES[0]
    shown: State = {k: v for k, v in state.items() if k not in ("columns", "cursor")} | {"page": page}
    rows = chrome.tabs(PAGES, page, frame)
    if state.get("help"):
        rows += chrome.help_rows(KEYS["profile"])
    elif data.profile is None:
        rows += _instead(data, frame)
    else:
        rows += _banner(data, frame)
        rows += _page(data, shown, frame, frame.height - len(rows) - 2)
    user = frame.name(data.profile.user if data.profile else data.user)
    title = f"Code::Stats {frame.glyphs.dot} {frame.cut(user, 40)}" if user else "Code::Stats"
    view = finish(title, chrome.with_footer(rows, HINTS, frame), frame, shown)
    return replace(view, keys=tuple(key for key, _ in KEYS["profile"] if key != "q"), url=data.url)


def _page(data: ProfileData, state: State, frame: Frame, height: int) -> list[Row]:
    """Rows of the state's page; a page with a table notes in ``state`` where its columns are."""
    page = state["page"]
    if page == "activity":
        return activity_rows(data, frame, height)
    if page in ("languages", "machines") and data.profile is not None:
        return tally_rows(page, data.profile, state, frame)
    return overview_rows(data, frame, height)


def _banner(data: ProfileData, frame: Frame) -> list[Row]:
    """What is to know about the data shown: that it is old, or being fetched."""
    notes = {
        "loading": ("Asking for news", "CodeStatsInfo"),
        "error": ("No answer", "CodeStatsWarning"),
        "missing": ("Unknown or private profile", "CodeStatsWarning"),
    }
    if data.state not in notes:
        return [Row()]
    default, group = notes[data.state]
    note = f"{frame.name(data.note) or default} {frame.glyphs.dot} {_source(data, frame)}"
    return [*(Row(line, group) for line in wrap(note, frame.inner)), Row()]


def _source(data: ProfileData, frame: Frame) -> str:
    known = f"shown as of {age(data.age(frame.now))}" if data.fetched_at else "shown as last known"
    return f"{known}, with {data.counted:,} XP counted since" if data.counted > 0 else known


def _instead(data: ProfileData, frame: Frame) -> list[Row]:
    """The page when there is no profile at all."""
    missing = f"The service shows nobody named {frame.cut(frame.name(data.user), 60) or '?'}."
    heading, text, group = {
        "loading": (data.note or "Loading the profile", "", "CodeStatsInfo"),
        "missing": ("Unknown or private profile", missing, "CodeStatsWarning"),
        "no_token": ("No token yet", NOBODY_YET, "CodeStatsTitle"),
    }.get(data.state, ("No profile to show", data.note or "The service did not answer.", "CodeStatsWarning"))
    rows = [Row(), Row(frame.cut(frame.name(heading), frame.inner), group), Row()]
    cells = min(frame.inner, 72)
    return rows + [Row(line, "CodeStatsLabel") for line in wrap(frame.name(text), cells) if line]
