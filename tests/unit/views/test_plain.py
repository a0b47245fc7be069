"""Pages as sentences: no drawing, nothing told by place; what can be looked into in the drawings can be here."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from codestats.views import Frame, on_key
from support.views import samples
from support.views.scenes import SCENES
from unit.views.test_golden import check_contract

PLAIN = Frame(80, 24, samples.NOW, plain=True)
NAMES = re.compile("|".join(map(re.escape, ("💩", "Työkone", "Tyo\u0308kone"))))
OURS = [name for name in SCENES if "hostile" not in name and name not in ("missing", "log")]


@pytest.mark.parametrize("scene", OURS)
def test_a_plain_page_is_made_of_letters(scene):
    view = SCENES[scene](PLAIN)
    for line in (view.title, *view.lines, *(f"{key} {what}" for key, what in view.hints)):
        assert NAMES.sub("", line).isascii(), line
        assert not re.search(r"[-=#*_+.]{3}", line), line
        assert "   " not in line.strip() or scene.startswith("status") or "help" in scene


@pytest.mark.parametrize("scene", SCENES)
def test_a_plain_page_keeps_the_contract(scene):
    view = SCENES[scene](PLAIN)
    wide = max(len(line) for line in view.lines) * 2
    check_contract(view, replace(PLAIN, width=max(wide, 80)))
    assert view.to_message(1)["wrap"] == 1


def test_a_plain_line_opens_what_it_is_about():
    view = SCENES["languages"](PLAIN)
    place = next(place for place in view.places if view.lines[place.line].strip().startswith("Rust:"))
    state = on_key("profile", view.state, "<CR>", [place.spot.kind, place.spot.key])
    assert state["filters"] == [["language", "Rust"]]
    detail = SCENES["detail_language"](PLAIN)
    assert "  Overview, Rust:" in detail.lines
    assert any(re.fullmatch(r"  Fridays: [\d,]+ XP, \d+%\.", line) for line in detail.lines)


def test_plain_languages_are_sorted_by_the_key():
    view = SCENES["languages"](PLAIN)
    state = on_key("profile", {**view.state, "cursor": 2}, "s")
    assert state["sort"] == "name"
    assert any("by XP:" in line for line in view.lines)


def test_a_comparison_says_whose_what_is():
    lines = SCENES["compare_languages"](PLAIN).lines
    assert "  Rust: Nicd 70,000 XP (2%), bob 911,000 XP (66%)." in lines
