"""Pages as sentences: no drawing, nothing told by place; what can be looked into in the drawings can be here."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from codestats.views import Frame, on_key
from codestats.views.parts.wrapping import whole, wrap
from support.views import samples
from support.views.scenes import SCENES
from unit.views.test_golden import check_contract

PLAIN = Frame(80, 24, samples.NOW, plain=True)
NAMES = re.compile("|".join(map(re.escape, ("💩", "Työkone", "Tyo\u0308kone"))))
FIGURES = re.compile(
    r"\d(?:[\d,]*\d)?(?: [A-Z][a-z]{2} \d{4})?(?: XP\b)?|Plain text|Työkone|Visual Studio Code|Emacs Lisp|\S+@\S+"
)
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
    check_contract(view, PLAIN)


@pytest.mark.parametrize("scene", SCENES)
def test_no_line_of_a_plain_page_ends_within_a_number_a_date_or_a_name(scene):
    whole = _told(SCENES[scene](replace(PLAIN, width=1000)))
    for cells in (32, 40, 57, 80):
        frame = replace(PLAIN, width=cells)
        view = SCENES[scene](frame)
        check_contract(view, frame)
        assert _told(view) == whole, cells


def _told(view):
    """Figures and dates, how often each; those of figures that a page gives one line each."""
    return Counter(FIGURES.findall("\n".join(view.lines)))


def test_what_is_longer_than_a_line_is_broken_at_its_blanks_first():
    assert wrap("Rust: 1,234,567 XP on 12 Sep 2026.", 20) == ["Rust: 1,234,567 XP", "on 12 Sep 2026."]
    assert wrap("Rust: 1,234,567 XP on 12 Sep 2026.", 17) == ["Rust:", "1,234,567 XP on", "12 Sep 2026."]
    assert wrap(f"on 12 Sep 2026 in {whole('Emacs Lisp')}", 9) == [
        "on 12 Sep",
        "2026 in",
        whole("Emacs"),
        "Lisp",
    ]
    assert wrap("Mon 3 Aug 2026: 2,868 XP, C++ 61%, 9-17 h.", 28) == [
        "Mon 3 Aug 2026: 2,868 XP,",
        "C++ 61%, 9-17 h.",
    ]
    assert wrap("日本語のプログラミング x", 9) == ["日本語の", "プログラ", "ミング x"]


def test_the_second_line_of_a_sentence_is_indented_and_opens_the_same():
    frame = replace(PLAIN, width=24)
    view = SCENES["languages"](frame)
    first = next(number for number, line in enumerate(view.lines) if line.startswith("Rust:"))
    assert re.match(r"  \S", view.lines[first + 1])
    spots = [place.spot for place in view.places if place.line in (first, first + 1)]
    assert [spot.key for spot in spots] == [[["language", "Rust"]]] * 2


def test_a_plain_line_opens_what_it_is_about():
    view = SCENES["languages"](PLAIN)
    place = next(place for place in view.places if view.lines[place.line].startswith("Rust:"))
    state = on_key("profile", view.state, "<CR>", [place.spot.kind, place.spot.key])
    assert state["filters"] == [["language", "Rust"]]
    detail = SCENES["detail_language"](PLAIN)
    assert "Overview, Rust:" in detail.lines
    assert any(re.fullmatch(r"Fridays: [\d,]+ XP, \d+%\.", line) for line in detail.lines)


def test_plain_languages_are_sorted_by_the_key():
    view = SCENES["languages"](PLAIN)
    state = on_key("profile", {**view.state, "cursor": 2}, "s")
    assert state["sort"] == "name"
    assert any("by XP:" in line for line in view.lines)


def test_a_comparison_says_whose_what_is():
    lines = SCENES["compare_languages"](PLAIN).lines
    assert "Rust: Nicd 70,000 XP (2%), bob 911,000 XP (66%)." in lines
