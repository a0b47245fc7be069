-- Highlights of a rendering, all in one call: each crossing from Vimscript costs more than the mark itself.

local M = {}

--- @param buffer integer
--- @param namespace integer
--- @param spans any[] [line, first byte, byte after, group], counted from 0
function M.spans(buffer, namespace, spans)
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  local mark = vim.api.nvim_buf_set_extmark
  for _, span in ipairs(spans) do
    mark(buffer, namespace, span[1], span[2], { end_col = span[3], hl_group = span[4] })
  end
end

return M
