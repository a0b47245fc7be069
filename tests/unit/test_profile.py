from __future__ import annotations

from datetime import date

import pytest

from codestats.profile import MAX_XP, Profile, Tally, parse_profile, with_counted

# The example of the API documentation.
NICD = {
    "user": "Nicd",
    "total_xp": 3073421,
    "new_xp": 3289,
    "machines": {"Työkone": {"xps": 246116, "new_xps": 3289}, "Best Machine": {"xps": 2827305, "new_xps": 0}},
    "languages": {
        "💩": {"xps": 1767278, "new_xps": 0},
        "XML": {"xps": 15, "new_xps": 0},
        "Plaintext": {"xps": 3429, "new_xps": 3289},
    },
    "dates": {"2016-12-31": 3289, "2016-08-24": 26700},
}
TODAY = date(2026, 8, 20)


def test_the_documented_example():
    profile = parse_profile(NICD)
    assert (profile.user, profile.total_xp, profile.new_xp, profile.level) == ("Nicd", 3073421, 3289, 43)
    assert profile.languages == (Tally("💩", 1767278, 0), Tally("Plaintext", 3429, 3289), Tally("XML", 15, 0))
    assert [machine.name for machine in profile.machines] == ["Best Machine", "Työkone"]
    assert dict(profile.dates) == {date(2016, 8, 24): 26700, date(2016, 12, 31): 3289}
    assert profile.to_message()["languages"] == {"💩": 1767278, "Plaintext": 3429, "XML": 15}


@pytest.mark.parametrize("answer", [None, [], "x", 3, {}, {"languages": [], "dates": 3, "machines": None}])
def test_nothing_useful_is_an_empty_profile(answer):
    profile = parse_profile(answer, "Nicd\n")
    assert profile == Profile(user="Nicd")
    assert profile.is_empty


@pytest.mark.parametrize(
    "said, taken",
    [
        (-1, 0),
        (True, 0),
        ("12", 0),
        (None, 0),
        (1.9, 1),
        (float("nan"), 0),
        (float("inf"), MAX_XP),
        (10**40, MAX_XP),
    ],
)
def test_counts_that_make_no_sense(said, taken):
    profile = parse_profile({"new_xp": said, "languages": {"C": {"xps": said, "new_xps": said}}})
    assert profile.new_xp == taken
    assert profile.languages == (Tally("C", taken, taken),)


def test_a_missing_total_is_the_sum_of_the_languages():
    assert parse_profile({"languages": {"C": {"xps": 3}, "D": {"xps": 4}}}).total_xp == 7


def test_spellings_of_one_language_are_one():
    names = {"Vim script": {"xps": 5, "new_xps": 1}, "vim\u200b Script": {"xps": 7, "new_xps": 2}, "X": 3}
    assert parse_profile({"languages": names}).languages == (Tally("vim Script", 12, 3),)


def test_machines_may_differ_in_letter_case():
    names = {"home": {"xps": 5}, "Home": {"xps": 7}, "Home ": {"xps": 1}}
    assert parse_profile({"machines": names}).machines == (Tally("Home", 8), Tally("home", 5))


def test_hostile_names_are_made_harmless():
    names = {"a\n\x1b[31m\u202eb": {"xps": 2}, "": {"xps": 1}, "x" * 1000: {"xps": 3}}
    found = parse_profile({"languages": names, "user": "\ud800\x00"})
    assert [tally.name for tally in found.languages] == ["x" * 254 + "…", "a [31mb", "?"]
    assert found.user == "\ufffd"


def test_only_real_days_count():
    days = {"2026-02-30": 1, "2026-02-03": 2, "2026-02-04": 0, "2026-02-05": -3, 7: 1, "tomorrow": 4}
    assert dict(parse_profile({"dates": days}).dates) == {date(2026, 2, 3): 2}


def test_huge_profiles_are_cut():
    names = {f"L{at}": {"xps": at} for at in range(20_000)}
    languages = parse_profile({"languages": names}).languages
    assert len(languages) == 5000
    assert languages[0] == Tally("L19999", 19999)


def test_counting_on():
    live = with_counted(parse_profile(NICD), {"xml": 5, "Zig": 3, "": 4, "bad": -1}, TODAY)
    assert (live.total_xp, live.new_xp) == (3073421 + 8, 3289 + 8)
    assert live.languages[-2:] == (Tally("XML", 20, 5), Tally("Zig", 3, 3))
    assert live.machines == parse_profile(NICD).machines
    assert live.dates[TODAY] == 8


def test_counting_nothing_changes_nothing():
    profile = parse_profile(NICD)
    assert with_counted(profile, {}, TODAY) is profile
