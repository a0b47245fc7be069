"""Code inside another language earns under its own name, in both editors and however they know it."""

from __future__ import annotations

import pytest

SLOW = {"codestats_pulse_interval": 3600}

MARKDOWN = """# Title

```lua
print(1)
```

text

~~~ {.python}
pass
~~~

```nosuchword
x
```

```text
x
```

> ```js
> x
> ```
```inline``` code
"""

HTML = """<html>
<style>
p { color: red }
</style>
<script>
var a
</script>
<p>text</p>
</html>
"""

VIM = """let a = 1
python3 << EOF
x
EOF
let b = 1
"""

# What the syntax of a Vim without Lua knows too; Neovim has Lua only.
VIM_LUA = VIM.replace("python3", "lua")

BY_SYNTAX = {"vim": "syntax on", "nvim": "autocmd FileType * silent! lua vim.treesitter.stop()"}
BY_TREE = "autocmd FileType * silent! lua vim.treesitter.start()"


def launch(start_editor, service, name, text, **options):
    variables = {**SLOW, **options.pop("variables", {})}
    return start_editor(service=service, variables=variables, files={name: text}, args=[name], **options)


def arrived(editor, service):
    editor.sync()
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    return service.xp()


def type_at(editor, *lines):
    """A blank at the end of each of these lines: a fence stays one."""
    for line in lines:
        editor.keys(f":{line}<CR>A <Esc>")


def has_key_hook(editor):
    return editor.spec.kind == "nvim" or bool(editor.eval("exists('##KeyInputPre')"))


def by_syntax(editor_spec):
    return BY_SYNTAX[editor_spec.kind]


def test_fenced_code_in_markdown(start_editor, service):
    editor = launch(start_editor, service, "a.md", MARKDOWN)
    type_at(editor, 1, 3, 4, 5, 7, 10, 14, 18, 22, 24)
    assert arrived(editor, service) == {"Lua": 1, "Python": 1, "JavaScript": 1, "Markdown": 7}


def test_a_fence_typed_by_hand(start_editor, service):
    editor = launch(start_editor, service, "a.md", "")
    editor.keys("ia<CR>```lua<CR>abc<CR>de<CR>```<CR>f<Esc>")
    # A line's look is at its first key: the new line below a fence's is inside, that of the closing fence as well.
    assert arrived(editor, service) == {"Markdown": 10, "Lua": 11}


def test_scripts_and_styles_in_html(start_editor, service, editor_spec):
    editor = launch(start_editor, service, "a.html", HTML, vimrc=by_syntax(editor_spec))
    editor.wait_until("exists('b:current_syntax')")
    type_at(editor, 1, 3, 6, 8)
    editor.keys(":6<CR>ofoo<CR>bar<Esc>")
    assert arrived(editor, service) == {"HTML": 2, "CSS": 1, "JavaScript": 9}


def test_a_burst_in_a_script(start_editor, service, editor_spec):
    editor = launch(start_editor, service, "a.html", HTML, vimrc=by_syntax(editor_spec))
    editor.wait_until("exists('b:current_syntax')")
    editor.keys(":6<CR>o")
    editor.burst("ab<CR>c<CR>d<Esc>")
    xp = arrived(editor, service)
    # Vim without a key hook counts less of a burst.
    assert xp == {"JavaScript": 7} or (set(xp) == {"JavaScript"} and not has_key_hook(editor))


def test_code_in_vim_script_by_its_syntax(start_editor, service, editor_spec):
    editor = launch(
        start_editor, service, "a.vim", VIM, vimrc=["let g:vimsyn_embed = 'lPp'", by_syntax(editor_spec)]
    )
    editor.wait_until("exists('b:current_syntax')")
    if not editor.eval("has('nvim') || has('pythonx')"):
        pytest.skip("this Vim's syntax knows no other language")
    type_at(editor, 1, 3, 5)
    assert arrived(editor, service) == {"VimL": 2, "Python": 1}


def test_lua_in_vim_script_by_the_language_tree(start_editor, service, editor_spec):
    if editor_spec.kind != "nvim":
        pytest.skip("a matter of nvim alone")
    editor = launch(start_editor, service, "a.vim", VIM_LUA, vimrc=BY_TREE)
    type_at(editor, 1, 3, 5)
    editor.keys(":3<CR>oab<CR>c<Esc>")
    editor.burst("oab<CR>c<Esc>")
    assert arrived(editor, service) == {"VimL": 2, "Lua": 11}


# No parser of SQL comes with Neovim: another one under its name does, and comments for strings.
SQL = """
autocmd FileType * ++once lua (function()
  \\ local parser = vim.api.nvim_get_runtime_file('parser/vimdoc.so', false)[1]
  \\ vim.treesitter.language.add('sql', { path = parser, symbol_name = 'vimdoc' })
  \\ vim.treesitter.language.add('regex', { path = parser, symbol_name = 'vimdoc' })
  \\ local as = '((comment) @injection.content (#lua-match? @injection.content "%s") (#set! injection.language "%s"))'
  \\ vim.treesitter.query.set('c', 'injections', as:format('SQL', 'sql') .. as:format('RE', 'regex'))
  \\ vim.treesitter.start(0, 'c')
  \\ end)()
"""


def test_sql_where_the_language_tree_knows_it(start_editor, service, editor_spec):
    if editor_spec.kind != "nvim":
        pytest.skip("a matter of nvim alone")
    text = "int a;\n/* SQL\nselect\n*/\n/* RE\nx\n*/\n"
    editor = launch(start_editor, service, "a.c", text, vimrc=SQL.replace("\n  \\", ""))
    type_at(editor, 1, 3, 6)
    assert arrived(editor, service) == {"C": 2, "SQL": 1}


def test_it_can_be_switched_off_and_on(start_editor, service):
    editor = launch(start_editor, service, "a.md", MARKDOWN, variables={"codestats_embedded": 0})
    type_at(editor, 4, 10)
    editor.command("let g:codestats_embedded = 1")
    type_at(editor, 4)
    assert arrived(editor, service) == {"Markdown": 2, "Lua": 1}


def test_the_users_word_holds_for_guests(start_editor, service):
    variables = {"codestats_languages": {"lua": "Moon"}, "codestats_ignore_filetypes": ["python"]}
    editor = launch(start_editor, service, "a.md", MARKDOWN, variables=variables)
    type_at(editor, 1, 4, 10)
    editor.command("let b:codestats_language = 'Mine'")
    type_at(editor, 4)
    assert arrived(editor, service) == {"Markdown": 1, "Moon": 1, "Mine": 1}


def test_two_buffers_and_a_changed_filetype(start_editor, service):
    editor = launch(start_editor, service, "a.md", MARKDOWN, vimrc="set hidden")
    type_at(editor, 4)
    editor.command("edit b.md")
    editor.keys("i<CR><CR><CR><Esc>")
    editor.command("edit a.md")
    editor.keys("ix<Esc>")
    editor.command("setlocal filetype=rst")
    editor.keys("ix<Esc>")
    editor.command("setlocal filetype=markdown.pandoc")
    editor.keys("ix<Esc>")
    editor.command("setlocal filetype=ruby.vimwiki")
    editor.keys("ix<Esc>:1<CR>ix<Esc>")
    assert arrived(editor, service) == {"Lua": 3, "Ruby": 2, "Markdown": 3, "reStructuredText": 1}


def test_lines_that_go_away_are_looked_at_again(start_editor, service):
    editor = launch(start_editor, service, "a.md", "# t\n```lua\nx\n```\n")
    editor.keys(":3<CR>ix<Esc>k0dd")
    editor.keys(":2<CR>ix<Esc>ddix<Esc>")
    # The first x, and dd of the fence's own line, which leaves the cursor on the line that was inside.
    assert arrived(editor, service) == {"Lua": 1, "Markdown": 4}


def test_a_fault_costs_no_key_and_is_logged_once(start_editor, service, editor_spec):
    if editor_spec.kind != "nvim":
        pytest.skip("a matter of nvim alone")
    editor = launch(start_editor, service, "a.vim", VIM_LUA, vimrc=BY_TREE)
    editor.control.lua(
        "local active = vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()]"
        " active.tree = setmetatable({ children = function() error('broken') end }, { __index = active.tree })"
    )
    type_at(editor, 1, 3, 5)
    assert arrived(editor, service) == {"VimL": 3}
    log = [entry for entry in editor.eval("codestats#log#entries()") if "embedded" in entry]
    assert len([entry for entry in log if "no embedded languages" in entry]) == 1
    assert "counting stopped" not in str(log)


def test_the_command_tells_of_code_inside(start_editor, service):
    editor = launch(start_editor, service, "a.md", MARKDOWN)
    editor.keys(":4<CR>:CodeStatsLanguage<CR>")
    editor.wait_until("execute('messages') =~# 'Lua: code inside filetype ''markdown''; the table'")
    editor.keys(":7<CR>:CodeStatsLanguage<CR>")
    editor.wait_until("execute('messages') =~# 'Markdown: the table'")


def test_absurd_lines_are_the_hosts(start_editor, service, editor_spec):
    editor = launch(
        start_editor,
        service,
        "a.html",
        HTML.replace("var a", "var a = '" + "x" * 2000 + "'"),
        vimrc=by_syntax(editor_spec),
    )
    editor.wait_until("exists('b:current_syntax')")
    type_at(editor, 6)
    assert arrived(editor, service) == {"HTML": 1}
