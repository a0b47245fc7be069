"""What README and help tell a user to type, taken out of them for the tests that do it."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
HELP = (ROOT / "doc" / "codestats.txt").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_HELP_BLOCK = re.compile(r"(?:^| )>\n(.*?)^(?=<|=)", re.MULTILINE | re.DOTALL)
_FORM = re.compile(r":(CodeStats[A-Z][^`|\n]*)")
_SHELL = re.compile(r"python3 -m (codestats [^#`\n]*)")
_PLACES = {"file": "xp.csv", "directory": "backups", "name": "Elm", "user": "demo", "period": "month"}


def blocks(language: str) -> list[str]:
    """The README's fenced blocks in that language."""
    return [text for name, text in _FENCE.findall(README) if name == language]


def help_blocks() -> list[str]:
    """The help's examples: what stands between `>` and `<`, without its indent."""
    return [re.sub(r"^ {4}(?: {8})?", "", text, flags=re.MULTILINE) for text in _HELP_BLOCK.findall(HELP)]


def ex_commands() -> set[str]:
    """Every form of every command of ours that README or help shows, with examples in the place of names."""
    inline = [form for code in re.findall(r"`(:[^`\n]+)`", README) for form in _FORM.findall(code)]
    in_help = [form for line in HELP.splitlines() if line.startswith(":") for form in _FORM.findall(line)]
    return {text for form in inline + in_help for text in _concrete(form)}


def shell_commands() -> set[str]:
    """Every `codestats …` that README or help shows for a shell, likewise."""
    return {text for form in _SHELL.findall(README + HELP) for text in _concrete(form)}


def make_targets() -> set[str]:
    """Every `make …` that is shown."""
    return set(re.findall(r"(?:^|`)make ([a-z-]+)", README + CONTRIBUTING, re.MULTILINE))


def _concrete(form: str) -> set[str]:
    """`a[!] {b} [c]` stands for four commands."""
    parts = re.split(r"( ?\[[^\]]*\])", form.strip())
    ways = [("", part.replace("[", "").replace("]", "")) if "[" in part else (part,) for part in parts]
    return {_filled("".join(way)) for way in itertools.product(*ways)}


def _filled(command: str) -> str:
    names = "|".join(_PLACES)
    return re.sub(rf"(?<= )\{{?({names})\}}?(?= |$)", lambda place: _PLACES[place[1]], command).strip()
