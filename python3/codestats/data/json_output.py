"""What programs read: the objects behind `--json` (doc/json.md). Imports little: a shell's prompt waits for it.

SCHEMA is raised when a field changes its meaning or goes; new fields come without that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codestats.levels import standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from codestats.profile import Profile, Tally
    from codestats.stats.periods import Period
    from codestats.stats.sums import Sums

__all__ = ["SCHEMA", "level_json", "profile_json", "stats_json"]

SCHEMA = 1


def level_of_xp(xp: int) -> dict[str, Any]:
    """Where that XP stands: level, share of the way to the next (0 to 1, four digits), XP to go."""
    now = standing(xp)
    # Rounded down: a level that is not reached must not look reached.
    return {"level": now.level, "progress": int(now.progress * 10_000) / 10_000, "to_next_level": now.missing}


def level_json(kept: tuple[float, dict[str, Any]] | None, unsent: int) -> dict[str, Any]:
    """Total XP and level by the last known profile (when it was got, and the service's answer); null if none."""
    total = kept[1].get("total_xp") if kept else None
    if kept is None or not isinstance(total, int):
        nothing = ("total_xp", "level", "progress", "to_next_level", "profile_at")
        return dict.fromkeys(nothing)
    xp = max(total, 0) + unsent
    return {"total_xp": xp, **level_of_xp(xp), "profile_at": int(kept[0])}


def profile_json(profile: Profile, fetched_at: float, *, is_cached: bool, note: str) -> dict[str, Any]:
    """A profile: names as they are shown, most XP first."""
    return {
        "schema": SCHEMA,
        "user": profile.user,
        "total_xp": profile.total_xp,
        "recent_xp": profile.new_xp,
        **level_of_xp(profile.total_xp),
        "languages": _tallies(profile.languages),
        "machines": _tallies(profile.machines),
        "dates": {day.isoformat(): xp for day, xp in profile.dates.items()},
        "profile_at": int(fetched_at),
        "is_cached": is_cached,
        "note": note,
    }


def _tallies(tallies: Iterable[Tally]) -> list[dict[str, Any]]:
    return [
        {"name": tally.name, "xp": tally.xp, "recent_xp": tally.recent, **level_of_xp(tally.xp)}
        for tally in tallies
    ]


def stats_json(activity: Sums, period: Period, moment: datetime) -> dict[str, Any]:
    """A period of the local history; `activity` holds that of the period before as well."""
    now = activity.between(period.first, period.last)
    hours = now.active_hours()
    before = None
    earlier = period.earlier(activity, moment)
    if period.before is not None and earlier is not None:
        first, last, _ = period.before
        total = earlier.total
        before = {"first": first.isoformat(), "last": last.isoformat(), "xp": total}
    dates = now.by("date")
    is_all = period.name == "all"
    return {
        "schema": SCHEMA,
        "period": period.name,
        "first": min(dates, default=None) if is_all else period.first.isoformat(),
        "last": max(dates, default=None) if is_all else period.last.isoformat(),
        "xp": now.total,
        "active_hours": hours[""],
        "active_days": len(dates),
        "languages": [
            {**entry, "active_hours": hours[entry["name"]]} for entry in _ranked(now.by("language"))
        ],
        "machines": _ranked(now.by("machine")),
        "editors": _ranked(now.by("editor")),
        "systems": _ranked(now.by("system")),
        "dates": dates,
        "weekdays": _buckets(now.by("weekday"), [str(day) for day in range(7)]),
        "hours": _buckets(now.by("hour"), [f"{hour:02}" for hour in range(24)]),
        "before": before,
    }


def _ranked(sums: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"name": name, "xp": xp} for name, xp in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]


def _buckets(sums: Mapping[str, int], keys: list[str]) -> list[int]:
    return [sums.get(key, 0) for key in keys]
