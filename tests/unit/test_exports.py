"""What one module of the core takes from another is what that one offers in `__all__`."""

from __future__ import annotations

import ast
from pathlib import Path

import codestats

PACKAGE = Path(codestats.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}


def exported(tree):
    [names] = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ] or [[]]
    return {*names, "__version__"}


def taken(tree):
    """Pairs of a module of ours and a name in it that is no module itself."""
    return [
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in MODULES
        for alias in node.names
        if f"{node.module}.{alias.name}" not in MODULES
    ]


def test_only_what_is_offered_is_taken():
    trees = {name: ast.parse(path.read_text()) for name, path in MODULES.items()}
    offered = {name: exported(tree) for name, tree in trees.items()}
    refused = {
        (name, source, what)
        for name, tree in trees.items()
        for source, what in taken(tree)
        if what not in offered[source]
    }
    assert refused == set()
