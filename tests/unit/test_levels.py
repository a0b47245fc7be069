from __future__ import annotations

from math import floor, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.levels import level_of, progress, standing, xp_of


@pytest.mark.parametrize(
    "xp, level",
    [(0, 0), (1, 0), (1599, 0), (1600, 1), (6399, 1), (6400, 2), (3_073_421, 43), (-5, 0), (10**15, 790_569)],
)
def test_levels_by_the_services_formula(xp, level):
    assert level_of(xp) == level


@given(st.integers(0, 10**12))
def test_formula_of_the_documentation(xp):
    root = 0.025 * sqrt(xp)
    if abs(root - round(root)) > 1e-6:  # at a border floats may err, integers do not
        assert level_of(xp) == floor(root)


@given(st.integers(0, 10**9))
def test_a_level_starts_where_it_starts(level):
    assert level_of(xp_of(level)) == level
    assert level == 0 or level_of(xp_of(level) - 1) == level - 1


@given(st.integers(-10, 10**20))
def test_progress_never_reaches_one(xp):
    found = standing(xp)
    assert 0.0 <= progress(xp) < 1.0
    assert found.missing >= 1
    assert level_of(found.xp + found.missing) == found.level + 1
    assert found.gained + found.missing == found.span
