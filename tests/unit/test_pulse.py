from __future__ import annotations

import json

import pytest

from codestats.exceptions import InvalidBatchError
from codestats.pulse import Batch, Pulse, coded_at


@pytest.mark.parametrize(
    "epoch, offset, text",
    [
        (1795289115, 60, "2026-11-21T20:25:15+01:00"),
        (1795289115, 0, "2026-11-21T19:25:15+00:00"),
        (1795289115, -210, "2026-11-21T15:55:15-03:30"),
        (1795289115, 345, "2026-11-22T01:10:15+05:45"),
    ],
)
def test_coded_at_is_rfc_3339_in_local_time(epoch, offset, text):
    assert coded_at(epoch, offset) == text


def test_the_body_is_what_the_api_asks_for():
    body = Pulse("2026-11-21T20:25:15+01:00", {"C": 1, "漢": 2}).body()
    assert json.loads(body) == {
        "coded_at": "2026-11-21T20:25:15+01:00",
        "xps": [{"language": "C", "xp": 1}, {"language": "漢", "xp": 2}],
    }


def test_a_batch_of_a_message():
    assert Batch.from_message({"id": "a", "at": 5, "xp": {"c": 1, "": 2}}) == Batch("a", 5, {"c": 1, "": 2})


@pytest.mark.parametrize("at", [None, -1, 0, "now", True, float("nan"), float("inf"), 2**70, [1]])
def test_a_moment_that_is_none_is_unknown(at):
    assert Batch.from_message({"id": "a", "at": at, "xp": {}}).at == 0


@pytest.mark.parametrize("xp", [0, -1, 1.5, "1", None, True, 2**41, [1]])
def test_what_is_no_xp_is_left_out(xp):
    assert Batch.from_message({"id": "a", "xp": {"c": 1, "go": xp, "k" * 2000: 1}}).xp == {"c": 1}


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "x",
        {},
        {"id": 1, "xp": {}},
        {"id": "", "xp": {}},
        {"id": "a" * 201, "xp": {}},
        {"id": "a"},
        {"id": "a\ud800", "xp": {}},
    ],
)
def test_no_batch(message):
    with pytest.raises(InvalidBatchError):
        Batch.from_message(message)


@pytest.mark.parametrize(
    "xp, parts", [(1, [1]), (1000, [1000]), (1001, [1000, 1]), (3500, [1000] * 3 + [500])]
)
def test_an_entry_has_at_most_1000_xp_and_its_language_is_repeated(xp, parts):
    entries = json.loads(Pulse("2026-11-21T20:25:15+01:00", {"C": xp, "Go": 2}).body())["xps"]
    assert [entry["xp"] for entry in entries if entry["language"] == "C"] == parts
    assert [entry["xp"] for entry in entries if entry["language"] == "Go"] == [2]
