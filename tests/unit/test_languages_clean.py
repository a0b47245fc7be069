"""clean_name: whatever comes in, a name the service takes goes out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.languages import PLAIN_TEXT, Languages, clean_name
from codestats.text import LONGEST_NAME

# Any code point, lone surrogates too, with the awkward ones more often than chance has them.
AWKWARD = st.sampled_from("\x00\n\t \u00a0\u200b\u200f\u202e\u2028\ufeff\ud800\udfff\u0301e\u212b\u1fef💩")
ANY_TEXT = st.text(st.one_of(st.characters(exclude_categories=()), AWKWARD), max_size=600)


@given(ANY_TEXT)
def test_a_name_is_always_one_that_the_service_takes(text):
    name = clean_name(text)
    assert 1 <= len(name) <= LONGEST_NAME
    assert name == name.strip()
    name.encode("utf-8")  # no lone surrogate is left
    assert not {unicodedata.category(character) for character in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert unicodedata.is_normalized("NFC", name)


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text):
    assert clean_name(clean_name(text)) == clean_name(text)


@given(st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=100))
def test_good_names_stay_as_they_are(text):
    assert clean_name(text) == unicodedata.normalize("NFC", text)


@given(ANY_TEXT, st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3), st.lists(ANY_TEXT, max_size=3))
def test_every_key_resolves_to_a_clean_name_or_to_nothing(key, overrides, ignored):
    name = Languages({**overrides, "x": key}, ignored).resolve(key)
    assert name is None or name == clean_name(name)


@pytest.mark.parametrize("nothing", ["", " ", "\x00", "\u200b\u202e", "\ud800", None, 3, b"C"])
def test_nothing_left_is_plain_text(nothing):
    assert clean_name(nothing) == PLAIN_TEXT


@pytest.mark.parametrize(
    "given_name, name",
    [
        ("  C++ ", "C++"),
        ("A\tB\r\nC", "A B C"),
        ("Ca\u0301", "C\u00e1"),
        ("💩", "💩"),
        ("日本語\u200f", "日本語"),
        ("x" * 300, "x" * 255),
        ("x" * 254 + " y", "x" * 254),
    ],
)
def test_examples(given_name, name):
    assert clean_name(given_name) == name
