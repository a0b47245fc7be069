"""Text that others put in: timers, jobs, language servers, formatters, assistants, reloads. It earns nothing."""

from __future__ import annotations

from support.situations.situation import TEXT, ahead, command, paste, row, wait_for

# Counts its own runs, so that a test can wait for the last.
STREAM = (
    "let g:runs = 0",
    "let g:Stream = {-> execute(['let g:runs += 1', 'call setline(1, \"streamed \" .. g:runs)'])}",
)
BELOW = (
    "let g:runs = 0",
    "let g:Stream = {-> execute(['let g:runs += 1', 'call setline(\"$\", \"streamed \" .. g:runs)'])}",
)
LSP_EDIT = (
    "lua Edit = function(line, text) local place = {line = line, character = 0} vim.lsp.util.apply_text_edits("
    "{{range = {start = place, ['end'] = place}, newText = text}}, vim.api.nvim_get_current_buf(), 'utf-8') end"
)


def start_stream(milliseconds: int, times: int):
    return command(f"call timer_start({milliseconds}, g:Stream, {{'repeat': {times}}})")


def asked_while_typing(editor):
    """A letter on the way while a plugin's channel is read."""
    for _ in range(100):
        editor.terminal.write(b"a")
        editor.eval("1")


BELOW_SOON = command("call append('$', 'not typed')")
OTHERS = [
    *[
        row(
            f"{keys}, which finds nothing, and a line put in below{', mapped' if setup else ''}",
            keys,
            BELOW_SOON,
            "<Esc>",
            xp=0,
            hookless=hookless,
            setup=setup,
        )
        for keys, hookless, setup in (
            ("S<C-x><C-i>", 1, ()),
            ("i<C-x><C-l>", 1, ()),
            ("i<C-n>", 1, ()),
            ("R<C-n>", 1, ()),
            ("gR<C-x><C-l>", 1, ()),
            ("s<C-u>", 0, ()),
            ("s<C-u>", 0, ("inoremap <C-u> <C-g>u<C-u>",)),
        )
    ],
    *[
        row(
            f"a completion that takes its text out and puts it back, and a line put in {where}",
            "ob<Esc>S2<C-x><C-l>",
            command(f"call append({line}, 'not typed')"),
            "<Esc>",
            xp=4,
            text="a\n",
            kinds=("nvim",),
        )
        for where, line in (("below", "'$'"), ("above", "0"))
    ],
    row(
        "a line put in below before <C-c>",
        "ia",
        BELOW_SOON,
        "<C-c>",
        xp=1,
    ),
    *[
        row(
            f"{keys} where each key formats, and a line put in below before <C-c>",
            keys,
            BELOW_SOON,
            "<C-c>",
            xp=xp,
            hookless=hookless,
            setup=("set formatoptions=tcqa textwidth=20",),
            kinds=kinds,
        )
        for keys, xp, hookless, kinds in (
            ("ab<C-n>", 1, 3, ("vim", "nvim")),
            ("ab<CR><C-x><C-v>", 3, 4, ("vim", "nvim")),
        )
    ],
    row(
        "the indent of the line that <Down> leaves",
        "o<Down><Esc>",
        xp=2,
        text="  abc\ndef\n",
        setup=("set autoindent indentexpr=",),
    ),
    row("a channel is read while letters are typed", "i", asked_while_typing, "<Esc>", xp=100),
    row(
        "a stream of lines while letters are typed",
        "O",
        start_stream(15, 60),
        "the quick brown fox jumps over the lazy dog<Esc>",
        wait_for("g:runs == 60"),
        "jk",
        xp=44,
        text=TEXT,
        setup=BELOW,
    ),
    row(
        "a stream of lines while the cursor moves in Insert mode",
        "i",
        start_stream(15, 40),
        "<Left><Right>" * 15 + "<Esc>",
        wait_for("g:runs == 40"),
        xp=0,
        text=TEXT,
        setup=BELOW,
    ),
    row(
        "lines set through the API while letters are typed",
        "O",
        command(
            "let g:timer = timer_start(7, "
            "{-> nvim_buf_set_lines(0, -2, -1, v:true, [reltimestr(reltime())])}, {'repeat': -1})"
        ),
        "the quick brown fox<Esc>",
        command("call timer_stop(g:timer)"),
        "jk",
        xp=20,
        text=TEXT,
        kinds=("nvim",),
    ),
    row(
        "a language server's edit while idle",
        "jk",
        command("lua Edit(1, 'import os\\n')"),
        "jk",
        xp=0,
        text=TEXT,
        setup=(LSP_EDIT,),
        kinds=("nvim",),
    ),
    row(
        "a language server's edits in Insert mode",
        "iab",
        command("lua Edit(1, 'import os\\n')"),
        "cd",
        command("lua Edit(2, 'import sys\\n')"),
        "<Left><Right><Esc>",
        xp=4,
        text=TEXT,
        setup=(LSP_EDIT,),
        kinds=("nvim",),
    ),
    row(
        "a job's output",
        "jk",
        command("call timer_start(30, {-> execute('read !echo output')})"),
        wait_for("getline(2) ==# 'output'"),
        "jk",
        xp=0,
        text=TEXT,
    ),
    row(
        "a write from outside while letters are typed",
        "iab",
        command("call append('$', 'x')"),
        "cd<Esc>",
        command("call append('$', 'x')"),
        "jk",
        xp=4,
        text=TEXT,
    ),
    row(
        "keys that a timer feeds",
        "jk",
        command("call timer_start(20, {-> feedkeys('xx')})"),
        wait_for("getline(1) ==# 'c def ghi'"),
        "jk",
        xp=0,
        hookless=2,
        text=TEXT,
    ),
    row(
        "keys that a timer feeds in Insert mode",
        "ia",
        command("call timer_start(20, {-> feedkeys('xyz')})"),
        wait_for("getline(1) =~# 'xyz'"),
        "b<Esc>",
        xp=2,
        hookless=5,
        text=TEXT,
    ),
    row(
        "an edit at CursorHold",
        "jk",
        wait_for("getline('$') ==# 'held'"),
        "jk",
        xp=0,
        text=TEXT,
        setup=("set updatetime=50", "autocmd CursorHold * ++once call append('$', 'held')"),
    ),
    row(
        "an edit at CursorHoldI",
        "ia",
        wait_for("getline('$') ==# 'held'"),
        "b<Esc>",
        xp=2,
        text=TEXT,
        setup=("set updatetime=50", "autocmd CursorHoldI * ++once call append('$', 'held')"),
    ),
    row(
        "renumbering at each change",
        "xx",
        xp=2,
        text=TEXT,
        setup=("autocmd TextChanged * call setline('$', 'changed ' .. b:changedtick)",),
    ),
    row(
        "an edit at each typed letter",
        "iabc<Esc>",
        xp=3,
        text=TEXT,
        setup=("autocmd TextChangedI * call setline('$', 'changed ' .. b:changedtick)",),
    ),
    row(
        "white space trimmed when Insert mode is left",
        "iab  <Esc>",
        xp=5,
        at_most=True,
        text=TEXT,
        setup=("autocmd InsertLeave * %s/ \\+$//e",),
    ),
    # -- writing and reading files
    row(
        "saved by itself after each change",
        "xjx",
        xp=2,
        text=TEXT,
        setup=("autocmd TextChanged,InsertLeave * silent! update",),
    ),
    row(
        "saved by itself while typing",
        "iabc<Esc>x",
        xp=4,
        text=TEXT,
        setup=("autocmd TextChanged,TextChangedI,InsertLeave * silent! update",),
    ),
    row(
        "saved by a timer while typing",
        "iab",
        command("silent update"),
        "cd<Esc>",
        command("silent wall"),
        "x",
        xp=5,
        text=TEXT,
    ),
    *[
        row(
            f"{keys}, saved by an autocommand of {event}",
            keys,
            xp=xp,
            hookless=hookless,
            text=TEXT,
            setup=(f"autocmd {event} * silent! update",),
        )
        for event, keys, xp, hookless in (
            ("InsertLeave", "ia<Esc>", 1, 2),
            ("InsertLeave", "ia<Esc>ub<Esc>x", 3, 4),
            ("InsertEnter", "xia<Esc>", 2, 3),
            ("CmdlineEnter", "x:echo 1<CR>", 1, 1),
            ("CursorMoved", "xljx", 2, 2),
            ("CursorMovedI", "ia<Left><Right>b<Esc>", 2, 2),
            ("WinLeave", "x<C-w>wjk", 1, 1),
        )
    ],
    row(
        "saved by an autocommand of BufLeave",
        "x:e other<CR>jk:e #<CR>x",
        xp=2,
        text=TEXT,
        files={"other": "one\ntwo\n"},
        setup=("autocmd BufLeave * silent! update",),
    ),
    row(
        "saved by a mapping through <C-o>",
        "ia<F5>b<Esc>",
        xp=2,
        text=TEXT,
        setup=("inoremap <F5> <C-o>:silent update<CR>",),
    ),
    row("undone to what was written, which is a change", "x:w<CR>xu", xp=3, text=TEXT),
    row(
        "the indent taken away, and written",
        "o<Esc>jk",
        xp=2,
        text="    abc\n",
        setup=("set autoindent indentexpr=", "autocmd InsertLeave * silent! update"),
    ),
    row(
        "formatted after the write",
        "x:w<CR>",
        wait_for("getline('$') ==# 'formatted'"),
        "jk",
        xp=1,
        text=TEXT,
        setup=("autocmd BufWritePost * call timer_start(30, {-> append('$', 'formatted')})",),
    ),
    row(
        "formatted by a filter on write",
        "iab<Esc>:w<CR>jk",
        xp=3,
        at_most=True,
        text=TEXT,
        setup=("autocmd BufWritePre * silent %!cat",),
    ),
    row(
        "trimmed on write",
        "iab  <Esc>:w<CR>jk",
        xp=5,
        at_most=True,
        text=TEXT,
        setup=("autocmd BufWritePre * %s/\\s\\+$//e",),
    ),
    row(
        "the file changed on disk",
        "jk",
        command("call writefile(['new', 'text'], 'text')"),
        ":checktime<CR>jk",
        xp=0,
        text=TEXT,
        setup=("set autoread",),
    ),
    row(
        "the file changed on disk, noticed at focus",
        "jk",
        command("call writefile(['new', 'text'], 'text')"),
        lambda editor: editor.focus(False),
        lambda editor: editor.focus(True),
        ":checktime<CR>",
        wait_for("getline(1) ==# 'new'"),
        "jkx",
        xp=1,
        text=TEXT,
        setup=("set autoread", "autocmd FocusGained * checktime"),
    ),
    row("a session restored", "x:mksession! s.vim<CR>:w<CR>:source s.vim<CR>jk", xp=1, text=TEXT),
    # -- scripts that act as if somebody typed
    row("a script's :undojoin", "ia<Esc>", command("undojoin | call append('$', 'x')"), "u", xp=2, text=TEXT),
    row("a script's undo", "x", command("silent undo"), "jk", xp=1, text=TEXT),
    row(
        "a script's :normal",
        "jk",
        command("normal! ohello"),
        "jk",
        xp=0,
        needs="has('nvim') || exists('##KeyInputPre')",  # 0 to 5 without a key hook
        text=TEXT,
    ),
    row(
        "a paste that a script makes",
        "jk",
        command('call timer_start(1, {-> execute(\'let @a = "x" | normal! "ap\')})'),
        "jk",
        xp=0,
        text=TEXT,
    ),
    row(
        "terminal output beside the text",
        ":vertical terminal<CR>",
        ahead("seq 30\r"),
        xp=0,
        text=TEXT,
        kinds=("vim",),
    ),
    row(
        "a terminal in Normal mode, then typing",
        ":terminal ++curwin cat<CR>",
        "hello<CR><C-w>Njjyy:e text<CR>ox<Esc>",
        xp=2,
        text=TEXT,
        setup=("set hidden",),
        kinds=("vim",),
    ),
    row(
        "Neovim's terminal in Normal mode, then typing",
        ":terminal cat<CR>ihello<CR><C-\\><C-n>yy:e text<CR>ox<Esc>",
        xp=2,
        text=TEXT,
        kinds=("nvim",),
    ),
    row("a paste into a terminal", ":terminal cat<CR>i", paste("hello"), xp=0, text=TEXT, kinds=("nvim",)),
]
