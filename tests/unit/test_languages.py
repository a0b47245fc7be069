"""Names: the anchors, the user's word, compound filetypes, what is no language."""

import subprocess
import sys
from pathlib import Path

import pytest

from codestats import languages
from codestats.languages import Languages, clean_name

SETS_FILE = Path(languages.__file__).with_name("language_sets.tsv")

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "filetype, name",
    [
        ("c", "C"),
        ("cpp", "C++"),
        ("cs", "C#"),
        ("javascript", "JavaScript"),
        ("javascriptreact", "JavaScript (JSX)"),
        ("typescriptreact", "TypeScript (JSX)"),
        ("sh", "Shell Script"),
        ("zsh", "Shell Script (Zsh)"),
        ("vim", "VimL"),
        ("text", "Plain text"),
        ("", "Plain text"),
        ("objc", "Objective-C"),
        ("make", "Makefile"),
        ("dosbatch", "Batch"),
        ("plaintex", "TeX"),
        ("tex", "TeX"),
        ("gitcommit", "Git Commit Message"),
        ("lua", "Lua"),
        ("vue", "Vue"),
        ("dockerfile", "Dockerfile"),
    ],
)
def test_names_that_code_stats_users_have(filetype, name):
    assert Languages().resolve(filetype) == name


PLUGIN_FILETYPES = """
    astro blade eelixir gohtmltmpl helm htmldjango jsx markdown.mdx mdx norg quarto svelte terraform tsx
"""
NO_LANGUAGES = """
    help qf netrw man checkhealth NvimTree neo-tree oil fugitive fugitiveblame NeogitStatus alpha startify
    dashboard ministarter snacks_dashboard snacks_input snacks_picker_input TelescopePrompt lazy vim-plug
    copilot-chat AvanteInput codecompanion undotree tagbar dapui_watches dap-repl notify noice
    minifiles Trouble
"""


@pytest.mark.parametrize("filetype", PLUGIN_FILETYPES.split())
def test_plugins_filetypes_have_names_for_people(filetype):
    name = Languages().resolve(filetype)
    assert name
    assert name[0].isupper()


@pytest.mark.parametrize("filetype", NO_LANGUAGES.split())
def test_what_is_no_language_earns_nothing(filetype):
    assert Languages().resolve(filetype) is None


@pytest.mark.parametrize(
    "filetype, name",
    [
        ("javascript.jsx", "JavaScript (JSX)"),
        ("html.erb", "HTML+ERB"),
        ("yaml.ansible", "Ansible"),
        ("cpp.doxygen", "C++"),
        ("nosuch.python.lua", "Python"),
        ("nosuch..python", "Python"),
        ("copilot.lua", None),
        ("nosuch.other", "nosuch.other"),
        (".", "."),
    ],
)
def test_compound_filetypes(filetype, name):
    assert Languages().resolve(filetype) == name


@pytest.mark.parametrize(
    "key, name",
    [
        ("javascript.html", "JavaScript"),
        ("css.html", "CSS"),
        ("lua.vim", "Lua"),
        ("js.markdown", "JavaScript"),
        ("c_sharp.markdown", "C#"),  # tree-sitter's name
        ("html.php", "PHP"),  # a template's host language, not a guest
        ("jsdoc.javascript", "JavaScript"),  # no language of its own: the host's
        ("output.markdown", "Markdown"),
    ],
)
def test_code_inside_another_language_goes_by_guest_and_host(key, name):
    assert Languages().resolve(key) == name


def test_unknown_filetypes_go_through_clean():
    assert Languages().resolve("my lang\x07") == "my lang"


def test_the_letter_case_of_a_known_filetype_does_not_matter():
    assert Languages().resolve("Dockerfile") == "Dockerfile"
    assert Languages().resolve("NERDTREE") is None


def test_the_users_word_comes_first():
    languages = Languages({"python": "Snake", "nosuch": "Mine", "": "Notes", "netrw": "Trees"})
    names = [languages.resolve(key) for key in ("python", "nosuch", "", "netrw", "lua")]
    assert names == ["Snake", "Mine", "Notes", "Trees", "Lua"]


@pytest.mark.parametrize("nothing", ["", "-", "  "])
def test_the_user_can_say_that_a_filetype_is_no_language(nothing):
    assert Languages({"python": nothing}).resolve("python") is None


def test_the_users_names_are_cleaned():
    assert Languages({"python": " Py\u202ethon\n3 "}).resolve("python") == "Python 3"


@pytest.mark.parametrize(
    "overrides, name",
    [
        ({"html.erb": "Whole", "html": "Part"}, "Whole"),  # the user's whole
        ({"html": "Part"}, "HTML+ERB"),  # our whole before the user's part
    ],
)
def test_the_whole_of_a_compound_filetype_goes_before_its_parts(overrides, name):
    assert Languages(overrides).resolve("html.erb") == name


def test_the_users_part_before_our_part():
    assert Languages({"cpp": "Mine"}).resolve("cpp.doxygen") == "Mine"


def test_ignored_filetypes_earn_nothing_whole_or_in_part():
    languages = Languages({"markdown": "Notes"}, ignored=["markdown", "x.y", ""])
    keys = ("markdown", "markdown.pandoc", "pandoc.markdown", "x.y", "")
    assert [languages.resolve(key) for key in keys] == [None] * 5
    assert languages.resolve("y.x") == "y.x"


@pytest.mark.parametrize(
    "key, name",
    [("=C/C++", "C/C++"), ("= A  B\x00 ", "A B"), ("==", "="), ("=", None), ("=-", None), ("= ", None)],
)
def test_names_given_outright(key, name):
    assert Languages({"C/C++": "other"}, ignored=["C/C++", ""]).resolve(key) == name


SETS = {
    "jetbrains": {
        "gitignore": ".gitignore (GitIgnore)",
        "requirements": "Requirements",
        "rnc": "RELAX-NG",
        "rst": "Rest language",
        "terraform": "Terraform Config",
        "sh": "Shell Script",
        "text": "Plain text",
        "hcl": "HCL",
        "dtd": "DTD",
    },
    "micro": {
        "apache": "Apache",
        "caddyfile": "Caddy",
        "dockerfile": "Docker",
        "eruby": "eruby",
        "nu": "Shell Script (Nushell)",
        "javascriptreact": "JavaScript (JSX)",
    },
    "code-stats-vim": {
        "c": "C/C++",
        "cpp": "C/C++",
        "perl6": "Perl 6",
        "javascriptreact": "JavaScript (JSX)",
    },
    "vscode": {
        "javascriptreact": "JavaScript (React)",
        "typescript.tsx": "TypeScript (React)",
        "dockerfile": "Docker",
        "gitcommit": "Git",
        "raku": "Perl 6",
        "xslt": "XSL",
        "fsharp": "fsharp",
        "tex": "latex",
        "sh": "Shell Script",
    },
    "code-stats-ls": {
        "typescriptreact": "TypeScript (React)",
        "sh": "Shell",
        "fish": "Fish",
        "text": "Plaintext",
        "tex": "LaTeX",
        "coq": "Coq",
        "wit": "WIT",
        "gitcommit": "Git Commit Message",
    },
    "emacs": {"bash": "Shell", "sh": "Shell Script", "raku": "Perl 6", "typescriptreact": "TypeScript (JSX)"},
    "notepad++": {
        "javascriptreact": "JavaScript (React)",
        "gitignore": "Ignore File (gitignore syntax)",
        "conf": "Properties",
        "baan": "BaanC",
        "xsl": "XSL",
    },
}


@pytest.mark.parametrize("naming", SETS)
def test_another_clients_names_can_be_used(naming):
    theirs = Languages(naming=naming)
    assert {key: theirs.resolve(key) for key in SETS[naming]} == SETS[naming]
    assert theirs.resolve("python") == "Python"
    assert theirs.explain("python")[1] == "the table's name for filetype 'python'"


def test_it_is_told_whose_name_it_is():
    theirs = Languages(naming="vscode")
    assert theirs.explain("dockerfile")[:2] == ("Docker", "vscode's name for filetype 'dockerfile'")


def test_a_name_of_the_users_goes_before_a_set():
    assert Languages({"c": "C"}, naming="code-stats-vim").resolve("c") == "C"
    assert Languages(naming="nobody's").resolve("c") == "C"


def test_the_sets_are_in_order_and_differ_from_ours():
    heading, *rows = (line.split("\t") for line in SETS_FILE.read_text(encoding="utf-8").splitlines())
    assert set(heading[1:]) == set(SETS)
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    ours = Languages()
    for filetype, *names in rows:
        assert len(names) == len(SETS)
        assert any(names)
        for name in filter(None, names):
            assert clean_name(name) == name
            assert name.casefold() != (ours.resolve(filetype) or "").casefold() or name == "fsharp"


@pytest.mark.parametrize(
    "key, name, why",
    [
        ("python", "Python", "the table's name for filetype 'python'"),
        ("go", "Golang", "your name for filetype 'go'"),
        ("qf", None, "the table's name for filetype 'qf': no language"),
        ("log", None, "filetype 'log' is ignored"),
        ("log.python", None, "filetype 'log' is ignored"),
        (
            "",
            "Plain text",
            "the buffer has no filetype, until your profile decides, before the first of it is sent",
        ),
        ("=X", "X", "the name was given outright"),
        ("nosuch", "nosuch", "filetype 'nosuch' is in no table and goes by its own name"),
    ],
)
def test_the_reason_is_told(key, name, why):
    assert Languages({"go": "Golang"}, ignored=["log"]).explain(key)[:2] == (name, why)


def test_importing_reads_no_table():
    code = "import codestats.languages as l; print(l._table.cache_info().currsize)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "python3", check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize(
    "overrides, naming, settled",
    [
        ({}, "", {}),
        ({"javascriptreact": "JavaScript (React)"}, "", {"javascript (jsx)": "JavaScript (React)"}),
        ({"javascriptreact": "JavaScript (JSX)"}, "", {"javascript (react)": "JavaScript (JSX)"}),
        ({"javascriptreact": "React"}, "", {}),
        ({"javascriptreact": "JavaScript (React)", "javascript.jsx": "JavaScript (JSX)"}, "", {}),
        ({"c": "C/C++"}, "", {}),
    ],
)
def test_what_the_user_has_settled(overrides, naming, settled):
    assert Languages(overrides, naming=naming).settled == settled


@pytest.mark.parametrize("naming", ["default", "vscode"])
def test_a_naming_settles_all(naming):
    languages = Languages(naming=naming)
    assert languages.settled[
        "javascript (react)" if naming == "default" else "javascript (jsx)"
    ] == languages.resolve("javascriptreact")
    assert not languages.settled.keys() & {name.casefold() for name in languages.settled.values()}
