"""How each package manager of the README's table is put in place and told to install: what managers.py goes through."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from editors import MATRIX, REPO

__all__ = ["WAYS", "Row", "Way", "readme"]

NEOVIMS = tuple(name for name in MATRIX if name.startswith("nvim"))
_TABLE = re.compile(r"^\| with \| the line \|\n\|[-|]+\|\n((?:\|.+\n)+)", re.MULTILINE)
_LINK = re.compile(r"\[(.+)\]\(https://github\.com/(.+)\)")


@dataclass(frozen=True, slots=True)
class Row:
    """Of the README's table: where the manager is (owner/name, "" for none of its own), and the line by editor kind."""

    repository: str
    lines: dict[str, str]


def readme() -> dict[str, Row]:
    """Name of a manager → its row. Raises LookupError when the README has no such table."""
    table = _TABLE.search((REPO / "README.md").read_text())
    if not table:
        raise LookupError("README.md has no table of install lines")
    rows = {}
    for text in table[1].splitlines():
        head, cell = text.strip("| ").split(" | ")
        name, repository = link.groups() if (link := _LINK.fullmatch(head)) else (head, "")
        line, *in_neovim = re.findall(r"`([^`]+)`", cell)
        # In Neovim only the directory of `git clone` is another.
        neovim = f"{line.rpartition(' ')[0]} {in_neovim[0]}" if in_neovim else line
        rows[name] = Row(repository, {"vim": line, "nvim": neovim})
    return rows


@dataclass(frozen=True, slots=True)
class Way:
    """One way to install: the README's row, and what its manager's documentation says to do around that line.

    `place` is for a shell in the new home, `vimrc` is the user's; both may have {repository} and {line}. The first
    start installs: `install` has keys and what the screen shows after them, in their order. `option` makes the line a
    lazy one, and `load` are the keys that then load the plugin, likewise.
    """

    row: str
    vimrc: str = ""
    place: str = ""
    install: tuple[tuple[str, str], ...] = ()
    editors: tuple[str, ...] = MATRIX
    option: str = ""
    load: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{self.row}, `{self.option}`" if self.option else self.row

    def filled(self, text: str, row: Row, kind: str) -> str:
        """`place` or `vimrc` for an editor of this kind."""
        line = row.lines[kind]
        if self.option:  # to what is a Lua table already, or to a command as its second argument
            line = f"{line[:-2]}, {self.option} }}" if line.endswith(" }") else f"{line}, {{{self.option}}}"
        return text.replace("{repository}", row.repository).replace("{line}", line)


BY_COMMAND = ((":CodeStatsProfile<CR>", "LEVEL 0"), ("q", "^~"))

LAZY_NVIM = Way(
    "lazy.nvim",
    """lua << EOF
vim.opt.rtp:prepend(vim.fn.stdpath('data') .. '/lazy/lazy.nvim')
require('lazy').setup({ spec = { {line} } })
EOF""",
    "git clone --filter=blob:none --branch=stable https://github.com/{repository}.git"
    " ~/.local/share/nvim/lazy/lazy.nvim",
    (("", "codestats.vim"),),
    NEOVIMS,
)
VIM_PLUG = Way(
    "vim-plug",
    "call plug#begin()\n{line}\ncall plug#end()",
    # Its documentation downloads that one file.
    "git clone https://github.com/{repository} ~/plug && for directory in ~/.vim ~/.local/share/nvim/site;"
    " do mkdir -p $directory/autoload && cp ~/plug/plug.vim $directory/autoload; done",
    ((":PlugInstall<CR>", r"Finishing \.\.\. Done!"),),
)
WAYS = (
    LAZY_NVIM,
    replace(LAZY_NVIM, option="event = 'VeryLazy'"),
    replace(LAZY_NVIM, option="event = 'InsertEnter'"),
    replace(LAZY_NVIM, option="cmd = 'CodeStatsProfile'", load=BY_COMMAND),
    VIM_PLUG,
    replace(VIM_PLUG, option="'for': 'python'"),
    replace(VIM_PLUG, option="'on': 'CodeStatsProfile'", load=BY_COMMAND),
    Way(
        "Neovim 0.12",
        "lua {line}",
        install=(("", "These plugins will be installed"), ("y", "^~")),
        editors=("nvim-0.12",),
    ),
    Way(
        "mini.deps",
        """lua << EOF
require('mini.deps').setup({ path = { package = vim.fn.stdpath('data') .. '/site/' } })
{line}
EOF""",
        "git clone --filter=blob:none https://github.com/{repository}"
        " ~/.local/share/nvim/site/pack/deps/start/mini.deps",
        (("", "^~"),),
        NEOVIMS,
    ),
    Way(
        "Vundle",
        """set nocompatible
filetype off
set rtp+=~/.vim/bundle/Vundle.vim
call vundle#begin()
Plugin '{repository}'
{line}
call vundle#end()
filetype plugin indent on""",
        "git clone https://github.com/{repository}.git ~/.vim/bundle/Vundle.vim",
        ((":PluginInstall<CR>", "Done!"),),
    ),
    Way("packages", place="{line}"),
)
