"""Keys step from state to state, and the columns of a table know where they are."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from codestats.profile import Profile
from codestats.views import (
    Frame,
    ProfileData,
    StatsData,
    on_key,
    profile_view,
    state_after,
    stats_view,
)
from support.views import samples
from support.views.scenes import SCENES

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
        (("<Tab>",) * 5, "overview"),
        (("<S-Tab>",), "records"),
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
    assert first.lines[3].split()[1] == "Elixir"
    again = profile(on_key("profile", {**first.state, "cursor": at}, "s"))
    assert again.lines[3].split()[1] == "💩"


def test_s_without_a_cursor_goes_from_column_to_column():
    state, seen = profile({"page": "languages"}).state, []
    for _ in range(4):
        state = press(profile, "profile", state, "s")
        seen.append(state["sort"])
    assert set(seen) == {"name", "xp", "progress", "recent"}


def test_capital_s_turns_round():
    state = press(profile, "profile", profile({"page": "languages"}).state, "S")
    assert profile(state).lines[3].split()[1] == "XML"


def test_s_where_no_column_is_under_the_cursor_takes_the_next_one():
    """Each page leaves the cursor at the left."""
    view = profile({"page": "languages"})
    state = on_key("profile", {**view.state, "cursor": 0}, "s")
    assert state["sort"] != view.state.get("sort", "xp")


@pytest.mark.parametrize(
    "period, earlier, later",
    [
        ("week", "2026-08-10..2026-08-16", ""),
        ("2026-08-10..2026-08-16", "2026-08-03..2026-08-09", "week"),
        ("month", "2026-07", ""),
        ("2026-07", "2026-06", "month"),
        ("2026-01", "2025-12", "2026-02"),
        ("year", "2025", ""),
        ("2025", "2024", "year"),
        ("today", "2026-08-19", ""),
        ("2026-08-19", "2026-08-18", "today"),
        ("2026-08-01..2026-08-03", "2026-07-29..2026-07-31", "2026-08-04..2026-08-06"),
        ("all", "", ""),
        ("0001", "", "0002"),
    ],
)
def test_earlier_and_later(period, earlier, later):
    state = stats({"period": period}).state
    assert (state["earlier"], state["later"]) == (earlier, later)
    assert press(stats, "stats", state, "[")["period"] == (earlier or state["period"])
    assert press(stats, "stats", state, "]")["period"] == (later or state["period"])


def test_the_map_goes_back_a_year_and_no_further_than_today():
    state = press(profile, "profile", {}, "[", "[")
    assert state["back"] == 1
    assert press(profile, "profile", state, "]", "]", "]")["back"] == 0
    assert "Aug 2025" in "\n".join(profile({"back": 1}).lines)


def test_the_map_ends_with_the_year_of_the_first_xp_and_says_so():
    first = min(samples.profile().dates)
    most = (samples.NOW.date() - first).days // 364
    assert press(profile, "profile", {}, *"[" * (most + 3))["back"] == most > 0
    for dates in ({samples.NOW.date(): 5}, {}):
        data = ProfileData(profile=Profile(user="a", total_xp=sum(dates.values()), dates=dates))
        view = profile_view(data, {"back": 1}, FRAME)
        assert "[ ]" not in dict(view.hints)
        assert not view.state.get("years")
    assert "Enter" not in dict(view.hints), "there is nothing to look into"


def test_a_day_without_xp_offers_nothing_to_look_into():
    for draw in (profile, stats):
        view = draw({"filters": [["date", "1999-01-01"]], "period": "all"})
        assert dict(view.hints)["[ ]"]
        assert "Enter" not in dict(view.hints)
    assert "Enter" in dict(stats({"period": "all"}).hints)


def test_a_page_without_a_map_has_no_year():
    state = press(profile, "profile", {"page": "languages"}, "[")
    assert not state.get("back")


@pytest.mark.parametrize("name", ["profile", "stats"])
def test_the_map_of_what_is_looked_into_goes_back_too(name):
    draw = {"profile": with_history, "stats": stats}[name]
    inside = draw({"filters": [["language", "Python"]], "period": "all"})
    assert dict(inside.hints)["[ ]"] == "year"
    back = draw(on_key(name, inside.state, "["))
    assert re.search(r"XP on \d+ days, 19 Aug 2024 to 24 Aug 2025", "\n".join(back.lines))
    assert press(draw, name, back.state, "[", "[")["back_inside"] == inside.state["years"] == 1
    assert draw(on_key(name, back.state, "]")).lines == inside.lines
    other = draw(on_key(name, back.state, "<CR>", ["filter", [["machine", "Laptop"]]]))
    assert not other.state["back_inside"]


@pytest.mark.parametrize("cells", [30, 40, 58, 80, 120])
def test_maps_side_by_side_have_every_day(cells):
    """Each XP of the history is on one of them, however many weeks a map has."""
    days = samples.profile().dates
    frame = Frame(cells, 24, samples.NOW)
    seen = set()
    state = profile_view(ProfileData(profile=samples.profile()), {}, frame).state
    for back in range(state["years"] + 1):
        view = profile_view(ProfileData(profile=samples.profile()), {"back": back}, frame)
        seen |= {place.spot.key for place in view.places if place.spot.sentence.endswith(" XP")}
    assert {day.isoformat() for day, xp in days.items() if xp} <= seen


DAY, MONTH, WEEK = ["date", "2026-03-01"], ["month", "2026-01"], ["week", "2026-08-10"]


@pytest.mark.parametrize(
    "filters, earlier, later",
    [
        ([DAY], [["date", "2026-02-28"]], [["date", "2026-03-02"]]),
        ([MONTH], [["month", "2025-12"]], [["month", "2026-02"]]),
        ([WEEK], [["week", "2026-08-03"]], [["week", "2026-08-17"]]),
        (
            [["language", "Rust"], MONTH, DAY],
            [["language", "Rust"], ["date", "2026-02-28"]],
            [["language", "Rust"], ["date", "2026-03-02"]],
        ),
        ([["date", "2026-08-20"]], [["date", "2026-08-19"]], [["date", "2026-08-20"]]),
        ([["date", "nonsense"]], [["date", "nonsense"]], [["date", "nonsense"]]),
    ],
)
@pytest.mark.parametrize("name", ["profile", "stats"])
def test_beside_what_is_looked_into(name, filters, earlier, later):
    draw = {"profile": profile, "stats": stats}[name]
    state = dict(draw({"filters": filters, "period": "all"}).state)
    assert press(draw, name, state, "[")["filters"] == earlier
    assert press(draw, name, state, "]")["filters"] == later


def test_a_language_of_another_period_stays_looked_into():
    shown = stats({"period": "month", "filters": [["language", "Python"]]})
    state = press(stats, "stats", dict(shown.state), "[")
    assert (state["period"], state["filters"]) == ("2026-07", [["language", "Python"]])


def spot_of(view, kind, text=""):
    return next(
        p.spot for p in view.places if p.spot.kind == kind and text in f"{p.spot.sentence} {p.spot.key}"
    )


def opened(draw, name, state, text, kind="filter"):
    view = draw(state)
    spot = spot_of(view, kind, text)
    return draw(on_key(name, view.state, "<CR>", [spot.kind, spot.key]))


def with_history(state):
    return profile_view(ProfileData(profile=samples.profile(), activity=samples.activity(700)), state, FRAME)


def test_drilling_down_adds_filters_up_and_coming_back_takes_them_off():
    language = opened(with_history, "profile", {"page": "languages"}, "Rust")
    assert language.state["filters"] == [["language", "Rust"]]
    day = opened(with_history, "profile", language.state, "2026-08-18")
    assert day.state["filters"] == [["language", "Rust"], ["date", "2026-08-18"]]
    assert "Languages ▸ Rust ▸ Tue 18 Aug 2026" in day.lines[2]
    back = press(with_history, "profile", day.state, "<BS>")
    assert back["filters"] == [["language", "Rust"]]
    assert "filters" not in press(with_history, "profile", back, "<BS>", "<BS>")


def test_outside_of_what_was_looked_into_the_order_is_what_it_was():
    state = press(with_history, "profile", with_history({"page": "languages"}).state, "s", "S")
    order = [state["sort"], state["descending"]]
    inside = opened(with_history, "profile", state, "Rust")
    deeper = opened(with_history, "profile", inside.state, "2026-08-18")
    back = press(with_history, "profile", deeper.state, "<BS>", "<BS>")
    assert [back["sort"], back["descending"]] == order
    assert "outside" not in back
    assert "sort" not in inside.state
    assert "outside" not in press(with_history, "profile", inside.state, "3")


def test_a_crumb_leads_back():
    day = with_history({"filters": [["language", "Rust"], ["date", "2026-08-18"]]})
    crumb = next(p.spot for p in day.places if p.spot.kind == "crumb" and p.spot.key == 1)
    assert on_key("profile", day.state, "<CR>", [crumb.kind, crumb.key])["filters"] == [["language", "Rust"]]


def test_a_cell_of_the_breakdown_is_two_filters():
    state = {"period": "year", "breakdown": "weekday"}
    cell = opened(stats, "stats", state, "Python · Wed")
    assert cell.state["filters"] == [["language", "Python"], ["weekday", "2"]]


def test_the_newest_filter_of_a_dimension_counts():
    state = {"filters": [["language", "Rust"], ["date", "2026-08-18"]]}
    after = on_key("profile", state, "<CR>", ["filter", [["language", "Lua"]]])
    assert after["filters"] == [["date", "2026-08-18"], ["language", "Lua"]]


def test_another_page_is_not_narrowed():
    state = {"page": "languages", "filters": [["language", "Rust"]]}
    assert "filters" not in on_key("profile", state, "2")


def test_tabs_and_headings_can_be_clicked():
    view = profile({"page": "languages"})
    machines = spot_of(view, "page", "machines")
    assert on_key("profile", view.state, "<CR>", list(machines))["page"] == "machines"
    heading = spot_of(view, "sort", "name")
    assert on_key("profile", view.state, "<CR>", list(heading))["sort"] == "name"


@pytest.mark.parametrize(
    "spot",
    [
        None,
        [],
        "x",
        ["filter"],
        ["filter", 3],
        ["filter", [["x", "y"]]],
        ["page", "x"],
        ["crumb", "x"],
        [1, 2],
    ],
)
def test_a_spot_of_nonsense_changes_nothing(spot):
    assert on_key("profile", {"page": "languages"}, "<CR>", spot) == {"page": "languages"}


@pytest.mark.parametrize("frame", [FRAME, replace(FRAME, plain=True)], ids=["drawn", "plain"])
@pytest.mark.parametrize("scene", SCENES)
def test_the_border_offers_each_key_that_does_something_and_no_other(scene, frame):
    scene = SCENES[scene]
    view = scene(frame)
    offered = set(dict(view.hints))
    assert scene.view != "compare" or "filter" not in {place.spot.kind for place in view.places}
    name = "compare" if "user" in view.state else scene.view
    doing = {"q": {"q"}, "?": {"?"} & set(view.keys), "Enter": set(), "o": {"o"} if view.url else set()}
    doing |= {key: {key} & set(view.keys) for key in ("r", "y", "Y")}
    for kind in (
        {place.spot.kind for place in view.places} & {"filter", "user"} if "<CR>" in view.keys else ()
    ):
        spot = next(place.spot for place in view.places if place.spot.kind == kind)
        after = on_key(name, view.state, "<CR>", [spot.kind, spot.key])
        assert kind == "user" or scene.draw(after, frame).lines != view.lines
        doing["Enter"].add(kind)
    for key in set(view.keys) - {*"12345ryYo?", "<CR>"}:
        after = on_key(name, view.state, key)
        if after != view.state:
            drawn = scene.draw(after, frame)
            assert (drawn.lines, drawn.spans) != (view.lines, view.spans), key
        hint = "[ ]" if key in "[]" else key.strip("<>").replace("S-Tab", "Tab")
        doing.setdefault(hint, set()).update({key} if after != view.state else ())
    assert offered - {"2"} == {hint for hint, keys in doing.items() if keys}


def test_periods():
    assert press(stats, "stats", {}, "<Tab>")["period"] == "month"
    assert press(stats, "stats", {"period": "today"}, "<S-Tab>")["period"] == "all"
    assert press(stats, "stats", {}, "4")["period"] == "year"
    assert press(stats, "stats", stats({"period": "2026-07"}).state, "<Tab>")["period"] == "year"
    assert (
        press(stats, "stats", stats({"period": "2026-01-02..2026-01-09"}).state, "<Tab>")["period"] == "today"
    )


def test_breakdowns_follow_each_other():
    state, seen = stats({"period": "year"}).state, []
    for _ in range(7):
        state = press(stats, "stats", state, "b")
        seen.append(state["breakdown"])
    assert seen == ["machine", "weekday", "hour", "month", "editor", "system", ""]


def test_what_is_looked_into_is_broken_down_by_what_it_leaves_open():
    state, seen = stats({"period": "all", "filters": [["machine", "Laptop"]]}).state, []
    for _ in range(6):
        state = press(stats, "stats", state, "b")
        seen.append(state["breakdown"])
        assert state["filters"] == [["machine", "Laptop"]]
    assert seen == ["weekday", "hour", "month", "editor", "system", ""]
    cell = opened(
        stats,
        "stats",
        {"period": "all", "breakdown": "weekday", "filters": [["machine", "Laptop"]]},
        "Python · Wed",
    )
    assert cell.state["filters"] == [["machine", "Laptop"], ["language", "Python"], ["weekday", "2"]]
    day = stats({"period": "all", "breakdown": "weekday", "filters": [["date", "2026-08-18"]]})
    assert dict(day.hints)["b"] == "by machine"
    assert "%" not in dict(day.hints)


def test_a_breakdown_sorts_by_any_column_as_counts_and_as_percentages():
    view = stats({"period": "year", "breakdown": "weekday"})
    state = on_key("stats", {**view.state, "cursor": cell_of(view, "Sat")}, "s")
    assert state["sort"] == "column5"
    counts, shares = (
        [line.split()[1] for line in view.lines[view.sticky[-1] + 1 :] if line.startswith("  ●")]
        for view in (stats(state), stats(on_key("stats", state, "%")))
    )
    assert sorted(counts) == sorted(shares)
    assert counts != shares


def test_percentages_of_a_row():
    view = stats({"period": "year", "breakdown": "machine", "percent": True})
    row = next(line for line in view.lines[view.sticky[-1] :] if "Python" in line)
    assert sum(int(part[:-1]) for part in row.split() if part.endswith("%")) in (99, 100, 101)


def test_a_message_becomes_a_state():
    assert state_after({"name": "stats", "args": {"period": "year", "editor": {}}}) == {"period": "year"}
    told = {"name": "stats", "args": {"period": "year"}, "state": {"period": "all"}, "key": "?"}
    assert state_after(told) == {"period": "all", "help": True}


def test_a_view_as_message():
    message = profile({}).to_message(7)
    assert (message["type"], message["id"]) == ("view", 7)
    assert all(len(span) == 4 for spans in message["spans"].values() for span in spans)
    assert message["further"] == []
    assert "guifg=#" in message["groups"]["CodeStatsHeat4"]
    assert message["groups"]["CodeStatsError"] == "ErrorMsg"
    assert "q" not in message["keys"]
    assert {"<Tab>", "s", "?", "r", "o"} <= set(message["keys"])


def test_highlights_and_spots_of_a_long_page_come_in_parts_of_50_lines():
    view = profile_view(ProfileData(profile=samples.big_profile()), {"page": "languages"}, FRAME)
    message = view.to_message(1)
    parts = [{part: message[part] for part in ("spans", "spots")}, *map(json.loads, message["further"])]
    assert len(parts) == -(-len(view.lines) // 50) == 9
    for at, part in enumerate(parts):
        assert {(span[0] - 1) // 50 for spans in part["spans"].values() for span in spans} == {at}
        assert {int(line) // 50 for line in part["spots"]} == {at}
    assert sum(len(spans) for part in parts for spans in part["spans"].values()) == len(view.spans)
    assert sum(len(spots) for part in parts for spots in part["spots"].values()) == len(view.places)


@pytest.mark.parametrize("size", [{}, {"width": "x", "height": None}, {"width": -4, "height": 10**9}])
def test_a_window_of_any_size(size):
    frame = Frame.of(size, samples.NOW)
    assert 1 <= frame.width <= 1000
    assert 1 <= frame.height <= 1000


def test_a_comparison_opens_a_profile_and_comes_back():
    languages = on_key("compare", {}, "2")
    assert languages["page"] == "languages"
    one = on_key("compare", languages, "<CR>", ["user", "bob"])
    assert one["user"] == "bob"
    records = on_key("compare", one, "5")
    assert (records["user"], records["page"]) == ("bob", "records")
    day = on_key("compare", records, "<CR>", ["filter", [["date", "2026-08-18"]]])
    assert on_key("compare", day, "<BS>")["user"] == "bob"
    assert on_key("compare", on_key("compare", day, "<BS>"), "<BS>") == {"page": "languages"}


def test_a_comparison_sorts_and_shares_and_knows_no_more_pages():
    table = {"page": "languages", "columns": [[0, 8, "name"], [8, 20, "column0"]], "cursor": 9}
    assert on_key("compare", table, "s")["sort"] == "column0"
    assert on_key("compare", table, "%")["percent"]
    assert on_key("compare", table, "4") == table
    assert on_key("compare", table, "[") == table
    assert on_key("compare", {"page": "activity"}, "<Tab>")["page"] == "overview"


def test_a_long_table_shows_more_when_asked():
    state = {"page": "languages"}
    for shown in (400, 800, 1000, 1000):
        view = profile_view(ProfileData(profile=samples.big_profile()), state, FRAME)
        rows = [line for line in view.lines if "● Language " in line]
        assert len(rows) == shown
        spot = view.places[-1].spot
        assert (spot.kind == "more") == (shown < 1000)
        state = (
            on_key("profile", view.state, "<CR>", [spot.kind, spot.key])
            if spot.kind == "more"
            else view.state
        )
    assert "more" not in on_key("profile", state, "<Tab>")


@pytest.mark.parametrize("plain", [False, True])
def test_an_editor_is_looked_into_and_left(plain):
    def draw(state):
        return stats_view(
            StatsData(samples.typed_activity()), state, Frame(120, 40, samples.NOW, plain=plain)
        )

    whole = draw({"period": "year", "breakdown": "editor"})
    if plain:
        whole = opened(draw, "stats", whole.state, "Elixir")
        inside = opened(draw, "stats", whole.state, "'editor', 'Neovim'")
        assert inside.state["filters"] == [["language", "Elixir"], ["editor", "Neovim"]]
    else:
        inside = opened(draw, "stats", whole.state, "Elixir · Neovim")
        assert inside.state["filters"] == [["language", "Elixir"], ["editor", "Neovim"]]
        of_all = opened(draw, "stats", whole.state, "All · Neovim")
        assert of_all.state["filters"] == [["editor", "Neovim"]]
        of_system = opened(draw, "stats", of_all.state, "'system', 'Linux'")
        assert of_system.state["filters"] == [["editor", "Neovim"], ["system", "Linux"]]
        of_none = opened(draw, "stats", whole.state, "All · unknown editor")
        assert "typed before the editor was noted" in "\n".join(of_none.lines)
    assert "Only what was noted on this machine" in "\n".join(inside.lines)
    assert on_key("stats", inside.state, "<BS>")["filters"] == [["language", "Elixir"]]
