"""Where nobody types nothing is counted: editors that are run by scripts."""

from __future__ import annotations

import os
import subprocess

import pytest

from editors import lay_plugin
from support.editor.home import Home
from support.editor.terminal import Terminal, wait_for

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


def asked(command, env, socket, *request):
    """What the server at `socket` answers to `--remote-...`, or '' while there is none."""
    done = subprocess.run(
        [command[0], "--clean", "--headless", "--server", socket, *request],
        env=env, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    return (done.stdout or done.stderr).strip() if done.returncode == 0 else ""


def test_who_types_in_a_ui_that_comes_later_earns(scripted, editor_spec, tmp_path):
    if editor_spec.kind != "nvim":
        pytest.skip("Vim has one UI, its own")
    command, env, home = scripted
    socket = f"/tmp/cs-batch-{os.getpid()}-{tmp_path.parent.name}"

    def shows(expression, value, what):
        wait_for(
            lambda: asked(command, env, socket, "--remote-expr", expression) == value, timeout=20, what=what
        )

    server = subprocess.Popen([*command, "--headless", "--listen", socket, "a.txt"], cwd=home.work, env=env)
    terminal = None
    try:
        shows("getline(1)", "one", "the server")
        asked(command, env, socket, "--remote-send", "ihello<Esc>")
        shows("getline(1)", "helloone", "the text")
        assert asked(command, env, socket, "--remote-expr", "codestats#status().session") == "0"
        terminal = Terminal(
            [command[0], "--server", socket, "--remote-ui"], env=env, cwd=home.work, rows=24, cols=80
        )  # fmt: skip
        shows("len(nvim_list_uis())", "1", "the UI")
        terminal.type(b"ahello\x1b", timeout=20)
        shows("codestats#status().session", "5", "XP")
    finally:
        if terminal:
            terminal.close()
        server.kill()
        server.wait()
