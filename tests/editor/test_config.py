"""Options: one table, checked values, and the same from Lua."""

from __future__ import annotations

import re

import pytest

from editors import REPO

SLOW = {"codestats_pulse_interval": 3600}


def options(editor):
    """name → (default, sentence, types) as the editor has it."""
    return {
        name: (default, text, types)
        for name, default, text, types in editor.eval("codestats#config#options()")
    }


def said(editor):
    """The one message about options, whole."""
    editor.wait_until(lambda: "codestats: " in editor.messages())
    return editor.messages()


# -- the table ------------------------------------------------------------------


def test_every_option_is_in_help_with_its_default(start_editor):
    text = (REPO / "doc" / "codestats.txt").read_text()
    missing = []
    for name, (default, _, _) in options(start_editor()).items():
        if f"*g:codestats_{name}*" not in text:
            missing.append(f"*g:codestats_{name}*")
            continue
        head = re.search(rf"^g:codestats_{name}\b\s*\(([^)]*)\)", text, re.MULTILINE)
        shown = repr(default) if isinstance(default, str) else str(default)
        if not head or f"default {shown}" not in " ".join(head[1].split()):
            missing.append(f"g:codestats_{name} (…, default {shown})")
    assert not missing, "doc/codestats.txt lacks " + ", ".join(missing)


def test_help_has_no_option_that_is_none(start_editor):
    text = (REPO / "doc" / "codestats.txt").read_text()
    known = {*options(start_editor()), "error", "event"}
    assert set(re.findall(r"\*g:codestats_(\w+)\*", text)) - known == set()


def test_every_option_is_in_readme_with_its_default_and_sentence(start_editor):
    text = (REPO / "README.md").read_text()
    shown = dict(re.findall(r"^\| `g:codestats_(\w+)` \| (.*) \|$", text, re.MULTILINE))
    known = {
        name: f"{f'`{default!r}`' if default != '' else ''} | {sentence}".strip()
        for name, (default, sentence, _) in options(start_editor()).items()
    }
    assert shown == known


def test_lua_annotations_are_of_the_same_options(start_editor):
    text = (REPO / "lua" / "codestats" / "init.lua").read_text()
    assert set(re.findall(r"^---@field (\w+)\?", text, re.MULTILINE)) == set(options(start_editor()))


def test_every_field_of_the_status_line_is_in_help(start_editor):
    text = (REPO / "doc" / "codestats.txt").read_text()
    missing = [name for name in start_editor().eval("codestats#status#fields()") if f"{{{name}}}" not in text]
    assert not missing, "doc/codestats.txt lacks " + ", ".join(f"{{{name}}}" for name in missing)


def test_every_command_is_in_help(start_editor):
    text = (REPO / "doc" / "codestats.txt").read_text()
    commands = start_editor().eval("getcompletion('CodeStats', 'command')")
    missing = [name for name in commands if f"*:{name}*" not in text]
    assert not missing, "doc/codestats.txt lacks " + ", ".join(f"*:{name}*" for name in missing)


# -- checking ---------------------------------------------------------------------

WRONG = [
    ("pulse_interval", "ten", "g:codestats_pulse_interval must be a number"),
    ("pulse_interval", 0, "g:codestats_pulse_interval must be from 1 to 3600"),
    ("request_timeout", 1000, "g:codestats_request_timeout must be from 0.1 to 300"),
    ("ignore_filetypes", "text", "g:codestats_ignore_filetypes must be a list"),
    ("ignore_filetypes", [1], "g:codestats_ignore_filetypes must be a list of strings"),
    ("exclude", "~/x", "g:codestats_exclude must be a list"),
    ("languages", 3, "g:codestats_languages must be a dictionary or a list"),
    ("language_names", "mine", "g:codestats_language_names must be one of '', 'default'"),
    ("ascii", 2, "g:codestats_ascii must be from 0 to 1"),
    ("daily_goal", -1, "g:codestats_daily_goal must be from 0 to 1000000"),
    ("api_kee", "x", "unknown option api_kee: did you mean api_key?"),
    ("ignored_filetypes", [], "did you mean ignore_filetypes?"),
    ("something_else_entirely", 1, "unknown option something_else_entirely (:help"),
]


@pytest.mark.shared
@pytest.mark.parametrize("name, value, says", WRONG, ids=lambda value: str(value)[:24])
def test_wrong_values_and_names_are_said(start_editor, name, value, says):
    editor = start_editor(variables={f"codestats_{name}": value})
    assert says in said(editor)
    known = options(editor)
    if name in known:
        assert editor.eval(f"codestats#config#get('{name}')") == known[name][0]


def test_one_message_for_all_of_them(start_editor):
    editor = start_editor(variables={f"codestats_{name}": value for name, value, _ in WRONG})
    text = said(editor)
    assert text.count("codestats: ") == 1
    assert text.count(";") == len({name for name, _, _ in WRONG}) - 1


def test_a_value_is_never_quoted(start_editor):
    """It may be a token under a wrong name."""
    editor = start_editor(
        variables={"codestats_api_kye": "SFMyNTY.secret", "codestats_api_key": ["SFMyNTY.secret"]}
    )
    assert "secret" not in said(editor)


def test_good_options_are_passed_over_in_silence(start_editor):
    editor = start_editor(
        variables={
            "codestats_languages": {"foo": "Foo"},
            "codestats_request_timeout": 0.5,
            "codestats_exclude": ["~/x"],
            "codestats_api_key_command": ["true"],
            "codestats_daily_goal": 500,
        },
        vimrc="let g:codestats_ascii = v:true",
    )
    assert editor.messages() == ""
    assert editor.eval("codestats#settings#problems()") == []


# -- from Lua -----------------------------------------------------------------------


def lua(editor_spec, code):
    if editor_spec.kind != "nvim":
        pytest.skip("Lua is Neovim's")
    return f"lua {code}"


def test_setup_before_loading(start_editor, editor_spec, service):
    options = f"api_key = '{service.token()}', api_url = '{service.url}', languages = {{ text = 'Prose' }}"
    code = f"require('codestats').setup{{ {options} }}"
    editor = start_editor(vimrc=lua(editor_spec, code), plugin="rtp")
    editor.command("setfiletype text")
    editor.keys("ihello<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
    assert service.xp() == {"Prose": 5}
    assert editor.messages() == ""


def test_setup_after_loading_and_twice(start_editor, editor_spec, service):
    lua(editor_spec, "")
    editor = start_editor(variables={"codestats_api_url": service.url, **SLOW})
    editor.keys("ihello<Esc>")
    for _ in range(2):
        editor.command(f"lua require('codestats').setup{{ api_key = '{service.token()}', ascii = true }}")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
    assert editor.eval("g:codestats_ascii") is True
    assert editor.messages() == ""


def test_setup_is_checked_by_the_same_table(start_editor, editor_spec):
    lua(editor_spec, "")
    editor = start_editor()
    for _ in range(2):
        editor.command("lua require('codestats').setup{ pulse_interal = 3, ascii = 'yes' }")
    text = said(editor)
    assert "did you mean pulse_interval?" in text
    assert "g:codestats_ascii must be" in text
    assert text.count("codestats: ") == 1


@pytest.mark.parametrize("argument", ["", "{}", "nil"])
def test_setup_without_options(start_editor, editor_spec, argument):
    editor = start_editor(vimrc=lua(editor_spec, f"require('codestats').setup({argument})"), plugin="rtp")
    assert editor.messages() == ""


def test_empty_lua_tables_are_either_kind(start_editor, editor_spec):
    editor = start_editor(
        vimrc=lua(
            editor_spec,
            "require('codestats').setup{ languages = {}, exclude = vim.empty_dict(), ignore_filetypes = {} }",
        ),
        plugin="rtp",
    )
    assert editor.eval("codestats#settings#problems()") == []


# -- per buffer and per directory ----------------------------------------------------------


def counted(editor):
    return editor.eval("codestats#status().session")


@pytest.mark.shared
@pytest.mark.parametrize(
    "pattern, path, excluded",
    [
        ("~/work/secret", "secret/a.txt", True),
        ("~/work/secret/", "secret/deep/a.txt", True),
        ("~/work/secret", "secrets/a.txt", False),
        ("*.min.js", "a.min.js", True),
        ("*.min.js", "a.js", False),
        ("node_modules", "x/node_modules/y/a.js", True),
        ("node_modules", "node_modules.txt", False),
        ("deep/{one,two}", "x/deep/two/a", True),
        ("~/work/*/notes.md", "x/notes.md", True),
        ("~/work/[ab].txt", "c.txt", False),
    ],
)
def test_excluded_paths(start_editor, pattern, path, excluded):
    editor = start_editor(variables={"codestats_exclude": [pattern]}, files={path: ""}, args=[path])
    editor.keys("ihello<Esc>")
    assert counted(editor) == (0 if excluded else 5)


def test_exclude_follows_buffers_and_names(start_editor):
    editor = start_editor(
        variables={"codestats_exclude": ["*.secret"]}, files={"a.txt": "", "b.secret": ""}, args=["a.txt"]
    )
    editor.keys("ix<Esc>")
    editor.command("edit! b.secret")
    editor.keys("ix<Esc>")
    assert counted(editor) == 1
    editor.command("saveas! c.txt")
    editor.keys("ix<Esc>")
    assert counted(editor) == 2
    editor.command("saveas! d.secret")
    editor.keys("ix<Esc>")
    assert counted(editor) == 2


def test_excluded_through_a_link(start_editor, home):
    (home.work / "secret").mkdir(parents=True)
    (home.work / "secret" / "a").write_text("")
    (home.work / "link").symlink_to(home.work / "secret" / "a")
    editor = start_editor(home=home, variables={"codestats_exclude": ["~/work/secret"]}, args=["link"])
    editor.keys("ix<Esc>")
    assert counted(editor) == 0


def test_the_users_word_for_a_buffer_goes_before_patterns(start_editor):
    editor = start_editor(
        variables={"codestats_exclude": ["*.txt"]},
        files={"a.txt": "", "b.md": ""},
        args=["a.txt"],
        vimrc="autocmd BufReadPost * let b:codestats_enabled = expand('%:e') ==# 'txt'",
    )
    editor.keys("ix<Esc>")
    editor.command("edit! b.md")
    editor.keys("ix<Esc>")
    assert counted(editor) == 1


def test_languages_by_path(start_editor, service):
    editor = start_editor(
        service=service,
        variables={"codestats_languages": [["*.blade.php", "Blade"], ["php", "Hypertext"]]},
        files={"a.blade.php": "", "b.php": ""},
        args=["a.blade.php"],
    )
    editor.keys("ixx<Esc>")
    editor.command("edit! b.php")
    editor.keys("ixxx<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
    assert service.xp() == {"Blade": 2, "Hypertext": 3}


def test_language_command_tells_and_sets(start_editor, service):
    editor = start_editor(service=service, files={"a.cpp": "", "b.cpp": ""}, args=["a.cpp"], cols=200)
    editor.command("CodeStatsLanguage")
    editor.wait_until(lambda: "C++: the table's name for filetype 'cpp'" in editor.messages())
    editor.command("CodeStatsLanguage Sea")
    editor.wait_until(lambda: "Sea until you quit" in editor.messages())
    editor.command("edit! b.cpp")
    editor.keys("ix<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(1)
    assert service.xp() == {"Sea": 1}
    editor.command("let b:codestats_language = 'Ocean'")
    editor.command("CodeStatsLanguage")
    editor.wait_until(lambda: "Ocean: b:codestats_language says so" in editor.messages())
    editor.command("let b:codestats_enabled = 0")
    editor.command("CodeStatsLanguage")
    editor.wait_until(lambda: "earns nothing" in editor.messages())
