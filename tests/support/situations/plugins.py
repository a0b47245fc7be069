"""What plugins make of a typed key: work that comes later, text taken out and put back, scripts that ask for more."""

from __future__ import annotations

from support.situations.situation import (
    TEXT,
    WRITE,
    WRITTEN,
    Action,
    at_pace,
    command,
    held,
    row,
    script,
    wait_for,
)

WORDS = "foobar\nfoobaz\n"
LATE_WORD = "{-> setline('.', getline('.') .. 'word')}"
# A mapping whose work a timer does, as vim.schedule() does in Lua.
LATER = (f"inoremap <Tab> <Cmd>call timer_start(0, {LATE_WORD})<CR>",)
# The same by an expression that gives nothing: no key comes of it.
GIVES_NOTHING = (f"inoremap <expr> <Tab> [timer_start(0, {LATE_WORD}), ''][1]",)
LUA_GIVES_NOTHING = (
    (
        "lua vim.keymap.set('i', '<Tab>', function() vim.schedule(function() local row = vim.fn.line('.') - 1 "
        "vim.api.nvim_buf_set_text(0, row, 0, row, 0, {'word'}) end) end, {expr = true})"
    ),
)
LUA_LATER = (
    (
        "lua vim.keymap.set('i', '<Tab>', function() vim.schedule(function() local row = vim.fn.line('.') - 1 "
        "vim.api.nvim_buf_set_text(0, row, 0, row, 0, {'word'}) end) end)"
    ),
)
# The work of an expression that puts the same text back.

# A suggestion of several steps: the text goes out and another comes in.
REPLACED_LATER = (
    script(
        "function! Replace(timer) abort\n"
        "call setline('.', '')\n"
        "call setline('.', 'foobar')\n"
        "call cursor(line('.'), 99)\n"
        "endfunction"
    ),
    "inoremap <expr> <Tab> [timer_start(0, 'Replace'), ''][1]",
)
BY_JOB = {
    "vim": "inoremap <Tab> <Cmd>call job_start(['true'], {'exit_cb': {-> setline('.', getline('.') .. 'word')}})<CR>",
    "nvim": "inoremap <Tab> <Cmd>call jobstart(['true'], {'on_exit': {-> setline('.', getline('.') .. 'word')}})<CR>",
}

OVER = (
    script(
        "function! StepOver() abort\n"
        "return getline('.')[col('.') - 1] ==# ')' ? \"\\<Del>)\" : ')'\n"
        "endfunction"
    ),
    "inoremap <silent> ) <C-r>=StepOver()<CR>",
)
OUT_AND_IN = (
    script(
        "function! OutAndIn(...) abort\n"
        "let line = getline('.')\n"
        "call setline('.', '')\n"
        "call setline('.', line)\n"
        "endfunction"
    ),
    "nnoremap <F5> <Cmd>call OutAndIn()<CR>",
    "inoremap <F5> <Cmd>call OutAndIn()<CR>",
    "inoremap <Esc> <Cmd>call OutAndIn()<CR><Esc>",
)
# Shows a change at each key and takes it back, through the API and not by undo, as mini.align does.
LUA_SHOWN = (
    (
        "lua vim.keymap.set('n', '<F5>', function() local old = vim.api.nvim_buf_get_lines(0, 0, 1, false) "
        "while true do vim.cmd.redraw() local key = vim.fn.getcharstr() "
        "vim.api.nvim_buf_set_lines(0, 0, 1, false, old) "
        "if key == '\\r' or key == '\\27' then "
        "if key == '\\r' then vim.api.nvim_buf_set_lines(0, 0, 1, false, {'new'}) end break end "
        "vim.api.nvim_buf_set_lines(0, 0, 1, false, {'new'}) end end)"
    ),
)
ASKING_OPERATOR = (
    script(
        "function! Ask(type) abort\n"
        "let line = getline('.')\n"
        "while 1\n"
        "redraw\n"
        "let key = getcharstr()\n"
        'if key ==# "\\<CR>" | break | endif\n'
        "call setline('.', line)\n"
        'if key ==# "\\<Esc>" | break | endif\n'
        "call setline('.', toupper(line))\n"
        "endwhile\n"
        "endfunction"
    ),
    "set operatorfunc=Ask",
)
LINE_STREAM = (
    "let g:runs = 0",
    'let g:Stream = {-> execute([\'let g:runs += 1\', \'call setline(".", getline(".") .. "s")\'])}',
)
HELD = ("set updatetime=50", "autocmd CursorHold,CursorHoldI * let g:held = 1")


def paused(keys: str) -> Action:
    """Keys with a pause before each that is longer than 'updatetime'."""
    return at_pace(keys, 0.2)


def stream(milliseconds: int, times: int) -> Action:
    return command(f"call timer_start({milliseconds}, g:Stream, {{'repeat': {times}}})")


# Looks into a register, say, before it does what was typed.
ASKS_IN_SCRATCH = (
    script(
        "function! Ask() abort\n"
        "new\n"
        "setlocal buftype=nofile\n"
        "call setline(1, 'shown')\n"
        "let key = getcharstr()\n"
        "bwipe!\n"
        "call feedkeys(key, 'n')\n"
        "endfunction"
    ),
    "nnoremap <silent> <F5> :call Ask()<CR>",
    "inoremap <silent> <F5> <C-o>:call Ask()<CR>",
)
FEEDS_ITSELF = (
    script(
        "function! Feed() abort\n"
        'call feedkeys("x\\<Plug>(one)")\n'
        "call feedkeys(\"\\<Plug>(two)\", 't')\n"
        "endfunction"
    ),
    "nnoremap <silent> <F5> :call Feed()<CR>",
    "nnoremap <silent> <Plug>(one) :call setline(2, getline(2) .. 'x')<CR>",
    "nnoremap <silent> <Plug>(two) :call setline(3, 'd')<CR>",
)

PLUGINS = [
    # -- work that comes when the editor has been idle
    row(
        "a mapping whose work a timer does",
        "ofoo<Tab>",
        wait_for("getline('.') ==# 'fooword'"),
        "x<Esc>",
        xp=6,
        hookless=5,
        setup=LATER,
    ),
    row(
        "a mapping whose work a timer does, twice",
        "o<Tab>",
        wait_for("getline('.') ==# 'word'"),
        "<Tab>",
        wait_for("getline('.') ==# 'wordword'"),
        "<Esc>",
        xp=3,
        hookless=1,
        setup=LATER,
    ),
    row(
        "a mapping whose work a job does",
        "o<Tab>",
        wait_for("getline('.') ==# 'word'"),
        "x<Esc>",
        xp=3,
        hookless=2,
        setup=(BY_JOB["vim"],),
        kinds=("vim",),
    ),
    row(
        "a mapping whose work a job of Neovim does",
        "o<Tab>",
        wait_for("getline('.') ==# 'word'"),
        "x<Esc>",
        xp=3,
        setup=(BY_JOB["nvim"],),
        kinds=("nvim",),
    ),
    row("a Lua mapping that schedules its work", "ofoo<Tab>x<Esc>", xp=6, setup=LUA_LATER, kinds=("nvim",)),
    row(
        "a mapping that does nothing, and then a timer",
        "o<Tab>",
        held(""),
        *WRITE,
        "x<Esc>",
        xp=2,
        setup=("inoremap <Tab> <Cmd>let g:nothing = 1<CR>",),
    ),
    row(
        "a mapping that does nothing, in a stream of the line",
        "o",
        stream(4, 120),  # several times between two keys: a change after a pause is the key's
        wait_for("g:runs > 2"),
        "<Tab>x<Tab>y<Tab><Tab><Left><Tab>",
        wait_for("g:runs == 120"),
        "<Esc>",
        xp=3,
        setup=("inoremap <Tab> <Cmd>let g:nothing = 1<CR>", *LINE_STREAM),
    ),
    row(
        "cursor keys in a stream of the line",
        "o",
        stream(15, 40),
        "<Left><Right>" * 10,
        wait_for("g:runs == 40"),
        "<Esc>",
        xp=1,
        setup=LINE_STREAM,
    ),
    row(
        "letters in a stream of the line",
        "o",
        stream(15, 40),
        "the quick brown",
        wait_for("g:runs == 40"),
        "<Esc>",
        xp=16,
        setup=LINE_STREAM,
    ),
    row(
        "a mapping that does nothing, and later somebody changes the line",
        "o<Tab>",
        command("call timer_start(400, {-> setline('.', 'later')})"),
        wait_for("getline('.') ==# 'later'"),
        "x<Esc>",
        xp=2,
        hookless=2,
        setup=("inoremap <Tab> <Cmd>let g:nothing = 1<CR>",),
    ),
    row(
        "a mapping of Normal mode that does nothing, and then somebody changes the line",
        "<F5>",
        command("call timer_start(30, {-> setline('.', 'later')})"),
        wait_for("getline('.') ==# 'later'"),
        "jk",
        xp=0,
        text=TEXT,
        setup=("nnoremap <F5> <Cmd>let g:nothing = 1<CR>",),
    ),
    row(
        "an assistant that a mapping starts and that streams into the line",
        "o<Tab>",
        wait_for("g:runs == 20"),
        "jk<Esc>",
        xp=4,
        at_most=True,
        setup=("inoremap <Tab> <Cmd>call timer_start(15, g:Stream, {'repeat': 20})<CR>", *LINE_STREAM),
    ),
    row(
        "a timer's line after which the next key is there at once",
        "i",
        held("<Tab>"),
        WRITTEN,
        held("x"),
        wait_for("getline(1) ==# 'x'"),
        "<Esc>",
        xp=1,
        setup=(
            script(
                "function! Write(timer)\n"
                "call append('$', 'line')\n"
                "call writefile([], 'written')\n"
                "let start = reltime()\n"
                "while reltimefloat(reltime(start)) < 0.2\n"
                "endwhile\n"
                "endfunction"
            ),
            "inoremap <Tab> <Cmd>call timer_start(20, 'Write')<CR>",
        ),
    ),
    row(
        "an assistant that streams lines below while mapped keys are typed",
        "o",
        command(
            "call timer_start(15, {-> execute(['let g:runs += 1', 'call append(\"$\", \"line\")'])}, {'repeat': 40})"
        ),
        "(a)<Tab>(b)<Tab><Tab>",
        wait_for("g:runs == 40"),
        "<Esc>",
        xp=5,
        hookless=7,
        setup=(
            "inoremap ( ()<Left>",
            "inoremap ) <Right>",
            "inoremap <Tab> <Cmd>let g:nothing = 1<CR>",
            "let g:runs = 0",
        ),
    ),
    row(
        "the line formatted after each letter",
        "iab;cd;<Esc>",
        xp=6,
        at_most=True,
        text=TEXT,
        setup=(
            "let g:Format = {-> setline('.', substitute(getline('.'), '\\s*;', ' ;', 'g'))}",
            "autocmd TextChangedI * call timer_start(5, g:Format)",
        ),
    ),
    row(
        "a language server formats the line as it is typed",
        "iabc<Left><Right>d<Esc>",
        xp=4,
        text=TEXT,
        kinds=("nvim",),
        setup=(
            (
                "lua vim.api.nvim_create_autocmd('InsertCharPre', {callback = function() vim.schedule(function() "
                "local row = vim.fn.line('.') - 1 vim.api.nvim_buf_set_text(0, row, 0, row, 0, {'.'}) end) end})"
            ),
        ),
    ),
    row(
        "the file read again while letters are typed",
        "ia",
        command("silent update | call writefile(['new', 'text'], 'text') | silent checktime"),
        "b<Esc>jk",
        xp=2,
        text=TEXT,
        setup=("set autoread",),
    ),
    row(
        "formatted by a command that a timer calls between keys",
        "xjk",
        command("call timer_start(10, {-> execute('silent %s/o/0/ge')}, {'repeat': 3})"),
        "jkjkjkjkjk",
        xp=1,
        text=TEXT,
    ),
    # -- expressions that give nothing and work later
    row(
        "an expression that gives nothing and works later",
        "o<Tab>",
        wait_for("getline('.') ==# 'word'"),
        "x<Esc>",
        xp=3,
        hookless=2,
        setup=GIVES_NOTHING,
    ),
    row(
        "an expression that gives nothing and works later, after letters",
        "ofoo<Tab>",
        wait_for("getline('.') ==# 'fooword'"),
        "<Esc>",
        xp=5,
        hookless=4,
        setup=GIVES_NOTHING,
    ),
    row(
        "an expression that gives nothing and works later, twice",
        "o<Tab>",
        wait_for("getline('.') ==# 'word'"),
        "<Tab>",
        wait_for("getline('.') ==# 'wordword'"),
        "x<Esc>",
        xp=4,
        hookless=2,
        setup=GIVES_NOTHING,
    ),
    row(
        "a Lua expression that gives nothing and schedules its work",
        "o<Tab><Tab>x<Esc>",
        xp=4,
        setup=LUA_GIVES_NOTHING,
        kinds=("nvim",),
    ),
    row(
        "a choice by an expression that gives nothing",
        "ofo<Tab>",
        wait_for("getline('.') ==# 'foobar'"),
        "x<Esc>",
        xp=5,
        hookless=4,
        setup=REPLACED_LATER,
    ),
    row(
        "a choice by an expression that gives nothing, of what is there",
        "ofoobar<Tab>",
        wait_for("getline('.') ==# 'foobar'"),
        "x<Esc>",
        xp=8,
        setup=REPLACED_LATER,
    ),
    row(
        "an expression that gives nothing, and a timer writes",
        "o<Tab>",
        *WRITE,
        "x<Esc>",
        xp=2,
        setup=('inoremap <expr> <Tab> ""',),
    ),
    row(
        "letters held back by a mapping while the line changes",
        "ia",
        held(","),
        command("call setline('.', getline('.') .. ' more')"),
        "x<Esc>",
        xp=3,
        setup=("inoremap ,, abc",),
    ),
    # -- after a pause
    row(
        "mapped keys, <BS> and <Del> after pauses",
        paused("i(a<BS>(b<Del>x<Esc>"),
        xp=7,
        hookless=9,
        setup=("inoremap ( ()<Left>", *HELD),
    ),
    row(
        "mapped keys after pauses that no autocommand sees",
        paused("i(a<BS>(b<Del>x<Esc>"),
        xp=7,
        hookless=9,
        setup=("inoremap ( ()<Left>", "set updatetime=50"),
    ),
    row(
        "mapped keys of Normal mode after pauses",
        paused(",j,x"),
        xp=3,
        text=TEXT,
        setup=("nnoremap , x", *HELD),
    ),
    row(
        "keys that a timer feeds after a pause",
        "ia",
        command("call timer_start(300, {-> feedkeys('xyz')})"),
        wait_for("getline(1) =~# 'xyz'"),
        "b<Esc>",
        xp=2,
        hookless=5,
        text=TEXT,
        setup=HELD,
    ),
    row(
        "keys that CursorHold feeds",
        "ia",
        wait_for("getline(1) =~# 'xyz'"),
        "b<Esc>",
        xp=2,
        hookless=2,
        text=TEXT,
        setup=("set updatetime=50", "autocmd CursorHoldI * ++once call feedkeys('xyz')"),
    ),
    # -- taken out and put back
    row(
        "a bracket stepped over by taking it out and putting it back",
        "i()<Left>)<Esc>",
        xp=2,
        hookless=4,
        setup=OVER,
    ),
    row("a word put over itself", "yiwviwp", xp=0, hookless=1, text=TEXT),
    row("a word put over itself, again", "yiwviwpviwp", xp=0, hookless=2, text=TEXT),
    row("dot-repeat that comes to the same text", "rx.", xp=1, hookless=2, text=TEXT),
    row("a letter replaced by itself", "ra", xp=0, hookless=1, text=TEXT),
    row("typed over the same text in Replace mode", "Rabx<Esc>", xp=1, hookless=3, text=TEXT),
    row("the Esc of a block insert where nothing follows", "l<C-v>Ix<Esc>", xp=1, hookless=2, text="abc\n\n"),
    row("a line taken out and put back by a mapping", "<F5>x", xp=1, hookless=2, text=TEXT, setup=OUT_AND_IN),
    row(
        "a line taken out and put back by a mapping of Insert mode",
        "ia<F5>b<Esc>",
        xp=2,
        text=TEXT,
        setup=OUT_AND_IN,
    ),
    row("a substitution by the same", ":s/abc/abc/<CR>", xp=0, hookless=1, text=TEXT),
    row(
        "a paragraph that is formatted already",
        "gqap",
        xp=0,
        hookless=1,
        text="aaa bbb\nccc ddd\n",
        setup=("set textwidth=9",),
    ),
    row(
        "a change of another line, of the same length",
        "<F5>",
        xp=1,
        text=TEXT,
        setup=("nnoremap <F5> <Cmd>call setline(3, 'xxx vwx yz')<CR>",),
    ),
    row(
        "a change of another line by a mapping of Insert mode",
        "i<F5><Esc>",
        xp=1,
        text=TEXT,
        setup=("inoremap <F5> <Cmd>call setline(3, 'xxx vwx yz')<CR>",),
    ),
    row("a substitution far below", ":200s/line/LINE/<CR>", xp=1, text="line\n" * 300),
    row(
        "a mapping that leaves Insert mode, changes and comes back",
        "ia<F5>b<Esc>",
        xp=3,
        hookless=5,
        text="    abc\n",
        setup=(
            "inoremap <F5> <Esc>:call setline(1, getline(1) .. 'x')<CR>a",
            "autocmd InsertLeave * call setline(1, getline(1))",
        ),
    ),
    # -- scripts that ask for keys
    row(
        "a Lua script that shows what will come, and is given up",
        "<F5>ab<Esc>x",
        xp=1,
        text=TEXT,
        setup=LUA_SHOWN,
        kinds=("nvim",),
    ),
    row(
        "a Lua script that shows what will come, and is taken",
        "<F5>a<CR>",
        xp=2,
        at_most=True,
        text=TEXT,
        setup=LUA_SHOWN,
        kinds=("nvim",),
    ),
    row(
        "an operator of one's own that shows what will come, and is taken",
        "<F5>iwa<CR>x",
        xp=2,
        text=TEXT,
        setup=(*ASKING_OPERATOR, "nnoremap <F5> g@"),
        hookless=1,
    ),
    row(
        "an operator of one's own that shows what will come, and is given up",
        "<F5>iwa<Esc>x",
        xp=1,
        text=TEXT,
        setup=(*ASKING_OPERATOR, "nnoremap <F5> g@"),
        hookless=2,
    ),
    row(
        "a Lua script that changes nothing until its last key",
        "<F5>abc",
        xp=1,
        text=TEXT,
        kinds=("nvim",),
        setup=(
            (
                "lua vim.keymap.set('n', '<F5>', function() local keys = '' for _ = 1, 3 do "
                "keys = keys .. vim.fn.getcharstr() end vim.api.nvim_set_current_line(keys) end)"
            ),
        ),
    ),
    row(
        "keys after a Lua script",
        "<F5>axx",
        xp=3,
        text=TEXT,
        kinds=("nvim",),
        setup=(
            (
                "lua vim.keymap.set('n', '<F5>', function() vim.api.nvim_set_current_line(vim.fn.getcharstr() .. 'bcd')"
                " end)"
            ),
        ),
    ),
    # -- text of other buffers
    row(
        "diff: text put to the other side",
        "dp",
        xp={"Lua": 1},
        text=TEXT,
        setup=(
            "set hidden",
            "diffthis",
            "vnew other.lua | setlocal filetype=lua | call setline(1, ['abc', 'x']) | diffthis | wincmd p",
        ),
    ),
    row(
        "a mapping that changes another window's buffer",
        "<F5>",
        xp={"Lua": 1},
        hookless=0,
        text=TEXT,
        setup=(
            "set hidden",
            "vnew other.lua | setlocal filetype=lua | wincmd p",
            "nnoremap <F5> <Cmd>call setbufline('other.lua', 1, 'new')<CR>",
        ),
    ),
    row(
        "a key of a scratch buffer that changes a file's",
        "<F5>",
        xp={"Lua": 1},
        hookless=0,
        text=TEXT,
        setup=(
            "set hidden",
            "edit other.lua | setlocal filetype=lua",
            "new | setlocal buftype=nofile",
            "nnoremap <buffer> <F5> <Cmd>call setbufline('other.lua', 1, 'new')<CR>",
        ),
    ),
    row(
        "a mapping that takes another buffer's text out and puts it back",
        "<F5>",
        xp=0,
        hookless=1,
        text=TEXT,
        setup=(
            "set hidden",
            "vnew other.lua | setlocal filetype=lua | call setline(1, 'text') | wincmd p",
            "nnoremap <F5> <Cmd>call setbufline('other.lua', 1, 'new') \\| call setbufline('other.lua', 1, 'text')<CR>",
        ),
    ),
    row(
        "a substitution in all places of the quickfix list",
        ":cdo s/a/X/<CR>",
        xp=1,
        text="abc\n",
        setup=("set hidden", "call setqflist([{'filename': 'text', 'lnum': 1}])", "copen"),
        hookless=1,
    ),
    row(
        "a scratch buffer changed beside each key",
        "jkjk",
        xp=0,
        text=TEXT,
        setup=(
            "new | setlocal buftype=nofile | wincmd p",
            "let g:scratch = bufnr('#')",
            "autocmd CursorMoved * call setbufline(g:scratch, 1, reltimestr(reltime()))",
        ),
    ),
    row(
        "another buffer written by a timer while motions are typed",
        "jk",
        command(
            "call timer_start(10, {-> setbufline('other.lua', 1, reltimestr(reltime()))}, {'repeat': 20})"
        ),
        "jkjkjkjkjkjkjkjkjkjkjkjkjkjkjkjk",
        xp=0,
        text=TEXT,
        setup=("set hidden", "vnew other.lua | setlocal filetype=lua | wincmd p"),
    ),
    row(
        "a script that shows a scratch buffer while it waits for a key",
        "x<F5>xxia<F5>b<Esc>",
        xp=5,
        text=TEXT,
        setup=ASKS_IN_SCRATCH,
    ),
    row(
        "a script that shows a scratch buffer, and a motion or nothing",
        "<F5>j<F5>k<F5><Esc>ia<F5><Esc><Esc>",
        xp=1,
        text=TEXT,
        setup=ASKS_IN_SCRATCH,
    ),
    row(
        "keys that a script feeds as if typed, from one that no terminal sends",
        "x<F5>xx",
        xp=4,
        hookless=6,
        text=TEXT,
        setup=FEEDS_ITSELF,
    ),
    row(
        "commands that a script feeds as if typed",
        "x<F5><F6>",
        xp=3,
        hookless=4,
        text=TEXT,
        setup=(
            "nnoremap <F5> <Cmd>call feedkeys(\"\\<lt>Cmd>call setline(2, 'fed')\\<lt>CR>\", 't')<CR>",
            "nnoremap <F6> <Cmd>call feedkeys(\"x\\<lt>Cmd>call setline(3, 'fed')\\<lt>CR>\", 't')<CR>",
        ),
    ),
    row(
        "keys that a script feeds as if typed, and more after them",
        "x<F5>xx",
        xp=4,
        hookless=6,
        text=TEXT,
        kinds=("vim",),
        setup=(
            script(
                "function! Feed() abort\n"
                "call feedkeys('x')\n"
                "call feedkeys(\"\\<Plug>(three)\", 't')\n"
                'call feedkeys("\\<Plug>(one)")\n'
                "endfunction"
            ),
            "nnoremap <silent> <F5> :call Feed()<CR>",
            "nnoremap <silent> <Plug>(one) :call setline(2, getline(2) .. 'x')<CR>",
            "nnoremap <silent> <Plug>(three) :call setline(3, 'd')<CR>",
        ),
    ),
    row(
        "a script that begins a command line and goes on",
        "x<F5>x",
        xp=3,
        text=TEXT,
        kinds=("vim",),
        setup=(
            script("function! Work() abort\nnormal! :\ncall setline(1, 'done')\nendfunction"),
            "nnoremap <F5> <Cmd>call Work()<CR>",
        ),
    ),
    row(
        "mapped keys of Visual and Select mode after pauses",
        at_pace("<C-v>>V><Esc>ghz<Esc>", 0.3),
        xp=3,
        hookless=4,
        text=TEXT,
        setup=("set updatetime=40", "autocmd CursorHold * let g:held = 1", "xnoremap > >gv", "snoremap z xy"),
    ),
    row(
        "a popup's menu and dialog",
        "<F5>j<CR>x<F5><CR><F6>yx<F6>n<F6><Esc>",
        xp=7,
        hookless=2,
        text=TEXT,
        kinds=("vim",),
        setup=(
            script(
                "function! Chosen(id, result) abort\ncall setline('.', getline('.') .. a:result)\nendfunction"
            ),
            "nnoremap <F5> <Cmd>call popup_menu(['a', 'b'], #{callback: 'Chosen'})<CR>",
            "nnoremap <F6> <Cmd>call popup_dialog('ok?', #{filter: 'popup_filter_yesno', callback: 'Chosen'})<CR>",
        ),
    ),
    row(
        "a popup's filter that takes some keys and changes the text, beside a timer",
        "<F5>jdd",
        command("call timer_start(1, {-> append('$', 'others')})"),
        wait_for("getline('$') ==# 'others'"),
        "czcdxiabdczb<Esc>czd",
        xp=9,
        hookless=3,
        text=TEXT,
        kinds=("vim",),
        setup=(
            script(
                "function! Filter(id, key) abort\n"
                "if a:key ==# 'd' | call setline('.', getline('.') .. 'd') | endif\n"
                "return index(['c', 'd', 'z'], a:key) >= 0\n"
                "endfunction"
            ),
            "nnoremap <F5> <Cmd>call popup_create(['a'], #{filter: 'Filter'})<CR>",
        ),
    ),
    row(
        "a timer that feeds what no terminal sends",
        "x",
        command("call timer_start(1, {-> feedkeys(\"\\<Plug>(two)\", 't')})"),
        wait_for("getline(3) == 'd'"),
        "x",
        xp=2,
        hookless=3,
        text=TEXT,
        setup=FEEDS_ITSELF,
    ),
    row(
        "a mapping that takes a completion out and puts it in, by way of an expression",
        "Goal<C-n><F5><Esc>",
        xp=4,
        hookless=6,
        text="alpha\n",
        setup=("set completeopt=menuone shortmess+=c", "inoremap <F5> <C-e><C-r>=''<CR><C-n>"),
    ),
    row(
        "a mapping that takes back what it did before a command",
        "<F5>x",
        xp=1,
        hookless=3,
        text=TEXT,
        setup=("nnoremap <F5> x:let g:done = 1<CR>u",),
    ),
    row(
        "a mapping that ends in the command line",
        "<F5>/b/X/<CR>x<F5>/c/Y/<Esc>",
        xp=4,
        text="abc\nabc\n",
        setup=("nnoremap <F5> x:s",),
    ),
    row(
        "letters that another's TextChangedI takes out again",
        "oabqqcdqefghijklmnopr<Esc>oq<Esc>",
        xp=19,
        hookless=23,
        setup=("autocmd TextChangedI * call setline('.', substitute(getline('.'), 'q', '', 'g'))",),
    ),
    row(
        "a key of a window that undoes, looks and redoes in another one",
        "xx<F6><F5><F5>",
        xp=2,
        text=TEXT,
        kinds=("nvim",),
        setup=(
            "set hidden",
            "nnoremap <F5> <Cmd>wincmd p<Bar>silent undo<Bar>silent redo<Bar>wincmd p<CR>",
            "nnoremap <F6> :new<Bar>setlocal buftype=nofile<CR>",
        ),
    ),
    row(
        "a key of a quickfix window that changes a file's buffer, and the list",
        ":copen<CR><F5><F5>",
        xp=2,
        hookless=0,
        text=TEXT,
        setup=(
            "let g:n = 0",
            (
                "nnoremap <F5> <Cmd>let g:n += 1<Bar>call setbufline(1, 1, 'w' .. g:n)<Bar>"
                "call setqflist([], 'r', {'items': [{'bufnr': 1, 'lnum': 1, 'text': 'x' .. g:n}]})<CR>"
            ),
        ),
    ),
]
