--- Buffers in which autocommands of others work on what is typed, as it is typed (TextChangedI): there a letter may be gone at
--- once, so each is looked at.

local M = {}

local run = require('codestats.tracker.run')

local buffers = {} ---@type table<integer, true>

--- The cursor's line changed after a letter of a run, no key being open.
---@param buf integer the current buffer
---@param growth integer by how many bytes it is longer
function M.note(buf, growth)
  if run.is_on() and vim.fn.state('x') == 'x' then
    buffers[buf] = true
    if growth == -1 then
      run.take_back()
    end
    run.finish()
  end
end

function M.has(buf)
  return buffers[buf] ~= nil
end

--- A buffer is gone.
function M.drop(buf)
  buffers[buf] = nil
end

return M
