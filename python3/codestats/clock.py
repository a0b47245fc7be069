"""All time that the core looks at, so that a test can jump clocks, zones and machines' boots."""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Clock", "LocalHour", "boot_name", "local_now"]

_DAY = 24 * 60
# macOS has the time that passes in sleep in its CLOCK_MONOTONIC, which time.monotonic() doesn't read.
_UPTIME: int | None = getattr(time, "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME", None)
_BOOT_ID = "/proc/sys/kernel/random/boot_id"


class LocalHour(NamedTuple):
    """An hour of local time: `hour` is 'YYYY-MM-DDTHH', `offset` in minutes east of UTC, less than a day."""

    hour: str
    offset: int


class Clock:
    """The machine's clocks."""

    def __init__(self) -> None:
        self.boot_id = boot_name()

    def now(self) -> float:
        """Wall-clock seconds since the epoch; it may jump."""
        return time.time()

    def uptime(self) -> float:
        """Seconds since the machine's boot, the same for all processes; a suspended laptop's sleep counts."""
        return time.clock_gettime(_UPTIME) if _UPTIME is not None else time.monotonic()

    def local_hour(self, epoch: float) -> LocalHour:
        """The local hour of a moment, by the time zone of now (it may change while an editor runs)."""
        if hasattr(time, "tzset"):
            time.tzset()
        offset = _within_a_day(round(time.localtime(epoch).tm_gmtoff / 60))
        return LocalHour(time.strftime("%Y-%m-%dT%H", time.gmtime(epoch + offset * 60)), offset)


def local_now() -> datetime:
    """The local time, with its offset: $TZ may be further off than astimezone() takes."""
    from datetime import datetime, timedelta, timezone  # noqa: PLC0415 (most of those who ask the clock need no date)

    now = time.time()
    return datetime.fromtimestamp(now, timezone(timedelta(minutes=Clock().local_hour(now).offset)))


def _within_a_day(offset: int) -> int:
    """RFC 3339 and the service take offsets of less than 24 hours; $TZ can be more. The clock's face stays the same."""
    return offset if abs(offset) < _DAY else int(math.fmod(offset, _DAY))


def boot_name() -> str:
    """Tells one boot from the next where the system says (Linux); '' elsewhere."""
    try:
        with open(_BOOT_ID, encoding="ascii") as file:  # noqa: PTH123 (pathlib costs 1 MB and isn't needed)
            return file.read().strip()
    except (OSError, ValueError):
        return ""
