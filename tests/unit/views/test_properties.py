"""Whatever the service says, the ledger holds and the window is: a view is drawn, and fits."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from codestats.account import parse_account
from codestats.profile import parse_profile, with_counted
from codestats.stats.periods import parse_period
from codestats.views import (
    KEYS,
    Frame,
    ProfileData,
    StatsData,
    compare_view,
    log_view,
    on_key,
    profile_view,
    state_after,
    stats_view,
    status_view,
)
from support.memory_sums import Activity, Entry
from support.views import samples
from unit.views.test_golden import check_contract

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=20), parts, max_size=3),
    max_leaves=8,
)
NAMES = st.text(st.characters(), max_size=30) | st.sampled_from(samples.HOSTILE)
XP = st.integers(-5, 10**20) | JSON
TALLIES = st.dictionaries(NAMES, st.fixed_dictionaries({"xps": XP, "new_xps": XP}) | JSON, max_size=6)
DATES = st.dictionaries(st.dates().map(str) | NAMES, XP, max_size=12)
ANSWERS = JSON | st.fixed_dictionaries(
    {"user": NAMES, "total_xp": XP, "new_xp": XP, "languages": TALLIES, "machines": TALLIES, "dates": DATES}
)
ITEMS = st.lists(
    st.fixed_dictionaries(
        {"day": JSON | st.integers(0, 8), "date": st.dates().map(str), "language": NAMES, "xp": XP}
    ),
    max_size=6,
)
ACCOUNTS = JSON | st.fixed_dictionaries(
    {
        "registered": st.datetimes().map(str) | NAMES,
        "hourOfDayXps": st.dictionaries(st.integers(0, 24).map(str), XP, max_size=6),
        "dayOfWeekXps": ITEMS,
        "dayLanguageXps": ITEMS,
    }
)
ALL_TIMES = st.datetimes()
RECENT = st.integers(0, 600 * 24).map(lambda hours: samples.NOW - timedelta(hours=hours))
HOURS = ALL_TIMES | RECENT
LEDGERS = st.lists(st.builds(Entry.at, HOURS, NAMES, NAMES, st.integers(0, 10**15)), max_size=12).map(
    Activity.of
)
TIMES = st.just(samples.NOW) | st.datetimes(datetime(1972, 1, 1), datetime(2500, 1, 1))  # noqa: DTZ001
FRAMES = st.builds(Frame, st.integers(1, 250), st.integers(1, 80), TIMES, st.booleans())
STATES = st.fixed_dictionaries(
    {},
    optional={
        "page": st.sampled_from(["overview", "languages", "machines", "activity", "records", "x"]),
        "period": st.sampled_from(
            ["", "today", "week", "month", "year", "all", "2026", "2026-08", "x", "0001"]
        ),
        "breakdown": st.sampled_from(["", "machine", "weekday", "hour", "month", "sources", "x"]),
        "percent": st.booleans(),
        "sort": st.sampled_from(["xp", "name", "recent", "progress", "change", "column1", "x"]),
        "descending": st.booleans(),
        "help": st.booleans(),
        "cursor": st.integers(-1, 300) | st.none(),
        "back": st.integers(-2, 3000) | JSON,
        "filters": st.lists(
            st.tuples(
                st.sampled_from(["language", "machine", "weekday", "hour", "month", "date", "x"]),
                NAMES | st.sampled_from(["4", "09", "2026-08", "2026-08-19"]),
            ).map(list),
            max_size=3,
        )
        | JSON,
    },
)
SOURCES = st.builds(
    ProfileData,
    user=NAMES,
    profile=st.none() | ANSWERS.map(parse_profile),
    state=st.sampled_from(["ready", "loading", "error", "missing", "no_token"]),
    note=NAMES,
    fetched_at=st.floats(0, 2e10),
    activity=LEDGERS,
    counted=st.integers(0, 10**6),
    goal=st.integers(0, 10**6),
    account=st.none() | ACCOUNTS.map(lambda answer: parse_account(answer, 1.0)),
)


@settings(max_examples=75, deadline=None)
@given(SOURCES, STATES, FRAMES)
def test_any_profile_fits_any_window(data, state, frame):
    check_contract(profile_view(data, state, frame), frame)


@settings(max_examples=75, deadline=None)
@given(st.lists(SOURCES, min_size=2, max_size=8), STATES, FRAMES)
def test_any_comparison_fits_any_window(people, state, frame):
    check_contract(compare_view(people, state, frame), frame)


@settings(max_examples=75, deadline=None)
@given(LEDGERS, STATES, FRAMES)
def test_any_ledger_fits_any_window(ledger, state, frame):
    check_contract(stats_view(StatsData(ledger, 0, samples.SOURCES), state, frame), frame)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["state", "queued", "queued_pulses", "error", "last_sent", "retry_at", "versions", "host"]
        ),
        JSON | NAMES,
    ),
    st.lists(NAMES, max_size=5),
    FRAMES,
)
def test_any_status_and_log_fit_any_window(status, log, frame):
    check_contract(status_view(status, {}, frame), frame)
    check_contract(log_view(log, {}, frame), frame)


@settings(max_examples=50, deadline=None)
@given(LEDGERS, st.lists(st.sampled_from([key for key, _ in (*KEYS["profile"], *KEYS["stats"])])), FRAMES)
def test_no_sequence_of_keys_is_harmful(ledger, keys, frame):
    data = ProfileData(profile=samples.profile(30), activity=ledger)
    profile_state, stats_state = {}, {}
    spots = [None, None]
    for turn, key in enumerate(keys):
        profile_state = on_key("profile", {**profile_state, "cursor": 7}, key, spots[0])
        profile = profile_view(data, profile_state, frame)
        stats_state = on_key("stats", stats_state, key, spots[1])
        stats = stats_view(StatsData(ledger), stats_state, frame)
        profile_state, stats_state = profile.state, stats.state
        spots = [
            view.places[turn * 7 % len(view.places)].spot if view.places else None
            for view in (profile, stats)
        ]
        parse_period(stats_state["period"], frame.now.date())


@settings(max_examples=50, deadline=None)
@given(ANSWERS, st.dictionaries(NAMES, XP, max_size=4))
def test_counting_on_never_loses_xp(answer, counted):
    before = parse_profile(answer)
    after = with_counted(before, counted, samples.NOW.date())
    assert after.total_xp >= before.total_xp
    assert {t.name for t in before.languages} <= {t.name for t in after.languages}


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(["state", "args", "key", "name"]), JSON))
def test_any_message_gives_a_state(message):
    assert isinstance(state_after(message), dict)
