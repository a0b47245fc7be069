"""`make demo`, with a person at the terminal and without one."""

from __future__ import annotations

import os
import subprocess
import sys

from editors import REPO
from support.editor.driver import PACE
from support.editor.keys import parse
from support.editor.terminal import Terminal, wait_for

DEMO = [sys.executable, str(REPO / "scripts" / "demo.py")]


def test_types_by_itself_and_prints_what_came_of_it(editor_spec):
    command = [*DEMO, "--type", "--editor", editor_spec.name]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Typed: 122 XP" in done.stdout
    assert "The service received 122 XP in" in done.stdout
    assert "Python +39" in done.stdout
    assert "1,478 to 1" in done.stdout


def test_opens_an_editor_on_a_terminal_and_reports_at_the_end(editor_spec, tmp_path):
    env = {**os.environ, "TERM": "xterm-256color"}
    terminal = Terminal([*DEMO, "--editor", editor_spec.name], env=env, cwd=tmp_path, rows=24, cols=100)

    def seen(text):
        screen = lambda: "\n".join(terminal.lines())  # noqa: E731
        wait_for(lambda: text in screen(), timeout=30, what=lambda: f"{text!r} in\n{screen()}")

    def type_in(notation, until):
        for key in parse(notation):
            terminal.write(key)
            wait_for(lambda: terminal.quiet_for() > PACE, timeout=10, what="the editor to have drawn")
        seen(until)

    try:
        seen("C::S 0")
        type_in("ihello<Esc>", "hello")
        type_in(":qa!<CR>", "The service received 5 XP in 1 pulse:")
        wait_for(lambda: terminal.process.poll() is not None, timeout=30, what="the demo to end")
        assert terminal.process.returncode == 0
    finally:
        terminal.close()
