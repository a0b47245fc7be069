""":CodeStatsExport and :CodeStatsImport, as a user meets them, in both editors."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from support.editor.programs import program
from support.editor.terminal import wait_for

HEADER = "sent_at;sent_at_local;tz_offset;language;machine;amount"
PULSES = f"{HEADER}\n2017-11-27 23:00:00Z;2017-11-28 00:00:00;60;elixir;test_machine;1\n"


def said(editor, pattern):
    editor.wait_until(f"execute('messages') =~# '{pattern}'")


def exported(path):
    return [line.split(";")[3:] for line in path.read_text().splitlines()[1:]]


def test_an_export_has_what_was_typed_a_moment_ago(start_editor, service):
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("ihello<Esc>")
    target = editor.home.work / "my pulses.csv"
    editor.command("CodeStatsExport my\\ pulses.csv")
    said(editor, "Exported 5 XP in 1 row to my pulses.csv.")
    assert target.read_text().startswith(HEADER + "\n")
    assert [(language, xp) for language, _, xp in exported(target)] == [("Python", "5")]
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_replaced_only_with_a_bang(start_editor, service, tmp_path):
    editor = start_editor(service=service, args=["a.py"])
    target = tmp_path / "x.jsonl"
    target.write_text("precious")
    editor.keys("iab<Esc>")
    editor.command(f"CodeStatsExport {target}")
    said(editor, "x.jsonl exists. Use :CodeStatsExport! to overwrite it.")
    assert target.read_text() == "precious"
    editor.command(f"CodeStatsExport! {target} today")
    said(editor, "Exported 2 XP")
    assert json.loads(target.read_text())["language"] == "Python"


def test_an_import_twice_is_history_and_never_sent(start_editor, service, tmp_path):
    editor = start_editor(service=service, args=["a.py"])
    source = tmp_path / "pulses.csv"
    source.write_text(PULSES)
    editor.command(f"CodeStatsImport {source}")
    said(editor, "Imported 1 XP, all new")
    editor.command(f"CodeStatsImport {source}")
    said(editor, "Imported 1 XP, none new")
    editor.keys("iabc<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    service.wait_for_total(3)
    assert service.xp() == {"Python": 3}


def test_this_machine_is_named_once(start_editor, service, tmp_path):
    editor = start_editor(service=service, args=["a.py"])
    source = tmp_path / "my pulses.csv"
    source.write_text(PULSES)
    editor.keys("iabc<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    editor.command(f"CodeStatsImport {source}")  # blanks that nobody escaped
    said(editor, "one of them (test_machine), say so once: :CodeStatsImport FILE NAME")
    editor.command(f"CodeStatsImport {tmp_path}/my\\ pulses.csv test_machine")
    said(editor, "Imported 1 XP, none new\\.$")
    editor.keys(":CodeStatsStats all<CR>")
    editor.wait_screen("Python")
    editor.keys("b")
    editor.wait_screen("test_machine")
    hostname = editor.eval("hostname()")
    assert not any(f" {hostname} " in line for line in editor.screen())


def test_bad_lines_are_told_and_a_foreign_file_is_refused(start_editor, tmp_path):
    editor = start_editor(args=["a.py"])
    source = tmp_path / "pulses.csv"
    source.write_text(PULSES + "nonsense\n")
    editor.command(f"CodeStatsImport {source}")
    said(editor, "skipped 1 line. See :CodeStatsLog")
    assert any("line 3 was skipped" in line for line in editor.eval("codestats#log#entries()"))
    source.write_text("%PDF-1.4")
    editor.command(f"CodeStatsImport {source}")
    said(editor, "is no export of Code::Stats")


def test_there_is_nothing_to_cancel(start_editor):
    editor = start_editor(args=["a.py"])
    editor.command("CodeStatsCancel")
    said(editor, "Nothing to cancel")


def test_a_long_import_says_how_far_it_is_and_can_be_cancelled(start_editor, tmp_path):
    editor = start_editor(args=["a.py"])
    source = tmp_path / "pulses.csv"
    with source.open("w") as file:
        file.write(PULSES)
        for number in range(800_000):
            day, hour = divmod(number, 24)
            date = f"{1990 + day % 30}-{1 + day // 30 % 12:02}-{1 + day // 360 % 28:02} {hour:02}:00:00"
            file.write(f"{date}Z;{date};0;Language {number // 241_920};box;5\n")
    editor.command(f"CodeStatsImport {source}")
    said(editor, "Import at \\d\\+%")
    editor.command("CodeStatsImport /nowhere")
    said(editor, "An import is running")
    editor.command("CodeStatsCancel")
    said(editor, "Import cancelled")


@pytest.mark.shared
@pytest.mark.parametrize("first, says", [("exit 1", "Exported"), ("exec sleep 60", "Export cancelled")])
def test_a_python_that_cannot_and_one_that_hangs(first, says, start_editor, tmp_path):
    python = program(tmp_path / "python", f'touch "$0.started"\n{first}')
    editor = start_editor(args=["a.py"], variables={"codestats_python": python})
    editor.command(f"CodeStatsExport {tmp_path}/out.csv")
    wait_for((tmp_path / "python.started").exists, timeout=10, what="the first Python")
    if first != "exit 1":
        editor.command("CodeStatsCancel")
    said(editor, says)
    editor.command("CodeStatsCancel")
    said(editor, "Nothing to cancel")


def test_a_report_is_made_and_opened_in_the_browser(start_editor, service, home, tmp_path):
    opened = home.path / "opened"
    program(home.path / "bin" / "xdg-open", f'echo "$1" > {opened}')
    editor = start_editor(service=service, args=["a.py"])
    editor.command(f"let $PATH = '{home.path}/bin:' .. $PATH")
    editor.keys("ihello<Esc>")
    target = tmp_path / "my päge.html"
    editor.command(f"CodeStatsReport {target}")
    said(editor, "Wrote .*päge.html")
    editor.wait_until(opened.exists)
    wait_for(lambda: opened.read_text().strip(), timeout=10, what="the address")
    assert opened.read_text().strip() == target.as_uri()
    page = target.read_text()
    editor.wait_until("!empty(codestats#status().user)")
    assert f"<h1><bdi>{editor.eval('codestats#status().user')}</bdi></h1>" in page
    assert "Python" in page
    assert service.token() not in page


def test_a_report_without_a_name_lies_with_the_data_and_its_address_is_said(start_editor):
    editor = start_editor(args=["a.py"])
    editor.command(f"let $PATH = '{Path(sys.executable).parent}'")
    editor.keys("ihello<Esc>")
    editor.command("CodeStatsReport")
    said(editor, "Wrote ")
    said(editor, "file:///.*codestats.html")
    page = Path(editor.eval("codestats#config#data_dir()"), "codestats.html")
    assert "Python" in page.read_text()
    assert page.stat().st_mode & 0o777 == 0o600
