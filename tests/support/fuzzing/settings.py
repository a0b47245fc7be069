"""What sessions differ in before the first key: settings as people have them, and texts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """`share` of the sessions have it. `chords` are mappings of Insert mode that come into use.

    `no_burst`: keys that come together give another text with it. `pauses`: something happens at them.
    """

    setup: tuple[str, ...]
    share: float
    chords: tuple[str, ...] = ()
    no_burst: bool = False
    pauses: bool = False


SETTINGS = (
    Setting(("set expandtab shiftwidth=4 softtabstop=4",), 0.4),
    Setting(("set autoindent",), 0.3),
    Setting(("set smartindent",), 0.1),
    Setting(("set textwidth=20 formatoptions=tcqa",), 0.05),
    Setting(("set textwidth=30",), 0.1),
    Setting(("set virtualedit=all",), 0.05),
    Setting(("set virtualedit=block,onemore",), 0.1),
    Setting(("set completeopt=menuone,noselect",), 0.15, no_burst=True),
    Setting(("set completeopt=menu,longest",), 0.05, no_burst=True),
    Setting(("set tildeop",), 0.05),
    Setting(("set whichwrap=b,s,<,>,[,]",), 0.1),
    Setting(("set noautoindent nosmarttab backspace=",), 0.05),
    Setting(("set showmatch matchtime=1",), 0.1),
    Setting(("set nrformats=alpha,octal,hex,bin",), 0.1),
    Setting(("set undolevels=3",), 0.05),
    Setting(("set cpoptions+=$",), 0.05),
    Setting(("set noshowcmd", "set report=0"), 0.1),
    Setting(("set complete=.,w,b", "set dictionary=/dev/null"), 1.0),
    Setting(("inoremap ( ()<Left>", "inoremap [ []<Left>"), 0.1, chords=("(", "[")),
    Setting(('inoremap <expr> { "{}\\<lt>Left>"',), 0.08, chords=("{",)),
    Setting(
        ('inoremap <expr> ) getline(".")[col(".") - 1] ==# ")" ? "\\<lt>Right>" : ")"',), 0.08, chords=(")",)
    ),
    Setting(("inoremap jk <Esc>", "set timeoutlen=30"), 0.1, chords=("jk",), no_burst=True),
    Setting(("iabbrev teh the", "iabbrev bar barrier"), 0.15),
    Setting(("nnoremap Y y$", 'nnoremap <silent> x "_x'), 0.1),
    Setting(("xnoremap < <gv", "xnoremap > >gv"), 0.1),
    Setting(("inoremap <C-l> <Cmd>call setline('.', getline('.') .. '!')<CR>",), 0.05),
    Setting(("autocmd InsertLeave * silent! update",), 0.08),
    Setting(("autocmd CursorHold,CursorHoldI * let g:held = 1", "set updatetime=40"), 0.15, pauses=True),
    Setting(("autocmd TextChanged,TextChangedI * let g:changed = 1",), 0.15),
    Setting(("autocmd InsertCharPre * let g:char = v:char",), 0.1),
    Setting(("autocmd CursorMoved,CursorMovedI * let g:moved = 1",), 0.1),
)

CODE = """def first(a, b):
    if a > b:
        return a - 1
    return [x for x in b if x]


class Foo:
    bar = {"one": 1, "two": 2}
"""
PROSE = "the quick brown fox\njumps over the lazy dog\n\nfoo bar baz (and more) 10 9\n\ttab here\n"
C = "int main(void)\n{\n\tint a = 07;\n\tif (a) {\n\t\ta = 0x1f;\n\t}\n\treturn a;\n}\n"
TEXTS = (
    (CODE, "python"),
    (PROSE, "lua"),
    (C, "c"),
    ("", "python"),
    ("one line\n", "lua"),
    ("abc äö 漢字 e\u0301\n", "lua"),
)
