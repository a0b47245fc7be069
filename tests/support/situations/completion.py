"""Completion menus: opening and closing one changes nothing; each choice that changes the text is a key that did."""

from __future__ import annotations

from support.situations.situation import WRITE, burst, command, file_written, row, script, wait_for

WORDS = "foobar\nfoobaz\n"
OMNI = (
    script(
        "function! Omni(findstart, base) abort\n"
        "return a:findstart ? 0 : ['foobar', 'foobaz', 'fooqux']\n"
        "endfunction"
    ),
    "setlocal omnifunc=Omni completefunc=Omni",
)
# A menu by itself at every letter, as completion plugins have it.
MENU_ALONE = (
    "set completeopt=menu,menuone,noselect",
    "autocmd TextChangedI * call complete(1, ['foobar', 'foobaz'])",
)
# What completion and snippet plugins do with what is there already.
REWRITTEN = tuple(
    f"inoremap {key} <Cmd>call setline('.', '') \\| call setline('.', 'foobar') \\| call cursor(0, 7)<CR>"
    for key in ("<C-y>", "<Tab>")
)
COMPLETION = [
    row(
        "a menu confirmed with <C-y>",
        "ifo<C-x><C-o><C-y><Esc>",
        xp=3,
        setup=(*OMNI, "set completeopt=menu,menuone"),
    ),
    row(
        "a menu with nothing chosen at first",
        "ifo<C-x><C-o><C-n><C-y><Esc>",
        xp=3,
        hookless=4,
        setup=(*OMNI, "set completeopt=menu,menuone,noselect"),
    ),
    row(
        "a menu with nothing put in at first",
        "ifo<C-x><C-o><C-y><Esc>",
        xp=3,
        hookless=4,
        setup=(*OMNI, "set completeopt=menu,menuone,noinsert"),
    ),
    row(
        "a menu confirmed with <CR>",
        "ifo<C-x><C-u><CR><Esc>",
        xp=3,
        hookless=4,
        setup=(
            *OMNI,
            "set completeopt=menu,menuone,noinsert",
            'inoremap <expr> <CR> pumvisible() ? "\\<C-y>" : "\\<CR>"',
        ),
    ),
    row(
        "a menu walked through",
        "ifo<C-x><C-o><C-n><C-n><C-p><Esc>",
        xp=6,
        setup=(*OMNI, "set completeopt=menu,menuone"),
    ),
    row(
        "a pause while the menu is open, and something to do in it",
        "ofo<C-n>",
        file_written("rested"),
        "xd<Esc>",
        xp=6,
        text=WORDS,
        setup=(
            # It comes as a key, and in a completion no autocommand of it runs, nor any other.
            "set updatetime=50",
            "autocmd CursorHoldI * let g:rested = 1",
            "autocmd CompleteChanged * ++once call timer_start(200, {-> writefile([], 'rested')})",
        ),
    ),
    row(
        "a letter told twice after an error of a completion",
        "i<C-x><C-u><C-x><C-]>i<Esc>",
        xp=1,
        kinds=("vim",),
    ),
    row("a completion that finds nothing", "oab zzq<C-n>cd<Esc>", xp=9, hookless=10, text=WORDS),
    row(
        "another line by <C-g> at once after a completion",
        "oH",
        burst("<C-p><C-g>kx"),
        "<Esc>",
        xp=3,
        hookless=4,
        text=WORDS,
    ),
    row(
        "a register put in while a completion goes on",
        'yiwofo<C-n><C-r>"x<Esc>',
        xp=6,
        hookless=11,
        text=WORDS,
    ),
    row(
        "a choice that is in the text already, in a menu that floats",
        "ofoobar<C-y>x<Esc>",
        xp=8,
        text=WORDS,
        setup=REWRITTEN,
    ),
    row(
        "to a snippet's next place, with nothing altered",
        "ofoobar<Tab>x<Esc>",
        xp=8,
        text=WORDS,
        setup=REWRITTEN,
    ),
    row("a menu given up", "ifo<C-x><C-o><C-e><Esc>", xp=4, setup=(*OMNI, "set completeopt=menu,menuone")),
    row(
        "typing while the menu is open",
        "ifo<C-x><C-o>ob<BS><C-n> x<Esc>",
        xp=8,
        hookless=9,
        setup=(*OMNI, "set completeopt=menu,menuone,noselect"),
    ),
    row(
        "a menu walked through with a mapped <Tab>",
        "ifo<C-x><C-o><Tab><Tab><C-y><Esc>",
        xp=4,
        hookless=5,
        setup=(
            *OMNI,
            "set completeopt=menu,menuone,noselect",
            'inoremap <expr> <Tab> pumvisible() ? "\\<C-n>" : "\\<Tab>"',
        ),
    ),
    row("a menu that comes by itself", "ifoob<Esc>", xp=4, setup=MENU_ALONE),
    row("a menu that comes by itself, used", "ifo<C-n><C-y> x<Esc>", xp=5, setup=MENU_ALONE),
    row(
        "a menu fed as keys by a timer",
        "ifo",
        wait_for("pumvisible()"),
        "o<C-n><C-y><Esc>",
        xp=4,
        needs="has('nvim') || exists('##KeyInputPre')",  # 5 to 7 without a key hook: it depends on when the timer comes
        setup=(
            *OMNI,
            "set completeopt=menu,menuone,noselect",
            "autocmd TextChangedI * call timer_start(20, {-> feedkeys(\"\\<C-x>\\<C-o>\", 'n')})",
        ),
    ),
    row(
        "a menu of 'autocomplete'",
        "ofo<C-n> x<Esc>",
        xp=6,
        text=WORDS,
        setup=("set autocomplete",),
        needs="exists('&autocomplete')",
    ),
    row("a line completed", "if<C-x><C-l><Esc>", xp=2, text="\n" + WORDS),
    row("a file name completed", "i./te<C-x><C-f><Esc>", xp=5),
    row(
        "an import put in when a completion is done",
        "ifo<C-x><C-o><C-y><Esc>",
        xp=3,
        hookless=4,
        setup=(
            *OMNI,
            "set completeopt=menu,menuone,noinsert",
            "autocmd CompleteDone * call append(0, 'import foobar')",
        ),
    ),
    row(
        "a menu is open while a timer writes",
        "ifo<C-x><C-o>",
        *WRITE,
        "<C-n>",
        command("call append('$', 'y')"),
        "<C-y><Esc>",
        xp=3,
        hookless=5,
        setup=(*OMNI, "set completeopt=menu,menuone,noselect"),
    ),
    row(
        "a menu given up with nothing chosen",
        "ifo<C-x><C-o><C-e><Esc>",
        xp=2,
        hookless=4,
        setup=(*OMNI, "set completeopt=menu,menuone,noselect"),
    ),
    row(
        "a menu walked through with cursor keys",
        "ifo<C-x><C-o><Down><Up><Down><C-y><Esc>",
        xp=3,
        hookless=4,
        setup=(*OMNI, "set completeopt=menu,menuone,noselect"),
    ),
    row(
        "keyword completion with nothing chosen at first",
        "ofo<C-n><C-n> x<Esc>",
        xp=6,
        hookless=7,
        text=WORDS,
        setup=("set completeopt=menu,menuone,noselect",),
    ),
    row("a line completion that finds nothing", "iw<C-x><C-l>x<Esc>", xp=2, hookless=3),
    row("a file completion that finds nothing", "iw<C-x><C-f>x<Esc>", xp=2, hookless=3),
    row("a completion of Vim commands that finds nothing", "izzq<C-x><C-v>x<Esc>", xp=4, hookless=5),
    row("a completion in Replace mode", "R<C-n>x<C-n><CR><Esc>", xp=2, hookless=3),
    row("a completion and typing in one read", burst("ofo<C-n>x<Esc>"), xp=5, hookless=4, text="foobar\n"),
    row(
        "a completion and much typing in one read",
        burst("ofo<C-n> and <C-p>x<Esc>"),
        xp=11,
        at_most=True,
        text="foobar\n",
    ),
    row(
        "a completion of nothing and typing in one read",
        burst("ciw<C-n>x<Esc>"),
        xp=3,
        hookless=2,
        text="abc def\n",
    ),
    row("a completion that finds nothing and typing in one read", burst("izzq<C-n>x<Esc>"), xp=4, hookless=4),
    row("a completion that finds nothing, in an insertion with a count", "5o<C-n><Esc>", xp=2),
    row("a completion that finds nothing, given up", "ir<C-p><C-e><Esc>", xp=1, hookless=3),
    row(
        "CTRL-V that a completion of nothing reads ahead",
        "a<C-x><C-d><C-v><C-v>",
        burst("xx"),
        "<Esc>",
        xp=3,
        filetype="lua",
        kinds=("nvim",),
    ),
    row(
        "a block filled by the <Esc> that a completion of nothing reads ahead",
        "<C-v>jcx<C-x><C-]><Esc>",
        xp=3,
        text="abc\nabc\n",
        kinds=("nvim",),
    ),
]
