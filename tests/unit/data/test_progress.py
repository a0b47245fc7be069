"""How far an import is said to be."""

from __future__ import annotations

import io
from itertools import pairwise

from codestats.data.importer import import_file
from codestats.data.progress import Progress

HEADER = "sent_at;sent_at_local;tz_offset;language;machine;amount\n"


def export(rows):
    """A file of that many rows, each of another hour."""
    lines = [
        f"20{10 + n // 8000:02}-{1 + n // 672 % 12:02}-{1 + n // 24 % 28:02} {n % 24:02}:00:00"
        for n in range(rows)
    ]
    return HEADER + "".join(f"{time}Z;{time};0;C;box;1\n" for time in lines)


def shares(tmp_path, text):
    file, said = io.BytesIO(text.encode()), []
    import_file(tmp_path, file, progress=Progress(len(text), file.tell, said.append))
    return said


def test_it_never_falls_and_ends_at_all(tmp_path):
    said = shares(tmp_path, export(20_000))
    assert all(before <= after for before, after in pairwise(said))
    assert 0 < said[0] < 0.25
    assert said[-1] == 1


def test_a_file_that_is_read_is_not_nearly_done():
    said = []
    progress = Progress(100, lambda: 100, said.append)
    progress.reading()
    progress.merging(1, 2)
    progress.merged()
    progress.adding_up(10, 10)
    progress.adding_up(1, 10)
    assert said[0] < 0.4
    assert said[1] < 0.7
    assert said[2] < 0.8 < said[3] < 1


def test_two_exports_in_one_file_are_each_a_part_of_the_way(tmp_path):
    said = shares(tmp_path, export(12_000) + export(12_000))
    assert all(before <= after for before, after in pairwise(said))
    assert said[-1] == 1
