"""What comes among letters typed one after another: keys that are none, others' handlers, and others' work."""

from __future__ import annotations

from support.situations.situation import TEXT, Action, burst, command, row, script, wait_for

OMNI = (
    script("function! Omni(findstart, base) abort\nreturn a:findstart ? 0 : ['foobar']\nendfunction"),
    "setlocal omnifunc=Omni",
    "set completeopt=",
)
# How a key's work comes to the screen: before TextChangedI or after it.
DRAWN = (("", ()), (", without syntax", ("syntax off", "silent! NoMatchParen")))


def below(number: int) -> tuple[Action, ...]:
    """A timer puts a line in at the end."""
    return (
        command(f"call timer_start(1, {{-> append('$', 'x{number}')}})"),
        wait_for(f"getline('$') ==# 'x{number}'"),
    )


def before(number: int) -> tuple[Action, ...]:
    """A timer puts a character in at the start of the cursor's line."""
    return (
        command("call timer_start(1, {-> setline('.', '>' .. getline('.'))})"),
        wait_for(f"len(split(getline('.'), '>', 1)) == {number + 1}"),
    )


# An indent that is found by commands of Normal mode.
INDENT = (
    script("function! Indent() abort\nnormal! 0\nreturn 4\nendfunction"),
    "setlocal indentexpr=Indent()",
)

AMONG = [
    row(
        f"{name} among letters{how}",
        *actions,
        xp=xp,
        text=TEXT,
        setup=setup,
    )
    for how, setup in DRAWN
    for name, actions, xp in (
        ("keys that take out", ("Oabc<BS><BS>d<Left><Del>e<C-w>fg <BS><C-u>h<Esc>",), 16),
        ("lines broken and joined", ("Oab<CR>c<CR><CR><BS><BS>d<Home><BS>e<Esc>",), 12),
        (
            "characters put in otherwise",
            ("oab<C-e>c<C-y>d<C-v>u00e9e<C-k>a:f<C-v>065g<Tab>h<C-t>i<C-d>j<Esc>",),
            19,
        ),
        (
            "lines that a timer puts in below",
            (
                "Oab",
                *below(1),
                "c",
                *below(2),
                "<BS>",
                *below(3),
                "<Left>",
                *below(4),
                "<Right>",
                *below(5),
                "<Esc>",
            ),
            5,
        ),
        (
            "characters that a timer puts into the line",
            (
                "Oabcd",
                *before(1),
                "e",
                *before(2),
                "<BS>",
                *before(3),
                "<Left>",
                *before(4),
                "<Right>",
                *before(5),
                "f",
                *before(6),
                "<Esc>",
            ),
            8,
        ),
    )
] + [
    row("the last line joined among letters", "Ga<CR>b<BS><BS>c<Esc>", xp=5, text="abc\n"),
    row("the last line joined", "yypI<BS><Esc>", xp=2),
    row("letters and <BS> in one read", "ia", burst("bc<BS>"), "d<Esc>", xp=5, hookless=4),
    row("letters and <BS> in one read with <Esc>", "ia", burst("b<BS><Esc>"), "x", xp=4, hookless=3),
    row("an abbreviation among letters", "iab teh cd<Esc>", xp=9, hookless=13, setup=("iabbrev teh the",)),
    row("the last insertion again among letters", "ihello<Esc>oab<C-a>c<Esc>", xp=10, hookless=14),
    row("a completion without a menu among letters", "ofo<C-x><C-o> x<Esc>", xp=6, setup=OMNI),
    row("an indent that commands of Normal mode find", "ofoo<CR>bar<CR><Esc>", xp=10, setup=INDENT),
    row(
        "another's handler that puts more in than was typed",
        "iabzcd<Esc>",
        xp=5,
        setup=("autocmd InsertCharPre * if v:char ==# 'z' | let v:char = 'xyz' | endif",),
    ),
    row(
        "Insert mode by :startinsert", "<F5>ab<BS>c<Esc>", xp=4, setup=("nnoremap <F5> <Cmd>startinsert<CR>",)
    ),
    row(
        "typing in a second window of the buffer",
        "iab<Esc><C-w>wicd<BS><Esc>",
        xp=5,
        text=TEXT,
        setup=("split",),
    ),
    row(
        "typing in a buffer that got another name, and in the file of the old one",
        "iab<Esc>:file other<CR>ic<BS><Esc>:edit! text<CR>id<BS><Esc>",
        xp=6,
        text=TEXT,
    ),
    row(
        "white space at a line's end taken out where 'list' shows it",
        "oab  <BS><BS><BS>c<Esc>",
        xp=9,
        text=TEXT,
        setup=("set list listchars=eol:$,trail:-",),
    ),
    row(
        "taken out at the end of a long line",
        "Aab <BS><BS>c<Esc>",
        xp=6,
        text="x" * 300,
        setup=("set nowrap",),
    ),
    row("taken out at the end of a line that is wrapped", "Aab <BS><BS>c<Esc>", xp=6, text="x" * 158),
]
