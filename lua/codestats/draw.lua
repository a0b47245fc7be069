-- Highlights of a rendering, all in one call: each crossing from Vimscript costs more than the mark itself.

local M = {}

--- @param buffer integer
--- @param namespace integer
--- @param spans table<string, integer[][]> group → [line, first byte, line, byte after], counted from 1
function M.spans(buffer, namespace, spans)
  -- (An empty dictionary comes with a mark of its type in it.)
  local mark = vim.api.nvim_buf_set_extmark
  for group, places in pairs(spans[vim.type_idx] and {} or spans) do
    for _, place in ipairs(places) do
      mark(buffer, namespace, place[1] - 1, place[2] - 1, { end_col = place[4] - 1, hl_group = group })
    end
  end
end

return M
