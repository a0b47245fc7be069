"""Whose XP it is, which buffers earn any, and what becomes of it when buffers and the editor go away."""

from __future__ import annotations

import os
import signal

from support.situations.situation import TEXT, ahead, burst, command, held, row, script, wait_for

LUA_BESIDE = ("vnew other.lua | setlocal filetype=lua | wincmd w",)


def window_at_work(events: str) -> tuple[str, ...]:
    """A window whose keys work in the file's, and which shows what they did. {events}: those that do not come then."""
    return (
        script(
            "function! Work(command) abort\n"
            f"set eventignore={events}\n"
            "wincmd p\n"
            "silent execute a:command\n"
            "wincmd p\n"
            "set eventignore=\n"
            "call setline(1, 'shown: ' .. b:changedtick)\n"
            "endfunction"
        ),
        script(
            "function! Open() abort\n"
            f"set eventignore={events}\n"
            "new\n"
            "set eventignore=\n"
            "setlocal buftype=nofile\n"
            "nnoremap <buffer> u <Cmd>call Work('undo')<CR>\n"
            "nnoremap <buffer> j <Cmd>call Work('normal! x')<CR>\n"
            "nnoremap <buffer> k <Cmd>call Work('normal! yy')<CR>\n"
            "nnoremap <buffer> l <Cmd>call Work('undo \\| silent redo')<CR>\n"
            "endfunction"
        ),
        "nnoremap <F6> <Cmd>call Open()<CR>",
    )


QUIT = ("inoremap <F5> <Cmd>qa!<CR>",)


def suspended(editor):
    """Stopped by the shell's job control, and gone on with."""
    os.kill(editor.pid, signal.SIGSTOP)
    editor.terminal.write(b"lo")
    os.kill(editor.pid, signal.SIGCONT)


BUFFERS = [
    # -- attribution
    row("two windows on one buffer", "iab<Esc><C-w>siab<Esc><C-w>wx", xp={"Python": 5}, text=TEXT),
    row(
        "two windows of different filetypes",
        "iab<Esc><C-w>wicd<Esc><C-w>wx",
        xp={"Python": 3, "Lua": 2},
        text=TEXT,
        setup=LUA_BESIDE,
    ),
    row(
        "a change and a switch in one read",
        burst("x<C-w>wix<Esc><C-w>wx"),
        xp={"Python": 2, "Lua": 1},
        text=TEXT,
        setup=LUA_BESIDE,
    ),
    row(
        "a difference put into a file that was never gone to",
        "dpjx",
        xp=2,
        hookless=1,
        text=TEXT,
        files={"other.py": "abc\njkl mno pqr\nstu vwx yz\n"},
        args=("-d", "text", "other.py"),
    ),
    row(
        "what a timer writes to a file that was never gone to",
        command("call setbufline('other.py', 1, 'not typed')"),
        "j",
        xp=0,
        text=TEXT,
        files={"other.py": "abc\n"},
        args=("-o", "text", "other.py"),
    ),
    row(
        "a buffer that a script loads, and changes by a key",
        "<F5><F5>x",
        xp=3,
        hookless=1,
        text=TEXT,
        setup=(
            "call bufload(bufadd('other.py'))",
            "nnoremap <F5> <Cmd>call setbufline('other.py', 1, 'new' .. getbufvar('other.py', 'changedtick'))<CR>",
        ),
        files={"other.py": "abc\n"},
    ),
    row(
        "two tabs of different filetypes",
        "xgticd<Esc>gtx",
        xp={"Python": 2, "Lua": 2},
        text=TEXT,
        setup=("tabnew other.lua | setlocal filetype=lua | tabnext",),
    ),
    row(
        "another file in the same window",
        "x:e other.lua<CR>xx:e #<CR>x",
        xp={"Python": 2, "Lua": 2},
        text=TEXT,
        setup=("set hidden",),
        files={"other.lua": "-- a comment\n"},
    ),
    row(
        "a switch that autocommands don't see",
        "x<F5>xx",
        xp={"Python": 1, "Lua": 2},
        text=TEXT,
        setup=(
            "set hidden",
            "edit other.lua | setlocal filetype=lua | buffer #",
            "nnoremap <F5> <Cmd>noautocmd buffer #<CR>",
        ),
        files={"other.lua": "-- a comment\n"},
    ),
    row(
        "a switch that autocommands don't see, to a buffer of the same tick",
        "<F5>xx",
        xp={"Lua": 2},
        text=TEXT,
        setup=(
            "set hidden",
            "edit other.lua | setlocal filetype=lua",
            "let g:tick = getbufvar('text', 'changedtick')",
            "while b:changedtick < g:tick | call setline(1, '-- ' .. b:changedtick) | endwhile",
            "buffer text",
            "let g:tick = getbufvar('other.lua', 'changedtick')",
            "while b:changedtick < g:tick | call setline(1, 'text' .. b:changedtick) | endwhile",
            "nnoremap <F5> <Cmd>noautocmd buffer other.lua<CR>",
        ),
        files={"other.lua": "-- a comment\n"},
    ),
    row(
        "keys of a window that works in another one, which autocommands don't see",
        "xx<F6>llulukkj<C-w>pxx",
        xp=7,
        hookless=4,
        text=TEXT,
        setup=window_at_work("all"),
    ),
    row(
        "a key that changes the text and leaves it, which autocommands don't see",
        "x<F5>uix<Esc>",
        xp=2,
        hookless=1,
        text=TEXT,
        setup=(
            "vnew | setlocal buftype=nofile | wincmd p",
            "nnoremap <F5> <Cmd>execute 'normal! x'<Bar>noautocmd wincmd p<CR>",
        ),
    ),
    row(
        "a script that asks in a window that autocommands don't see",
        "x<F5>xix<F5>y<Esc><F5>j<F5>k<F5><Esc>",
        xp=4,
        text=TEXT,
        setup=(
            script(
                "function! Ask() abort\n"
                "noautocmd new\n"
                "setlocal buftype=nofile\n"
                "call setline(1, 'shown')\n"
                "let key = getcharstr()\n"
                "noautocmd bwipe!\n"
                "call feedkeys(key, 'n')\n"
                "endfunction"
            ),
            "nnoremap <F5> <Cmd>call Ask()<CR>",
            "inoremap <F5> <C-o><Cmd>call Ask()<CR>",
        ),
    ),
    row(
        "keys of a window that works in another one, and looks what undo would do there",
        "xx<F6>llukj",
        xp=4,
        hookless=6,
        text=TEXT,
        setup=window_at_work(""),
    ),
    row(
        "a substitution in all buffers",
        ":bufdo s/[a-z]/X/<CR>",
        xp=1,
        hookless=2,
        text=TEXT,
        setup=("set hidden", "edit other | buffer #"),
        files={"other": "one\n"},
    ),
    row(
        "a language given for the buffer",
        "iab<Esc>",
        xp={"Klingon": 2},
        setup=("let b:codestats_language = 'Klingon'",),
    ),
    row(
        "a language given and taken back",
        "iab<Esc>:unlet b:codestats_language<CR>ic<Esc>",
        xp={"Klingon": 2, "Python": 1},
        setup=("let b:codestats_language = 'Klingon'",),
    ),
    row("a buffer switched off", "iab<Esc>", xp=0, setup=("let b:codestats_enabled = 0",)),
    row("a buffer switched off by a boolean", "iab<Esc>", xp=0, setup=("let b:codestats_enabled = v:false",)),
    row("a buffer switched off on the way", "iab<Esc>:let b:codestats_enabled = 0<CR>icd<Esc>", xp=2),
    row("a buffer switched on", "iab<Esc>", xp=2, setup=("let b:codestats_enabled = 1",)),
    row(
        "counting paused and resumed", "iab<Esc>:CodeStatsPause<CR>icd<Esc>:CodeStatsResume<CR>ief<Esc>", xp=4
    ),
    row("a buffer written by autocommands", "iab<Esc>", xp=2, setup=("setlocal buftype=acwrite",)),
    row("a buffer without a name", "iab<Esc>", xp={"Lua": 2}, setup=("enew", "setlocal filetype=lua")),
    row(
        "diff: text got from the other side",
        "do",
        xp=1,
        hookless=2,
        text=TEXT,
        setup=("diffthis", "vnew | call setline(1, ['abc', 'x']) | diffthis | wincmd p"),
    ),
    # -- buffers that go away
    row("a buffer wiped right after typing", "ihello<Esc>:bwipeout!<CR>", xp={"Python": 5}, text=TEXT),
    row(
        "a buffer deleted in one read with typing",
        burst("ihello<Esc>:bdelete!<CR>"),
        wait_for("empty(bufname())"),
        xp={"Python": 5},
        text=TEXT,
    ),
    row(
        "a buffer deleted out of Insert mode",
        "ihello<F5>",
        xp={"Python": 5},
        text=TEXT,
        setup=("inoremap <F5> <Cmd>bdelete!<CR>",),
    ),
    row(
        "a buffer deleted out of Insert mode, in one read",
        burst("ihello<F5>"),
        xp={"Python": 5},
        text=TEXT,
        setup=("inoremap <F5> <Cmd>bdelete!<CR>",),
    ),
    row("a buffer unloaded and read again", "x:new<CR>:bunload! text<CR>:b text<CR>x", xp=2, text=TEXT),
    row(
        "a buffer wiped without autocommands",
        "xix<Esc>:noautocmd bwipeout!<CR>xixy<Esc>x",
        xp=6,
        text=TEXT,
        setup=("set hidden", "edit other.lua | setlocal filetype=lua | buffer #"),
        files={"other.lua": "-- a comment\n"},
    ),
    row(
        "another buffer wiped without autocommands",
        "xix<Esc>:noautocmd bwipeout! other.lua<CR>xjkixy<Esc>x",
        xp=6,
        text=TEXT,
        setup=("set hidden", "edit other.lua | setlocal filetype=lua | buffer #"),
        files={"other.lua": "-- a comment\n"},
    ),
    row("a buffer wiped by a timer", "x", command("bwipeout!"), "jk", xp=1, text=TEXT),
    row("typing in a window that is closed", ":vnew<CR>ihello<Esc>:q!<CR>x", xp=6, text=TEXT),
    # -- leaving
    row("left in Insert mode by a mapping", held("ihello<F5>"), xp=5, text=TEXT, setup=QUIT, leaves=True),
    row(
        "left in Insert mode by a mapping, in one read",
        ahead("ihello<F5>"),
        xp=5,
        text=TEXT,
        setup=QUIT,
        leaves=True,
    ),
    row("left without a change", held("jk:qa!<CR>"), xp=0, text=TEXT, leaves=True),
    row(":wq", held("ihello<Esc>:wq<CR>"), xp=5, text=TEXT, leaves=True),
    row(":x", held("ihello<Esc>:x<CR>"), xp=5, text=TEXT, leaves=True),
    row("ZZ", held("ihello<Esc>ZZ"), xp=5, text=TEXT, leaves=True),
    row("ZQ", held("ihello<Esc>ZQ"), xp=5, text=TEXT, leaves=True),
    row("everything in one read, ZZ at its end", ahead("xxihello<Esc>ZZ"), xp=7, text=TEXT, leaves=True),
    row(":cquit", held("ihello<Esc>:cq<CR>"), xp=5, text=TEXT, leaves=True),
    row(":qa! with unsaved text", held("ihello<Esc>x:qa!<CR>"), xp=6, text=TEXT, leaves=True),
    row(":qa! in one read with a change", ahead("x:qa!<CR>"), xp=1, text=TEXT, leaves=True),
    row("left with several buffers", held("x:vnew<CR>ihello<Esc>:qa!<CR>"), xp=6, text=TEXT, leaves=True),
    row(
        "left when it was just written by a formatter",
        held("x:wq<CR>"),
        xp=2,
        at_most=True,
        text=TEXT,
        leaves=True,
        setup=("autocmd BufWritePre * call append('$', 'formatted')",),
    ),
    row(
        "the terminal window closed",
        "ihello",
        lambda editor: editor.hang_up(),
        xp=5,
        text=TEXT,
        leaves=True,
    ),
    row("stopped and gone on with", "ihel", suspended, "<Esc>", xp=5, text=TEXT),
    row("the same change after the file again", "x:e!<CR>x", xp=2, text=TEXT),
]
