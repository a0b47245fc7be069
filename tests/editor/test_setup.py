"""What `codestats setup` writes for an editor, in that editor: it loads the plugin, and the status line shows XP."""

from __future__ import annotations

import os
import subprocess
import sys

from editors import REPO


def set_up(home, service, editor, *words):
    env = {**os.environ, **home.env, "PYTHONPATH": str(REPO / "python3")}
    command = [sys.executable, "-B", "-m", "codestats", "setup", "--yes", "--editors", editor]
    return subprocess.run(
        [*command, *words, "--api-url", service.url, "--token-stdin"],
        input=service.token(),
        env=env,
        text=True,
        check=True,
    )


def test_from_nothing_to_the_first_xp(start_editor, home, service, editor_spec):
    set_up(home, service, editor_spec.kind)
    editor = start_editor(home=home, plugin=None, args=["a.py"])
    editor.keys("ihello<Esc>")
    editor.wait_screen("C::S 5")
    editor.command("call codestats#flush()")
    assert service.wait_for_total(5)
    assert editor.eval("v:errmsg") == ""


def test_what_the_user_has_goes_before(start_editor, home, service, editor_spec):
    set_up(home, service, editor_spec.kind)
    own = "%f mine %{codestats#statusline()}"
    editor = start_editor(
        home=home,
        vimrc=[
            f"set statusline={own.replace(' ', chr(92) + ' ')}",
            "let g:codestats_api_url = 'http://127.0.0.1:9'",
        ],
        args=["a.py"],
    )
    assert editor.eval("&g:statusline") == own
    assert editor.eval("g:codestats_api_url") == "http://127.0.0.1:9"
    assert editor.eval("v:errmsg") == ""
