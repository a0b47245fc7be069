"""What `luarocks make` installs is the plugin, whole: Neovim with the rock's tree and nothing else of ours counts."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from editors import REPO


@pytest.fixture
def rock(editor_spec, tmp_path):
    """Lines of the user's init file that load the rock, as a manager of rocks does."""
    if editor_spec.kind != "nvim":
        pytest.skip("rocks are for Neovim")
    luarocks = shutil.which("luarocks")
    if luarocks is None:
        pytest.skip("no luarocks here")
    tree = tmp_path / "tree"
    command = [luarocks, "make", "--lua-version", "5.1", "--tree", str(tree), "codestats.vim-scm-1.rockspec"]
    environment = {"HOME": str(tmp_path), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    made = subprocess.run(command, cwd=REPO, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    [files] = tree.glob("lib/luarocks/rocks-5.1/codestats.vim/*/")
    return [
        f"set runtimepath^={files}",
        f"lua package.path = '{tree}/share/lua/5.1/?.lua;{tree}/share/lua/5.1/?/init.lua;' .. package.path",
    ]


def test_typed_xp_arrives_from_the_rock(start_editor, service, rock, tmp_path):
    editor = start_editor(service=service, plugin=None, vimrc=rock)
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0", timeout=30)
    assert service.total() == 5
    assert str(tmp_path / "tree") in editor.eval(
        'luaeval(\'debug.getinfo(require("codestats").setup, "S").source\')'
    )
    assert str(tmp_path / "tree") in editor.eval("execute('scriptnames')")
    assert f"{REPO}/plugin/" not in editor.eval("execute('scriptnames')")
