"""The lines of Vim and Neovim: one file of our own among the user's plugins, read after vimrc or init.lua."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codestats import paths, process
from codestats.setup.journal import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["EDITORS", "here", "lines", "script_of"]

EDITORS = {"vim": "vim", "nvim": "neovim"}
"""Program → what it is called in results."""

_NAME = "codestats_setup.vim"
_ROOT = Path(__file__).resolve().parents[3]

_HEAD = """\
" Written by `python3 -m codestats setup`, which writes it again when it changes; `setup --undo` removes it.
" Change nothing here: what vimrc or init.lua sets goes before.
scriptencoding utf-8
if has('nvim') ? !has('nvim-0.10') : v:version < 900
  finish
endif
"""
_PLUGIN = """
" The plugin itself, where no package manager loads it.
function s:load() abort
  let directory = {directory}
  if !exists('g:loaded_codestats') && filereadable(directory .. '/plugin/codestats.vim')
    let &runtimepath = escape(directory, '\\,') .. ',' .. &runtimepath
    execute 'source' fnameescape(directory .. '/plugin/codestats.vim')
  endif
endfunction
autocmd VimEnter * ++once call s:load()
"""
_STATUSLINE = """
" The status line, but those of lightline, airline and the like: `:help codestats-statusline`.
function s:statusline() abort
  if !exists(':CodeStats') || exists('g:loaded_airline') || exists('g:loaded_lightline')
    return
  endif
  if &g:statusline =~# '^%!\\|lualine\\|codestats'
    return
  endif
  let own = '%<%f %h%w%m%r%=%{codestats#statusline()}  %-14.(%l,%c%V%) %P'
  let &g:statusline = empty(&g:statusline) ? own : &g:statusline .. ' %{codestats#statusline()}'
  if &laststatus == 1
    set laststatus=2
  endif
endfunction
autocmd VimEnter * ++once call s:statusline()
"""


def here() -> list[str]:
    """The editors that are in PATH."""
    return [editor for editor in EDITORS if process.find(editor)]


def script_of(editor: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Our file among the user's plugins."""
    directory = _neovim(environ) if editor == "nvim" else _vim(environ)
    return directory / "plugin" / _NAME


def _neovim(environ: Mapping[str, str]) -> Path:
    name = environ.get("NVIM_APPNAME") or "nvim"
    if sys.platform == "win32":
        return Path(environ.get("XDG_CONFIG_HOME") or paths.local_data(environ), name)
    return paths.config_dir(environ) / name


def _vim(environ: Mapping[str, str]) -> Path:
    """~/.vim; ~/.config/vim for those who have their vimrc there and none at home (Vim 9.1.0327 and newer)."""
    home = Path(paths.home_dir(environ))
    if sys.platform == "win32":
        return home / "vimfiles"
    elsewhere = paths.config_dir(environ) / "vim"
    at_home = any(path.exists() for path in (home / ".vimrc", home / ".vim"))
    return elsewhere if not at_home and (elsewhere / "vimrc").exists() else home / ".vim"


def lines(options: Mapping[str, str], *, with_statusline: bool) -> bytes:
    """What is in it; `options` are those to set where the user does not. Raises SetupError."""
    text = _HEAD
    for name, value in options.items():
        text += f"let g:codestats_{name} = get(g:, 'codestats_{name}', {_string(value)})\n"
    if (_ROOT / "plugin" / "codestats.vim").exists():
        text += _PLUGIN.replace("{directory}", _string(str(_ROOT)))
    return (text + (_STATUSLINE if with_statusline else "")).encode()


def _string(text: str) -> str:
    if any(ord(char) < 32 for char in text):
        raise SetupError(f"{text!r} cannot be written into a Vim script: choose another")
    return "'" + text.replace("'", "''") + "'"
