"""All commands under one name, their completion, and mappings."""

from __future__ import annotations

import pytest


def test_codestats_alone_is_the_profile(start_editor, service):
    editor = start_editor(service=service)
    editor.keys("ihello<Esc>:CodeStats<CR>")
    editor.wait_screen(r"Code::Stats · demo")


def test_a_subcommand_is_the_command_of_that_name(start_editor, service):
    editor = start_editor(service=service)
    editor.keys(":CodeStats stats month<CR>")
    editor.wait_screen(r"Nothing typed this month|h typed in")
    editor.keys("q:CodeStats Nonsense<CR>")
    editor.wait_screen(r"Unknown command Nonsense")
    editor.keys(":CodeStats profle<CR>")
    editor.wait_screen(r"profle\? Did you mean profile\?")


def test_each_command_is_completed_with_its_own_arguments(start_editor):
    editor = start_editor()
    names = editor.eval("getcompletion('CodeStats ', 'cmdline')")
    commands = editor.eval("getcompletion('CodeStats', 'command')")
    assert names == sorted(name[len("CodeStats") :].lower() for name in commands if name != "CodeStats")
    assert editor.eval("getcompletion('CodeStats sta', 'cmdline')") == ["stats", "status"]
    assert editor.eval("getcompletion('CodeStats stats m', 'cmdline')") == ["month"]
    assert editor.eval("getcompletion('CodeStats nonsense x', 'cmdline')") == []


def test_users_seen_before_are_completed_in_the_next_editor_too(start_editor, service):
    editor = start_editor(service=service)
    editor.keys("ihello<Esc>:CodeStatsProfile<CR>")
    editor.wait_screen(r"LEVEL 0")
    editor.wait_until("getcompletion('CodeStatsProfile d', 'cmdline') ==# ['demo']")
    other = start_editor(service=service, home=editor.home)
    assert other.eval("getcompletion('CodeStats profile D', 'cmdline')") == ["demo"]
    other.keys(":CodeStatsProfile nobody<CR>")
    other.wait_screen(r"(?i)unknown or private")
    assert other.eval("getcompletion('CodeStatsProfile n', 'cmdline')") == []


@pytest.mark.parametrize(
    "name, text",
    [("profile", "Code::Stats · demo"), ("stats", "Nothing typed"), ("status", "Session|session")],
)
def test_mappings(name, text, start_editor, service):
    editor = start_editor(service=service, vimrc=[f"nmap gS <Plug>(codestats-{name})"])
    editor.keys("gS")
    editor.wait_screen(text)


@pytest.mark.parametrize(
    "name, words", [("me.txt", "Python"), ("me.md", "| Python | 0 | 5 |"), ("me.svg", "Level 0")]
)
def test_a_card_to_show_has_no_machine_and_replaces_nothing(name, words, start_editor, service):
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
    editor.keys(f":CodeStatsShare {name}<CR>")
    card = editor.home.work / name
    editor.wait_until(card.exists)
    assert words in card.read_text()
    assert "local" not in card.read_text()
    editor.wait_screen(r"Wrote")
    card.write_text("mine")
    editor.keys(f":CodeStatsShare {name}<CR>")
    editor.wait_screen(rf"{name} exists")
    assert card.read_text() == "mine"


def test_flush_says_what_came_of_it(start_editor, service):
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("ihello<Esc>:CodeStatsFlush<CR>")
    editor.wait_screen(r"codestats: Sent 5 XP\.")
    editor.keys(":CodeStatsFlush<CR>")
    editor.wait_screen(r"codestats: Nothing to send\.")
    service.stop()
    editor.keys("ahey<Esc>:CodeStatsFlush<CR>")
    editor.wait_screen(r"codestats: Not sent yet: 127.0.0.1 ref")
