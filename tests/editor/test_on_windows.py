"""What the scripts do on Windows, as far as can be seen elsewhere: a copy of them that takes this system for Windows.

What only Windows can show is in CONTRIBUTING.
"""

from __future__ import annotations

import json
import subprocess

import pytest

from editors import REPO
from support.editor.home import Home
from support.editor.programs import program

SYSTEM = r"C:\Windows\system32"
PROGRAMS = r"C:\Program Files\Git\cmd"


@pytest.fixture
def ask(editor_spec, tmp_path):
    """Evaluate an expression there, with these environment variables."""
    home = Home.make(tmp_path / "home")
    scripts = tmp_path / "plugin" / "autoload"
    for path in (REPO / "autoload").rglob("*.vim"):
        copy = scripts / path.relative_to(REPO / "autoload")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text().replace("has('win32')", "1").replace("has('mac')", "0"))

    def ask(expression, **environment):
        answer = tmp_path / "answer"
        answer.unlink(missing_ok=True)
        # Set in the editor: it reads its own files by the names of this system.
        given = [f"let ${name} = {text_of(value)}" for name, value in environment.items()]
        lines = ["set nocompatible", f"set runtimepath={scripts.parent}", *given]
        lines += [f"call writefile([json_encode({expression})], {text_of(str(answer))})", "qall!"]
        script = tmp_path / "ask.vim"
        script.write_text("\n".join(lines) + "\n")
        command = [*editor_spec.command, "-u", "NONE", "-i", "NONE", "-es", "-S", str(script)]
        env = {**home.env, **editor_spec.env}
        subprocess.run(command, cwd=home.work, env=env, check=False, timeout=30, capture_output=True)
        return json.loads(answer.read_text())

    return ask


def text_of(value):
    return "'" + value.replace("'", "''") + "'"


@pytest.mark.parametrize(
    "path, is_absolute",
    [
        (r"C:\Python", True),
        ("c:/Python", True),
        (r"\\server\share\python", True),
        ("//server/share", True),
        (r"\\?\C:\Python", True),
        (r"C:\Users\Zoë Müller\bin", True),
        ("C:Python", False),  # of that drive's current directory
        (r"\Python", False),  # of the current drive
        ("/Python", False),
        (".", False),
        ("", False),
        (r".\venv\Scripts", False),
        ("node_modules/.bin", False),
    ],
)
def test_absolute(path, is_absolute, ask):
    assert ask(f"codestats#program#is_absolute({text_of(path)})") == is_absolute


@pytest.mark.parametrize(
    "path, entries",
    [
        (f"{SYSTEM};{PROGRAMS}", [SYSTEM, PROGRAMS]),
        (rf"{SYSTEM}\;;{SYSTEM};.;bin;C:bin;\bin", [SYSTEM]),
        (f'"{PROGRAMS}";{SYSTEM}', [PROGRAMS, SYSTEM]),
        ("C:\\;D:/", ["C:\\", "D:/"]),
        (
            r"C:\Zoë's tools & more (x86);\\server\share\\",
            [r"C:\Zoë's tools & more (x86)", r"\\server\share"],
        ),
    ],
)
def test_entries_of_path(path, entries, ask):
    assert ask("codestats#program#path()", PATH=path) == entries
    assert ask("codestats#program#environment().PATH", PATH=path) == ";".join(entries)


def test_nothing_is_looked_for_where_no_entry_is_absolute(ask):
    assert ask("codestats#program#path()", PATH=r".;bin;\tools") == []
    assert ask("codestats#program#has_relative($PATH)", PATH=r"C:\a;.") == 1
    assert ask("codestats#program#has_relative($PATH)", PATH=r'"C:\a b";D:\c') == 0


@pytest.mark.parametrize("drive, directory", [("D:", "D:\\"), ("", "C:\\"), ("C:", "C:\\")])
def test_programs_start_in_a_root(drive, directory, ask):
    assert ask("codestats#program#directory()", SystemDrive=drive) == directory


@pytest.mark.parametrize(
    "local, data",
    [
        (r"C:\Users\Zoë Müller\AppData\Local", r"C:\Users\Zoë Müller\AppData\Local/codestats"),
        ("", r"{home}\AppData\Local/codestats"),
    ],
)
def test_where_data_is_kept(local, data, ask):
    home = ask("expand('~', 1)")
    assert ask("codestats#config#data_dir()", LOCALAPPDATA=local) == data.format(home=home)
    assert ask("codestats#python#environment()", LOCALAPPDATA=local) == data.format(home=home) + "/venv"


@pytest.mark.parametrize(
    "path, pattern, is_excluded",
    [
        (r"C:\work\secret\a.py", r"C:\work\secret", True),
        (r"C:\work\secret\a.py", "c:/Work/secret/", True),
        (r"C:\work\secret\a.py", "secret", True),
        (r"C:\work\secret\a.py", r"work\secret", True),
        (r"\\server\share\a.sql", "*.sql", True),
        (r"D:\work\secret\a.py", r"C:\work\secret", False),
        (r"C:\work\secrets\a.py", "secret", False),
    ],
)
def test_files_that_earn_nothing(path, pattern, is_excluded, ask):
    assert ask(f"codestats#exclude#matches({text_of(path)}, [{text_of(pattern)}])") == is_excluded


def test_where_python_is(ask, tmp_path):
    local = tmp_path / "Zoë's local"
    expected = [
        program(local / "Programs" / "Python" / "Python312" / "python.exe", "exit 0"),
        program(local / "Python" / "pythoncore-3.14-64" / "python.exe", "exit 0"),
        program(local / "Python" / "pythoncore-3.9-64" / "python.exe", "exit 0"),
        program(tmp_path / "Windows" / "py", "exit 0"),
    ]
    found = ask(
        "map(codestats#python#further(), '[v:val.path, v:val.options]')",
        PATH=r"C:\nothing", SystemRoot=str(tmp_path / "Windows"), LOCALAPPDATA=str(local),
        ProgramFiles="", SystemDrive="",
    )  # fmt: skip
    ours = [turn for turn in found if turn[0].startswith(str(tmp_path))]
    assert ours == [[path, ["-3"] if path.endswith("py") else []] for path in expected]
