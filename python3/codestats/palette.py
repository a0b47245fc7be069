"""A colour a language: the one that people know for the common ones, a stable one for the rest.

The known ones are those of GitHub's Linguist. Windows, page and card take them from here, each bringing them as
near to its own background as its readers need.
"""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

__all__ = ["COLOURS", "HUES", "SOURCE_HUES", "colour", "hue", "known_name"]

# Name in lower case -> colour.
COLOURS = {
    "ada": "#02f88c", "apl": "#5a8164", "arduino": "#bd79d1", "asm": "#6e4c13", "assembly": "#6e4c13",
    "astro": "#ff5a03", "awk": "#c30e9b", "batchfile": "#c1f12e", "c": "#555555", "c#": "#178600",
    "c++": "#f34b7d", "clojure": "#db5855", "cmake": "#da3434", "coffeescript": "#244776",
    "common lisp": "#3fb68b", "crystal": "#000100", "css": "#663399", "cuda": "#3a4e3a", "d": "#ba595e",
    "dart": "#00b4ab", "dockerfile": "#384d54", "elixir": "#6e4a7e", "elm": "#60b5cc",
    "emacs lisp": "#c065db", "erlang": "#b83998", "f#": "#b845fc", "fish": "#4aae47", "forth": "#341708",
    "fortran": "#4d41b1", "gdscript": "#355570", "gleam": "#ffaff3", "glsl": "#5686a5", "go": "#00add8",
    "graphql": "#e10098", "groovy": "#4298b8", "haml": "#ece2a9", "handlebars": "#f7931e",
    "haskell": "#5e5086", "hcl": "#844fba", "html": "#e34c26", "ini": "#d1dbe0", "java": "#b07219",
    "javascript": "#f1e05a", "json": "#8a8a8a", "julia": "#a270ba", "kotlin": "#a97bff",
    "less": "#1d365d", "lua": "#000080", "makefile": "#427819", "markdown": "#083fa1",
    "matlab": "#e16737", "nim": "#ffc200", "nix": "#7e7eff", "objective-c": "#438eff", "ocaml": "#ef7a08",
    "odin": "#60affe", "org": "#77aa99", "pascal": "#e3f171", "perl": "#0298c3", "php": "#4f5d95",
    "plain text": "#9a9a9a", "plaintext": "#9a9a9a", "powershell": "#012456", "prolog": "#74283c",
    "pug": "#a86454", "puppet": "#302b6d", "purescript": "#1d222d", "python": "#3572a5", "r": "#198ce7",
    "racket": "#3c5caa", "raku": "#0000fb", "rescript": "#ed5051", "ruby": "#701516", "rust": "#dea584",
    "sass": "#a53b70", "scala": "#c22d40", "scheme": "#1e4aec", "scss": "#c6538c", "shell": "#89e051",
    "solidity": "#aa6746", "sql": "#e38c00", "stylus": "#ff6347", "svelte": "#ff3e00", "swift": "#f05138",
    "tcl": "#e4cc98", "terraform": "#844fba", "tex": "#3d6117", "latex": "#3d6117", "toml": "#9c4221",
    "typescript": "#3178c6", "verilog": "#b2b7f8", "vhdl": "#adb2cb", "vim script": "#199f4b",
    "viml": "#199f4b", "vue": "#41b883", "webassembly": "#04133b", "xml": "#0060ac", "yaml": "#cb171e",
    "zig": "#ec915c",
}  # fmt: skip

# For all others: twenty-four hues that neither white nor black swallows.
HUES = (
    "#c9504f", "#c7652b", "#b57a17", "#9a8a12", "#7b962b", "#559f45", "#2aa262", "#16a182",
    "#1b9da0", "#3195bd", "#4f8bd2", "#7080db", "#8d76d8", "#a66ccb", "#b964b5", "#c55f99",
    "#d06a6a", "#a8893f", "#6f9a57", "#45a08f", "#5b93b8", "#8484c4", "#a878b0", "#b8716f",
)  # fmt: skip

SOURCE_HUES = {
    "typed": 5,
    "completed": 10,
    "pasted": 2,
    "commands": 13,
    "formatted": 8,
    "reloaded": 20,
    "tools": 0,
}
"""Which of them each kind has that text comes from."""

# Names that say the same with something behind them: JavaScript (JSX), Shell Script (Bash).
_FAMILIES = {"shell script": "shell", "bash": "shell", "zsh": "shell", "sh": "shell", "vim": "vim script"}


@lru_cache(maxsize=4096)
def known_name(language: str) -> str:
    """The key in COLOURS of a language, '' for one of the others."""
    name = language.casefold().strip()
    for form in (name, name.partition(" (")[0]):
        found = _FAMILIES.get(form, form)
        if found in COLOURS:
            return found
    return ""


def hue(language: str) -> int:
    """Which of HUES an unknown language has: the same on each machine and in each year."""
    return crc32(language.casefold().encode("utf-8", "replace")) % len(HUES)


def colour(language: str) -> str:
    """``#rrggbb`` of a language."""
    known = known_name(language)
    return COLOURS[known] if known else HUES[hue(language)]
