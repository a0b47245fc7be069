"""While nobody types, the editor sleeps."""

from __future__ import annotations

import time

from support.editor.terminal import naps

# One timer is left, that of the hand-over.
TIMES = "map(filter(timer_info(), {_, it -> string(it.callback) =~# '_tick'}), {_, it -> it.time > 60000 ? 1 : 0})"
RESTS = f"{TIMES} == [1]"
LONGER_THAN_A_REFRESH = 1.5


def test_nothing_wakes_the_editor_while_nobody_types(start_editor, service):
    editor = start_editor(service=service, variables={"codestats_pulse_interval": 3600})
    editor.keys("ihello")
    editor.wait_until(RESTS)
    assert editor.eval("codestats#statusline()") == "C::S 5"
    editor.drawn()
    before = naps(editor.pid)
    time.sleep(LONGER_THAN_A_REFRESH)  # nothing is to be waited for: nothing happens
    assert naps(editor.pid) == before


def test_the_status_line_follows_again_after_a_rest(start_editor, service):
    editor = start_editor(
        service=service,
        variables={"codestats_pulse_interval": 3600},
        vimrc=["set laststatus=2", "set statusline=%{codestats#statusline()}"],
    )
    editor.keys("ihello")
    editor.wait_screen(r"C::S 5 *$")
    editor.wait_until(RESTS)
    editor.keys("abc")
    editor.wait_screen(r"C::S 8 *$")
