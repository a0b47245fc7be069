"""What the service says of all machines, or anything else that may stand at its address."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from codestats.account import Account, parse_account, question

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
FIELDS = ("registered", "hourOfDayXps", "dayOfWeekXps", "dayLanguageXps")


def test_a_whole_answer():
    account = parse_account(
        {
            "registered": "2026-11-27T01:10:48Z",
            "hourOfDayXps": {"0": 1423, "1": 927, "23": 0, "24": 5, "01": 7},
            "dayOfWeekXps": [{"day": 1, "xp": 2873}, {"day": 7, "xp": 1}, {"day": 8, "xp": 1}],
            "dayLanguageXps": [
                {"date": "2026-11-24", "language": "C++", "xp": 797},
                {"date": "2026-11-24", "language": "c++", "xp": 3},
                {"date": "2026-11-23", "language": "\x1b[31mred", "xp": 1},
                {"date": "someday", "language": "C", "xp": 1},
            ],
        },
        5.0,
    )
    assert account == Account(
        registered=date(2026, 11, 27),
        hours={0: 1423, 1: 927},
        weekdays={0: 2873, 6: 1},
        days={date(2026, 11, 23): {" [31mred".strip(): 1}, date(2026, 11, 24): {"C++": 800}},
        fetched_at=5.0,
    )


def test_nothing_of_use_is_nothing():
    for found in (None, [], "x", {}, {"registered": "2026-11-27T01:10:48Z"}, {"hourOfDayXps": {"3": -1}}):
        assert parse_account(found, 1.0) is None


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4))
def test_whatever_it_says_is_read_or_left_out(found):
    account = parse_account(found, 1.0)
    if account is not None:
        assert all(0 <= hour < 24 and xp > 0 for hour, xp in account.hours.items())
        assert all(0 <= day < 7 and xp > 0 for day, xp in account.weekdays.items())


def test_only_what_is_shown_is_asked_for():
    asked = question("Nora", date(2026, 11, 27))
    assert asked["variables"] == {"user": "Nora", "since": "2026-08-30"}
