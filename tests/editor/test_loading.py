"""However a package manager loads the plugin, at start-up or lazily: it works from the first key on.

The orders are those that the managers' own documentation tells of; `make test-managers` runs
the managers themselves.
"""

from __future__ import annotations

import shutil
import subprocess

import pytest

import host_git
import install_recipes
from editors import REPO

PATH = str(REPO).replace(" ", "\\ ")

AT_START = {
    # The manager puts the directory on 'runtimepath' and the editor sources plugin/ when it has read the vimrc.
    "vim-plug, Vundle": f"set runtimepath+={PATH}",
    # Everything is sourced while the vimrc is read; lazy.nvim and mini.deps do so for what is not lazy.
    "lazy.nvim, mini.deps": f"set runtimepath^={PATH}\nruntime! plugin/codestats.vim",
    # 'packpath' and :packadd, with and without !.
    "packadd": "set packpath^=$HOME/packages\npackadd codestats.vim",
    "packadd!": "set packpath^=$HOME/packages\npackadd! codestats.vim",
}

LOAD = f"set runtimepath+={PATH} | runtime! plugin/codestats.vim"
LAZILY = {
    "at the first insertion": f"autocmd InsertEnter * ++once {LOAD}",
    "after start-up": f"autocmd VimEnter * ++once call timer_start(1, {{-> execute('{LOAD}')}})",
    "by filetype": f"autocmd FileType python ++once {LOAD}",
}


def lay_package(home):
    directory = home.path / "packages" / "pack" / "any" / "opt"
    directory.mkdir(parents=True)
    (directory / "codestats.vim").symlink_to(REPO)


def first_xp(editor, service):
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
    editor.wait_until("codestats#status().unsent == 0")
    assert service.xp() == {"Python": 5}
    assert editor.messages() == ""


@pytest.mark.parametrize("order", AT_START)
def test_at_start(order, start_editor, service, home):
    lay_package(home)
    editor = start_editor(home=home, service=service, plugin=None, vimrc=AT_START[order], args=["a.py"])
    first_xp(editor, service)
    assert editor.eval("getcompletion('codestats-tok', 'help')") == ["codestats-token"]


@pytest.mark.parametrize("moment", LAZILY)
def test_lazily(moment, start_editor, service):
    editor = start_editor(service=service, plugin=None, vimrc=LAZILY[moment], args=["a.py"])
    if moment == "after start-up":
        editor.wait_until("exists('g:loaded_codestats')")
    first_xp(editor, service)


def test_by_a_command(start_editor, service):
    """A stand-in for the command loads the plugin and calls it again, as managers do."""
    stand_in = (
        f"command -nargs=* CodeStatsProfile delcommand CodeStatsProfile | {LOAD} | CodeStatsProfile <args>"
    )
    editor = start_editor(service=service, plugin=None, vimrc=stand_in, args=["a.py"], rows=30, cols=100)
    editor.keys(":CodeStatsProfile<CR>")
    editor.wait_screen("1,600 to 1")
    editor.keys("q")
    first_xp(editor, service)


def test_twice(start_editor, service):
    editor = start_editor(service=service, vimrc=LOAD, args=["a.py"])
    editor.command(LOAD)
    first_xp(editor, service)


def test_vim_pack(start_editor, editor_spec, service, home, tmp_path):
    """Neovim 0.12's own manager, with the README's line."""
    if not start_editor(plugin=None).eval("has('nvim') && luaeval('vim.pack ~= nil')"):
        pytest.skip("Neovim 0.12's")
    if not shutil.which("git"):
        pytest.skip("vim.pack needs git")
    line = install_recipes.readme()["Neovim 0.12"].lines["nvim"]
    remote = home.path / "remote"
    subprocess.run(["git", "clone", "-q", "--bare", REPO, remote], check=True)
    (home.path / ".gitconfig").write_text(
        f'[url "{remote}"]\n insteadOf = https://github.com/codestats/codestats.vim\n[safe]\n directory = *\n'
    )
    vimrc = f"lua << EOF\n{line.replace('})', '}, { confirm = false })')}\nEOF"
    env = host_git.environment(editor_spec, tmp_path / "git")
    editor = start_editor(home=home, service=service, plugin=None, vimrc=vimrc, args=["a.py"], env=env)
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
