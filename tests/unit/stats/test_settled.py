"""Sums of languages under their settled names are those of a history that has only these."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.profile import Profile, Tally, summed_up
from codestats.stats.settled import SettledSums
from codestats.stats.sums import BREAKDOWNS, DIMENSIONS
from support.memory_sums import Activity, Entry

NAMES = {"jsx": "React", "old react": "React", "tsx": "TS"}
START = datetime(2026, 11, 23)  # noqa: DTZ001 (local time)
ENTRIES = st.lists(
    st.builds(
        lambda hour, language, machine, xp: Entry.at(START + timedelta(hours=hour), language, machine, xp),
        st.integers(0, 60),
        st.sampled_from(["JSX", "Old React", "React", "TSX", "Lua"]),
        st.sampled_from(["pc", "laptop"]),
        st.integers(1, 9),
    ),
    max_size=30,
)


def both(entries):
    renamed = [
        entry._replace(language=NAMES.get(entry.language.casefold(), entry.language)) for entry in entries
    ]
    return SettledSums(Activity.of(entries), NAMES), Activity.of(renamed)


@given(ENTRIES)
def test_as_if_there_were_no_other_names(entries):
    settled, renamed = both(entries)
    for one, other in (
        (settled, renamed),
        (settled.only("language", "React"), renamed.only("language", "React")),
        (
            settled.only("language", "React", "Lua").until(20),
            renamed.only("language", "React", "Lua").until(20),
        ),
        (settled.between(START.date(), START.date(), 9), renamed.between(START.date(), START.date(), 9)),
    ):
        assert (bool(one), one.total) == (bool(other), other.total)
        assert one.active_hours() == other.active_hours()
        assert (one.by_date(), one.best_hours(5)) == (other.by_date(), other.best_hours(5))
        for dimension in DIMENSIONS:
            assert one.by(dimension) == other.by(dimension)
        for dimension in BREAKDOWNS:
            assert one.cross("language", dimension) == other.cross("language", dimension)
            assert one.cross(dimension, "language") == other.cross(dimension, "language")


@pytest.mark.parametrize("first", ["JSX", "React"])
def test_a_profile_too(first):
    tallies = [Tally("JSX", 5, 1), Tally("React", 7, 2), Tally("Lua", 12)]
    profile = Profile("me", 24, 3, tuple(sorted(tallies, key=lambda tally: tally.name != first)))
    assert summed_up(profile, NAMES).languages == (Tally("Lua", 12), Tally("React", 12, 3))
