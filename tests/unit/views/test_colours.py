"""Colours are made for the background they stand on, with what the terminal can show."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from codestats import palette
from codestats.views import GROUPS
from codestats.views.parts.colours import Ground, contrast, definitions, rgb_of
from codestats.views.parts.highlights import language_group

GROUNDS = [
    "#000000",
    "#14161b",
    "#1c1c1c",
    "#3a3a3a",
    "#5f5f5f",
    "#808080",
    "#a8a8a8",
    "#eeeeee",
    "#fdf6e3",
    "#ffffff",
]
QUIET = [
    "CodeStatsLabel",
    "CodeStatsKey",
    "CodeStatsOk",
    "CodeStatsLoss",
    "CodeStatsLevel",
    "CodeStatsHeader",
]


def ground(back, **parts):
    told = {"gui": True, "count": 256, "dark": True, "back": back, "text": "", "accent": [], "quiet": ""}
    return Ground.of(told | parts)


def drawn(look, what="fg"):
    return rgb_of(re.search(rf"gui{what}=(#\w+)", look)[1])


@pytest.mark.parametrize("accent", ["#ffff00", "#0000ee", "#87afd7", "#303030", ""])
@pytest.mark.parametrize("back", GROUNDS)
@pytest.mark.parametrize("gui", [True, False])
def test_text_can_be_read(back, accent, gui):
    place = ground(back, gui=gui, accent=[accent], quiet=back)
    looks = definitions(place, [language_group(name) for name in palette.COLOURS])
    for group in QUIET:
        assert contrast(drawn(looks[group]), place.back) >= 4.5, group
    for group, look in looks.items():
        if group.startswith("CodeStatsGround"):
            assert contrast(drawn(look), drawn(look, "bg")) >= 4.5, group
        if group.startswith("CodeStatsLanguage"):
            assert contrast(drawn(look), place.back) >= 3, group


@pytest.mark.parametrize("back", GROUNDS)
def test_shades_differ_without_any_hue(back):
    looks = definitions(ground(back, accent=["#87afd7"]), ())
    steps = [contrast(drawn(looks[f"CodeStatsHeat{level}"]), rgb_of(back)) for level in (1, 2, 3, 4)]
    assert steps == sorted(steps)
    assert all(later > earlier for earlier, later in pairwise(steps))


def test_ok_is_green_and_no_string():
    for back in GROUNDS[:4] + GROUNDS[-3:]:
        red, green, blue = drawn(definitions(ground(back), ())["CodeStatsOk"])
        assert green > red
        assert green > blue


@pytest.mark.parametrize("count", [8, 16])
def test_few_colours_take_the_terminals_own(count):
    looks = definitions(ground("#000000", gui=False, count=count), [language_group("Python")])
    numbers = [int(number) for look in looks.values() for number in re.findall(r"ctermfg=(\d+)", look)]
    assert numbers
    assert max(numbers) < count


@pytest.mark.parametrize(
    "told", [None, 5, {}, {"back": "red", "text": "300", "accent": "x", "quiet": None, "count": "x"}]
)
def test_nonsense_is_a_dark_terminal(told):
    assert {group.name for group in GROUPS} <= definitions(Ground.of(told), ()).keys()
    assert Ground.of(told).is_dark


def test_a_language_has_one_colour_everywhere():
    assert palette.colour("python") == palette.colour("Python") == "#3572a5"
    assert palette.colour("JavaScript (JSX)") == palette.colour("JavaScript")
    assert palette.colour("Nobody's own") == palette.colour("nobody's OWN")
    assert palette.colour("Nobody's own") in palette.HUES
