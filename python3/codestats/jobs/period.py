"""How often a job runs, and at which minutes: periods that a systemd timer, cron and launchd can all keep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["DAY", "Slots", "name_of", "parse"]

_MINUTE, _HOUR, DAY = 60, 3600, 86_400
_WEEK = 7 * DAY
_UNITS = {"m": _MINUTE, "h": _HOUR, "d": DAY, "w": _WEEK}
_LAST_HOUR = 5  # daily and weekly jobs run at night, before it


def parse(text: str) -> int:
    """Seconds of `30m`, `6h`, `1d`, `1w`. Raises ValueError, whose text says what there is."""
    match = re.fullmatch(r"([1-9]\d{0,3})([mhdw])", text.strip())
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0
    if seconds in (DAY, _WEEK) or (0 < seconds < _HOUR and _HOUR % seconds == 0):
        return seconds
    if _HOUR <= seconds < DAY and DAY % seconds == 0 and seconds % _HOUR == 0:
        return seconds
    raise ValueError(
        f"'{text}' is no period: 1w, 1d, hours that divide a day (6h) or minutes that divide an hour (30m)"
    )


def name_of(seconds: int) -> str:
    """As `parse` reads it."""
    unit = next(unit for unit in ("w", "d", "h", "m") if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


@dataclass(frozen=True, slots=True)
class Slots:
    """The local times at which a job runs: `minutes` of each of `hours`, on `weekday` (0: Sunday) or every day."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    weekday: int | None = None

    @classmethod
    def of(cls, every: int, seed: int) -> Slots:
        """Of a period; `seed` spreads jobs, so that not all the world asks at midnight."""
        minute, hour = seed % 60, seed // 60 % _LAST_HOUR
        if every < _HOUR:
            step = every // _MINUTE
            return cls(tuple(range(minute % step, 60, step)), tuple(range(24)))
        if every < DAY:
            step = every // _HOUR
            return cls((minute,), tuple(range(hour % step, 24, step)))
        return cls((minute,), (hour,), seed // 300 % 7 if every == _WEEK else None)

    def next_after(self, moment: datetime) -> datetime:
        """The first of them after a local time."""
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        days = (midnight + timedelta(days=days) for days in range(9))
        return next(
            slot
            for day in days
            if self.weekday in (None, day.isoweekday() % 7)
            for slot in (
                day.replace(hour=hour, minute=minute) for hour in self.hours for minute in self.minutes
            )
            if slot > moment
        )
