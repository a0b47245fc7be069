"""Every picture that the golden files hold: a name, and how it is drawn in a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from codestats.profile import Profile, with_counted
from codestats.stats.sources import NO_SOURCES
from codestats.views import (
    Frame,
    ProfileData,
    StatsData,
    View,
    compare_view,
    log_view,
    profile_view,
    stats_view,
    status_view,
)
from support.views import samples

FETCHED = samples.NOW.timestamp() - 3 * 3600
URL = "https://codestats.net/users/Nicd"


@dataclass(frozen=True)
class Scenario:
    """A page: of which view, how it is drawn of any state, and the state that the picture shows."""

    view: str
    draw: Callable[[Mapping[str, Any], Frame], View]
    state: Mapping[str, Any]

    def __call__(self, frame: Frame) -> View:
        return self.draw(self.state, frame)


def _profile(shown, /, **parts):
    data = {"user": "Nicd", "profile": samples.profile(), "activity": samples.activity(700), "url": URL}
    return _page_of(shown, **{**data, "fetched_at": FETCHED, **parts})


def _nobody(**parts):
    return _page_of({}, **{"user": "Nicd", **parts})


def _page_of(shown, /, **parts):
    data = ProfileData(**parts)
    return Scenario("profile", lambda state, frame: profile_view(data, state, frame), shown)


def _people(*others, **shown):
    """Nicd beside others: (name, profile, and what else is known of it)."""
    profile, activity = samples.profile(), samples.activity(700)
    first = ProfileData(user="Nicd", profile=profile, activity=activity, url=URL, fetched_at=FETCHED)
    rest = [
        ProfileData(**{"user": name, "profile": profile, "own": False, "fetched_at": FETCHED, **parts})
        for name, profile, parts in others
    ]
    return Scenario("compare", lambda state, frame: compare_view([first, *rest], state, frame), shown)


def _bob():
    return "bob", samples.other_profile(), {"account": samples.account()}


def _other(**state):
    """Bob's own page as others see it, where the service tells the account."""
    name, profile, more = _bob()
    return _page_of(state, user=name, profile=profile, own=False, fetched_at=FETCHED, **more)


def _hostile(page):
    return _profile(
        {"page": page},
        profile=samples.hostile_profile(),
        activity=samples.hostile_activity(),
        state="error",
        note=samples.HOSTILE[0],
    )


def _stats(ledger=None, **shown):
    data = StatsData(ledger or samples.activity(700), 1000)
    return Scenario("stats", lambda state, frame: stats_view(data, state, frame), shown)


def _sources(*, noted=True, **shown):
    data = StatsData(samples.activity(700), 0, samples.SOURCES if noted else NO_SOURCES)
    return Scenario(
        "stats", lambda state, frame: stats_view(data, state, frame), {"breakdown": "sources", **shown}
    )


def _status(status):
    return Scenario("status", lambda state, frame: status_view(status, state, frame), {})


def _log(lines):
    return Scenario("log", lambda state, frame: log_view(lines, state, frame), {})


def _counted():
    counted = with_counted(samples.profile(), {"Python": 120, "Zig": 3}, samples.NOW.date())
    return _profile({}, profile=counted, counted=123, state="error", note="name not found: codestats.net")


STATUS = {
    "state": "offline",
    "session": 123,
    "today": 655,
    "pending": 12,
    "queued": 3400,
    "queued_pulses": 14,
    "waiting_since": int((samples.NOW - timedelta(hours=3)).timestamp()),
    "in_doubt": 7,
    "expired": 30,
    "rejected": 0,
    "user": "Nicd",
    "last_sent": (samples.NOW - timedelta(minutes=67)).timestamp(),
    "retry_at": (samples.NOW + timedelta(seconds=40)).timestamp(),
    "error": "no connection: name not found: codestats.net (while sending 13 XP)",
    "jobs": [
        ("every 1d into /home/nicd/backups: done 3 hours ago, 812 kB", False),
        ("every 6h into /mnt/stick: failed 2 days ago: /mnt/stick: No space left on device", True),
    ],
    "data_dir": "/home/nicd/.local/state/codestats/a-very-long-directory-name-without-any-blank-in-it",
    "host": "up, process 4711",
    "versions": "codestats.vim 0.1.0, Python 3.11.7",
}
LOG = (
    "2026-08-19T23:10:00+0200 [1] recorded 13 XP",
    "2026-08-20T10:10:00+0200 [12] warning: no connection: name not found; trying again in 15 s",
    "2026-08-20T10:11:00+0200 [12] sent 3 XP (Python 3), typed 10:10",
    "a loose line \x1b[31m %s",
)

SCENES = {
    "overview": _profile({}, goal=1000),
    "languages": _profile({"page": "languages"}),
    "languages_by_name": _profile({"page": "languages", "sort": "name", "descending": False}),
    "languages_by_progress": _profile({"page": "languages", "sort": "progress", "descending": True}),
    "machines": _profile({"page": "machines"}),
    "activity": _profile({"page": "activity"}),
    "activity_of_another": _profile({"page": "activity"}, activity=samples.Activity(), own=False),
    "activity_with_goal": _profile({"page": "activity"}, goal=1000),
    "records": _profile({"page": "records"}),
    "records_of_another": _profile({"page": "records"}, activity=samples.Activity(), own=False),
    "overview_a_year_back": _profile({"back": 1}),
    "overview_of_another": _profile({}, activity=samples.Activity(), own=False),
    "overview_one_day": _profile({}, profile=samples.profile(1), activity=samples.activity(1)),
    "account_overview": _other(),
    "account_activity": _other(page="activity"),
    "account_records": _other(page="records"),
    "detail_day": _profile({"filters": [["date", "2026-08-18"]]}),
    "detail_language": _profile({"filters": [["language", "Rust"]]}),
    "detail_machine": _profile({"page": "machines", "filters": [["machine", "Laptop"]]}),
    "detail_weekday_of_language": _profile({"filters": [["language", "Python"], ["weekday", "4"]]}),
    "detail_hours_of_month": _profile({"filters": [["month", "2026-08"], ["hour", "09", "10", "11"]]}),
    "detail_unknown": _profile({"filters": [["language", "XML"]]}),
    "help": _profile({"help": True}),
    "refreshing": _profile({}, state="loading", note="Asking codestats.net"),
    "offline": _counted(),
    "empty_profile": _nobody(profile=Profile(user="newcomer")),
    "loading": _nobody(state="loading", note="Asking codestats.net for Nicd, 2 s so far"),
    "unreachable": _nobody(state="error", note="no connection: name not found: codestats.net"),
    "missing": _nobody(state="missing", user="nobody\u202e\n"),
    "no_token": _nobody(state="no_token", user=""),
    "hostile_overview": _hostile("overview"),
    "hostile_languages": _hostile("languages"),
    "hostile_machines": _hostile("machines"),
    "compare": _people(_bob()),
    "compare_languages": _people(_bob(), page="languages"),
    "compare_languages_percent": _people(_bob(), page="languages", percent=True, sort="column1"),
    "compare_activity": _people(_bob(), page="activity"),
    "compare_help": _people(_bob(), help=True),
    "compare_partly": _people(
        ("nosuch", None, {"state": "missing"}),
        ("waiting", None, {"state": "loading", "note": "Asking codestats.net for waiting, 2 s so far"}),
        (
            "carol",
            samples.other_profile(),
            {"state": "error", "note": "no connection: name not found: codestats.net"},
        ),
        ("newcomer", Profile(user="newcomer"), {}),
    ),
    "compare_many": _people(*(_bob() for _ in range(7)), page="languages"),
    "compare_hostile": _people(
        ("hostile", samples.hostile_profile(), {"state": "error", "note": samples.HOSTILE[0]})
    ),
    "compare_hostile_languages": _people(("hostile", samples.hostile_profile(), {}), page="languages"),
    "profile_of_compare": _profile({"user": "Nicd", "before": "languages"}),
    "stats_today": _stats(period="today"),
    "sources_month": _sources(period="month"),
    "sources_all": _sources(period="all", sort="tools"),
    "sources_not_then": _sources(period="2020"),
    "sources_none": _sources(noted=False),
    "stats_week": _stats(period="week"),
    "stats_month": _stats(period="month", sort="change"),
    "stats_year": _stats(period="year"),
    "stats_all": _stats(period="all"),
    "stats_range": _stats(period="2025-12-24..2026-01-06"),
    "stats_empty": _stats(period="1999"),
    "stats_nonsense": _stats(period="fortnight"),
    "stats_hostile": _stats(samples.hostile_activity(), period="month"),
    "stats_help": _stats(help=True),
    "breakdown_machine": _stats(period="year", breakdown="machine", percent=True),
    "breakdown_weekday": _stats(period="year", breakdown="weekday"),
    "breakdown_hour": _stats(period="year", breakdown="hour", sort="column4"),
    "breakdown_month": _stats(period="all", breakdown="month"),
    "breakdown_hostile": _stats(samples.hostile_activity(), period="month", breakdown="machine"),
    "breakdown_editor": _stats(samples.typed_activity(), period="year", breakdown="editor"),
    "detail_editor": _stats(samples.typed_activity(), period="year", filters=[["editor", "Neovim"]]),
    "detail_unknown_system": _stats(
        samples.typed_activity(), period="year", filters=[["language", "Elixir"], ["system", "?"]]
    ),
    "stats_detail": _stats(period="month", filters=[["language", "Elixir"], ["date", "2026-08-18"]]),
    "stats_detail_by_weekday": _stats(period="all", breakdown="weekday", filters=[["machine", "Laptop"]]),
    "detail_a_year_back": _stats(period="all", filters=[["language", "Python"]], back_inside=1),
    "stats_of_a_month": _stats(period="2026-06"),
    "status": _status(STATUS),
    "status_idle": _status({"state": "idle", "session": 0}),
    "log": _log(LOG),
    "log_empty": _log(()),
}
