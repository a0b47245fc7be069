"""All time that the core looks at, so that a test can jump clocks, zones and machines' boots."""

from __future__ import annotations

import time
from typing import NamedTuple

__all__ = ["Clock", "LocalHour"]

_BOOT_ID = "/proc/sys/kernel/random/boot_id"


class LocalHour(NamedTuple):
    """An hour of local time: `hour` is 'YYYY-MM-DDTHH', `offset` in minutes east of UTC."""

    hour: str
    offset: int


class Clock:
    """The machine's clocks."""

    def __init__(self) -> None:
        self.boot_id = _boot_id()

    def now(self) -> float:
        """Wall-clock seconds since the epoch; it may jump."""
        return time.time()

    def uptime(self) -> float:
        """Seconds since the machine's boot, the same for all processes; a suspended laptop's sleep counts."""
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boottime is None else time.clock_gettime(boottime)

    def local_hour(self, epoch: float) -> LocalHour:
        """The local hour of a moment, by the time zone of now (it may change while an editor runs)."""
        if hasattr(time, "tzset"):
            time.tzset()
        local = time.localtime(epoch)
        return LocalHour(time.strftime("%Y-%m-%dT%H", local), round(local.tm_gmtoff / 60))


def _boot_id() -> str:
    """Tells one boot from the next where the system says (Linux); '' elsewhere."""
    try:
        with open(_BOOT_ID, encoding="ascii") as file:  # noqa: PTH123 (pathlib costs 1 MB and isn't needed)
            return file.read().strip()
    except (OSError, ValueError):
        return ""
