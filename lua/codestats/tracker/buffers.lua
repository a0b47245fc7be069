--- Buffers that are listened to, and which of them is the current one.

local M = {
  current = -1, -- as far as known
}

local api = vim.api

local listened = {} ---@type table<integer, true>
local on_lines, on_gone ---@type function, function

--- Listen to all buffers that are loaded; `gone` is called with each that is not any more.
function M.start(lines, gone)
  on_lines, on_gone = lines, gone
  for _, buf in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_is_loaded(buf) then
      M.listen(buf)
    end
  end
end

function M.stop()
  listened = {}
end

function M.listen(buf)
  if not listened[buf] and vim.bo[buf].buftype ~= 'terminal' then
    listened[buf] = api.nvim_buf_attach(buf, false, {
      on_lines = on_lines,
      on_reload = function() end, -- without it a reload detaches
      on_detach = function()
        listened[buf] = nil
        on_gone(buf)
      end,
    }) or nil
  end
end

--- Whether what changes in a buffer is to be told.
function M.is_listened(buf)
  return listened[buf]
end

--- The current buffer became a terminal's.
function M.unlisten()
  listened[api.nvim_get_current_buf()] = nil
end

--- The one known to be current if it is not any more, as no autocommand told; else nil.
---@return integer?
function M.behind()
  return api.nvim_get_current_buf() ~= M.current and api.nvim_buf_is_valid(M.current) and M.current or nil
end

--- Note which one is current. Returns whether it is another one.
function M.enter()
  local before = M.current
  M.current = api.nvim_get_current_buf()
  M.listen(M.current)
  return M.current ~= before
end

return M
