"""The activity page: weekdays, hours of the day, the last 30 days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codestats.views.canvas import Frame, Row

if TYPE_CHECKING:
    from codestats.views.profile_data import ProfileData

__all__ = ["activity_rows"]


def activity_rows(data: ProfileData, frame: Frame, height: int) -> list[Row]:
    """To be drawn."""
    return [Row()]
