"""What `codestats setup` writes for an editor, in that editor: it loads the plugin, and the status line shows XP."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from editors import REPO
from support import standins


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


@pytest.mark.shared
@pytest.mark.parametrize("program", ["secret-tool", "pass", "security"])
def test_a_keyring_of_the_examples(program, start_editor, service, tmp_path):
    """The line of doc/examples/keyrings.md, with a stand-in for the keyring's program."""
    standins.program(tmp_path / "bin", program, standins.KEYRING)
    (tmp_path / "keyring").write_text(f"{service.token()}\n")
    text = (REPO / "doc" / "examples" / "keyrings.md").read_text()
    line = next(line for line in text.splitlines() if line.startswith("let ") and f"['{program}'" in line)
    editor = start_editor(
        variables={"codestats_api_url": service.url, "codestats_api_key": ""},
        vimrc=["unlet g:codestats_api_key", line],
        env={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "STANDIN_STATE": str(tmp_path)},
        args=["a.py"],
    )
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    assert service.wait_for_total(5)
