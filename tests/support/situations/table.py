"""What is typed and what it is worth: the table that counting is held to, in every editor.

The rule: a typed key that changes the text of a normal buffer earns 1 XP. The rows here are those that the rule was
made with; the further ones are by where they come from: typing, commands, others than the typist, buffers.
"""

from __future__ import annotations

from support.situations.among import AMONG
from support.situations.buffers import BUFFERS
from support.situations.commands import COMMANDS
from support.situations.completion import COMPLETION
from support.situations.newer import NEWER
from support.situations.others import OTHERS, STREAM
from support.situations.plugins import PLUGINS
from support.situations.situation import TEXT, burst, command, paste, row, wait_for
from support.situations.typing import TYPING

FIRST = [
    row("insert five letters", "ihello<Esc>", xp=5),
    row("insert and backspace", "iabc<BS><BS><Esc>", xp=5),
    row("insert a line break", "ia<CR>b<Esc>", xp=3),
    row("delete a word in Insert mode", "iabc def<C-w><Esc>", xp=8),
    row("x", "x", xp=1, text=TEXT),
    row("3x", "3x", xp=1, text=TEXT),
    row("dd", "dd", xp=1, text=TEXT),
    row("yyp", "yyp", xp=1, text=TEXT),
    row("J", "J", xp=1, text=TEXT),
    row("0dw", "0dw", xp=1, text=TEXT),
    row("vld", "vld", xp=1, text=TEXT),
    row("undo and redo", "xu<C-r>", xp=3, text=TEXT),
    row("change a word", "0ciwfoo<Esc>", xp=4, text="abc def\n"),
    row("replace mode", "0Rxyz<Esc>", xp=3, text="abc def\n"),
    row("visual-block insert", "<C-v>jjIxy<Esc>", xp=3, text=TEXT),
    row("substitute", ":%s/a/b/g<CR>", xp=1, text="a a\na\n"),
    row("re-indent", "gg=G", xp=1, text="int main() {\nint a;\nif (a) {\na = 1;\n}\n}\n", filetype="c"),
    row("macro", "qqIhello<Esc>jq@q", xp=6, text=TEXT),
    row("dot-repeat of an insert", "Ihello<Esc>j.", xp=6, hookless=10, text=TEXT),
    row("mapping that inserts a pair", "i(a<Esc>", xp=2, hookless=3, setup=("inoremap ( ()<Left>",)),
    row(
        "expression mapping that inserts a pair",
        "i(a<Esc>",
        xp=2,
        hookless=3,
        setup=('inoremap <expr> ( "()\\<lt>Left>"',),
    ),
    row("abbreviation", "iteh <Esc>", xp=4, hookless=8, setup=("iabbrev teh the",)),
    row("jk mapped to <Esc>", "iabjk", xp=2, setup=("inoremap jk <Esc>",)),
    row("keyword completion", "ofo<C-n> <Esc>", xp=5, text="foobar\n"),
    row("Tab with expandtab", "i<Tab>x<Esc>", xp=2, setup=("set expandtab",)),
    row("letters beyond ASCII", "iäö漢<Esc>", xp=3),
    row("digraph", "i<C-k>a:<Esc>", xp=1),
    row("o", "ox<Esc>", xp=2),
    row("paste in Insert mode", "i", paste("hello world"), "<Esc>", xp=1),
    row("paste in Normal mode", paste("hello world"), xp=1),
    row(
        "a paste and typing in one read",
        "i",
        lambda editor: editor.burst(b"\x1b[200~hello\x1b[201~abc"),
        "<Esc>",
        xp=4,
    ),
    row("write", "x:w<CR>", xp=1, text=TEXT),
    row("200 characters in one read", "i", burst("abcdefghij" * 20), "<Esc>", xp=200),
    row(
        "characters and backspaces in one read",
        "i",
        burst("abcdefghij<BS><BS><BS><BS>"),
        "<Esc>",
        xp=14,
        hookless=10,
    ),
    row("motions", "jjkkwwbb$0gggGfd;", xp=0, text=TEXT),
    row("searches", "/mno<CR>nN*#", xp=0, text=TEXT),
    row("yanks", "yywyiw", xp=0, text=TEXT),
    row("scrolling", "<C-e><C-y><C-d><C-u><C-f><C-b>zz", xp=0, text="line\n" * 100),
    row(":echo", ":echo 1<CR>", xp=0, text=TEXT),
    row("window and buffer changes", ":new<CR><C-w>w:bnext<CR>:bnext<CR><C-w>c", xp=0, text=TEXT),
    row("typing in a nofile buffer", "ihello<Esc>", xp=0, setup=("setlocal buftype=nofile",)),
    row("typing in a prompt buffer", "ihello<CR><Esc>", xp=0, setup=("setlocal buftype=prompt",)),
    row("in a help window", ":help<CR>:set ma noro<CR>ihello<Esc>", xp=0),
    row("in a quickfix window", ":call setqflist([{'text': 'a'}])<CR>:copen<CR>:set ma<CR>ihello<Esc>", xp=0),
    row(
        "typing in a terminal buffer",
        ":terminal ++curwin cat<CR>",
        "hello<CR>",
        xp=0,
        kinds=("vim",),
    ),
    row("typing in Neovim's terminal", ":terminal cat<CR>", "ihello<CR>", xp=0, kinds=("nvim",)),
    row(
        "a timer writes while motions are typed",
        "jk",
        command("call timer_start(15, g:Stream, {'repeat': 40})"),
        "jkjkjkwwbbjkjkjkjkggfa$0jkjkjk",
        wait_for("g:runs == 40"),
        "jk",
        xp=0,
        text=TEXT,
        setup=STREAM,
    ),
    row(
        "200 edits in a second while nothing is typed",
        "jk",
        command("call timer_start(5, g:Stream, {'repeat': 200})"),
        wait_for("g:runs == 200"),
        "jk",
        xp=0,
        text=TEXT,
        setup=STREAM,
    ),
    row(
        "formatter on write",
        "iab<Esc>:w<CR>",
        xp=3,
        at_most=True,
        setup=("autocmd BufWritePre * call append('$', 'formatted')",),
    ),
    row(
        "two buffers of different filetypes, switched in mid-insert",
        "iab<C-l>cd<C-l>e<Esc>",
        xp={"Python": 3, "Lua": 2},
        setup=("new | setlocal filetype=lua | wincmd w", "inoremap <C-l> <Cmd>wincmd w<CR>"),
    ),
    row("filetype changed on the way", "iab<Esc>:set filetype=lua<CR>acd<Esc>", xp={"Python": 2, "Lua": 2}),
    row("with 'paste' set", "iabc<Esc>", xp=3, setup=("set paste",)),
    row(
        "undo of a block that an assistant inserted",
        command("call append(0, ['one', 'two', 'three'])"),
        "u",
        xp=1,
        text=TEXT,
    ),
]
FURTHER = [*TYPING, *AMONG, *COMPLETION, *COMMANDS, *PLUGINS, *OTHERS, *BUFFERS, *NEWER]
TABLE = [*FIRST, *FURTHER]
