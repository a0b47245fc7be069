#!/usr/bin/env python3
"""All checks that run nothing of the plugin: style, types, layers, generated texts, and the syntax of each language.

scripts/lint.py [NAME…]     all, or those named: ruff format mypy imports layers docs vimscript vim9 lua shell workflows
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from editors import BUILD, REPO, MissingEditorError, find

VENV = BUILD / "venv" / "bin"
LONGEST = 132  # a sentence in a comment or a table may be longer than code

# Legacy Vimscript (vint cannot read `..`, const and Vim9 script, so the habits that matter are checked here).
_ABBREVIATED = re.compile(
    r"^\s*(?:fu|fun|func|endf|endfu|endfun|endfunc|exe|exec|execu|endw|endwh|wh|en|end|endi|elsei|el|els|retu|ret|cal|"
    r"ec|ech|sil|norm|aug|au|auto|com|comm|cat|catc|fina|endt|endtr|th|thr|setl|unl|endfo|brea|cont|ru|so)\b!?(?=\s|$)"
)
VIMSCRIPT_RULES = (
    (
        re.compile(r"^\s*function!?\s+[^(]*\([^)]*\)(?!.*\babort\b)(?!.*\bdict\b.*\babort\b)"),
        "a function without abort",
    ),
    (_ABBREVIATED, "an abbreviated command"),
    (re.compile(r"^\s*(?:silent!?\s+)?normal(?!!)\b"), "normal without ! uses the user's mappings"),
    (re.compile(r"^\s*(?:[nvxsoict]|)map\b(?!.*<Plug>)"), "a mapping that can be mapped again"),
    (re.compile(r"[^=!<>]=~(?![#?])|!~(?![#?])"), "=~ depends on 'ignorecase': =~# or =~?"),
    (
        re.compile(r"^\s*autocmd!?\s+(?!\S+\s+\*\s*$)(?=.*\bexecute\s+['\"]normal\b)"),
        "keys in an autocommand",
    ),
)
ALL_RULES = (
    (re.compile(r"[ \t]+$"), "blanks at the end of the line"),
    (re.compile(r"\t"), "a tab"),
    (re.compile(rf"^.{{{LONGEST + 1},}}"), f"more than {LONGEST} characters"),
)


def files(*patterns: str) -> list[Path]:
    """Files that git knows or would add, by pattern."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "--", *patterns],
        cwd=REPO,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    return [REPO / name for name in listed if name and (REPO / name).is_file()]


def run(*command: str | Path, cwd: Path = REPO, **environment: str) -> bool:
    """Run a checker, showing what it says only when it finds something."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def check_types_of_tests() -> bool:
    """Tests and scripts call what is there. (From tests/, where `scripts` is no package as well as a path.)"""
    settings = REPO / "scripts" / "mypy-tests.ini"
    return run(VENV / "mypy", "--config-file", settings, ".", "../scripts", cwd=REPO / "tests")


def is_vim9(path: Path) -> bool:
    """Does that file hold Vim9 script?"""
    return bool(re.search(r"^vim9script\b", path.read_text(), re.MULTILINE))


def check_vimscript() -> bool:
    """Habits of legacy and Vim9 script, line by line."""
    found = [problem for path in files("*.vim", "*.lua") for problem in _problems(path)]
    print(*found, sep="\n", end="\n" if found else "")
    return not found


def _problems(path: Path) -> Iterator[str]:
    legacy = path.suffix == ".vim" and not is_vim9(path)
    rules = ALL_RULES + (VIMSCRIPT_RULES if legacy else ())
    in_group = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        is_comment = re.match(r'\s*["#]' if path.suffix == ".vim" else r"\s*--", line)
        for pattern, what in ALL_RULES if is_comment else rules:
            if pattern.search(line):
                yield f"{path.relative_to(REPO)}:{number}: {what}"
        if re.match(r"\s*augroup\b", line):
            in_group = not re.match(r"\s*augroup\s+END\b", line, re.IGNORECASE)
        elif (
            legacy and not in_group and re.match(r"\s*autocmd\b(?!\s+\w+\s+<buffer>)(?!!?\s+codestats)", line)
        ):
            yield f"{path.relative_to(REPO)}:{number}: an autocommand outside a group"


def check_vim9() -> bool:
    """Vim9 script compiles, every function of it (a legacy function is only read when it runs)."""
    try:
        vim = find("vim")
    except MissingEditorError as error:
        print(error)
        return False
    return all(_compiles(vim.command, path) for path in files("*.vim") if is_vim9(path))


def _compiles(vim: tuple[str, ...], path: Path) -> bool:
    """Source a copy that compiles its functions at its end, in a Vim that stops with an error if it cannot."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / path.name
        text = re.sub(r"(?m)^(import (?:autoload )?')(?=\.\.?/)", rf"\g<1>{path.parent}/", path.read_text())
        copy.write_text(text + "\ndefcompile\n")
        script = Path(directory) / "check.vim"
        script.write_text(
            f"try\n  source {copy}\ncatch /E117/\ncatch\n"
            f"  call writefile([v:throwpoint, v:exception], '{directory}/error')\n  cquit\nendtry\nqall!\n"
        )
        options = [
            "-N",
            "-u",
            "NONE",
            "-i",
            "NONE",
            "-es",
            "--cmd",
            f"set runtimepath^={REPO}",
            "-S",
            str(script),
        ]
        done = subprocess.run([*vim, *options], check=False, stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode:
            error = Path(directory) / "error"
            print(f"{path.relative_to(REPO)}:", error.read_text() if error.exists() else done.stdout.decode())
        return done.returncode == 0


def check_lua() -> bool:
    """Lua files are read by Neovim's Lua, and by luacheck where it is installed; nothing of them runs."""
    lua = files("*.lua")
    if not lua:
        return True
    try:
        nvim = find("nvim")
    except MissingEditorError as error:
        print(error)
        return False
    code = "local bad for _, name in ipairs(_G.arg) do "
    code += "local ok, why = loadfile(name) if not ok then print(why) bad = 1 end end"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(code + " if bad then os.exit(1) end")
        script.flush()
        is_right = run(*nvim.command, "--clean", "-l", script.name, *lua)
    if not shutil.which("luacheck"):
        print("lint: luacheck is not installed (Debian: lua-check): its checks are left out")
        return is_right
    return run("luacheck", "--no-color", "--quiet", *lua) and is_right


def check_shell() -> bool:
    """Shell scripts are read by sh, and by shellcheck where it is installed."""
    scripts = [path for path in files("scripts/*", ".ci/*") if path.read_bytes().startswith(b"#!/bin/sh")]
    return all(run("sh", "-n", script) for script in scripts) and (
        not shutil.which("shellcheck") or run("shellcheck", *scripts)
    )


def check_workflows() -> bool:
    """Workflows of the forge, by actionlint where it is installed."""
    workflows = files(".github/workflows/*.yml")
    return not shutil.which("actionlint") or run("actionlint", *workflows)


CHECKS: dict[str, Callable[[], bool]] = {
    "ruff": lambda: run(VENV / "ruff", "check", "--quiet", "--output-format", "concise"),
    "format": lambda: run(VENV / "ruff", "format", "--check", "--quiet"),
    "mypy": lambda: run(VENV / "mypy") and check_types_of_tests(),
    "imports": lambda: run(VENV / "lint-imports", "--no-cache", PYTHONPATH=str(REPO / "python3")),
    "layers": lambda: run(VENV / "python", "scripts/layers.py", "--check"),
    "docs": lambda: run(VENV / "python", "scripts/docs.py", "--check"),
    "vimscript": check_vimscript,
    "vim9": check_vim9,
    "lua": check_lua,
    "shell": check_shell,
    "workflows": check_workflows,
}


def main(names: list[str]) -> int:
    """Run the checks named (all of them by default); 0 if none found anything."""
    failed = []
    for name in names or CHECKS:
        right = CHECKS[name]()
        print(f"lint: {name}: {'ok' if right else 'FAILED'}", flush=True)
        failed += [] if right else [name]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
