"""Typing in Insert, Replace and Select mode: what one key may do, many at once, pastes, mappings, snippets."""

from __future__ import annotations

from support.situations.situation import (
    TEXT,
    WRITE,
    WRITE_SOON,
    WRITTEN,
    ahead,
    burst,
    click,
    command,
    held,
    paste,
    paste_in_pieces,
    row,
    script,
    wait_for,
)

# Takes keys by getchar() and types each in three lines, as plugins for many cursors do.
CURSORS = (
    script(
        "function! Cursors() abort\n"
        "while 1\n"
        "let key = getcharstr()\n"
        'if key ==# "\\<Esc>" | break | endif\n'
        "for line in range(1, 3) | call setline(line, getline(line) .. key) | endfor\n"
        "redraw\n"
        "endwhile\n"
        "endfunction"
    ),
    "nnoremap <F5> <Cmd>call Cursors()<CR>",
)
# Shows where to jump by letters in the text, as EasyMotion does, and takes them back.
JUMP = (
    script(
        "function! Jump() abort\n"
        "call setline(1, ['a' .. getline(1)[1 :], 'b' .. getline(2)[1 :]])\n"
        "redraw\n"
        "call getcharstr()\n"
        "silent undo\n"
        "call cursor(2, 1)\n"
        "endfunction"
    ),
    "nnoremap <F5> <Cmd>call Jump()<CR>",
)
# Shows at each key what will come of it, until <CR> takes it or <Esc> gives it up.
SHOWN = (
    script(
        "function! Show() abort\n"
        "let typed = ''\n"
        "while 1\n"
        "redraw\n"
        "let key = getcharstr()\n"
        'if !empty(typed) && key !=# "\\<CR>" | silent undo | endif\n'
        'if key ==# "\\<Esc>" || key ==# "\\<CR>" | break | endif\n'
        "let typed ..= key\n"
        "call setline(1, typed .. getline(1))\n"
        "endwhile\n"
        "endfunction"
    ),
    "nnoremap <F5> <Cmd>call Show()<CR>",
)
LUA_CURSORS = (
    "lua vim.keymap.set('n', '<F5>', function() while true do local key = vim.fn.getcharstr() "
    "if key == '\\27' then break end "
    "for i = 0, 2 do vim.api.nvim_buf_set_text(0, i, 0, i, 0, {key}) end end end)"
)
SNIPPET = (
    script(
        "function! Expand() abort\n"
        "call setline('.', ['for x in y:'])\n"
        "call append('.', ['    pass', '    # end'])\n"
        "call cursor(line('.'), 5)\n"
        "endfunction"
    ),
    "inoremap <Tab> <Cmd>call Expand()<CR>",
)
BUILT_IN_SNIPPET = ("inoremap <Tab> <Cmd>lua vim.snippet.expand('for ${1:x} in ${2:y}:\\n\\t$0')<CR>",)
SLOW = ("nnoremap <F5> <Cmd>sleep 300m<CR>", "inoremap <F5> <Cmd>sleep 300m<CR>")

TYPING = [
    # -- what one key of Insert mode may do
    row("a register by <C-r>", "i<C-r>a<Esc>", xp=1, hookless=13, setup=("let @a = 'several words'",)),
    row("a register by <C-r><C-o>", "i<C-r><C-o>a<Esc>", xp=1, setup=('let @a = "two\\nlines"',)),
    row("an expression by <C-r>=", "i<C-r>=1+2<CR><Esc>", xp=1),
    row("a character by its number", "i<C-v>u00e9<Esc>", xp=1),
    row("a character by its decimal number, and typing", "i<C-v>65zy<Esc>", xp=2),
    row(
        "a character by its decimal number, in one read",
        "i",
        burst("<C-v>65zy<C-v>065z"),
        "<Esc>",
        xp=4,
        hookless=3,
    ),
    row("a character by all digits of its number", "i<C-v>065<C-v>x41<C-v>o101<C-v>U0001f600x<Esc>", xp=5),
    *[
        row(f"{keys} inserted literally", f"i{keys}a<Esc>", xp=2)
        for keys in ("<C-v><C-v>", "<C-q><C-q>", "<C-v><C-k>", "<C-v><C-r>")
    ],
    row("a literal of a literal of a literal", "i<C-v><C-v><C-v><C-v>x<Esc>", xp=3),
    row("a literal Tab", "i<C-v><Tab><Esc>", xp=1),
    row("a command of Normal mode in between", "iab<C-o>x<Esc>", xp=3, text=TEXT),
    row(
        "an indent that <C-o> takes away",
        "o<C-o>jb<Esc>",
        xp=3,
        text="    abc\ndef\n",
        setup=("set autoindent indentexpr=",),
    ),
    row("a block that <C-o> fills", "<C-v>jIx<C-o>lb<Esc>", xp=3, text=TEXT),
    row("a block changed, which <C-o> fills", "<C-v>jcx<C-o>l<Esc>", xp=3, text=TEXT),
    row(
        "a paragraph formatted by itself to what it was",
        "if<Home><End><Esc>",
        xp=1,
        text="int main(void)\n{\n\treturn 0;\n}\n",
        setup=("setlocal textwidth=20 formatoptions=tcqa",),
    ),
    row("a motion in between", "iab<C-o>lc<C-o>jd<Esc>", xp=4, text=TEXT),
    row("the last insertion again by <C-a>", "ihello<Esc>o<C-a><Esc>", xp=7, hookless=11),
    row("indent and dedent", "i<C-t><C-t><C-d><Esc>", xp=3, text=TEXT),
    row("delete to the start of the line", "iabc<C-u><Esc>", xp=4),
    row("backspace where there is nothing", "i<BS><C-w><C-u><Esc>", xp=0),
    row("the characters above and below", "o<C-y><C-y><C-e><Esc>", xp=4, text=TEXT),
    row("undo broken by <C-g>u", "iab<C-g>uc<Esc>", xp=3),
    row("cursor keys", "iab<Left>c<Right>d<Home>e<End><Up><Down>f<Esc>", xp=6, text=TEXT),
    row("Delete key", "i<Del><Del><Esc>", xp=2, text=TEXT),
    row("<C-c>", "iab<C-c>", xp=2),
    row(
        "a repeated insertion that ends in an error",
        held("5I <C-r><C-o>a<Esc><Esc><CR>"),
        xp=3,
        kinds=("vim",),
        needs="exists('##KeyInputPre')",
        setup=("set noshowmode",),
    ),
    row("letters in one read after letters typed singly", "ihe", burst("llo"), "<Esc>", xp=5),
    row(
        "letters that another's handler takes away",
        "ihezzllzo<Esc>",
        xp=5,
        setup=("autocmd InsertCharPre * if v:char ==# 'z' | let v:char = '' | endif",),
    ),
    row(
        "<C-c> that takes an automatic indent away",
        "A<CR><C-c>",
        xp=2,
        text="  abc\n",
        setup=("set autoindent",),
    ),
    row(
        "<C-c> that takes the indent of a line away that was just opened",
        "o<C-c>",
        xp=2,
        text="  abc\n",
        setup=("set autoindent",),
    ),
    row(
        "indent copied by 'autoindent'",
        "A<CR>x<Esc>",
        xp=2,
        text="    abc\n",
        setup=("set autoindent indentexpr=",),
    ),
    row(
        # <Esc> takes the white space away: a key that changes the text.
        "indent copied and left alone",
        "A<CR><Esc>",
        xp=2,
        text="    abc\n",
        setup=("set autoindent indentexpr=",),
    ),
    row("code with 'cindent'", "iint main()<CR>{<CR>return 0;<CR>}<Esc>", xp=24, filetype="c"),
    row("lines broken by 'textwidth'", "iaaaa bbbb cccc<Esc>", xp=14, setup=("set textwidth=10",)),
    row(
        "paragraph formatted while typing",
        "iaaaa bbbb cccc<Esc>",
        xp=14,
        setup=("set textwidth=10 formatoptions+=a",),
    ),
    row(
        "a space that formatting takes away",
        ">ga<CR>s <Esc>",
        xp=2,
        text="abc def\nghi jkl\n",
        filetype="c",
        hookless=4,
        setup=("set textwidth=20 formatoptions=tcqa",),
        needs="v:version < 902 && !has('nvim-0.12')",  # later ones take it away when Insert mode ends
    ),
    row("an insertion with a count", "3ihi<Esc>", xp=3, hookless=6),
    row("a line opened with a count", "3ohi<Esc>", xp=4, hookless=7),
    row("an insertion repeated with a count", "ox<Esc>3.", xp=3, hookless=6),
    row("an insertion gone on with by gi", "ihello<Esc>jgix<Esc>", xp=6, text=TEXT),
    row(
        "an abbreviation by <C-o>",
        "iteh<C-o>$x<Esc>",
        xp=5,
        hookless=7,
        setup=("iabbrev teh the",),
    ),
    row("an abbreviation by <C-]>", "iteh<C-]><Esc>", xp=4, hookless=7, setup=("iabbrev teh the",)),
    row("replace mode with backspaces", "Rxy<BS><BS><Esc>", xp=4, text=TEXT),
    row("replace mode with a line break", "Rx<CR>y<Esc>", xp=3, text=TEXT),
    row("virtual replace mode", "gRxy<Esc>", xp=2, text=TEXT),
    row("virtual replace mode, a line break over one", "gR<CR><Esc>", xp=0, text="\n\n", kinds=("nvim",)),
    row("select mode", "ghxy<Esc>", xp=2, text=TEXT),
    row("a keymap by 'iminsert'", "iab<Esc>", xp=2, setup=("lnoremap a ä", "set iminsert=1")),
    row("'langmap'", "j", xp=1, text=TEXT, setup=("set langmap=jx",)),
    row("a prompt for a key that makes no text", "i<C-v><Esc><Esc>", xp=1),
    row(
        "typing where it is not allowed", "ihello<Esc>xdd", xp=0, text=TEXT, setup=("setlocal nomodifiable",)
    ),
    row(
        "a listing that keys put in where nothing can be typed",
        "<F5><F5>",
        xp=0,
        text=TEXT,
        setup=(
            "setlocal nomodifiable",
            "nnoremap <F5> <Cmd>setlocal modifiable<Bar>call setline(1, b:changedtick)<Bar>setlocal nomodifiable<CR>",
        ),
    ),
    row(
        "typing where it is allowed again",
        ":set ma<CR>iab<Esc>",
        xp=2,
        text=TEXT,
        setup=("setlocal nomodifiable",),
    ),
    row(
        "typing in a read-only buffer",
        "iab<Esc>",
        xp=2,
        text=TEXT,
        setup=("setlocal readonly", "set shortmess+=W"),
    ),
    # -- many keys at once
    row("a dictation with line breaks", "i", burst("hello there<CR>you<CR>"), "<Esc>", xp=16, hookless=14),
    row("a dictation of Normal mode commands", burst("xxxxjdd"), xp=5, text=TEXT),
    row("a dictation that changes modes", burst("ohello<Esc>ohello<Esc>x"), xp=13),
    row("letters composed by an input method", "i", burst("漢字かな"), "<Esc>", xp=4),
    row("a letter with a combining mark", "i", burst("e\u0301"), "<Esc>", xp=2),
    row(
        "typed ahead in Normal mode",
        held("<F5>"),
        ahead("ohello<Esc>xx"),
        wait_for("getline(2) ==# 'hel'"),
        xp=8,
        setup=SLOW,
        text=TEXT,
    ),
    row(
        "typed ahead in Insert mode",
        "i",
        held("<F5>"),
        ahead("hello"),
        wait_for("getline(1) =~# 'hello'"),
        "<Esc>",
        xp=5,
        setup=SLOW,
        text=TEXT,
    ),
    # -- pastes
    row("a paste of many lines", paste("one\ntwo\nthree\n"), xp=1, text=TEXT),
    row("a paste of 8 kB", "i", paste("0123456789\n" * 800), "<Esc>", xp=1),
    row("a paste that comes in pieces", *paste_in_pieces("one\r", "two ", "three"), xp=1, text=TEXT),
    row(
        "a paste that comes in pieces, while typing",
        "iab",
        *paste_in_pieces("one\r", "two"),
        "c<Esc>",
        xp=4,
        text=TEXT,
    ),
    row("two pastes", "i", paste("one"), paste("two"), "<Esc>", xp=2),
    row("a paste between letters", "iab", paste("one two"), "cd<Esc>", xp=5),
    row(
        "pastes that a vimrc's mapping takes",
        "iab",
        paste("one two"),
        "x",
        paste("three"),
        lambda editor: editor.burst(b"\x1b[200~four\x1b[201~yz"),
        "<Esc>x",
        xp=9,
        kinds=("vim",),
        setup=(
            script("function! Paste() abort\nset pastetoggle=<Esc>[201~ paste\nreturn ''\nendfunction"),
            "inoremap <special> <expr> <Esc>[200~ Paste()",
            "let &t_BE = ''",
        ),
    ),
    row("a paste over a selection", "viw", paste("one two"), xp=1, text=TEXT),
    row("a paste while an operator waits", held("c"), paste("x"), "<Esc>", xp=1, kinds=("nvim",)),
    row("a paste in Replace mode", "R", paste("one"), "<Esc>", xp=1, text=TEXT),
    row("a paste on the command line", ":", paste("s/abc/xyz/"), "<CR>", xp=1, text=TEXT),
    row("a paste into a nofile buffer", "i", paste("one"), "<Esc>", xp=0, setup=("setlocal buftype=nofile",)),
    row("a file dropped on the terminal", "i", paste("'/home/me/some file.txt' "), "<Esc>", xp=1),
    row(
        "a paste with the middle mouse button",
        "yiw",
        click(1, 2, button=1),
        xp=1,
        text=TEXT,
        setup=("set mouse=a",),
    ),
    row(
        "clicks and the wheel",
        click(1, 2),
        click(0, 3),
        click(0, 0, button=65),
        xp=0,
        text=TEXT,
        setup=("set mouse=a",),
    ),
    row("a paste of Normal mode again by a dot with a count", paste("x"), "3.", xp=2, hookless=4, text=TEXT),
    row("a paste again by a dot with a count", "i", paste("x"), "<Esc>3.", xp=2, hookless=4, text=TEXT),
    row(
        "a paste again by a macro",
        "qa",
        paste("x"),
        "jq2@a",
        xp=2,
        needs="has('nvim-0.11') || !has('nvim')",
        text=TEXT,
    ),
    row(
        "a paste in a macro, pasted and replayed",
        "qai",
        paste("x"),
        "<Esc>jq@a",
        paste("y"),
        xp=3,
        needs="has('nvim-0.11') || !has('nvim')",
        text=TEXT,
    ),
    # -- mappings
    row(
        "a <Cmd> mapping that writes lines",
        "i<F5>a<Esc>",
        xp=2,
        setup=("inoremap <F5> <Cmd>call append(0, ['a', 'b'])<CR>",),
    ),
    row(
        "a Lua function that writes lines",
        "i<F5>a<Esc>",
        xp=2,
        setup=(
            "lua vim.keymap.set('i', '<F5>', function() vim.api.nvim_buf_set_lines(0, 0, 0, true, {'a', 'b'}) end)",
        ),
        kinds=("nvim",),
    ),
    row("a mapping of several commands", "<F5>", xp=1, hookless=2, setup=("nnoremap <F5> xjx",), text=TEXT),
    row(
        "a mapping that moves a line",
        "<F5>",
        xp=1,
        hookless=1,
        setup=("nnoremap <F5> :m+1<CR>==",),
        text=TEXT,
    ),
    row("a mapping through <C-o>", "A<F5><Esc>", xp=1, setup=("inoremap <F5> <C-\\><C-o>db",), text=TEXT),
    row(
        "a pair overtyped",
        "i()<Esc>",
        xp=1,
        hookless=2,
        setup=(
            "inoremap ( ()<C-g>U<Left>",
            "inoremap <expr> ) getline('.')[col('.') - 1] == ')' ? \"\\<C-g>U\\<Right>\" : ')'",
        ),
    ),
    row(
        "a pair deleted",
        "i(<BS><Esc>",
        xp=2,
        hookless=3,
        setup=("inoremap ( ()<Left>", "inoremap <BS> <BS><Del>"),
    ),
    row("a block closed by <CR>", "i<CR>x<Esc>", xp=2, hookless=5, setup=("inoremap <CR> <CR>end<Esc>O",)),
    row(
        "a mapping that feeds keys",
        "<F5>",
        xp=1,
        hookless=2,
        setup=("nnoremap <F5> <Cmd>call feedkeys('xx')<CR>",),
        text=TEXT,
    ),
    row(
        "keys at once after a completion that finds nothing",
        "o<C-x><C-k>",
        burst(" x<BS>y"),
        "<Esc>",
        xp=5,
        hookless=4,
    ),
    row("a key put in by its name after CTRL-V", "i<C-v><Home>x<Esc>", xp=2, hookless=3),
    row("the same in place of a number", "i<C-v>u<End>x<Esc>", xp=2, hookless=3),
    row("<CR> at the end of gR that changes nothing", "o<Esc>kgR<CR><Esc>", xp=1, hookless=2),
    row("a number after CTRL-V that begins twice", "i<C-v>xX4aa<Esc>", xp=2),
    row("a number after CTRL-V given up for another key", "ix<C-v>xX<C-o>y<Esc>", xp=3),
    row(
        "a letter that a timer's script takes among letters typed",
        "iab",
        command("call timer_start(1, 'Ask')"),
        wait_for("exists('g:asks')"),
        held("c"),
        wait_for("exists('g:taken')"),
        "d<Esc>",
        xp=3,
        setup=(script("function! Ask(timer)\nlet g:asks = 1\nlet g:taken = getcharstr()\nendfunction"),),
        kinds=("vim",),
    ),
    row(
        "a mapping that asks for a key",
        "<F5>a",
        xp=1,
        setup=("nnoremap <F5> <Cmd>call setline('.', getline('.') .. getcharstr())<CR>",),
    ),
    row("many cursors by a loop over getchar()", "<F5>abc<Esc>", xp=3, hookless=0, setup=CURSORS, text=TEXT),
    row("a jump by letters written into the text", "<F5>a", xp=0, hookless=1, setup=JUMP, text=TEXT),
    row("a jump by letters, and then a change", "<F5>ax<F5>ax", xp=2, hookless=4, setup=JUMP, text=TEXT),
    row("a jump by letters given up", "x<F5><Esc>x", xp=2, hookless=3, setup=JUMP, text=TEXT),
    row(
        "a change that a script shows before it is made",
        "<F5>ab<CR>",
        xp=3,
        at_most=True,
        setup=SHOWN,
        text=TEXT,
    ),
    row("a change that a script shows, given up", "<F5>ab<Esc>", xp=0, hookless=1, setup=SHOWN, text=TEXT),
    row("many cursors by :global", "<F5>", xp=1, setup=("nnoremap <F5> <Cmd>g/./normal! x<CR>",), text=TEXT),
    row(
        "an operator of one's own",
        "<F5>iwjw.",
        xp=2,
        text=TEXT,
        setup=(
            script("function! Upper(type) abort\ncall setline('.', toupper(getline('.')))\nendfunction"),
            "set operatorfunc=Upper",
            "nnoremap <F5> g@",
        ),
    ),
    # -- snippets and suggestions
    row("a snippet by a function", "ifor<Tab>z<Esc>", xp=5, setup=SNIPPET),
    row("a snippet of Neovim's own", "ifor<Tab>ab<Esc>", xp=6, setup=BUILT_IN_SNIPPET, kinds=("nvim",)),
    row(
        "a snippet jumped through",
        "i<Tab>ab<F5>cd<F5>e<Esc>",
        xp=6,
        setup=(
            *BUILT_IN_SNIPPET,
            "lua vim.keymap.set({'i', 's'}, '<F5>', function() vim.snippet.jump(1) end)",
        ),
        kinds=("nvim",),
    ),
    row(
        "a suggestion shown and not taken",
        "ia<Left><Right>b<Esc>hl",
        xp=2,
        setup=(
            "let g:space = nvim_create_namespace('ghost')",
            "let g:ghost = {'id': 1, 'virt_text': [['ghost']], 'virt_text_pos': 'inline'}",
            "autocmd CursorMovedI,CursorMoved * call nvim_buf_set_extmark(0, g:space, 0, 0, g:ghost)",
        ),
        kinds=("nvim",),
    ),
    row(
        "a suggestion shown and not taken, in Vim",
        "ia<Left><Right>b<Esc>hl",
        xp=2,
        setup=(
            "call prop_type_add('ghost', {})",
            "autocmd CursorMovedI,CursorMoved * call prop_remove({'type': 'ghost', 'all': 1})",
            "autocmd CursorMovedI,CursorMoved * call prop_add(1, 1, {'type': 'ghost', 'text': 'ghost'})",
        ),
        kinds=("vim",),
    ),
    row(
        "a suggestion taken",
        "ia<Tab>b<Esc>",
        xp=3,
        setup=(
            "inoremap <Tab> <Cmd>call setline('.', getline('.') .. ' whole line') <Bar> call cursor('.', 99)<CR>",
        ),
    ),
    row(
        "a suggestion taken by an expression",
        "ia<Tab>b<Esc>",
        xp=3,
        hookless=13,
        setup=("inoremap <expr> <Tab> ' whole line'",),
    ),
    # -- waiting for the rest of a command while others write
    row(
        "a register asked for while a timer writes",
        "i",
        held("<C-r>"),
        *WRITE,
        "a<Esc>",
        xp=1,
        hookless=5,
        setup=("let @a = 'words'",),
        kinds=("vim",),
    ),
    row(
        "a digraph waits while a timer writes",
        "i",
        held("<C-k>"),
        *WRITE,
        "a:<Esc>",
        xp=1,
        kinds=("vim",),
    ),
    row(
        "a register asked for while a timer writes, and given up",
        "i",
        held("<C-r>"),
        *WRITE,
        "<Esc><Esc>jk",
        xp=0,
        text=TEXT,
        kinds=("vim",),
    ),
    row(
        "a number is typed while a timer writes",
        "i",
        WRITE_SOON,
        held("<C-v>u00"),
        WRITTEN,
        "e9<Esc>",
        kinds=("vim",),
        xp=1,
        hookless=1,
    ),
    row(
        "a literal waits while a timer writes",
        "i",
        WRITE_SOON,
        held("<C-v>"),
        WRITTEN,
        "<Esc><Left><Right><Esc>",
        kinds=("vim",),
        xp=1,
        hookless=1,
    ),
    row(
        "a second digraph key waits while a timer writes",
        "i",
        WRITE_SOON,
        held("<C-k>a"),
        WRITTEN,
        ":<Esc>",
        kinds=("vim",),
        xp=1,
    ),
    row(
        "a command of Normal mode waits while a timer writes",
        "ia",
        WRITE_SOON,
        held("<C-o>"),
        WRITTEN,
        "lb<Esc>",
        xp=2,
        text=TEXT,
    ),
    row("a Lua loop that reads keys", "<F5>abc<Esc>", xp=3, text=TEXT, kinds=("nvim",), setup=(LUA_CURSORS,)),
]
