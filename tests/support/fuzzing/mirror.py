"""What an editor's normal buffers hold, looked at from outside after each key.

Vim answers over its channel in every state. Neovim doesn't where it waits for the rest of a command, so there each
change is sent by the editor itself; asked is nothing but its mode, which it answers everywhere, but not while an error
is on show and keys wait.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from support.editor.control import NvimControl, VimControl
from support.editor.driver import Editor

NORMAL = ("", "acwrite")
_VIM = """
function! FuzzTexts() abort
  let texts = {}
  for buffer in getbufinfo({'bufloaded': 1})
    if index(['', 'acwrite'], getbufvar(buffer.bufnr, '&buftype')) >= 0
      let texts[buffer.bufnr] = [getbufvar(buffer.bufnr, '&filetype'), getbufline(buffer.bufnr, 1, '$')]
    endif
  endfor
  return texts
endfunction
"""
_NVIM = """
local channel = ...
local watched = {}
local function send(buffer)
  local normal = vim.bo[buffer].buftype == '' or vim.bo[buffer].buftype == 'acwrite'
  local lines = normal and vim.api.nvim_buf_get_lines(buffer, 0, -1, false) or {}
  vim.rpcnotify(channel, 'text', buffer, vim.bo[buffer].filetype, lines, normal)
end
local function watch(buffer)
  if watched[buffer] or not vim.api.nvim_buf_is_loaded(buffer) then
    return
  end
  watched[buffer] = true
  send(buffer)
  vim.api.nvim_buf_attach(buffer, false, {
    on_lines = function(_, changed) send(changed) end,
    on_reload = function(_, changed) send(changed) end,
    on_detach = function(_, gone)
      watched[gone] = nil
      vim.rpcnotify(channel, 'gone', gone)
    end,
  })
end
vim.api.nvim_create_autocmd({'BufEnter', 'BufReadPost', 'BufNew', 'FileType'}, {
  callback = function(event) watch(event.buf) end,
})
-- Replace mode puts an indent in and tells nobody (seen on 0.10 to 0.12: ` `, `gR<C-j>` in the line above).
vim.api.nvim_create_autocmd('SafeState', {
  callback = function()
    local buffer = vim.api.nvim_get_current_buf()
    if watched[buffer] then
      send(buffer)
    end
  end,
})
watch(vim.api.nvim_get_current_buf())
"""


@dataclass(frozen=True, slots=True)
class Text:
    filetype: str
    lines: tuple[str, ...]


Texts = Mapping[int, Text]


class VimMirror:
    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        for line in (f"execute {json.dumps(_VIM)}",):
            editor.command(line)

    def texts(self) -> Texts:
        found = self._editor.eval("FuzzTexts()")
        return {int(number): Text(filetype, tuple(lines)) for number, (filetype, lines) in found.items()}


class NvimMirror:
    def __init__(self, editor: Editor) -> None:
        assert isinstance(editor.control, NvimControl)
        self._control = editor.control
        self._texts: dict[int, Text] = {}
        channel = self._control.request("nvim_get_api_info")[0]
        self._control.lua(_NVIM, channel)

    def texts(self) -> Texts:
        self._control.request("nvim_get_mode")
        for method, arguments in self._control.notifications():
            self._take(method, *arguments)
        return dict(self._texts)

    def _take(self, method: str, buffer: int, *told: Any) -> None:
        self._texts.pop(buffer, None)
        if method == "text":
            filetype, lines, normal = told
            if normal:
                self._texts[buffer] = Text(filetype, tuple(lines))


def mirror(editor: Editor) -> VimMirror | NvimMirror:
    return VimMirror(editor) if isinstance(editor.control, VimControl) else NvimMirror(editor)
