"""The overview page: who, which level, what lately, a year at a glance, and what in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codestats.profile import Profile
from codestats.views.overview.level import level_rows
from codestats.views.overview.lower import lower_rows
from codestats.views.overview.year import year_rows
from codestats.views.parts.canvas import Row
from codestats.views.parts.wrapping import wrap

if TYPE_CHECKING:
    from codestats.views.parts.frame import Frame
    from codestats.views.profile_data import ProfileData

__all__ = ["overview_rows"]


def overview_rows(data: ProfileData, state: dict[str, Any], frame: Frame, height: int) -> list[Row]:
    """The page in about ``height`` rows: as many languages as are left."""
    profile = data.profile or Profile()
    rows = level_rows(data, profile, frame)
    if profile.is_empty and not data.calendar:
        return [*rows, Row(), *_empty_rows(frame)]
    rows += [Row(), *year_rows(data, state, frame)]
    left = height - len(rows) - 1
    if profile.languages and left >= 2:
        rows += [Row(), *lower_rows(data, profile, frame, left)]
    return rows


def _empty_rows(frame: Frame) -> list[Row]:
    text = "Type something: each keystroke that changes text is 1 XP."
    lines = wrap(text, frame.inner)
    return [Row("No XP yet.", "CodeStatsTitle"), *(Row(line, "CodeStatsLabel") for line in lines)]
