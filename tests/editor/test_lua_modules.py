"""Every Lua module loads alone: packagers check that, and a `require` of one must not need another's side effects."""

from __future__ import annotations

import pytest

from editors import REPO

MODULES = sorted(
    ".".join(path.relative_to(REPO / "lua").with_suffix("").parts).removesuffix(".init")
    for path in (REPO / "lua").rglob("*.lua")
)


@pytest.mark.parametrize("module", MODULES)
def test_loads_alone(start_editor, editor_spec, module):
    if editor_spec.kind != "nvim":
        pytest.skip("Lua is Neovim's")
    if module.startswith("lualine."):
        pytest.skip("a component of lualine, loaded by it")
    editor = start_editor(plugin=None, vimrc=f"set runtimepath^={REPO}")
    assert editor.eval(f"luaeval('type(require(\"{module}\"))')") in ("table", "function")
