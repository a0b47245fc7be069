"""What can stand in a file that somebody imports."""

from __future__ import annotations

import io
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codestats.data.formats import HEADER, Row, csv_line, jsonl_line
from codestats.data.parser import LONGEST_LINE, Bad, NotAnExportError, Section, read_rows

NOW = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
LINE = "2017-11-27 23:00:00Z;2017-11-28 00:00:00;60;elixir;test_machine;1\n"
ROW = Row("2017-11-28T00", 60, "elixir", "test_machine", "imported", 1)


def read(data):
    data = data.encode() if isinstance(data, str) else data
    return list(read_rows(io.BytesIO(data), NOW))


def test_the_websites_example():
    assert read(HEADER + LINE) == [ROW]


@pytest.mark.parametrize(
    "data",
    [
        "\ufeff" + HEADER + LINE,
        (HEADER + LINE).replace("\n", "\r\n"),
        (HEADER + LINE).rstrip("\n"),
        HEADER + "\n\n" + LINE,
        (HEADER + LINE).replace(";", ","),
        HEADER + LINE.replace("elixir", '"elixir"'),
        "machine;amount;language;sent_at_local;tz_offset\ntest_machine;1;elixir;2017-11-28 00:59:59;60\n",
        '"sent_at";"sent_at_local";"tz_offset";"language";"machine";"amount"\n' + LINE,
        HEADER + LINE.replace(" 00:00:00;", "T00:00:00;"),
    ],
    ids=["BOM", "CRLF", "no end", "blank", "commas", "quoted", "other order", "quoted header", "T"],
)
def test_forms_that_mean_the_same(data):
    assert read(data) == [ROW]


def test_an_old_entry_without_local_time_is_of_utc():
    (row,) = read(HEADER + "2016-05-01 23:00:00Z;;;elixir;box;1\n")
    assert row[:2] == ("2016-05-01T23", 0)


@pytest.mark.parametrize(
    "data, why",
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"%PDF-1.4\n", "first line"),
        (b"\x7fELF\0\0\0", "first line"),
        (b"x" * 10_000_000, "first line"),
        (("language;machine\n" + LINE).encode(), "first line"),
        ((HEADER + LINE).encode("utf-16"), "UTF-16"),
        (b"\x1f\x8b\x08\0", "compressed"),
        (b"{}\n", "first line"),
        (b'{"batches": []}\n', "first line"),
        (b"{" * 60_000 + b"\n", "first line"),
        (b"<!DOCTYPE html>\n", "first line"),
    ],
)
def test_what_is_no_export_is_refused_whole(data, why):
    with pytest.raises(NotAnExportError, match=why):
        read(data)


BAD = [
    "nonsense",
    LINE.strip() + ";more",
    LINE.replace(";1\n", ";-1"),
    LINE.replace(";1\n", ";1.5"),
    LINE.replace(";1\n", ";1_000"),
    LINE.replace(";1\n", ";٣"),
    LINE.replace(";1\n", ";" + "9" * 5000),
    LINE.replace(";1\n", ";99999999999999"),
    LINE.replace("2017-11-28", "2017-02-30"),
    LINE.replace("2017-11-28", "0001-01-01"),
    LINE.replace("2017-11-28", "9999-12-31"),
    LINE.replace("2017-11-28 00", "2026-11-24 00"),
    LINE.replace("2017-11-28 00", "2017-11-28 24"),
    LINE.replace("2017-11-28 00", "2017-11-28 -1"),
    LINE.replace("2017-11-28 00", "२०१७-11-28 00"),
    LINE.replace(";60;", ";+03:00;"),
    LINE.replace(";60;", ";6000;"),
    LINE.replace(";60;", ";NaN;"),
    LINE.replace("elixir", "eli\0xir"),
    LINE.replace("elixir", '"elixir'),
    LINE.replace("elixir", 'eli"x"ir"'),
]


@pytest.mark.parametrize("line", BAD)
def test_a_bad_line_costs_only_itself(line):
    found = read(HEADER + LINE + line.strip("\n") + "\n" + LINE)
    assert [type(entry) for entry in found] == [Row, Bad, Row]
    assert found[1].line == 3


def test_lines_of_10_mb_and_of_other_encodings():
    middle = [b"x" * 10_000_000, LINE.strip().replace("elixir", "caf\xe9").encode("latin-1"), b'"' * 70_000]
    data = b"\n".join([HEADER.strip().encode(), LINE.strip().encode(), *middle, LINE.encode()])
    found = read(data)
    assert [(entry.line, entry.why) for entry in found if isinstance(entry, Bad)] == [
        (3, "the line is too long"),
        (4, "not UTF-8"),
        (5, "the line is too long"),
    ]
    assert found.count(ROW) == 2


def test_a_long_line_is_never_in_memory():
    import tracemalloc

    class Endless(io.RawIOBase):
        left = 50_000_000

        def readline(self, size=-1):
            if self.left == 50_000_000:
                self.left -= 1
                return HEADER.encode()
            size = min(size, self.left)
            self.left -= size
            return b"x" * size

    tracemalloc.start()
    assert [type(entry) for entry in read_rows(Endless(), NOW)] == [Bad]
    assert tracemalloc.get_traced_memory()[1] < 20 * LONGEST_LINE
    tracemalloc.stop()


def test_names_are_cleaned():
    (row,) = read(HEADER + LINE.replace("elixir", " \u202eab\x1bc ").replace("test_machine", ""))
    assert (row.language, row.machine) == ("abc", "unknown")


def test_a_name_over_two_lines_is_one_name():
    assert read(HEADER + LINE.replace("elixir", '"eli\nxir"') + LINE)[0].language == "eli xir"
    assert len(read(HEADER + LINE.replace("elixir", '"eli\nxir"') + LINE)) == 2


def test_a_second_header_begins_another_export():
    assert read(HEADER + LINE + HEADER + LINE) == [ROW, Section(), ROW]


def test_no_xp_is_nothing():
    assert read(HEADER + LINE.replace(";1\n", ";0\n")) == []


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''=1", "=cmd|' /C calc'!A0"]
)
def test_no_name_is_a_formula_in_a_spreadsheet_and_it_comes_back_as_it_was(name):
    line = csv_line(ROW._replace(language=name))
    assert line.split(";")[3].strip('"')[0] == "'"
    assert read(HEADER + line)[0].language == name.strip()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.binary(max_size=200) | st.sampled_from([LINE.encode(), HEADER.encode(), b'"', b"\n", b"\r\n"])
    )
)
def test_nothing_in_a_file_raises(parts):
    for head in (HEADER.encode(), jsonl_line(ROW).encode()):
        for entry in read(head + b"\n".join(parts)):
            assert isinstance(entry, Row | Bad | Section)
