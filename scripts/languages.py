#!/usr/bin/env python3
"""Keep the table of language names (python3/codestats/languages.tsv) complete and agreed.

    scripts/languages.py missing RUNTIME…    filetypes that these runtime directories know and the table does not
    scripts/languages.py linguist DIRECTORY     names that are neither GitHub Linguist's nor accounted for below
    scripts/languages.py sort                put the table in order

The first two end with 1 if there is anything to look at. RUNTIME is what `:echo $VIMRUNTIME` says, DIRECTORY the
unpacked npm package `linguist-languages`. Where the names come from is told in doc/languages.md.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = Path(__file__).resolve().parent.parent / "python3" / "codestats" / "languages.tsv"

# Linguist's name → the one that Code::Stats users have from their editors' plugins.
AGREED = {
    "Batchfile": "Batch",
    "HTML+EEX": "HTML (EEx)",
    "HTML+Razor": "Razor",
    "JSON with Comments": "JSONC",
    "Java Properties": "Properties",
    "Java Server Pages": "JSP",
    "PLSQL": "PL/SQL",
    "Shell": "Shell Script",
    "TSX": "TypeScript (JSX)",
    "Tcsh": "Shell Script (tcsh)",
    "Text": "Plain text",
    "Vim script": "VimL",
    "fish": "Shell Script (fish)",
}
# Filetypes that go by another name than Linguist's alias of the same letters, and why.
OTHERWISE = {
    "b": "Linguist: the B that came before C; Vim: the B-Method",
    "conf": "Linguist: INI; Vim: any configuration file with # comments",
    "django": "Linguist: Jinja",
    "gas": "Linguist: Unix Assembly",
    "gsp": "Linguist: Groovy Server Pages; Vim: GNU Server Pages",
    "help": "viewed, not written: nothing",
    "htmldjango": "Linguist: Jinja; the plugins agree on HTML (Django)",
    "leex": "Linguist: an Elixir template; Vim: Erlang's scanner generator",
    "man": "viewed, not written: nothing",
    "mf": "Linguist: a Makefile's ending; Vim: Metafont",
    "nu": "Linguist: Objective-C's Lisp; Vim: Nushell",
    "octave": "Linguist: MATLAB",
    "opentofu": "Linguist: HCL",
    "pic": "Linguist: the troff preprocessor; Vim: assembly for PIC chips",
    "quake": "Linguist: Modula-3's build language; Vim: the game's settings",
    "slang": "Linguist: the shading language; Vim: S-Lang",
    "terraform": "Linguist: HCL; both kinds of plugin have been sending 'terraform'",
    "zsh": "Linguist: Shell; the plugins agree on Shell Script (Zsh)",
}

_NAME = r"([A-Za-z0-9_][\w.+-]*)"
_VIM_PATTERNS = (
    rf"\bsetf(?:iletype)?\s+(?:FALLBACK\s+)?{_NAME}",
    rf"\bset(?:l|local)?\s+(?:ft|filetype)={_NAME}",
    rf"\b(?:SetFileTypeSH|SetFileTypeShell|StarSetf|ProtoCheck|BindzoneCheck)\(['\"]{_NAME}['\"]",
    rf"(?:\breturn|\?\?) ['\"]{_NAME}['\"]",
    rf"^\s*['\"][^'\"]*['\"]:\s*['\"]{_NAME}['\"],?\s*$",  # a line of ft_from_ext
)
_LUA_PATTERNS = (
    rf"[^=~]= '{_NAME}',$",
    rf"[^=~]= \{{\s*'{_NAME}',",
    rf"\breturn '{_NAME}'",
    rf"\breturn\b.* or '{_NAME}'",
    rf"detect\w*\(.*'{_NAME}'(?:, ['nf].*)?\)",
    rf"detect\w*\(.*, '{_NAME}', '.*'\)",
    rf"(?:sh_with|M\.shell)\(.*'{_NAME}'\)",
    rf"^\s*'{_NAME}',$",
)
# Where an editor's own detection lives, in Vim and in Neovim, with its comment sign.
_DETECTION = (
    ("filetype.vim", '"', _VIM_PATTERNS),
    ("scripts.vim", '"', _VIM_PATTERNS),
    ("autoload/dist/ft.vim", "#", _VIM_PATTERNS),
    ("autoload/dist/script.vim", "#", _VIM_PATTERNS),
    ("lua/vim/filetype.lua", "--", _LUA_PATTERNS),
    ("lua/vim/filetype/detect.lua", "--", _LUA_PATTERNS),
)


def read_table(path: Path = TABLE) -> dict[str, str]:
    """Filetype → name ("-": no language), as the file has it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {filetype: name for filetype, name, *_ in (line.split("\t") for line in lines)}


def filetypes_of(runtime: Path) -> set[str]:
    """Every filetype that detection under `runtime` can set or that has a syntax, plugin or indent file.

    The scripts are read, not run: what they set through a variable of the user is not seen.
    """
    found = {
        file.stem for directory in ("syntax", "ftplugin", "indent") for file in _scripts(runtime / directory)
    }
    for name, comment, patterns in _DETECTION:
        script = runtime / name
        if script.exists():
            found.update(_names_in(script.read_text(encoding="utf-8", errors="replace"), comment, patterns))
    return found


def _scripts(directory: Path) -> Iterator[Path]:
    return (file for file in directory.glob("*") if file.suffix in (".vim", ".lua"))


def _names_in(text: str, comment: str, patterns: tuple[str, ...]) -> Iterator[str]:
    lines = (line for line in text.splitlines() if not line.lstrip().startswith(comment))
    code = "\n".join(line for line in lines if "ptcap_type" not in line and "printcap(" not in line)
    for pattern in patterns:
        for match in re.finditer(pattern, code, re.MULTILINE):
            yield match[1]


def linguist_names(directory: Path) -> dict[str, str]:
    """Alias or name, in small letters → Linguist's name."""
    names: dict[str, str] = {}
    for file in sorted((directory / "data").glob("*.mjs")) or sorted((directory / "data").glob("*.js")):
        text = file.read_text(encoding="utf-8")
        quoted = re.search(r"""\bname:\s*(?:'([^']*)'|"([^"]*)")""", text)
        if not quoted:
            continue
        name = quoted[1] or quoted[2]
        aliases = re.search(r"aliases:\s*\[(.*?)\]", text, re.DOTALL)
        for alias in re.findall(r"""['"](.*?)['"]""", aliases[1]) if aliases else ():
            names.setdefault(alias.lower(), name)
        names[name.lower()] = name
    return names


def linguist_differences(table: dict[str, str], linguist: dict[str, str]) -> Iterator[str]:
    """A line for each name that is neither Linguist's nor accounted for above."""
    for filetype, name in table.items():
        theirs = linguist.get(filetype.lower())
        if theirs and name not in (theirs, AGREED.get(theirs)) and filetype not in OTHERWISE:
            yield f"{filetype}: ours {name}, Linguist's {theirs}"
        spelled = linguist.get(name.lower(), name)
        if spelled.lower() == name.lower() and spelled != name:
            yield f"{filetype}: we write {name}, Linguist {spelled}"


def _missing(arguments: argparse.Namespace) -> list[str]:
    known = read_table()
    return sorted({name for runtime in arguments.runtime for name in filetypes_of(runtime)} - known.keys())


def _linguist(arguments: argparse.Namespace) -> list[str]:
    return list(linguist_differences(read_table(), linguist_names(arguments.directory)))


def _sort(_: argparse.Namespace) -> list[str]:
    lines = sorted(set(TABLE.read_text(encoding="utf-8").splitlines()), key=lambda line: line.split("\t"))
    TABLE.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return []


def main() -> int:
    """Do what the command line asks; 1 if there is something to look at."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(required=True)
    missing = commands.add_parser("missing")
    missing.add_argument("runtime", nargs="+", type=Path)
    missing.set_defaults(run=_missing)
    linguist = commands.add_parser("linguist")
    linguist.add_argument("directory", type=Path)
    linguist.set_defaults(run=_linguist)
    commands.add_parser("sort").set_defaults(run=_sort)
    arguments = parser.parse_args()
    findings: list[str] = arguments.run(arguments)
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
