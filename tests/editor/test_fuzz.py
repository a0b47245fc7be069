"""A few hundred keys of random editing, always the same ones; `make fuzz` goes on from there."""

from __future__ import annotations

import pytest

from support.fuzzing.case import Case, event, parts, single, split
from support.fuzzing.comparison import NOT_TYPED, Comparison
from support.fuzzing.fuzzer import examine, session, shrink
from support.fuzzing.mirror import Text
from support.fuzzing.play import expected

KEYS = 150


@pytest.mark.timeout(600)  # where something deviates it is shrunk
@pytest.mark.parametrize("seed", [36, 37])
def test_random_editing_is_worth_what_the_rule_says(seed, editor_spec):
    result = examine(session(editor_spec.name, seed, KEYS))
    assert not result.diverged
    assert not result.deviation, result.deviation


def test_the_oracle_tells_each_key_that_changes_the_text(editor_spec):
    keys = "ihi<BS><Esc>xu{paste:ab}yw{other}j:s/e/E/<CR>rr{burst:ia<CR>}<Esc>dfz"
    wanted = expected(Case(editor_spec.name, tuple(split(keys)), text="one\ntwo e\n"))
    assert wanted.xp == {"python": 10}


def test_what_others_add_is_text_as_soon_as_it_was_seen():
    class Buffer:
        def __init__(self, *states):
            self._states = iter(states)

        def texts(self):
            return {1: Text("lua", next(self._states))}

    added = f"{NOT_TYPED}1"
    after = [
        ("a", added),
        ("a",),
        (added, "a"),
        (f"\t{added}", "a"),
        (added, "b"),
        (added, "b", f"{NOT_TYPED}2"),
    ]
    seen = Comparison(Buffer(("a",), *after))
    assert [seen.changed() for _ in after] == [None, "lua", "lua", "lua", "lua", None]


def test_a_session_is_the_same_each_time():
    assert session("nvim", 7, KEYS) == session("nvim", 7, KEYS)
    assert session("nvim", 7, KEYS) != session("nvim", 8, KEYS)


def test_strokes_are_told_apart():
    strokes = [
        "i",
        "<Esc>",
        "{paste:a\nb}",
        "{",
        "{chord:{}",
        "}",
        "{burst:ab<BS>}",
        "{other}",
        "<lt>",
        "<C-[>",
    ]
    assert split("".join(strokes)) == strokes
    assert [event(stroke)[0] for stroke in strokes[2:5]] == ["paste", "key", "chord"]
    assert single("{burst:ab<BS>}") == ["a", "b", "<BS>"]


def test_a_chord_that_is_taken_literally_is_looked_at_key_by_key():
    assert parts(("i", "<C-q>", "{chord:jk}"), 2) == parts(("<C-v>", "x", "{chord:jk}"), 2) == ["j", "k"]
    assert parts(("i", "{chord:jk}"), 1) == parts(("<C-v>", "<C-v>", "{chord:jk}"), 2) == ["{chord:jk}"]
    assert parts(("<C-v>", *"065", "{chord:jk}"), 4) == ["{chord:jk}"]


def test_a_case_survives_its_file():
    case = Case("vim", ("i", "{paste:x\n}", "<Esc>"), ("set ai",), "text\n", "lua")
    assert Case.from_json(case.to_json(seen="anything")) == case


def test_what_deviates_is_shrunk_to_what_it_takes():
    def deviates(case):
        typed = "".join(case.strokes)
        return "x" in typed and "y" in typed and "set ai" in case.setup

    case = Case("vim", tuple("abcxdefghyijk"), ("set sw=2", "set ai"), "some text\n")
    assert shrink(case, deviates) == Case("vim", ("x", "y"), ("set ai",), "")


def test_a_chord_keeps_its_mapping_when_it_is_shrunk():
    mapping = ("inoremap jk <Esc>", "set timeoutlen=30")
    case = Case("vim", ("i", "x", "{chord:jk}"), ("set sw=2", *mapping, "set ai"))
    assert shrink(case, lambda case: "{chord:jk}" in case.strokes) == Case(
        "vim", ("{chord:jk}",), mapping, ""
    )
