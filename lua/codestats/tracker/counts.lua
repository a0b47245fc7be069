--- XP that was counted and not yet taken, by what it goes to: the Neovim side of it (Vim's is tracker/counts.vim).

local M = {}

local api = vim.api
local get_option = api.nvim_get_option_value
local time = os.time

local counts = {} ---@type table<string, integer> XP by filetype (or `=Language`) since the last take()
local ignored = {} ---@type table<string, true> keys that are known to earn nothing
local pending, session, last_key = 0, 0, 0
local armed, paused = false, false
local embedded ---@type (fun(filetype: string): string)? loaded with the first XP

local function name(value)
  return type(value) == 'string' and value ~= '' and not value:find('%z') and value
end

--- What the XP of a buffer goes to: a filetype, `=Name` for a language given outright, or nil for nothing. In the current
--- buffer (the default) code inside another language is looked for at the cursor.
---@param buffer? integer
function M.attribution(buffer)
  local place = { buf = buffer or 0 }
  local buftype = get_option('buftype', place)
  if (buftype ~= '' and buftype ~= 'acwrite') or paused or not get_option('modifiable', place) then
    return nil
  end
  local variables = buffer and vim.b[buffer] or vim.b
  local enabled = variables.codestats_enabled
  if enabled == false or enabled == 0 then
    return nil
  end
  local language = name(variables.codestats_language)
  local key = language and '=' .. language or name(variables.codestats_key_by_path)
  if key then
    return key
  end
  local filetype = get_option('filetype', place)
  if buffer then
    return filetype
  end
  embedded = embedded or require('codestats.embedded').key
  return embedded(filetype)
end

--- See to it that what is counted is taken before long.
function M.arm()
  if not armed then
    armed = true
    vim.fn['codestats#hook#run']('first_xp')
  end
end

--- Count XP for a key of attribution().
---@param key? string
---@param xp integer
---@param at integer epoch seconds of the last keystroke among it
function M.add(key, xp, at)
  if not key then
    return
  end
  if not ignored[key] then
    counts[key] = (counts[key] or 0) + xp
    pending, session, last_key = pending + xp, session + xp, at
  end
  M.arm()
end

--- Count one key in a buffer (the current one by default), now. Returns whether that earns anything.
---@param buffer? integer
function M.pay(buffer)
  local key = M.attribution(buffer)
  M.add(key, 1, time())
  return key ~= nil
end

--- What was counted since the last call: XP by key and the time of the last keystroke (epoch seconds).
function M.take()
  local taken = { xp = next(counts) and counts or vim.empty_dict(), at = last_key }
  counts, pending, armed = {}, 0, false
  return taken
end

--- What was counted since the last take(), which stays there: XP by key.
function M.counted()
  return next(counts) and counts or vim.empty_dict()
end

--- The next XP arms again.
function M.rest()
  armed = false
end

--- Count these keys no more: it turned out that they earn nothing, `xp` of them that were taken among it.
---@param keys string[]
---@param xp integer
function M.ignore(keys, xp)
  session = session - xp
  for _, key in ipairs(keys) do
    ignored[key] = true
    pending, session = pending - (counts[key] or 0), session - (counts[key] or 0)
    counts[key] = nil
  end
end

--- Count all keys again: the names of languages have changed.
function M.reset_ignored()
  ignored = {}
end

--- XP not yet taken, and XP counted since the editor was started.
function M.totals()
  return { pending, session }
end

function M.pause(value)
  paused = value
end

return M
