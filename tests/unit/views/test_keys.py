"""Keys step from state to state, and the columns of a table know where they are."""

from __future__ import annotations

import pytest

from codestats.views import (
    Frame,
    ProfileData,
    StatsData,
    on_key,
    profile_view,
    state_after,
    stats_view,
)
from unit.views import samples

FRAME = Frame(80, 24, samples.NOW)


def profile(state):
    return profile_view(ProfileData(profile=samples.profile()), state, FRAME)


def stats(state):
    return stats_view(StatsData(samples.activity(700)), state, FRAME)


def press(view, name, state, *keys):
    for key in keys:
        state = view(on_key(name, state, key)).state
    return state


def cell_of(view, title):
    """The display column of a heading, where a user would put the cursor."""
    line = next(line for line in view.lines if title in line)
    return line.index(title)


@pytest.mark.parametrize(
    "keys, page",
    [
        ((), "overview"),
        (("<Tab>",), "languages"),
        (("<Tab>",) * 4, "overview"),
        (("<S-Tab>",), "activity"),
        (("3",), "machines"),
        (("4", "<S-Tab>"), "machines"),
        (("2", "9", "0", "x", "<F1>", "²"), "languages"),
    ],
)
def test_pages(keys, page):
    assert press(profile, "profile", profile({}).state, *keys)["page"] == page


def test_help_comes_and_goes():
    state = press(profile, "profile", {}, "2", "?")
    assert any("sort by this column" in line for line in profile(state).lines)
    assert press(profile, "profile", state, "?")["help"] is False
    assert "help" not in press(profile, "profile", state, "3")


@pytest.mark.parametrize(
    "title, key",
    [
        ("Language", "name"),
        ("XP", "xp"),
        ("Share", "xp"),
        ("Level", "xp"),
        ("Progress", "progress"),
        ("12 h", "recent"),
    ],
)
def test_s_sorts_by_the_column_under_the_cursor(title, key):
    view = profile({"page": "languages", "sort": "nothing"})
    state = on_key("profile", {**view.state, "cursor": cell_of(view, title)}, "s")
    assert state["sort"] == key


def test_s_again_turns_the_order_round():
    view = profile({"page": "languages"})
    at = cell_of(view, "Language")
    state = on_key("profile", {**view.state, "cursor": at}, "s")
    assert (state["sort"], state["descending"]) == ("name", False)
    first = profile(state)
    assert first.lines[4].split()[0] == "Elixir"
    again = profile(on_key("profile", {**first.state, "cursor": at}, "s"))
    assert again.lines[4].split()[0] == "💩"


def test_s_without_a_cursor_goes_from_column_to_column():
    state, seen = profile({"page": "languages"}).state, []
    for _ in range(4):
        state = press(profile, "profile", state, "s")
        seen.append(state["sort"])
    assert set(seen) == {"name", "xp", "progress", "recent"}


def test_capital_s_turns_round():
    state = press(profile, "profile", {"page": "languages"}, "S")
    assert profile(state).lines[4].split()[0] == "XML"


def test_periods():
    assert press(stats, "stats", {}, "<Tab>")["period"] == "month"
    assert press(stats, "stats", {"period": "today"}, "<S-Tab>")["period"] == "all"
    assert press(stats, "stats", {}, "4")["period"] == "year"
    assert press(stats, "stats", {"period": "2026-08"}, "<Tab>")["period"] == "today"


def test_breakdowns_follow_each_other():
    state, seen = {"period": "year"}, []
    for _ in range(5):
        state = press(stats, "stats", state, "b")
        seen.append(state["breakdown"])
    assert seen == ["machine", "weekday", "hour", "month", ""]


def test_a_breakdown_sorts_by_any_column_as_counts_and_as_percentages():
    view = stats({"period": "year", "breakdown": "weekday"})
    state = on_key("stats", {**view.state, "cursor": cell_of(view, "Sat")}, "s")
    assert state["sort"] == "column5"
    counts = [line.split()[0] for line in stats(state).lines[9:15]]
    shares = [line.split()[0] for line in stats(on_key("stats", state, "%")).lines[9:15]]
    assert sorted(counts) == sorted(shares)
    assert counts != shares


def test_percentages_of_a_row():
    view = stats({"period": "year", "breakdown": "machine", "percent": True})
    row = next(line for line in view.lines if "Python" in line)
    assert sum(int(part[:-1]) for part in row.split() if part.endswith("%")) in (99, 100, 101)


def test_a_message_becomes_a_state():
    assert state_after({"name": "stats", "args": {"period": "year", "editor": {}}}) == {"period": "year"}
    told = {"name": "stats", "args": {"period": "year"}, "state": {"period": "all"}, "key": "%"}
    assert state_after(told) == {"period": "all", "percent": True}


def test_a_view_as_message():
    message = profile({}).to_message(7)
    assert (message["type"], message["id"]) == ("view", 7)
    assert all(isinstance(span, list) and len(span) == 4 for span in message["spans"])
    assert message["groups"]["CodeStatsHeat4"] == "String"
    assert "q" not in message["keys"]
    assert {"<Tab>", "s", "?", "r", "o"} <= set(message["keys"])


@pytest.mark.parametrize("size", [{}, {"width": "x", "height": None}, {"width": -4, "height": 10**9}])
def test_a_window_of_any_size(size):
    frame = Frame.of(size, samples.NOW)
    assert 1 <= frame.width <= 1000
    assert 1 <= frame.height <= 1000
