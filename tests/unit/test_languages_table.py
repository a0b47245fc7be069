"""The table: its form, one spelling a language, and no filetype of the editors here that it lacks."""

import contextlib
import json
import re
import warnings
from collections import defaultdict
from pathlib import Path

import pytest

from codestats.languages import NO_LANGUAGE, clean_name
from editors import AT_HAND, CHROOT_RUN, MATRIX, MissingEditorError, find
from languages import TABLE, filetypes_of, linguist_differences, linguist_names, read_table

LINES = TABLE.read_text(encoding="utf-8").splitlines()
NAMES = {name for line in LINES for name in line.split("\t")[1:]} - {NO_LANGUAGE}

# Names that look alike once case and signs are gone, and are several languages all the same.
LOOK_ALIKE = [{"C", "C++", "C#"}, {"Objective-C", "Objective-C++"}, {"Slang", "S-Lang"}]
# Names whose letters are the filetype of another language.
HOMONYMS = {"Quake", "Slang"}


def test_the_table_is_sorted_and_has_one_line_for_a_filetype():
    filetypes = [line.split("\t")[0] for line in LINES]
    assert filetypes == sorted(set(filetypes))
    assert all(filetypes)


def test_each_line_is_a_filetype_and_a_name():
    assert [line for line in LINES if not re.fullmatch(r"[^\t\s]+\t[^\t]+", line)] == []


def test_names_are_clean():
    assert [name for name in NAMES if clean_name(name) != name] == []


def test_no_language_is_spelled_in_two_ways():
    spellings = defaultdict(set)
    for name in NAMES:
        spellings[re.sub(r"[\W_]+", "", name).casefold()].add(name)
    doubles = [names for names in spellings.values() if len(names) > 1]
    assert [names for names in doubles if names not in LOOK_ALIKE] == []


def test_no_name_is_the_filetype_of_another_language():
    table = {filetype.casefold(): name for filetype, name in read_table().items()}
    taken = {name for name in NAMES if table.get(name.casefold(), name).casefold() != name.casefold()}
    assert taken == HOMONYMS


def _is_here(name):
    with contextlib.suppress(MissingEditorError):
        return bool(find(name))
    return False


# Those at hand in any case: a missing one fails and says how to get it.
EDITORS = [*AT_HAND, *filter(_is_here, MATRIX)]


def _ask(editor, file):
    """The runtime directory of a bare editor, and the filetypes that it completes."""
    command = f"call writefile([json_encode([$VIMRUNTIME, getcompletion('', 'filetype')])], '{file}')"
    quiet = ["--headless"] if editor.kind == "nvim" else ["--not-a-term", "-es"]
    editor.output("--clean", *quiet, "-c", command, "-c", "qall!")
    runtime, filetypes = json.loads(file.read_text(encoding="utf-8"))
    in_root = editor.command[0] == str(CHROOT_RUN)
    return Path(f"{editor.command[1]}{runtime}" if in_root else runtime), filetypes


# The newest editors that the table was made complete for; each number of the matrix is below.
KNOWN_UP_TO = {"vim": (9, 2, 995), "nvim": (0, 12, 4)}


def number(version):
    """The version as numbers, of what EditorSpec.version() says."""
    return tuple(
        map(int, [*re.findall(r"\d+", version)[:2], re.findall(r"\d+", version.partition("-dev")[0])[-1]])
    )


def test_the_number_of_an_editor():
    assert number("VIM 9.2 (1-858, 995)") == (9, 2, 995)
    assert number("NVIM v0.12.4") == (0, 12, 4)
    assert number("NVIM v0.13.0-dev-512+g8f3a") == (0, 13, 0)


@pytest.mark.editor
@pytest.mark.filterwarnings("default:.* does not have:UserWarning")
@pytest.mark.parametrize("name", EDITORS)
def test_every_filetype_of_the_editors_here_is_in_the_table(name, tmp_path):
    editor = find(name)
    runtime, listed = _ask(editor, tmp_path / "answer")
    detected = filetypes_of(runtime)
    is_of_tomorrow = number(editor.version()) > KNOWN_UP_TO[editor.kind]
    assert len(detected) > 600 or is_of_tomorrow, (
        "the detection scripts are not where they were, or look otherwise"
    )
    missing = sorted({*listed, *detected} - read_table().keys())
    told = f"{editor.version()} knows {missing}, which {TABLE.name} does not have: see doc/languages.md"
    if missing and is_of_tomorrow:
        warnings.warn(told, stacklevel=1)  # an editor of tomorrow must not stop whoever tries this repository
    else:
        assert missing == [], told


def test_differences_from_linguist_are_told(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for file, text in {
        "Shell.js": "export default { name: 'Shell', type: 'programming', aliases: ['sh', 'bash'], }",
        "Elisp.js": "export default { name: 'Emacs Lisp', aliases: ['elisp', 'emacs'], }",
        "Capn.js": """export default { name: "Cap'n Proto", color: '#c42727' }""",
        "index.js": "export {}",
    }.items():
        (data / file).write_text(text, encoding="utf-8")
    linguist = linguist_names(tmp_path)
    assert linguist["bash"] == "Shell"
    assert linguist["cap'n proto"] == "Cap'n Proto"
    table = {"sh": "Shell Script", "bash": "Bash", "elisp": "Emacs Lisp", "capnp": "Cap'n proto", "x": "X"}
    assert list(linguist_differences(table, linguist)) == [
        "bash: ours Bash, Linguist's Shell",
        "capnp: we write Cap'n proto, Linguist Cap'n Proto",
    ]
