"""From the key to the service and back to the status line, as a user meets it, in both editors."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from support.editor.home import Home
from support.fakes import rows

DELIVERED = "codestats#status().unsent == 0"


def arrives(service, total):
    service.wait_for_total(total)
    return service.xp()


def flush(editor):
    editor.command("call codestats#flush()")


def test_a_pulse_goes_out_by_itself_and_the_status_line_follows(start_editor, service):
    editor = start_editor(
        service=service,
        variables={"codestats_pulse_interval": 1},
        vimrc=[
            "let g:events = []",
            "autocmd User CodeStatsPulseSent call add(g:events, g:codestats_event.xp)",
        ],
        args=["a.py"],
    )
    editor.keys("ihello<Esc>")
    editor.wait_until("codestats#statusline() ==# 'C::S 5'")
    assert arrives(service, 5) == {"Python": 5}
    editor.wait_until(DELIVERED)
    editor.wait_until("g:events == [5]")
    status = editor.eval("codestats#status()")
    assert status["state"] == "ok"
    assert status["session"] == 5
    assert status["pending"] == 0
    assert status["last_sent"] > 0
    assert editor.eval("codestats#statusline()") == "C::S 5"
    assert editor.eval("CodeStatsXp()") == "C::S 0"
    assert editor.messages().count("codestats") == 0


def test_what_it_was_typed_in_is_kept_and_not_sent(start_editor, service, editor_spec):
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("ihello<Esc>")
    editor.sync()
    flush(editor)
    editor.wait_until(DELIVERED)
    assert arrives(service, 5) == {"Python": 5}
    name = {"vim": "Vim", "nvim": "Neovim"}[editor_spec.kind]
    [file] = editor.home.data_dir.glob("spool*.sqlite3")
    assert rows(file, "SELECT language, editor, xp FROM typed_with") == [("Python", name, 5)]
    assert [pulse.xps for pulse in service.pulses()] == [{"Python": 5}]


def test_nothing_of_python_starts_before_there_is_xp(start_editor, service):
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("jjkk:echo 1<CR>")
    assert editor.children() == []
    if editor.spec.kind == "vim":
        assert editor.eval("execute('scriptnames')").count("embedded.vim") == 0
    assert not editor.home.data_dir.exists()


def test_xp_waits_for_a_service_that_is_down(start_editor, service):
    service.stop()
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("iabc<Esc>")
    flush(editor)
    editor.wait_until("codestats#status().state ==# 'offline'")
    assert editor.eval("codestats#statusline()") == "C::S 3 offline"
    assert editor.eval("codestats#status().queued") == 3
    editor.keys("ide<Esc>")
    service.start()
    flush(editor)
    assert arrives(service, 5) == {"Python": 5}
    editor.wait_until("codestats#status().state ==# 'ok'")


def test_a_killed_editor_loses_only_what_was_not_handed_over(start_editor, service, editor_spec):
    service.stop()
    first = start_editor(service=service, args=["a.py"])
    first.keys("iabc<Esc>")
    flush(first)
    first.wait_until("codestats#status().queued == 3")
    first.keys("ide<Esc>")
    first.kill(signal.SIGKILL)
    service.start()
    second = start_editor(service=service, home=first.home, args=["b.py"])
    second.keys("ix<Esc>")
    flush(second)
    second.wait_until(DELIVERED)
    assert service.total() == 4


def test_leaving_carries_the_last_xp_home(start_editor, service):
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("iabc<Esc>")
    assert editor.quit() == 0
    assert arrives(service, 3) == {"Python": 3}


def test_leaving_offline_loses_nothing(start_editor, service):
    service.stop()
    first = start_editor(service=service, args=["a.py"])
    first.keys("iabc<Esc>")
    assert first.quit() == 0
    service.start()
    second = start_editor(service=service, home=first.home, args=["b.lua"])
    second.keys("ide<Esc>")
    flush(second)
    assert arrives(service, 5) == {"Python": 3, "Lua": 2}
    second.wait_until(DELIVERED)


def test_without_a_token_xp_is_kept_until_there_is_one(start_editor, service):
    editor = start_editor(variables={"codestats_api_url": service.url}, args=["a.py"])
    editor.keys("iabc<Esc>")
    flush(editor)
    editor.wait_until("codestats#status().state ==# 'no_token'")
    editor.wait_until("codestats#status().queued == 3")
    editor.command(f"let g:codestats_api_key = '{service.token()}'")
    flush(editor)
    assert arrives(service, 3) == {"Python": 3}


def test_a_refused_token_holds_everything_until_it_changes(start_editor, service):
    good = service.token()
    editor = start_editor(
        variables={"codestats_api_url": service.url, "codestats_api_key": "not.a.token"}, args=["a.py"]
    )
    editor.keys("iabc<Esc>")
    flush(editor)
    editor.wait_until("codestats#status().state ==# 'unauthorized'")
    assert editor.eval("CodeStatsXp()") == "C::S ERR"
    assert editor.eval("g:codestats_error") != ""
    editor.command(f"let g:codestats_api_key = '{good}'")
    editor.keys("ix<Esc>")
    editor.command("call codestats#pulse#hand_over()")
    assert arrives(service, 4) == {"Python": 4}
    editor.wait_until("!exists('g:codestats_error')")


def test_a_trouble_that_comes_back_is_told_again_and_one_that_lasts_is_not(start_editor, service):
    editor = start_editor(service=service, args=["a.py"])
    good = editor.eval("g:codestats_api_key")

    def refusals():
        return editor.messages().count(
            "Code::Stats rejected the token from g:codestats_api_key. XP is kept; set another one"
        )

    for told in (1, 2):
        editor.command("let g:codestats_api_key = 'SFMyNTY.wrong.token'")
        for _ in range(2):
            editor.keys("ixx<Esc>")
            flush(editor)
            editor.wait_until(
                "codestats#status().state ==# 'unauthorized' && codestats#status().pending == 0"
            )
        editor.wait_until(lambda told=told: refusals() == told)
        editor.command(f"let g:codestats_api_key = '{good}'")
        flush(editor)
        arrives(service, 4 * told)
        editor.wait_until("codestats#status().state ==# 'ok'")
    assert refusals() == 2


def test_a_vimrc_for_the_official_plugin_works_unchanged(start_editor, service):
    editor = start_editor(
        vimrc=[
            f"let g:codestats_api_key = '{service.token()}'",
            f"let g:codestats_api_url = '{service.url}/'",
            "set laststatus=2 statusline=%f\\ %{CodeStatsXp()}",
        ],
        args=["a.py"],
    )
    editor.keys("iabc<Esc>")
    editor.wait_screen(r"a\.py C::S 3")
    flush(editor)
    assert arrives(service, 3) == {"Python": 3}
    editor.wait_screen(r"a\.py C::S 0")


def test_paused_counts_nothing(start_editor, service):
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("iab<Esc>")
    editor.keys(":CodeStatsPause<CR>")
    assert editor.eval("codestats#status().state") == "paused"
    editor.keys("ixyz<Esc>")
    editor.keys(":CodeStatsResume<CR>")
    editor.keys("ic<Esc>")
    flush(editor)
    editor.wait_until(DELIVERED)
    assert service.total() == 3


def test_filetypes_can_be_renamed_and_ignored(start_editor, service):
    editor = start_editor(
        service=service,
        variables={"codestats_languages": {"python": "Snake"}, "codestats_ignore_filetypes": ["lua"]},
        args=["a.py"],
    )
    editor.keys("iab<Esc>:set filetype=lua<CR>ixyz<Esc>")
    flush(editor)
    editor.wait_until(DELIVERED)
    assert service.xp() == {"Snake": 2}


@pytest.mark.parametrize("leaving", [":qa!", ":wqa", "ZZ"])
def test_the_token_is_seen_nowhere(leaving, start_editor, service, tmp_path):
    token = service.token()
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("iabc<Esc>")
    flush(editor)
    editor.wait_until(DELIVERED)
    editor.keys(":CodeStatsStatus<CR>")
    editor.wait_screen("Status|status|State|state")
    screen = editor.screen_text()
    editor.keys("q")
    assert not any(token in line for line in editor.children())
    assert token not in screen + editor.messages()
    editor.keys("ix<Esc>")
    editor.quit(leaving)
    service.wait_for_total(4)
    for file in editor.home.path.rglob("*"):
        if file.is_file() and not file.is_symlink() and file.name not in {".vimrc", "init.vim"}:
            assert token.encode() not in file.read_bytes(), file


@pytest.fixture
def loose_umask():
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("loose_umask")
def test_what_is_kept_is_private(start_editor, service):
    editor = start_editor(service=service, args=["a.py"])
    editor.keys("iabc<Esc>")
    flush(editor)
    editor.wait_until(DELIVERED)
    directory = editor.home.data_dir
    editor.keys("ix<Esc>")
    service.stop()
    editor.quit()
    editor.wait_alone()  # what goes on there makes and removes files
    assert directory.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in Path(directory).rglob("*"))


def test_without_any_python_a_killed_editor_leaves_what_it_handed_over(start_editor, service):
    nothing = {"codestats_python": "", "codestats_host": "channel"}
    first = start_editor(
        service=service,
        variables={**nothing, "codestats_pulse_interval": 3600},
        env={"PATH": "/nowhere"},
        args=["a.py"],
    )
    first.keys("iabc<Esc>")
    first.command("call codestats#pulse#hand_over()")
    first.wait_until("codestats#status().state ==# 'no_python'", timeout=30)
    first.keys("ide<Esc>")
    first.command("call codestats#pulse#hand_over()")
    first.kill(signal.SIGKILL)
    second = start_editor(service=service, home=first.home, args=["b.py"])
    second.keys("ix<Esc>")
    flush(second)
    assert arrives(service, 6) == {"Python": 6}
    second.wait_until(DELIVERED)


def test_what_earns_nothing_is_not_shown_either(start_editor, service):
    """Known at the first hand-over, and followed when the user changes it."""
    editor = start_editor(
        service=service,
        variables={"codestats_pulse_interval": 1, "codestats_ignore_filetypes": ["text"]},
        vimrc="set hidden",
        args=["a.py"],
    )
    editor.keys("iab<Esc>:edit b.txt<CR>ixyz<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0 && codestats#status().session == 2")
    editor.keys("axyz<Esc>:edit! a.py<CR>ac<Esc>")
    status = editor.eval("codestats#status()")
    assert (status["session"], status["today"]) == (3, 3)
    editor.command("call codestats#flush()")
    service.wait_for_total(3)
    editor.command("let g:codestats_ignore_filetypes = []")
    editor.keys(":edit b.txt<CR>ax<Esc>")

    def counts_again():
        editor.keys("ax<Esc>")
        return editor.eval("codestats#status().session") > 3

    editor.wait_until(counts_again)
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    assert service.total() == editor.eval("codestats#status().session")


@pytest.mark.parametrize("is_kept", [True, False], ids=["logged in", "in the environment"])
def test_a_rejected_token_is_told_with_where_it_came_from(start_editor, service, tmp_path, is_kept):
    home = Home.make(tmp_path / "home")
    bad, env = "SFMyNTY.wrong.token", {}
    if is_kept:
        home.data_dir.mkdir(parents=True, mode=0o700)
        (home.data_dir / "token").write_text(bad)
        (home.data_dir / "token").chmod(0o600)
    else:
        env = {"CODESTATS_API_KEY": bad}
    editor = start_editor(home=home, variables={"codestats_api_url": service.url}, env=env)
    editor.keys("ixx<Esc>")
    flush(editor)
    source, advice = (
        (":CodeStatsLogin", "log in again") if is_kept else ("$CODESTATS_API_KEY", "set another one")
    )
    editor.wait_until(
        lambda: f"Code::Stats rejected the token from {source}. XP is kept; {advice}" in editor.messages()
    )
