"""The profile and its sisters in a real window, driven by keys, in both editors."""

from __future__ import annotations

import pytest

from support.editor.programs import program


@pytest.fixture
def typed(start_editor, service):
    """An editor that has delivered some XP in two languages."""
    editor = start_editor(service=service, args=["a.py"], rows=40, cols=100)
    editor.keys("ihello<Esc>:set filetype=lua<CR>axyz<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(8)
    editor.wait_until("codestats#status().unsent == 0")
    return editor


def test_the_profile_shows_what_the_service_has(typed):
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"LEVEL 0 .*1,592 to 1")
    typed.wait_screen(r"8 XP ")
    typed.keys("2")
    typed.wait_screen(r"Python[^\n]* 5 ")
    typed.wait_screen(r"Lua[^\n]* 3 ")
    typed.keys("<Tab>")
    typed.wait_screen(r"local +━+")
    typed.keys("<S-Tab><S-Tab>")
    typed.wait_screen(r"LEVEL 0 .*1,592 to 1")
    typed.keys("?")
    typed.wait_screen(r"next page")


def test_the_address_is_said_where_no_browser_opens_it(typed, service):
    """On a server xdg-open is there, and fails; in a container there is none."""
    program(typed.home.path / "bin" / "xdg-open", "exit 3")
    typed.command(f"let $PATH = '{typed.home.path}/bin'")
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"LEVEL 0")
    said = rf"Open {service.url}/users/demo"
    typed.keys("o")
    typed.wait_screen(said)
    typed.keys(":echo<CR>o")
    typed.wait_screen(said)
    (typed.home.path / "bin" / "xdg-open").unlink()
    typed.keys(":echo<CR>o")
    typed.wait_screen(said)


def test_pages_and_sizes_leave_the_windows_options_as_they_are(typed):
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"LEVEL 0")
    before = typed.eval("getwinvar(0, '&winhighlight', '')")
    for page in "2121":
        typed.keys(page)
        typed.wait_screen({"1": r"1,592 to 1", "2": r"Language +XP ▾"}[page])
    typed.resize(30, 90)
    typed.wait_screen(r"1,592 to 1")
    assert typed.eval("getwinvar(0, '&winhighlight', '')") == before


@pytest.mark.parametrize("key", ["q", "<Esc>"])
def test_a_window_closes_and_leaves_everything_as_it_was(key, typed):
    before = typed.eval("[winnr('$'), tabpagenr('$'), bufnr(), winsaveview(), winrestcmd()]")
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"LEVEL 0")
    assert typed.eval("winnr('$')") == 2
    typed.keys(key)
    assert typed.eval("[winnr('$'), tabpagenr('$'), bufnr(), winsaveview(), winrestcmd()]") == before
    assert typed.eval("len(getbufinfo())") == 1
    assert typed.messages().count("codestats") == 0


def test_opening_twice_goes_to_the_same_window(typed):
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"LEVEL 0")
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"LEVEL 0")
    assert typed.eval("winnr('$')") == 2


def test_a_page_can_be_asked_for_before_anything_is_shown(typed):
    typed.keys(":CodeStatsProfile<CR>2", pace=0)
    typed.wait_screen(r"Language +XP ▾")
    typed.keys("q:CodeStatsStats week<CR>b", pace=0)
    typed.wait_screen("Language × machine")


def test_floats_do_not_lie_on_each_other(typed):
    if not typed.eval("has('nvim')"):
        pytest.skip("Vim has splits")
    before = typed.eval("[winnr('$'), bufnr(), winrestcmd()]")
    for command, text in (("Profile", "LEVEL 0"), ("Log", "sent "), ("Profile", "LEVEL 0")):
        typed.keys(f":CodeStats{command}<CR>")
        typed.wait_screen(text)
        assert typed.eval("winnr('$')") == 2
    typed.keys("q")
    assert typed.eval("[winnr('$'), bufnr(), winrestcmd()]") == before
    assert typed.eval("len(getbufinfo())") == 1


def test_what_was_shown_before_is_rendered_no_more(typed, tmp_path):
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"LEVEL 0")
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"LEVEL 0")
    noting = tmp_path / "autoload" / "codestats" / "view.vim"
    noting.parent.mkdir(parents=True)
    noting.write_text(
        "let g:shown = []\n"
        "function! codestats#view#show(message)\n  call add(g:shown, a:message.id)\nendfunction\n"
    )
    typed.command(f"source {noting}")
    typed.keys("r")
    typed.wait_until("count(g:shown, max(g:shown)) > 1")  # at once, and when the service has answered
    assert typed.eval("min(g:shown) == max(g:shown)")


def test_a_window_follows_the_editors_size(typed):
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"1 Overview   2 Languages")
    typed.resize(20, 40)
    typed.wait_screen(r"LEVEL 0 *│?$")
    assert max(len(line) for line in typed.eval("getline(1, '$')")) <= 40
    typed.resize(40, 120)
    typed.wait_screen(r"1 Overview   2 Languages")


def test_an_unknown_user_is_told(typed):
    typed.keys(":CodeStatsProfile nobody<CR>")
    typed.wait_screen(r"(?i)unknown or private profile")


def test_without_the_network_the_last_known_profile_is_shown(typed, service):
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"8 XP")
    typed.keys("q")
    service.stop()
    typed.keys(":CodeStatsProfile<CR>r")
    typed.wait_screen(r"8 XP")
    typed.wait_screen(r"(?i)ago|just now|last known")


@pytest.mark.parametrize(
    "command, text", [("Status", r"Everything is sent"), ("Log", r"sent 5 XP|sent 8 XP"), ("Stats", "Python")]
)
def test_the_other_windows(command, text, typed):
    typed.keys(f":CodeStats{command}<CR>")
    typed.wait_screen(text)
    typed.keys("q")
    assert typed.eval("winnr('$')") == 1


@pytest.mark.parametrize(
    "command, title",
    [("Profile", "Code::Stats · demo"), ("Stats", "Code::Stats statistics"), ("Log", "Code::Stats log")],
)
def test_a_window_says_what_it_is(command, title, typed):
    typed.keys(f":CodeStats{command}<CR>")
    typed.wait_screen(f" {title}")


def test_a_split_that_the_user_made_of_a_window_stays_one(typed):
    typed.keys(":CodeStatsStatus<CR>")
    typed.wait_screen("Everything is sent")
    typed.keys("<C-w>Jr")
    typed.resize(30, 90)
    typed.wait_screen("Everything is sent")
    assert typed.eval("winlayout()[0]") == "col"


def test_periods_are_completed(typed):
    assert typed.eval("getcompletion('CodeStatsStats ', 'cmdline')") == [
        "today",
        "week",
        "month",
        "year",
        "all",
    ]
    assert typed.eval("getcompletion('CodeStatsStats m', 'cmdline')") == ["month"]


def test_typing_in_the_window_earns_nothing(typed, service):
    typed.keys(":CodeStatsProfile<CR>")
    typed.wait_screen(r"8 XP")
    typed.keys("jjssSr2q")
    assert typed.eval("codestats#status().session") == 8
