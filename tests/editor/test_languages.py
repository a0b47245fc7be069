"""Which language a keystroke goes to: the table, the user's word before it, :CodeStatsLanguage; read at the service."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import closing
from datetime import datetime, timezone

import pytest

from codestats.settings import Settings
from codestats.storage.database import Database
from codestats.storage.owners import Owner
from codestats.storage.spool import set_meta
from editors import REPO
from support.embedded_client import post

SLOW = {"codestats_pulse_interval": 3600}


def launch(start_editor, service, **options):
    variables = {**SLOW, **options.pop("variables", {})}
    return start_editor(service=service, variables=variables, **options)


def arrived(editor, service):
    editor.sync()
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().unsent == 0")
    return service.xp()


def answer(editor, command, *, says):
    """What the command tells the user, whole: the log has it."""
    editor.keys(f":{command}<CR>")
    said = "filter(codestats#log#entries(), {_, entry -> stridx(entry, ' info: ') > 0})"
    editor.wait_until(f"get({said}, -1, '') =~# '{says}'")


def type_as(editor, filetype):
    editor.command(f"setlocal filetype={filetype}")
    editor.keys("ix<Esc>")


@pytest.mark.shared
@pytest.mark.parametrize(
    "variables, wanted",
    [
        (
            {},
            {
                "JavaScript (JSX)": 1,
                "HTML+ERB": 1,
                "Ansible": 1,
                "C++": 1,
                "nosuch": 1,
                "C": 1,
                "Plain text": 1,
            },
        ),
        (
            {
                "codestats_languages": {
                    "cpp": "Cee",
                    "javascript.jsx": "React",
                    "nosuch": "Known",
                    "": "Nothing",
                }
            },
            {"React": 1, "HTML+ERB": 1, "Ansible": 1, "Cee": 1, "Known": 1, "C": 1, "Nothing": 1},
        ),
        (
            {
                "codestats_languages": {"c": "Cee"},
                "codestats_ignore_filetypes": ["c", "eruby", "javascript", "ansible"],
            },
            {"HTML+ERB": 1, "C++": 1, "nosuch": 1, "Plain text": 1},
        ),
        (
            {"codestats_language_names": "code-stats-vim"},
            {
                "JavaScript (JSX)": 1,
                "HTML+ERB": 1,
                "Ansible": 1,
                "C/C++": 2,
                "nosuch": 1,
                "Plain text": 1,
            },
        ),
    ],
    ids=["table", "overridden", "ignored", "names of code-stats-vim"],
)
def test_compound_derived_and_unknown_filetypes(variables, wanted, start_editor, service):
    editor = launch(start_editor, service, variables=variables, args=["a"])
    for filetype in ("javascript.jsx", "html.erb", "yaml.ansible", "cpp.doxygen", "nosuch", "c", ""):
        type_as(editor, filetype)
    assert arrived(editor, service) == wanted


def test_a_filetype_changed_in_the_middle(start_editor, service):
    editor = launch(start_editor, service, vimrc="set hidden", args=["a.py"])
    editor.keys("iab<C-o>:setlocal filetype=ruby<CR>cde<Esc>:edit b.lua<CR>ifg<Esc>")
    assert arrived(editor, service) == {"Python": 2, "Ruby": 3, "Lua": 2}


def test_a_buffers_own_name_goes_before_all(start_editor, service):
    editor = launch(
        start_editor,
        service,
        variables={
            "codestats_languages": [["*.py", "Path"], ["python", "Mine"]],
            "codestats_ignore_filetypes": ["python"],
        },
        vimrc="autocmd FileType python let b:codestats_language = '  Own\tname '",
        args=["a.py"],
    )
    editor.keys("iab<Esc>")
    answer(editor, "CodeStatsLanguage", says="Own.*: b:codestats_language says so")
    editor.command("unlet b:codestats_language")
    editor.keys("icde<Esc>")
    answer(editor, "CodeStatsLanguage", says="Path: g:codestats_languages has its path under ''\\*.py''")
    editor.command("let b:codestats_language = '-'")
    editor.keys("ifghi<Esc>")
    assert arrived(editor, service) == {"Own name": 2, "Path": 3}


PATTERNS = [
    ["*.blade.php", "Blade"],
    ["queries/*.txt", "Queries"],
    ["work/legacy", "Old"],
    ["php", "PeeAitchPee"],
]


def test_path_patterns_name_languages(start_editor, service):
    files = {
        "a.blade.php": "",
        "queries/a.txt": "",
        "other/a.txt": "",
        "a.php": "",
        "legacy/deep/a.py": "",
    }
    editor = launch(start_editor, service, variables={"codestats_languages": PATTERNS}, files=files)
    for count, name in enumerate(files, 1):
        editor.command(f"edit {name}")
        editor.keys("i" + "x" * count + "<Esc>")
        editor.command("write")
    assert arrived(editor, service) == {"Blade": 1, "Queries": 2, "Plain text": 3, "PeeAitchPee": 4, "Old": 5}


ENDINGS = {
    "a.el": "Emacs Lisp", "a.lisp": "Common Lisp", "a.rkt": "Racket", "a.rktd": "Racket", "a.scm": "Scheme",
    "tsconfig.json": "JSONC", ".eslintrc.json": "JSONC", "a.json": "JSON", "a.blade.php": "Blade", "a.php": "PHP",
    "a.cshtml": "Razor", "a.html": "HTML", "a.pde": "Processing", "a.ino": "Arduino", "a.tpp": "C++",
    "a.tf": "Terraform", "a.ttl": "Turtle", "a.t": "Perl", "a.mm": "Objective-C++",
    "a.typ": "Typst", "a.sql": "SQL", "a.ll": "LLVM",
    "a.shader": "ShaderLab", "a.as": "ActionScript", ".env": "Dotenv", "a.sh": "Shell Script", "A.EL": "Emacs Lisp",
}  # fmt: skip


def test_the_end_of_a_name_tells_two_languages_of_one_filetype_apart(start_editor, service):
    editor = launch(start_editor, service, vimrc="set hidden fileignorecase")
    expected = Counter()
    for count, (name, language) in enumerate(ENDINGS.items(), 1):
        editor.command(f"edit {name}")
        if name == "A.EL":
            editor.command("setfiletype lisp")
        editor.keys("i" + "x" * count + "<Esc>")
        expected[language] += count
    assert arrived(editor, service) == expected


def test_the_filetypes_that_are_looked_at_are_those_of_the_table():
    scripts = [(REPO / "autoload/codestats" / name).read_text() for name in ("session.vim", "language.vim")]
    told = re.search(r"const s:told_apart = \[(.*?)\\ \]", scripts[0], re.DOTALL)[1]
    table = re.search(r"const s:by_ending = \{(.*?)\\ \}", scripts[1], re.DOTALL)[1]
    assert re.findall(r"'(\w+)'", told) == re.findall(r"'(\w+)': \{", table)


@pytest.mark.shared
@pytest.mark.parametrize(
    "variables, language, says",
    [
        ({}, "Emacs Lisp", "the file''s name ends in .el; the table''s name for filetype ''elisp''"),
        (
            {"codestats_languages": {"elisp": "Elisp"}},
            "Elisp",
            "ends in .el; your name for filetype ''elisp''",
        ),
        ({"codestats_languages": {"lisp": "Lisp"}}, "Lisp", "your name for filetype ''lisp''"),
        ({"codestats_languages": {"*.el": "Path"}}, "Path", "g:codestats_languages has its path"),
        ({"codestats_ignore_filetypes": ["lisp"]}, None, "filetype ''lisp'' is ignored"),
        ({"codestats_ignore_filetypes": ["elisp"]}, None, "filetype ''elisp'' is ignored"),
    ],
)
def test_the_users_word_goes_before_the_end_of_the_name(variables, language, says, start_editor, service):
    editor = launch(start_editor, service, variables=variables, args=["a.el"])
    editor.keys("ixx<Esc>")
    answer(editor, "CodeStatsLanguage", says=says)
    editor.command("setlocal filetype=python")
    editor.keys("ix<Esc>")
    python = "Path" if language == "Path" else "Python"
    assert arrived(editor, service) == Counter({language: 2} if language else {}) + Counter({python: 1})


def test_a_session_has_its_own_word_on_the_filetype(start_editor, service):
    editor = launch(start_editor, service, args=["a.el"])
    answer(editor, "CodeStatsLanguage Mine", says="Mine until you quit")
    editor.keys("ixx<Esc>")
    assert arrived(editor, service) == {"Mine": 2}
    answer(editor, "CodeStatsLanguage!", says="Emacs Lisp: the file''s name")
    editor.keys("ix<Esc>")
    assert arrived(editor, service) == {"Mine": 2, "Emacs Lisp": 1}


def test_a_path_is_looked_at_again_when_it_changes_and_never_at_a_key(start_editor, service):
    editor = launch(
        start_editor,
        service,
        variables={"codestats_languages": PATTERNS},
        vimrc="autocmd BufFilePost * setlocal filetype=php",
        args=["a.blade.php"],
    )
    editor.keys("ix<Esc>")
    editor.command("let g:codestats_languages = [['*.php', 'Later']]")
    editor.keys("ixx<Esc>")
    editor.command("let g:codestats_languages = [['nothing.*', 'Later']]")
    editor.command("file a.php")
    editor.keys("ixxx<Esc>")
    assert not editor.eval("exists('b:codestats_key_by_path') || exists('b:codestats_language')")
    editor.command("file nothing.php")
    editor.keys("ixxxx<Esc>")
    assert arrived(editor, service) == {"Blade": 3, "PHP": 3, "Later": 4}


def test_pairs_that_are_none_are_told(start_editor, service):
    editor = launch(
        start_editor,
        service,
        variables={"codestats_languages": ["*.blade.php", "Blade"]},
        args=["a.php"],
    )
    editor.keys("ix<Esc>")
    editor.wait_until("execute('messages') =~# 'g:codestats_languages must be a dictionary'")
    assert arrived(editor, service) == {"PHP": 1}


def test_the_command_tells_which_name_and_why(start_editor, service):
    editor = launch(start_editor, service, variables={"codestats_ignore_filetypes": ["ruby"]}, args=["a.py"])
    answer(editor, "CodeStatsLanguage", says="Python: the table''s name for filetype ''python''")
    editor.command("setlocal filetype=javascript.jsx")
    answer(editor, "CodeStatsLanguage", says="JavaScript (JSX): .*''javascript.jsx''")
    editor.command("setlocal filetype=ruby")
    answer(editor, "CodeStatsLanguage", says="earns nothing: filetype ''ruby'' is ignored")
    editor.command("setlocal filetype=help")
    answer(editor, "CodeStatsLanguage", says="earns nothing: .*no language")
    editor.command("setlocal buftype=nofile")
    answer(editor, "CodeStatsLanguage", says="earns nothing: .*''buftype'' is nofile")
    editor.command("setlocal buftype= | let b:codestats_enabled = 0")
    answer(editor, "CodeStatsLanguage", says="earns nothing: b:codestats_enabled is off")
    assert editor.eval("codestats#status().session") == 0


def test_a_late_answer_is_about_the_buffer_that_was_asked_for(start_editor, service):
    editor = launch(start_editor, service, args=["a.py"])
    answer(
        editor,
        "CodeStatsLanguage | enew",
        says="info: Python: the table''s name for filetype ''python''",
    )


def test_the_command_names_a_filetype_for_the_session_and_takes_it_back(start_editor, service):
    editor = launch(
        start_editor, service, variables={"codestats_languages": {"python": "Snake"}}, args=["a.py"]
    )
    editor.keys("ix<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(1)
    answer(
        editor,
        "CodeStatsLanguage My Own",
        says="My Own until you quit. To keep it: {''python'': ''My Own''} in g:codestats_languages",
    )
    assert editor.eval("g:codestats_languages") == {"python": "Snake"}
    editor.keys("ixx<Esc>:edit b.py<CR>ixx<Esc>")
    editor.command("call codestats#flush()")
    service.wait_for_total(5)
    answer(editor, "CodeStatsLanguage!", says="Snake: your name")
    editor.keys("ixxx<Esc>")
    assert arrived(editor, service) == {"Snake": 4, "My Own": 4}


def test_the_command_knows_names_and_filetypes(start_editor, service):
    editor = launch(start_editor, service, args=["a.py"])
    answer(editor, "CodeStatsLanguage cpp", says="C++ until you quit")
    answer(editor, "CodeStatsLanguage javascript", says="JavaScript until you quit")
    answer(editor, "CodeStatsLanguage -", says="earns nothing until you quit")
    complete = "getcompletion('CodeStatsLanguage {}', 'cmdline')"
    assert editor.eval(complete.format("pyth"))[0] == "Python"
    assert editor.eval(complete.format("Plain t")) == ["text"]
    assert "JavaScript (JSX)" in editor.eval(complete.format("javas"))
    assert editor.eval(complete.format("nosuch")) == []
    assert editor.eval("getcompletion('CodeStatsLa Plain t', 'cmdline')") == ["text"]


def test_the_status_line_follows_the_name(start_editor, service):
    editor = launch(
        start_editor,
        service,
        variables={
            "codestats_statusline_format": "{language}",
            "codestats_languages": [["*.blade.php", "Blade"]],
        },
        args=["a.py"],
    )
    editor.wait_until("codestats#statusline() ==# 'python'")
    editor.keys("ix<Esc>")
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#statusline() ==# 'Python'")
    editor.command("edit! a.blade.php")
    editor.wait_until("codestats#statusline() ==# 'Blade'")


@pytest.mark.shared
@pytest.mark.parametrize(
    "names, wanted",
    [
        ("vscode", {"JavaScript (React)": 1, "Docker": 1, "Shell Script": 1}),
        ("code-stats-ls", {"JavaScript (React)": 1, "Dockerfile": 1, "Shell": 1}),
    ],
)
def test_another_clients_names_can_be_used(names, wanted, start_editor, service):
    editor = launch(start_editor, service, variables={"codestats_language_names": names})
    for filetype in ("javascriptreact", "dockerfile", "sh"):
        type_as(editor, filetype)
    assert arrived(editor, service) == wanted


def elsewhere(service, **xp):
    """XP of the same user, sent by another editor's client."""
    names = {"jsx": "TypeScript (JSX)", "react": "TypeScript (React)", "lua": "Lua"}
    entries = [{"language": names.get(name, name), "xp": amount} for name, amount in xp.items()]
    stamp = datetime.now(timezone.utc).isoformat()
    assert post(service, {"coded_at": stamp, "xps": entries}, service.token(machine="vscode")).status == 201


@pytest.mark.shared
@pytest.mark.parametrize(
    "profile, name, why",
    [
        ({"react": 5}, "TypeScript (React)", "your profile has it"),
        (
            {"react": 5, "jsx": 3},
            "TypeScript (React)",
            "it has more XP in your profile (5) than TypeScript (JSX) 3",
        ),
        ({"lua": 5}, "TypeScript (JSX)", "our name, since your profile had it under no other one"),
    ],
    ids=["one", "both", "none"],
)
def test_the_profile_decides_a_name_and_the_status_line_follows(profile, name, why, start_editor, service):
    elsewhere(service, **profile)
    before = service.xp()
    variables = {"codestats_statusline_format": "{language}: {language_xp}"}
    editor = launch(start_editor, service, variables=variables, args=["a.tsx"])
    type_as(editor, "typescriptreact")
    had = before.get(name, 0)
    assert arrived(editor, service) == {**before, name: had + 1}
    editor.wait_until(f"codestats#statusline() ==# '{name}: {had + 1}'")
    answer(editor, "CodeStatsLanguage", says=why)
    editor.keys("ixx<Esc>")
    assert arrived(editor, service) == {**before, name: had + 3}
    editor.wait_until(f"codestats#statusline() ==# '{name}: {had + 3}'")


def note_alias(home, service, **aliases):
    """What two looks at the profile, ten minutes apart, would have told, in the database that an editor has made."""
    owner = Owner.of(Settings.from_mapping({"api_key": service.token(), "api_url": service.url}, {})[0])
    [file] = home.data_dir.glob("spool-*.sqlite3")
    with closing(Database(file)) as known, known.transaction() as connection:
        noted = {name: [kept, 2] for name, kept in aliases.items()}
        set_meta(connection, f"aliases {owner.key}", json.dumps(noted))


def test_the_status_line_follows_an_alias_of_the_service(start_editor, home, service):
    service.alias("VimL", "Vim script")
    elsewhere(service, **{"Vim script": 1998})
    first = launch(start_editor, service, home=home, args=["a.vim"])
    first.keys("ix<Esc>")
    assert arrived(first, service) == {"Vim script": 1999}
    first.quit()
    note_alias(home, service, viml="vim script")
    variables = {"codestats_statusline_format": "{language}: {language_xp} {language_level}"}
    editor = launch(start_editor, service, variables=variables, home=home, args=["a.vim"])
    editor.keys("ix<Esc>")
    assert arrived(editor, service) == {"Vim script": 2000}
    editor.wait_until("codestats#statusline() ==# 'VimL: 2000 1'")
    editor.keys("ixx<Esc>")
    assert arrived(editor, service) == {"Vim script": 2002}
    editor.wait_until("codestats#statusline() ==# 'VimL: 2002 1'")
    editor.keys(":CodeStatsProfile<CR>")
    editor.wait_screen("Vim script")
    assert "VimL" not in editor.screen_text()


def test_a_hidden_profile_decides_nothing(start_editor, service):
    elsewhere(service, react=5)
    service.private = True
    editor = launch(start_editor, service, args=["a.tsx"])
    type_as(editor, "typescriptreact")
    assert arrived(editor, service) == {"TypeScript (React)": 5, "TypeScript (JSX)": 1}
    answer(editor, "CodeStatsLanguage", says="your profile could not be read when the first of it was sent")


def test_offline_at_first_the_profile_decides_when_it_is_there(start_editor, service):
    elsewhere(service, react=5)
    service.stop()
    editor = launch(start_editor, service, args=["a.tsx"])
    type_as(editor, "typescriptreact")
    editor.sync()
    editor.command("call codestats#flush()")
    editor.wait_until("codestats#status().state ==# 'offline'")
    answer(editor, "CodeStatsLanguage", says="TypeScript (JSX): .*until your profile decides")
    service.start()
    assert arrived(editor, service) == {"TypeScript (React)": 6}
    answer(editor, "CodeStatsLanguage", says="TypeScript (React): .*your profile has it")
