--- Scripts that ask for keys: one may show something in the text and take it back. Its keys are paid when it has ended, unless it
--- undid all it did.

local M = {}

local counts, snapshot = require('codestats.tracker.counts'), require('codestats.tracker.snapshot')
local buffers = require('codestats.tracker.buffers')
local changenr, expand = vim.fn.changenr, vim.fn.expand
local get_info = debug.getinfo

local is_asking = false
local base ---@type codestats.Snapshot? the text before it,
local touched = snapshot.region() -- what changed since,
local change = 0 -- and the number of the newest change before it
local held = {} ---@type string[] what the XP of its keys goes to
local depth = 0 -- of the Lua stack when no script asks

--- Whether one in Vim script runs.
function M.is_running()
  local found, stack = pcall(expand, '<stack>') -- with 'verbose' it is an error that there is none (seen on 0.11)
  return found and (stack:sub(1, 9) == 'function ' or stack:sub(1, 7) == 'script ')
end

--- How deep the Lua stack is; to be called from one place only.
function M.measure_depth()
  local level = 3
  while get_info(level, 'l') do
    level = level + 1
  end
  return level
end

--- Whether the key that comes is read by a script, known to be none right after the editor was idle.
---@param level integer of the Lua stack
---@param rested boolean was the editor idle before the key?
---@param text? codestats.Snapshot when the key before it came,
---@param changed codestats.Region and what changed since
function M.note(level, rested, text, changed)
  if rested then
    depth = level
  elseif level > depth or M.is_running() then
    if not is_asking then
      is_asking, base, touched = true, text, snapshot.joined(changed)
    end
    return true
  end
  return false
end

function M.is_asking()
  return is_asking
end

--- Lines changed in the open key's time.
function M.extend(first, last, more)
  if is_asking then
    snapshot.extend(touched, first, last, more)
  end
end

--- Keep the XP of one of its keys until it has ended: it goes to the buffer that is changed, which may be a scratch one.
function M.hold()
  held[#held + 1] = counts.attribution(buffers.behind())
end

local function is_undone()
  return changenr() == change or not touched.low or snapshot.is_same(base, buffers.current, touched)
end

--- Pay for the script's keys, and for `more`, unless it undid all it did.
function M.pay(more)
  local keys, is_vain = held, is_asking and is_undone()
  is_asking, held = false, {}
  if not is_vain then
    for _, key in ipairs(keys) do
      counts.add(key, 1, os.time())
    end
    for _ = 1, more do
      counts.pay(buffers.behind())
    end
  end
end

--- The editor is idle: a script has ended, unless it waits right there.
function M.rest()
  if not (is_asking and M.is_running()) then
    M.pay(0)
    change = changenr()
  end
end

return M
