"""What Neovim after 0.12 has of its own; skipped where there is none. Decided in doc/dev/counting.md."""

from __future__ import annotations

from support.situations.situation import TEXT, command, row, wait_for

CURSORS = "exists('*nvim_mcursor')"
NEWER = [
    row("three cursors and letters", "QjQjixyz<Esc>", xp=3, text=TEXT, kinds=("nvim",), needs=CURSORS),
    row(
        "three cursors and other keys",
        "QjQjiab<BS><CR><Esc>",
        xp=4,
        text=TEXT,
        kinds=("nvim",),
        needs=CURSORS,
    ),
    row(
        "ten cursors in one line",
        "/a<CR>1Qcwvwxyz<Esc>",
        xp=6,
        text="a a a a a a a a a a\n",
        kinds=("nvim",),
        needs=CURSORS,
    ),
    row("three cursors and an operator", "QjQjdw", xp=1, text=TEXT, kinds=("nvim",), needs=CURSORS),
    row("three cursors, x and a dot", "QjQjx.u", xp=3, text=TEXT, kinds=("nvim",), needs=CURSORS),
    row("three cursors placed and cleared", "QjQj<C-l>", xp=0, text=TEXT, kinds=("nvim",), needs=CURSORS),
    row("three cursors that follow", "QjQjq=wbww", xp=0, text=TEXT, kinds=("nvim",), needs=CURSORS),
    row(
        "a put with somebody listening",
        "yyp",
        xp=1,
        text=TEXT,
        needs="exists('##TextPutPost')",
        setup=("autocmd TextPutPost * let g:put = 1",),
    ),
    row(
        "text put by a script",
        "jk",
        command("normal! yyp"),
        "jk",
        xp=0,
        text=TEXT,
        needs="exists('##TextPutPost')",
        setup=("autocmd TextPutPost * let g:put = 1",),
    ),
    row(
        "an action with somebody listening",
        "xixy<Esc>.",
        xp=4,
        text=TEXT,
        kinds=("nvim",),
        needs="exists('##CmdAtom')",
        setup=("autocmd CmdAtom * let g:atom = 1",),
    ),
    row("dot-repeat of an insertion with cursor keys", "ihe<Left>x<Esc>j.", xp=4, hookless=4, text=TEXT),
    row(
        "a file that a watcher sees change",
        "jk",
        command("call writefile(['new', 'text'], 'text')"),
        wait_for("getline(1) ==# 'new'"),
        "jk",
        xp=0,
        text=TEXT,
        kinds=("nvim",),
        needs="has('nvim-0.13')",
        setup=("set autoread",),
    ),
]
