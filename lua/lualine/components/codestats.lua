--- A component for lualine.nvim: `sections = { lualine_x = { 'codestats' } }`.
---
--- As lualine's wiki has it ("Writing a component"): a class derived from lualine.component with update_status(), which returns
--- the text. lualine puts that into 'statusline' as it is, so each `%` is doubled.

local M = require('lualine.component'):extend()

function M:update_status()
  local text = vim.fn['codestats#statusline']()
  return (text:gsub('%%', '%%%%'))
end

return M
