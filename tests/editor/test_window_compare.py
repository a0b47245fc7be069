"""Users side by side, in a real window, in both editors."""

from __future__ import annotations

from datetime import datetime

import pytest
import urllib3

ODD = 'Zoë | "the 1st" \\o/'


def earn(service, user, xps):
    """A pulse of a user of the embedded service."""
    pulse = {
        "coded_at": datetime.now().astimezone().isoformat(),
        "xps": [{"language": k, "xp": v} for k, v in xps.items()],
    }
    headers = {"X-API-Token": service.token(user, "desk")}
    answer = urllib3.request("POST", f"{service.url}/api/my/pulses", json=pulse, headers=headers)
    assert answer.status == 201


@pytest.fixture
def people(service):
    """Two users beside the editor's own, who is demo."""
    earn(service, "ada", {"Rust": 6000, "Python": 250})
    earn(service, "bob", {"Rust": 40, "Zig": 1700})
    return service


@pytest.fixture
def compared(start_editor, people):
    editor = start_editor(service=people, rows=40, cols=100)
    editor.keys(":CodeStatsProfile ada bob<CR>")
    editor.wait_screen(r"ada .*LEVEL 1.* bob .*LEVEL 1")
    return editor


def test_two_users_stand_side_by_side(compared):
    compared.wait_screen(r"Rust [^\n]* 6,000[^\n]* Zig [^\n]* 1,700")
    compared.wait_screen(r"Code::Stats · ada, bob")
    compared.keys("2")
    compared.wait_screen(r"Language +ada +bob +All ▾")
    compared.wait_screen(r"Rust [^\n]* 6,000 [^\n]* 40 +6.0k")
    compared.keys("%")
    compared.wait_screen(r"Rust [^\n]* 96% [^\n]* 2% ")
    compared.keys("3")
    compared.wait_screen(r"bob, last 30 days")


def test_enter_shows_one_of_them_and_backspace_all(compared):
    compared.keys("/Zig<CR><CR>")
    compared.wait_screen(r"Code::Stats · bob")
    compared.wait_screen(r"4 Activity   5 Records")
    compared.keys("<BS>")
    compared.wait_screen(r"ada .*LEVEL 1.* bob .*LEVEL 1")


@pytest.mark.parametrize("columns", [40, 200])
def test_any_width(columns, start_editor, people):
    editor = start_editor(service=people, rows=40, cols=columns)
    editor.keys(":CodeStatsProfile ada bob<CR>")
    editor.wait_screen(r"ada .*LEVEL 1")
    editor.keys("G")
    editor.wait_screen(r"bob .*LEVEL 1|Zig")
    assert max(editor.eval("map(getline(1, '$'), 'strdisplaywidth(v:val)')")) <= columns


def test_those_who_have_no_profile_to_show_are_told_beside_the_others(start_editor, people):
    people.private = ["bob"]
    editor = start_editor(service=people, rows=40, cols=120)
    editor.keys(":CodeStatsProfile bob nosuch ada<CR>")
    editor.wait_screen(r"Unknown or private profile +Unknown or private profile")
    editor.wait_screen(r'No public profile for "bob".*No public profile for "nosuch"')
    editor.wait_screen(r"ada +LEVEL 1")


def test_offline_the_last_known_profiles_are_shown(compared, people):
    compared.keys("q")
    people.stop()
    compared.keys(":CodeStatsProfile ada bob<CR>")
    compared.wait_screen(r"data from .*data from ")
    compared.wait_screen(r"Rust [^\n]* 6,000[^\n]* Zig [^\n]* 1,700")


def test_names_with_odd_characters_are_completed_as_the_command_reads_them(start_editor, people):
    earn(people, ODD, {"Lua": 3000})
    editor = start_editor(service=people, rows=40, cols=100)
    editor.command(f"call codestats#profile('ada', '{ODD}')")
    editor.wait_screen(r"ada .*LEVEL 1.* Zoë .*LEVEL 1")
    editor.wait_until("len(getcompletion('CodeStatsProfile ', 'cmdline')) == 2")
    editor.keys("q")
    assert editor.eval("getcompletion('CodeStatsProfile ada ', 'cmdline')") != ["ada"]
    editor.keys(":CodeStatsProfile ada zo<Tab><CR>")
    editor.wait_screen(r"ada .*LEVEL 1.* Zoë .*LEVEL 1")
    editor.keys("q:CodeStats profile ada zo<Tab><CR>")
    editor.wait_screen(r"ada .*LEVEL 1.* Zoë .*LEVEL 1")


def test_what_is_typed_here_moves_the_own_numbers(compared):
    compared.keys("q:CodeStatsProfile ada demo<CR>")
    compared.wait_screen(r"Unknown or private profile|demo +LEVEL 0")
    compared.keys("q:e b.lua<CR>ihello<Esc>:CodeStatsFlush<CR>")
    compared.wait_until("codestats#status().unsent == 0")
    compared.keys(":CodeStatsProfile ada demo<CR>")
    compared.wait_screen(r"Rust [^\n]* 6,000[^\n]* Lua [^\n]* 5 ")


def test_the_environment_says_whose_profile_is_shown(start_editor, people):
    editor = start_editor(service=people, rows=40, cols=100, env={"CODESTATS_USERNAME": "bob"})
    editor.keys(":CodeStatsProfile<CR>")
    editor.wait_screen(r"Code::Stats · bob")
    editor.wait_screen(r"Zig [^\n]* 1,700")
    editor.keys("q")
    editor.command("let g:codestats_username = 'ada'")
    editor.keys(":CodeStatsProfile ada<CR>")
    editor.wait_screen(r"Code::Stats · ada")
