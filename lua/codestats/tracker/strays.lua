--- Changes that came with no key open, in Insert mode: of an <expr> mapping that gives nothing Neovim tells with the next key
--- only, and evaluates one before it tells of its key.

local M = {}

local api = vim.api
local counts, buffers = require('codestats.tracker.counts'), require('codestats.tracker.buffers')
local run, stroke = require('codestats.tracker.run'), require('codestats.tracker.stroke')
local get_line, now = api.nvim_get_current_line, vim.uv.now

local calm = 150 -- ms without others' changes of the line, before a key is waited for

local keys = {} ---@type string[] what they go to
local paid_letters = 0 -- of all runs, when the last one came
local growth ---@type integer? by how many bytes the one that is not over yet made the line longer
local rest_line ---@type string? the cursor's line when the editor went idle
local at = -calm -- when the last one came

--- A change while no key is open. In Insert mode and in the cursor's line it may yet turn out to be a key's: then it is noted,
--- and by how many bytes the text is longer is returned.
---@return integer?
function M.note(first, last, last_new, bytes)
  local row = api.nvim_win_get_cursor(0)[1] - 1
  if row < first or row >= math.max(last, last_new) or api.nvim_get_mode().mode:sub(1, 1) ~= 'i' then
    return nil
  end
  at = now()
  local size = api.nvim_buf_get_offset(buffers.current, last_new) - api.nvim_buf_get_offset(buffers.current, first)
  growth = (growth or 0) + size - bytes
  return size - bytes
end

--- Whether there is one that is not over yet.
function M.is_going_on()
  return growth ~= nil
end

--- Whether others have left the cursor's line alone for a moment.
function M.is_calm()
  return now() - at > calm
end

--- It is over: did it change the line, or take it out and put it back?
local function settle()
  local is_same = growth == 0
  if rest_line then
    is_same = rest_line == get_line()
  end
  growth = nil
  local key = not is_same and counts.attribution()
  if key then
    keys = paid_letters == run.paid() and keys or {}
    paid_letters = run.paid()
    keys[#keys + 1] = key
  end
end

--- Pay for what expressions did: those that gave nothing, whose keys are known now, and that of this very key, which Neovim
--- evaluated before it told. Returns whether the latter changed the text.
function M.pay(key, typed)
  local is_own = growth ~= nil and key ~= typed
  if is_own then
    settle()
  end
  local known = stroke.count_leading(typed) + (is_own and 1 or 0)
  local paid = keys[1] and paid_letters == run.paid() and math.min(#keys, known) or 0
  for i = 1, paid do
    counts.add(keys[i], 1, os.time())
  end
  keys, growth = {}, nil
  return is_own and paid > 0
end

--- The editor is idle.
function M.settle()
  if growth then
    settle()
  end
end

--- What the cursor's line is when the editor is idle; nil while a run goes on.
---@param line? string
function M.set_rest_line(line)
  rest_line = line
end

return M
