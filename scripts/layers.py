#!/usr/bin/env python3
"""Read the structure off the code: who calls whom among the editor's scripts, and among the packages of the core.

scripts/layers.py            print both, layer by layer
scripts/layers.py --check    exit 1 when the editor's scripts call in a circle or upwards (the core: import-linter)

Read are direct calls and funcrefs (`codestats#file#name`, in Lua as a string), `import './file.vim'` and
`require('codestats.file')`. A name that is built at run time cannot be read, so it is not allowed.
"""

from __future__ import annotations

import re
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent

# From the top. A script may call those of lower layers and, as long as that makes no circle, of its own.
LAYERS: list[tuple[str, str]] = [
    (
        "commands and public functions",
        "plugin codestats command flush lua:init lua:health data install token#login",
    ),
    ("the session, which ties the parts together", "session"),
    ("what the core says, to whom it concerns", "receive"),
    ("windows and checks", "view health#window health kept"),
    ("what the user sees of counting", "status level goal pause settings"),
    ("languages", "language"),
    ("batches, and who runs the core", "pulse host"),
    ("one way to run it each", "host#remote host#channel host#embedded host#process host#trial host#loader"),
    ("Python, and programs on its behalf", "shell python"),
    ("the token", "token token#command"),
    (
        "counting",
        (
            "counter tracker tracker#keys tracker#changes "
            "lua:tracker lua:tracker.keys lua:tracker.closing lua:tracker.open_key lua:tracker.strays "
            "lua:tracker.amended lua:tracker.text lua:tracker.scripts lua:tracker.run"
        ),
    ),
    (
        "a key in Vim, and when it opens and closes",
        "tracker#keys#events tracker#keys#stroke tracker#keys#closing tracker#keys#open_key",
    ),
    (
        "runs of letters, and scripts that ask for keys",
        "tracker#keys#run tracker#keys#handlers tracker#keys#scripts",
    ),
    ("what was counted", "tracker#counts tracker#sources lua:tracker.counts lua:tracker.sources"),
    ("tools of those above", "window users web job handover exclude embedded lua:embedded"),
    (
        "parts of the trackers",
        (
            "tracker#doer tracker#failure tracker#growth tracker#noting tracker#stack tracker#ticks "
            "tracker#keys#look tracker#keys#letters tracker#keys#prefix tracker#keys#text lua:tracker.buffers "
            "lua:tracker.paste lua:tracker.prefix lua:tracker.snapshot lua:tracker.stroke"
        ),
    ),
    (
        "parts of a window",
        "window#digit window#head window#draw window#frame window#spots window#colours lua:draw",
    ),
    ("telling", "event message toast lua:notify"),
    ("leaves", "config float text directory program boot hook log token#form mask lua:mask"),
]

Graph = dict[str, set[str]]
"""name → the names it calls; 'pulse', 'host#remote', 'lua:tracker'"""

_CALL = re.compile(r"\bcodestats((?:#\w+)+)")
_IMPORT = re.compile(r"""^import (?:autoload )?['"](\.{1,2}/[\w/]+)\.vim['"]""", re.MULTILINE)
_REQUIRE = re.compile(r"""require\(?\s*['"]codestats(?:\.([\w.]+))?['"]""")
_IMPORTED = re.compile(r"""^import ['"]\.{1,2}/(?:\w+/)*(\w+)\.vim['"]""", re.MULTILINE)
_BUILT = re.compile(r"""codestats#[\w#]*['"]\s*\.\.|\.\.\s*['"]#\w""")


def editor_files() -> dict[str, Path]:
    """Scripts by name."""
    files = {"plugin": REPO / "plugin" / "codestats.vim", "codestats": REPO / "autoload" / "codestats.vim"}
    for path in sorted((REPO / "autoload" / "codestats").rglob("*.vim")):
        files["#".join(path.relative_to(REPO / "autoload" / "codestats").with_suffix("").parts)] = path
    for path in sorted((REPO / "lua" / "codestats").rglob("*.lua")):
        name = ".".join(path.relative_to(REPO / "lua" / "codestats").with_suffix("").parts)
        files[f"lua:{name.removesuffix('.init')}"] = path
    return files


def editor_graph() -> Graph:
    """Who calls whom."""
    files = editor_files()
    names = {path: name for name, path in files.items()}
    graph: Graph = {}
    for name, path in files.items():
        code = _code(path)
        called = {_owner(match[1], files) for match in _CALL.finditer(code)}
        called |= {f"lua:{match[1] or 'init'}" for match in _REQUIRE.finditer(code)}
        called |= {names[(path.parent / f"{match[1]}.vim").resolve()] for match in _IMPORT.finditer(code)}
        graph[name] = (called & files.keys()) - {name}
    return graph


def built_names() -> list[str]:
    """Places where a function's name is put together at run time."""
    return [
        f"{path.relative_to(REPO)}:{number}: a function's name is built at run time: use a funcref"
        for path in editor_files().values()
        for number, line in enumerate(_code(path).splitlines(), 1)
        if _BUILT.search(line)
    ]


def foreign_writes() -> list[str]:
    """Places where a script writes what another one owns: it has functions for that, which say what happens."""
    found = []
    for path in editor_files().values():
        code = _code(path)
        names = "|".join(_IMPORTED.findall(code)) or "(?!)"
        write = re.compile(
            rf"^\s*(?:(?:\+\+|--)(?:{names})\.\w|(?:{names})\.[\w.\[\]]+\s*(?:\.\.|[-+*/])?=[^=~#?])"
        )
        found += [
            f"{path.relative_to(REPO)}:{number}: writes what another script owns: call a function of it"
            for number, line in enumerate(code.splitlines(), 1)
            if write.search(line)
        ]
    return found


def _code(path: Path) -> str:
    """A script without its comment lines."""
    comment = re.compile(r"\s*--" if path.suffix == ".lua" else r'\s*["#]')
    return "\n".join("" if comment.match(line) else line for line in path.read_text().splitlines())


def _owner(name: str, files: dict[str, Path]) -> str:
    """The script of a function or variable: `#pulse#save` is in pulse, `#statusline` in codestats.vim."""
    parts = name.strip("#").split("#")[:-1]
    owner = "#".join(parts)
    return owner if owner in files else "codestats"


def circle(graph: Graph) -> list[str]:
    """Names that call each other in a circle, empty for none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def problems() -> list[str]:
    """What is wrong with the editor's side."""
    graph = editor_graph()
    rank = {name: height for height, (_, names) in enumerate(LAYERS) for name in names.split()}
    found = built_names() + foreign_writes()
    found += [f"{name} is in no layer of scripts/layers.py" for name in sorted(graph.keys() - rank.keys())]
    found += [f"{name} of the layers is no script" for name in sorted(rank.keys() - graph.keys())]
    found += [
        f"{caller} calls {called}, which is above it"
        for caller, names in sorted(graph.items())
        for called in sorted(names)
        if rank.get(called, 99) < rank.get(caller, 0)
    ]
    round_trip = circle(graph)
    return found + ([f"a circle: {' → '.join(round_trip)}"] if round_trip else [])


def packages() -> Graph:
    """Which package of the core imports which, imports for types included; 'shared' for the modules beside them."""
    import grimp  # noqa: PLC0415 (not for the editor's side)

    sys.path.insert(0, str(REPO / "python3"))
    imports = grimp.build_graph("codestats", cache_dir=None)
    graph: Graph = {}
    for module in imports.modules:
        for other in imports.find_modules_directly_imported_by(module):
            graph.setdefault(_package(module), set()).add(_package(other))
    return {name: others - {name} for name, others in graph.items()}


def _package(module: str) -> str:
    parts = module.split(".")
    if len(parts) > 1 and (REPO / "python3" / "codestats" / parts[1]).is_dir():
        return parts[1]
    return parts[1] if parts[-1] in {"cli", "__main__"} else "shared"


def layered(graph: Graph) -> list[list[str]]:
    """The names in rows: each calls only names of rows below."""
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    rows = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        rows.append(ready)
        sorter.done(*ready)
    return rows[::-1]


def drawing(graph: Graph) -> str:
    """A graph as Mermaid, without the arrows that others imply."""
    lines = ["```mermaid", "flowchart TD"]
    for name in sorted(graph):
        direct = graph[name] - {far for near in graph[name] for far in _reach(graph, near)}
        lines += [f"    {_node(name)} --> {_node(other)}" for other in sorted(direct)]
    return "\n".join([*lines, "```"]) + "\n"


def _reach(graph: Graph, name: str) -> set[str]:
    seen: set[str] = set()
    todo = [name]
    while todo:
        for other in graph.get(todo.pop(), set()) - seen:
            seen.add(other)
            todo.append(other)
    return seen


def _node(name: str) -> str:
    return f"{re.sub(r'[^a-z0-9]', '_', name.strip('_'))}[{name.replace('#', '/')}]"


def parts(name: str) -> Graph:
    """A script and those in the directory of its name: who calls whom.

    Of tracker#keys: `keys`, `keys/key` …; of lua:tracker: `init`, `keys` …
    """
    if name.startswith("lua:"):
        inside = {
            part: part.removeprefix(f"{name}.")
            for part in editor_graph()
            if f"{part}.".startswith(f"{name}.")
        }
        inside[name] = "init"
    else:
        owner = name.rpartition("#")[0] + "#"
        inside = {
            part: part.removeprefix(owner) for part in editor_graph() if f"{part}#".startswith(f"{name}#")
        }
    return {
        inside[part]: {inside[other] for other in called & inside.keys()}
        for part, called in editor_graph().items()
        if part in inside
    }


def table() -> str:
    """The editor's layers as a Markdown table, from the top."""
    rows = ["| layer | scripts |", "|---|---|"]
    for title, names in LAYERS:
        scripts = " ".join(f"`{name}`" for name in names.replace("#", "/").split())
        rows.append(f"| {title} | {scripts} |")
    return "\n".join(rows) + "\n"


def main() -> int:
    """Print or check."""
    if "--check" in sys.argv[1:]:
        found = problems()
        print(*found, sep="\n", end="\n" if found else "")
        return 1 if found else 0
    for title, graph in (("editor", editor_graph()), ("core", packages())):
        print(title)
        for name in sorted(graph):
            print(f"    {name:<20} {' '.join(sorted(graph[name]))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
