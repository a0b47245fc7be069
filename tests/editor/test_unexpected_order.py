"""What comes sooner, later, twice or in the middle of something: nothing is lost, and nothing untrue is said."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest

from support.editor.programs import program
from support.editor.terminal import wait_for

HASTY = {"codestats_pulse_interval": 1}
BUSY = """
function! Busy(seconds) abort
  let start = reltime()
  while reltimefloat(reltime(start)) < a:seconds
  endwhile
endfunction
"""


def slow_python(tmp_path, seconds):
    return program(tmp_path / "slow", f'touch "$0.started"\nsleep {seconds}\nexec python3 "$@"')


def started(tmp_path):
    wait_for((tmp_path / "slow.started").exists, timeout=10, what="the slow Python")


def session(editor):
    return editor.eval("codestats#status().session")


def one_more_brings_home(start_editor, service, home, total):
    """Another editor with this home and one letter of XP: all that was typed arrives, once."""
    editor = start_editor(home=home, service=service)
    editor.keys("ix<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(total)
    assert service.total() == total


@pytest.mark.parametrize("handler", ["throw 'oops'", "call Busy(9)"])
def test_others_end_the_leaving(handler, start_editor, service):
    """One handler that throws, or is interrupted, ends the whole event: ours comes after it."""
    editor = start_editor(service=service, vimrc=f"{BUSY}\nautocmd VimLeavePre * {handler}")
    editor.keys("ihello<Esc>")
    editor.terminal.write(b":qa!\r")
    while editor.exit_status is None:
        time.sleep(0.2)
        editor.terminal.write(b"\x03\r")
    editor.wait_alone(30)
    one_more_brings_home(start_editor, service, editor.home, 6)


def test_a_cancelled_exit(start_editor, service):
    editor = start_editor(service=service)
    editor.keys("ihello<Esc>")
    editor.keys(":qa<CR><CR>")  # E37
    editor.keys("ax<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    editor.keys(":qa!<CR>", settle=False)
    editor.wait_exit()
    editor.wait_alone(30)
    one_more_brings_home(start_editor, service, editor.home, 7)


def test_a_stopped_editor_has_put_all_on_disk(start_editor, service):
    editor = start_editor(service=service)
    editor.keys("ihello<Esc>")
    editor.terminal.type(b"\x1a", 10)
    wait_for(lambda: list((editor.home.data_dir / "handover").glob("*.json")), timeout=10, what="a file")
    editor.kill(signal.SIGKILL)
    one_more_brings_home(start_editor, service, editor.home, 6)


def test_a_command_line_that_never_ends(start_editor):
    """Another's handler of CmdlineLeave that throws comes before ours, which is not called then."""
    vimrc = "autocmd CmdlineLeave : if !exists('g:threw') | let g:threw = 1 | throw 'oops' | endif"
    editor = start_editor(vimrc=vimrc)
    editor.keys("ihello<Esc>")
    editor.terminal.write(b":set list\r\r\x1b")
    editor.wait_until("exists('g:threw')")
    before = session(editor)
    editor.keys("<Esc>oabc<Esc>oabc<Esc>")
    assert session(editor) - before == 8


def test_ctrl_c_in_a_handler_of_ours_stops_nothing(start_editor):
    """It is meant for something else, and comes when it comes."""
    editor = start_editor(variables={"codestats_pulse_interval": 3600}, vimrc=BUSY)
    editor.keys("ia<Esc>")
    editor.command(
        'execute "function! codestats#pulse#arm() abort\\nlet g:busy = 1\\ncall Busy(3)\\nendfunction"'
    )
    editor.eval("codestats#counter#call('take')")
    editor.terminal.write(b"x")
    time.sleep(0.5)  # for the handler to be under way: a busy editor answers nobody
    editor.terminal.write(b"\x03")
    editor.wait_until("exists('g:busy')")
    editor.command('execute "function! codestats#pulse#arm() abort\\nendfunction"')
    before = session(editor)
    editor.keys("<Esc>oabc<Esc>")
    assert session(editor) - before == 4
    assert "counting stopped" not in editor.messages()


def test_left_before_the_host_knew_the_settings(start_editor, home, service, tmp_path):
    """What is ignored stays so, and nothing goes to a service that the user did not name."""
    with type(service)() as other:
        editor = start_editor(
            home=home,
            service=service,
            variables={
                **HASTY,
                "codestats_host": "channel",
                "codestats_python": slow_python(tmp_path, 1),
                "codestats_ignore_filetypes": ["secret"],
                "codestats_languages": {"foo": "My Foo"},
            },
            env={"CODESTATS_API_URL": other.url},
        )
        editor.command("setlocal filetype=secret")
        editor.keys("ihello<Esc>")
        editor.command("setlocal filetype=foo")
        editor.keys("aworld<Esc>")
        started(tmp_path)
        editor.quit()
        editor.wait_alone(60)
        service.wait_for_total(5)
        assert service.xp() == {"My Foo": 5}
        assert other.total() == 0


def test_a_token_that_came_while_the_editor_stood_still(start_editor, service):
    """Neovim runs a timer that is due before it hears of a job that ended earlier."""
    command = f"sleep 0.5; echo {service.token()}"
    editor = start_editor(
        variables={
            **HASTY,
            "codestats_api_url": service.url,
            "codestats_api_key_timeout": 2,
            "codestats_api_key_command": command,
        }
    )
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#token#find().state ==# 'running'")
    os.kill(editor.pid, signal.SIGSTOP)
    time.sleep(2.5)  # longer than the command may take
    os.kill(editor.pid, signal.SIGCONT)
    service.wait_for_total(5)
    assert editor.messages() == ""


def test_two_health_checks_at_once(start_editor, service):
    editor = start_editor(service=service, variables={"codestats_request_timeout": 0.1})
    editor.command("CodeStatsHealth")
    editor.command("CodeStatsHealth")
    editor.wait_until(lambda: any("codestats.vim" in line for line in editor.lines()))
    with pytest.raises(TimeoutError):
        wait_for(lambda: any("no answer" in line for line in editor.lines()), timeout=6, what="an old answer")


def test_an_export_cancelled_and_begun_again(start_editor, service, tmp_path):
    variables = {"codestats_host": "channel", "codestats_python": slow_python(tmp_path, 1)}
    editor = start_editor(service=service, variables=variables)
    editor.keys("ihello<Esc>")
    editor.command(f"CodeStatsExport {tmp_path}/a.csv")
    editor.command("CodeStatsCancel")
    editor.command(f"CodeStatsExport {tmp_path}/b.csv")
    editor.wait_until("execute('messages') =~# 'Exported 5 XP'", timeout=20)
    assert "See :CodeStatsLog" not in editor.messages()
    assert [path.name for path in tmp_path.glob("*.csv")] == ["b.csv"]


def test_a_view_that_comes_while_text_is_locked(start_editor, service, tmp_path):
    variables = {"codestats_host": "channel", "codestats_python": slow_python(tmp_path, 1)}
    editor = start_editor(service=service, variables=variables, vimrc="nnoremap <expr> gX nr2char(getchar())")
    editor.keys(":CodeStatsStatus<CR>", settle=False)
    editor.wait_screen("Loading")
    editor.keys("<C-w>pgX", settle=False)
    started(tmp_path)
    time.sleep(2)  # in which it comes
    editor.keys("l")
    editor.wait_screen("Nothing to send yet")
    assert not re.search(r"E565|handled", editor.messages())
