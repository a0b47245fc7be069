from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codestats.text import (
    age,
    clean,
    cut,
    duration,
    number,
    percent,
    plural,
    short,
    to_ascii,
    width,
)

ANY = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    "raw, cleaned",
    [
        ("plain", "plain"),
        ("two  blanks\t\n tab ", "two blanks tab"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("\u202eevil\u202c \u2066x\u2069\u200f", "evil x"),
        ("zero\u200bwidth\ufeff\u00ad", "zerowidth"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("private \ue0a0, unassigned \u0378", "private \ufffd, unassigned \ufffd"),
        ("👩‍👩‍👧", "👩👩👧"),
        ("👍🏽 🇫🇮 ❤️", "👍 FI ❤"),
        ("⏱ clock", "\ufffd clock"),
        ("\u0301first", "first"),
        ("a \u0301b", "a b"),
        ("e\u0301", "é"),
        ("q" + "\u0323" * 50 + "w", "q\u0323\u0323w"),
        ("100% %{x} <CR>", "100% %{x} <CR>"),
        ("", ""),
        (None, ""),
        (17, ""),
    ],
)
def test_clean(raw, cleaned):
    assert clean(raw) == cleaned


def test_clean_cuts_absurd_lengths():
    assert clean("x" * 10_000_000) == "x" * 254 + "…"
    assert clean("x" * 255) == "x" * 255
    assert clean("abcdef", 4) == "abc…"


@given(ANY)
def test_clean_text_is_printable_and_stays_as_it_is(text):
    once = clean(text)
    assert once.isprintable()
    assert len(once) <= 255
    assert clean(once) == once
    once.encode()


@pytest.mark.parametrize(
    "text, cells", [("", 0), ("abc", 3), ("é", 1), ("漢字", 4), ("👍", 2), ("q\u0323", 1), ("█▏·", 3)]
)
def test_width(text, cells):
    assert width(text) == cells


@given(ANY, st.integers(0, 40))
def test_cut_is_never_wider(text, cells):
    assert width(cut(clean(text), cells)) <= cells


def test_cutting():
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdef", 5) == "abcd…"
    assert cut("漢字漢字", 5) == "漢字…"
    assert cut("漢字漢字", 4) == "漢…"
    assert cut("ab cdef", 4) == "ab…"
    assert cut("abc", 0) == ""


def test_ascii():
    assert to_ascii("Työkone 漢 💩 – …") == "Tyokone ? ? - ..."
    assert to_ascii("\xb8 \xbd \ufb01 q\u0323") == "? ? fi q"


@given(ANY)
def test_ascii_adds_no_blanks(text):
    plain = to_ascii(clean(text))
    assert plain.isascii()
    assert plain == plain.strip()


@pytest.mark.parametrize(
    "count, text",
    [(0, "0"), (999, "999"), (1000, "1.0k"), (9949, "9.9k"), (9950, "10k"), (999_499, "999k"), (999_500, "1.0M"),
     (12_345_678, "12M"), (10**9, "1.0G"), (-1234, "-1.2k"), (10**15, "1,000P")],
)  # fmt: skip
def test_short(count, text):
    assert short(count) == text


def test_numbers():
    assert number(1_234_567) == "1,234,567"
    assert number(1_234_567, 8) == "1.2M"
    assert plural(1, "day") == "1 day"
    assert plural(1200, "day") == "1,200 days"


@given(st.integers(0, 999_499_999_999_999))
def test_short_is_short(count):
    assert len(short(count)) <= 5


@pytest.mark.parametrize(
    "part, whole, text",
    [
        (0, 0, "0%"),
        (0, 9, "0%"),
        (1, 1000, "<1%"),
        (1, 2, "50%"),
        (999, 1000, ">99%"),
        (9, 9, "100%"),
        (1, 3, "33%"),
    ],
)
def test_percent(part, whole, text):
    assert percent(part, whole) == text


@pytest.mark.parametrize(
    "seconds, text",
    [(-3, "0 s"), (59, "59 s"), (61, "1 min"), (3600, "1 h"), (100_000, "27 h"), (200_000, "2 days"),
     (70 * 86400, "2 months"), (800 * 86400, "2 years")],
)  # fmt: skip
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_age():
    assert age(3) == "just now"
    assert age(7300) == "2 h ago"
