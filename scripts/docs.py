#!/usr/bin/env python3
"""Write what is generated: the options' texts, the drawings of the structure, and the help's tags.

The texts are from doc/options.toml, the drawings from the code.

scripts/docs.py            write them
scripts/docs.py --check    write nothing; exit 1 and name each file that differs
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import layers

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

REPO = Path(__file__).resolve().parent.parent
TABLE = REPO / "doc" / "options.toml"
TAG_COLUMN = 77  # a tag of the help ends there
WIDTH = 130  # of a line of code


@dataclass(frozen=True)
class Option:
    """One table of doc/options.toml; see its head for what each key means."""

    name: str
    types: list[str]
    default: Any
    summary: str
    lua: str
    help: str
    reader: str = "core"
    rules: dict[str, Any] = field(default_factory=dict)


def read_options() -> list[Option]:
    """All options, in the order of the help."""
    options = []
    for name, table in tomllib.loads(TABLE.read_text(encoding="utf-8")).items():
        rules = {key: table.pop(key) for key in ("range", "one_of", "items", "pairs") if key in table}
        options.append(Option(name, rules=rules, **table))
    return options


def vim_value(value: Any) -> str:  # noqa: ANN401 (any value that TOML has)
    """A value as a Vim expression."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list):
        return "[" + ", ".join(map(vim_value, value)) + "]"
    if isinstance(value, bool):
        return "1" if value else "0"
    return "{}" if value == {} else str(value)


def vim_string(text: str) -> str:
    """A sentence as a Vim string, in double quotes where it has single ones."""
    return f'"{text}"' if "'" in text and '"' not in text and "\\" not in text else vim_value(text)


def vim_table(options: list[Option]) -> str:
    """The table of autoload/codestats/config.vim."""
    lines = ["let s:options = {"]
    for option in options:
        types = ", ".join(f"s:{name}" for name in option.types)
        entry = f"      \\ '{option.name}': [[{types}], {vim_value(option.default)},"
        rules = ", ".join(
            f"'{key}': {'s:' + value if key == 'items' else vim_value(value)}"
            for key, value in option.rules.items()
        )
        parts = [entry, vim_string(option.summary) + (", {" + rules + "}" if rules else "") + "],"]
        if len(" ".join(parts)) > WIDTH and len(parts[1]) > WIDTH - 10:
            parts[1:] = [f"{vim_string(option.summary)},", "{" + rules + "}],"]
        lines += (
            [" ".join(parts)]
            if len(" ".join(parts)) <= WIDTH
            else [parts[0], *(f"      \\   {part}" for part in parts[1:])]
        )
    lines.append("      \\ }")
    editors = ", ".join(f"'{option.name}'" for option in options if option.reader == "editor")
    wrapped = _wrap(editors, WIDTH - 20)
    lines += [
        "let s:editors_own = [",
        *(f"      \\ {line}" for line in wrapped),
        "      \\ ]",
    ]
    return "\n".join(lines) + "\n"


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def help_section(options: list[Option]) -> str:
    """The paragraphs of doc/codestats.txt, each with its tag."""
    return "\n".join(_help_entry(option) for option in options)


def _help_entry(option: Option) -> str:
    name = f"g:codestats_{option.name}"
    # What a user writes: v:true or 1 for a boolean, a whole number or not for a number.
    types = ["boolean"] if "boolean" in option.types else [kind for kind in option.types if kind != "float"]
    head = f"{name:<31} ({' or '.join(types)}, default {vim_value(option.default)})"
    text = [
        f"        {line}" if line and line != "<" else line for line in option.help.strip("\n").split("\n")
    ]
    return "\n".join([f"*{name}*".rjust(TAG_COLUMN), head, *text]) + "\n"


def readme_rows(options: list[Option]) -> str:
    """The rows of README's table, by name."""
    rows = []
    for option in sorted(options, key=lambda option: option.name):
        default = "" if option.default == "" else f" `{vim_value(option.default)}`"
        rows.append(f"| `g:codestats_{option.name}` |{default} | {option.summary} |")
    return "\n".join(rows) + "\n"


def lua_fields(options: list[Option]) -> str:
    """The fields of the class codestats.Config, with the default where the line has room for it.

    A summary that it has no room for stands above its field, where language servers read it as well.
    """
    lines = []
    for option in options:
        field = f"---@field {option.name}? {option.lua}"
        line = f"{field} {option.summary}"
        if len(line) > WIDTH:
            lines += [f"---{option.summary}", field]
            continue
        default = f" (default {vim_value(option.default)})"
        says_default = option.default in ("", 0, [], {}) or "default" in option.summary
        lines.append(line if says_default or len(line + default) > WIDTH else line + default)
    return "".join(f"{line}\n" for line in lines)


def help_tags(text: str) -> str:
    """What :helptags writes: with it in the repository the help is found after a plain `git clone`."""
    lines = []
    for tag in re.findall(r"(?<!\S)\*([^*\s|]+)\*(?!\S)", text):
        pattern = tag.replace("\\", "\\\\").replace("/", "\\/")
        lines.append(f"{tag}\tcodestats.txt\t/*{pattern}*\n")
    return "".join(sorted(lines))


_ARCHITECTURE = "doc/dev/architecture.md"
PLACES: list[tuple[str, Callable[[], str], str, str]] = [
    (
        "autoload/codestats/config.vim",
        lambda: vim_table(read_options()),
        '" options: begin (make docs)\n',
        '" options: end\n',
    ),
    (
        "doc/codestats.txt",
        lambda: help_section(read_options()),
        "with the nearest right name.\n\n",
        "\nFor a buffer:\n",
    ),
    (
        "README.md",
        lambda: readme_rows(read_options()),
        "| option | default | what it is |\n|---|---|---|\n",
        "\nPer buffer: ",
    ),
    (
        "lua/codestats/init.lua",
        lambda: lua_fields(read_options()),
        "---@class codestats.Config\n",
        "\n--- Set options:",
    ),
    (
        _ARCHITECTURE,
        lambda: layers.drawing(layers.packages()),
        "<!-- packages: begin (make docs) -->\n",
        "<!-- packages: end -->\n",
    ),
    (
        _ARCHITECTURE,
        layers.table,
        "<!-- scripts: begin (make docs) -->\n",
        "<!-- scripts: end -->\n",
    ),
    (
        "doc/dev/counting.md",
        lambda: layers.drawing(layers.parts("lua:tracker")),
        "<!-- lua: begin (make docs) -->\n",
        "<!-- lua: end -->\n",
    ),
    (
        "doc/dev/counting.md",
        lambda: layers.drawing(layers.parts("tracker#keys")),
        "<!-- keys: begin (make docs) -->\n",
        "<!-- keys: end -->\n",
    ),
]
"""(file, what makes its part, the text before it, the text after it)"""


def generated() -> dict[str, str]:
    """Each file that has something generated, as it should be."""
    texts: dict[str, str] = {}
    for name, make, before, after in PLACES:
        text = texts.get(name) or (REPO / name).read_text(encoding="utf-8")
        found = re.search(f"({re.escape(before)}).*?({re.escape(after)})", text, re.DOTALL)
        if not found:
            sys.exit(f"docs: {name} has lost the lines around its generated part")
        texts[name] = text[: found.end(1)] + make() + text[found.start(2) :]
    texts["doc/tags"] = help_tags(texts["doc/codestats.txt"])
    return texts


def main() -> int:
    """Write or compare all of them."""
    is_check = "--check" in sys.argv[1:]
    is_same = True
    for name, text in generated().items():
        path = REPO / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        is_same = False
        print(f"docs: {name}", "is not up to date: run `make docs`" if is_check else "written")
        if not is_check:
            path.write_text(text, encoding="utf-8")
    return 1 if is_check and not is_same else 0


if __name__ == "__main__":
    sys.exit(main())
