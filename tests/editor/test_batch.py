"""Where nobody types nothing is counted: editors that are run by scripts."""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import Any

import pynvim
import pytest

from editor.home import Home
from editor.terminal import Terminal, wait_for
from editors import lay_plugin

EX = "%s/$/x/\nnormal ihello\nwq\n"
LATER = "lua vim.defer_fn(function() vim.cmd('wqall!') end, 300)"
BATCHES = {
    "nvim": {
        "-es": (["-es", "a.txt"], EX),
        "-Es": (["-Es", "a.txt", "-c", "normal ihello", "-c", "wq"], ""),
        "-l": (["-l", "script.lua", "a.txt"], ""),
        "headless, keys fed": (
            ["--headless", "a.txt", "-c", "call feedkeys('ihello', 'xt')", "-c", LATER],
            "",
        ),
        "headless, keys sent": (
            ["--headless", "a.txt", "-c", "call nvim_input('ihello<Esc>')", "-c", LATER],
            "",
        ),
    },
    "vim": {
        "-es": (["-es", "a.txt"], EX),
        "-Es": (["-Es", "a.txt"], EX),
        "-e -s": (["-e", "-s", "a.txt"], EX),
    },
}
ALL = sorted({name for batches in BATCHES.values() for name in batches})
SCRIPT = "vim.cmd.edit('a.txt') vim.api.nvim_feedkeys('ihello', 'xt', false) vim.cmd.wqall()"
# What it counted.
TOLD = "autocmd VimLeavePre * call writefile([codestats#status().session], 'counted')"


@pytest.fixture
def scripted(editor_spec, tmp_path):
    """The arguments and the environment of an editor with the plugin, and its home."""
    home = Home.make(tmp_path / "home")
    lay_plugin(editor_spec.kind, home.path, home.data)
    vimrc = home.path / "vimrc"
    vimrc.write_text(f"set nocompatible noswapfile\n{TOLD}\n")
    (home.work / "a.txt").write_text("one\n")
    (home.work / "script.lua").write_text(SCRIPT)
    return [*editor_spec.command, "-u", str(vimrc)], {**home.env, **editor_spec.env, "TERM": "xterm"}, home


def counted(home):
    return int((home.work / "counted").read_text())


@pytest.mark.parametrize("name", ALL)
def test_a_script_earns_nothing(name, scripted, editor_spec):
    if name not in BATCHES[editor_spec.kind]:
        pytest.skip("the other editor's")
    command, env, home = scripted
    arguments, typed = BATCHES[editor_spec.kind][name]
    subprocess.run(
        [*command, *arguments], cwd=home.work, env=env, input=typed, text=True, check=False, timeout=30,
        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert (home.work / "a.txt").read_text() != "one\n"
    assert counted(home) == 0
    assert not home.data_dir.exists()


def test_silent_on_a_terminal(scripted, editor_spec):
    command, env, home = scripted
    changing = [part for line in EX.splitlines() for part in ("-c", line)]
    terminal = Terminal([*command, "-es", "a.txt", *changing], env=env, cwd=home.work, rows=24, cols=80)
    try:
        wait_for(lambda: terminal.process.poll() is not None, timeout=20, what="the end")
    finally:
        terminal.close()
    assert (home.work / "a.txt").read_text() != "one\n"
    assert counted(home) == 0


def attached(socket):
    with contextlib.suppress(OSError):
        return pynvim.attach("socket", path=socket)
    return None


def test_who_types_in_a_ui_that_comes_later_earns(scripted, editor_spec, tmp_path):
    if editor_spec.kind != "nvim":
        pytest.skip("Vim has one UI, its own")
    command, env, home = scripted
    socket = f"/tmp/cs-batch-{os.getpid()}-{tmp_path.parent.name}"
    server = subprocess.Popen([*command, "--headless", "--listen", socket, "a.txt"], cwd=home.work, env=env)
    try:
        nvim: Any = wait_for(lambda: attached(socket), timeout=20, what="the server")
        nvim.input("ihello<Esc>")
        wait_for(lambda: nvim.current.line == "helloone", timeout=10, what="the text")
        assert nvim.eval("codestats#status().session") == 0
        nvim.ui_attach(80, 24, rgb=True)
        nvim.input("ahello<Esc>")
        wait_for(lambda: nvim.eval("codestats#status().session") == 5, timeout=10, what="XP")
        nvim.close()
    finally:
        server.kill()
        server.wait()
