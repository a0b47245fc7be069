"""Every scene as it was approved, at four widths and in ASCII.

After a wanted change: UPDATE_GOLDEN=1 pytest tests/unit/views, look at the difference, commit it.
"""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from codestats.text import width
from codestats.views import GROUPS, Frame
from support.views import samples
from support.views.scenes import SCENES

GOLDEN = Path(__file__).parent / "golden"
FRAMES = (
    Frame(40, 20, samples.NOW),
    Frame(80, 24, samples.NOW),
    Frame(120, 40, samples.NOW),
    Frame(200, 50, samples.NOW),
    Frame(60, 24, samples.NOW, ascii=True),
)
COLOURED = (
    "overview",
    "languages",
    "activity",
    "stats_week",
    "breakdown_weekday",
    "detail_day",
    "status",
    "help",
)


def _picture(frame, view):
    kind = " ascii" if frame.ascii else ""
    return [
        f"=== {frame.width} x {frame.height}{kind}: {view.title}",
        *(f"|{line}" for line in view.lines),
        "",
    ]


def _compare(name, text):
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("scene", SCENES)
def test_scene_is_as_approved(scene):
    _compare(
        f"{scene}.txt", "\n".join(line for frame in FRAMES for line in _picture(frame, SCENES[scene](frame)))
    )


@pytest.mark.parametrize("scene", COLOURED)
def test_colours_are_as_approved(scene):
    view = SCENES[scene](FRAMES[1])
    told = []
    for number, line in enumerate(view.lines):
        raw = line.encode()
        told += [
            f"{number:2} {s.group:20} {raw[s.start : s.end].decode()}" for s in view.spans if s.line == number
        ]
    _compare(f"{scene}.spans.txt", "\n".join(told) + "\n")


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: f"{frame.width}{'a' * frame.ascii}")
@pytest.mark.parametrize("scene", SCENES)
def test_a_view_keeps_the_contract(scene, frame):
    check_contract(SCENES[scene](frame), frame)


@pytest.mark.parametrize("cells", [36, 40, 58, 60, 80])
@pytest.mark.parametrize("scene", ["overview", "languages", "machines", "activity", "records"])
def test_every_tab_can_be_read(scene, cells):
    """36: a float with its border in a terminal of 40 columns."""
    tabs = SCENES[scene](Frame(cells, 24, samples.NOW)).lines[0]
    assert "…" not in tabs
    assert [char for char in tabs if char.isdigit()] == list("12345")


def test_figures_stand_on_one_line_where_a_smaller_gap_lets_them():
    """76: a float with its border in a terminal of 80 columns."""
    [line] = [line for line in SCENES["overview"](Frame(76, 24, samples.NOW)).lines if "streak" in line]
    assert line.startswith("  3,073,421 XP  today")
    assert "  7 d " in line


def check_contract(view, frame):
    """What both editors rely on."""
    groups = view.to_message(1)["groups"]
    for line in (view.title, *view.lines):
        assert width(line) <= max(frame.width, 60 if line == view.title else 1)
        assert line.isprintable()
        assert line == line.rstrip()
        assert not frame.ascii or line.isascii()
    for span in view.spans:
        raw = view.lines[span.line].encode()
        assert 0 <= span.start < span.end <= len(raw)
        raw[: span.start].decode()
        raw[span.start : span.end].decode()
        assert span.group in groups
    assert {group.name for group in GROUPS} <= groups.keys()
    for place in view.places:
        raw = view.lines[place.line].encode()
        assert 0 <= place.start < place.end <= len(raw)
        raw[place.start : place.end].decode()
        assert place.spot.sentence.isprintable()
        assert not frame.ascii or place.spot.sentence.isascii()
    assert all(a.line != b.line or a.end <= b.start for a, b in pairwise(view.places))
    assert all(0 <= line < len(view.lines) for line in view.sticky)
    assert all(key and what for key, what in view.hints)
    json.dumps(view.to_message(1))
    assert list(view.spans) == sorted(view.spans)
    assert all(a.line != b.line or a.end <= b.start for a, b in pairwise(view.spans))


def test_no_golden_file_is_left_over():
    expected = {f"{scene}.txt" for scene in SCENES} | {f"{scene}.spans.txt" for scene in COLOURED}
    assert {path.name for path in GOLDEN.iterdir()} == expected
