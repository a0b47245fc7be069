"""What is drawn can be pointed at, looked into and clicked, in both editors; and what stands around it."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
import urllib3


@pytest.fixture
def profile(start_editor, service):
    """The profile's window over some XP in two languages."""
    editor = start_editor(
        service=service, args=["a.py"], rows=40, cols=100, vimrc=["set mouse=a termguicolors"]
    )
    editor.keys("ihello<Esc>:set filetype=lua<CR>axyz<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(8)
    editor.wait_until("codestats#status().unsent == 0")
    editor.keys(":CodeStatsProfile<CR>")
    editor.wait_screen(r"● Python")
    return editor


def place(editor, text):
    """Row and column of a text on the screen, counted from 0."""
    for row, line in enumerate(editor.screen()):
        if text in line:
            return row, line.index(text)
    raise AssertionError(f"{text!r} is not on the screen:\n" + editor.screen_text())


def go_to(editor, text):
    """Put the cursor on a text of the window, as a search does."""
    editor.keys(f"gg/{text}<CR>")


def test_the_border_says_what_the_cursor_is_on(profile):
    go_to(profile, "Python")
    profile.wait_screen(r"Python  5 XP · 63% · level 0, 1,595 to 1")
    go_to(profile, "Lua")
    profile.wait_screen(r"Lua  3 XP · 38%")
    profile.keys("gg0")
    profile.wait_screen(r"page +\? keys|Tab page")
    if profile.spec.kind == "nvim":
        ground = profile.cell(*place(profile, "Overview")).bg
        on_border = [place(profile, text) for text in ("Code::Stats · ", "Tab page", "keys")]
        assert [profile.cell(row, column).bg for row, column in on_border] == [ground] * 3 != ["default"] * 3


def test_enter_looks_into_a_language_and_a_day_of_it_and_backspace_comes_back(profile):
    go_to(profile, "Python")
    profile.keys("<CR>")
    profile.wait_screen(r"Overview ▸ Python")
    profile.wait_screen(r"LEVEL 0 +5 XP on all machines")
    go_to(profile, "Weekdays")
    profile.wait_screen(r"Weekdays")
    profile.keys("<BS>")
    profile.wait_screen(r"● Python[^\n]*\n[^\n]*● Lua")
    profile.wait_until("getline('.')[col('.') - 1 :] =~# '^Python'")


def test_today_on_the_map_has_its_languages(profile):
    today = profile.eval("strftime('%-d %b %Y')")
    go_to(profile, "■")
    profile.wait_screen(rf"\w+ {today}  8 XP · Python 63%")
    profile.keys("<CR>")
    profile.wait_screen(rf"Overview ▸ \w+ {today}")
    profile.wait_screen(r"● Python[^\n]* 5 ")


def test_tabs_rows_headings_and_crumbs_can_be_clicked(profile):
    profile.click(*place(profile, "Languages"))
    profile.wait_screen(r"Language +XP ▾")
    profile.click(*place(profile, "Language "))
    profile.wait_screen(r"Language ▴")
    profile.click(*place(profile, "Lua"))
    profile.wait_screen(r"Languages ▸ Lua")
    row, column = place(profile, "Languages ▸ Lua")
    profile.click(row, column + 2)
    profile.wait_screen(r"Language ▴")
    profile.click(*place(profile, "Overview"))
    profile.wait_screen(r"LEVEL 0")


def test_a_click_beside_everything_does_nothing(profile):
    row, _ = place(profile, "LEVEL 0")
    profile.click(row + 1, 97)
    profile.sync()
    profile.wait_screen(r"LEVEL 0")


def test_a_count_moves_and_a_digit_alone_is_a_page(profile):
    profile.keys("gg")
    profile.keys("3j")
    assert profile.eval("line('.')") == 4
    profile.keys("12k")
    assert profile.eval("line('.')") == 1
    profile.wait_screen(r"LEVEL 0")
    profile.keys("2")
    profile.wait_screen(r"Language +XP ▾")
    profile.keys("14", pace=0)  # from page to page: to the last one
    profile.wait_screen(r"Last 30 days")


def test_s_sorts_wherever_the_cursor_is(profile):
    profile.keys("2")
    profile.wait_screen(r"XP ▾")
    profile.keys("s")
    profile.wait_screen(r"Progress ▾")


def test_what_is_typed_meanwhile_shows_up_and_moves_nothing(profile):
    go_to(profile, "Lua")
    before = profile.eval("[win_getid(), getcurpos()[1:2]]")
    profile.keys("<C-w>poab<Esc>")
    profile.wait_screen(r"11 XP ")
    profile.wait_screen(r"Lua +0 [━─]+ +6 ")
    assert profile.eval(f"getcurpos({before[0]})[1:2]") == before[1]


def test_tabs_stay_in_sight_and_can_be_clicked_when_the_page_is_scrolled(start_editor, service):
    editor = start_editor(
        service=service, args=["a.py"], rows=16, cols=80, vimrc=["set mouse=a termguicolors"]
    )
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(6)
    editor.keys(":CodeStatsProfile<CR>")
    editor.wait_screen(r"LEVEL 0")
    editor.keys("4")
    editor.wait_screen(r"Last 30 days")
    editor.keys("G")
    editor.wait_screen(r"1 Overview +2 Languages")
    assert editor.eval("line('w0')") > 3
    editor.click(*place(editor, "Languages"))
    editor.wait_screen(r"Language +XP ▾")


def test_a_long_message_is_whole_beside_the_ruler_of_the_window(start_editor, service):
    editor = start_editor(service=service, rows=24, cols=80, vimrc=["set ruler showcmd laststatus=2"])
    editor.keys(":CodeStatsStatus<CR>")
    editor.wait_screen("q close")
    editor.command("call codestats#message#info('long', repeat('word ', 40))")
    editor.wait_screen(r"codestats: (word )+wo?r?d?… \(:messages\)")


def test_the_users_own_colour_wins(start_editor, service):
    editor = start_editor(
        service=service,
        rows=40,
        cols=100,
        vimrc=["set termguicolors", "highlight CodeStatsLevel guifg=#123456 ctermfg=1"],
    )
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(6)
    editor.keys(":CodeStatsProfile<CR>")
    editor.wait_screen(r"LEVEL 0")
    editor.drawn()
    row, column = place(editor, "LEVEL 0")
    assert editor.cell(row, column).fg == "123456"


def test_neovim_has_the_border_of_winborder(start_editor, service):
    editor = start_editor(service=service, rows=40, cols=100)
    if not editor.eval("exists('+winborder')"):
        pytest.skip("this editor has no 'winborder'")
    editor.command("set winborder=double")
    editor.keys(":CodeStatsStatus<CR>")
    editor.wait_screen(r"╔═+ Code::Stats status ═+╗")
    editor.keys("q")
    editor.command("set winborder=none")
    editor.keys(":CodeStatsStatus<CR>")
    editor.wait_screen(r"q close")


def test_what_another_editor_on_this_machine_counts_shows_up(profile, start_editor, service):
    other = start_editor(home=profile.home, service=service, args=["b.lua"])
    other.keys("ihello<Esc>")
    other.command("call codestats#flush()")
    profile.wait_screen(r"13 XP ")


def test_the_window_is_copied_as_text_and_written_as_a_picture(profile):
    profile.keys("y")
    profile.wait_until("getreg('\"') =~# 'LEVEL 0' && getreg('\"') =~# 'Python'")
    for count in (1, 2):
        profile.keys("Y")
        profile.wait_until(lambda count=count: len(list(profile.home.work.glob("codestats-*.svg"))) == count)
    for path in profile.home.work.glob("codestats-profile-*.svg"):
        profile.wait_until(lambda path=path: path.read_text().endswith("</svg>\n"))
        root = ET.fromstring(path.read_text())
        assert root.tag.endswith("svg")
        assert "Python" in "".join(root.itertext())


def test_the_highlights_of_a_long_page_come_by_and_by(start_editor, service):
    xps = [{"language": f"Language {at}", "xp": 1000 - at} for at in range(250)]
    pulse = {"coded_at": datetime.now().astimezone().isoformat(), "xps": xps}
    headers = {"X-API-Token": service.token()}
    assert urllib3.request("POST", f"{service.url}/api/my/pulses", json=pulse, headers=headers).status == 201
    editor = start_editor(service=service, rows=30, cols=100)
    editor.keys(":CodeStatsProfile<CR>")
    editor.wait_screen(r"LEVEL \d")
    editor.keys("2")
    editor.wait_until("line('$') > 250")
    marks = (
        "len(nvim_buf_get_extmarks(0, nvim_get_namespaces().codestats_view, [%d, 0], [%d, -1], {}))"
        if editor.eval("has('nvim')")
        else "len(prop_list(%d))"
    )
    for line in (5, 120, 250):
        editor.wait_until(marks % ((line, line) if "nvim" in marks else line) + " > 5")
    editor.keys("G")
    editor.wait_screen(r"Language 249")
    go_to(editor, "Language 200")
    editor.wait_screen(r"Language 200  800 XP")  # what can be pointed at has come, too
    editor.keys("s")  # sorted by another column, and drawn where the window is
    editor.wait_until(marks % ((250, 250) if "nvim" in marks else 250) + " > 5")
    editor.keys("q")
    editor.wait_until("winnr('$') == 1")
    assert editor.messages().count("Error") == 0
