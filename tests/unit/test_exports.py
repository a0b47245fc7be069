"""What one module of the core takes from another is what that one offers in `__all__`."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import codestats

PACKAGE = Path(codestats.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}


@cache
def tree_of(module):
    return ast.parse(MODULES[module].read_text())


def exported(module):
    [names] = [
        ast.literal_eval(node.value)
        for node in tree_of(module).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ] or [[]]
    return {*names, "__version__"}


@pytest.mark.parametrize("module", MODULES)
def test_only_what_is_offered_is_taken(module):
    taken = [
        (node.module, alias.name)
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.ImportFrom) and node.module in MODULES
        for alias in node.names
        if f"{node.module}.{alias.name}" not in MODULES
    ]
    assert [(source, name) for source, name in taken if name not in exported(source)] == []
