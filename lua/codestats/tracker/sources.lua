--- Where text comes from: how many bytes came into the buffers and went out of them, by what it goes to and by kind.
---
--- The tracker tells what it sees anyway, and nothing at all for letters typed in Insert mode, which it counts itself. What
--- changes while a typed key is at work waits until the next key or until the editor is idle, and is then given to a kind by
--- what that key was. What changes else is the work of tools.

local M = {}

local api = vim.api
local counts = require('codestats.tracker.counts')
local get_offset = api.nvim_buf_get_offset

local group = 'codestats_sources'

local noted = {} ---@type table<string, table<string, integer[]>> key → kind → { came, went }
local by_tools = {} ---@type table<integer, integer[]> buffer → { came, went }, not noted yet
local pending = {} ---@type table<integer, integer> buffer → by how much the key that is at work made it longer
local has_pending = false
local base ---@type integer? the current buffer when the key came,
local base_size = 0 -- and its size then
local sizes = {} ---@type table<integer, integer> of buffers when they were last the same as on the disk
local kind = 'commands' -- of the key that is at work; nil: it depends on what it puts in
local own = 0 -- how many bytes of its text the key typed itself
local pasting, writing = false, false
local is_broken = false

local function is_printable(typed)
  return (typed >= ' ' and typed <= '~') or typed >= '\194'
end

local function size_of(buf)
  return api.nvim_buf_is_loaded(buf) and math.max(0, get_offset(buf, api.nvim_buf_line_count(buf))) or 0
end

--- From now on the current buffer's size tells what the key at work does. (What the editor tells of a change is wrong after
--- the preview of :s, seen on 0.11.)
local function weigh()
  base = api.nvim_get_current_buf()
  base_size = size_of(base)
end

--- Note characters of a kind.
---@param key? string as attribution() has it
function M.add(key, what, came, went)
  if not key or (came == 0 and went == 0) then
    return
  end
  local kinds = noted[key] or {}
  noted[key] = kinds
  local pair = kinds[what] or { 0, 0 }
  kinds[what] = pair
  pair[1], pair[2] = pair[1] + came, pair[2] + went
end

local function grow(amounts, buf, growth)
  local pair = amounts[buf] or { 0, 0 }
  amounts[buf] = pair
  if growth > 0 then
    pair[1] = pair[1] + growth
  else
    pair[2] = pair[2] - growth
  end
end

--- Whether the text before the cursor, as much as came, is white space: <Tab> and <CR> that did what they say.
local function is_blank(came)
  local before = api.nvim_get_current_line():sub(1, api.nvim_win_get_cursor(0)[2])
  return not before:sub(math.max(1, #before - came + 1)):find('%S')
end

local function settle_one(key, came, went)
  if kind then
    local typed = kind ~= 'typed' and math.min(own, came) or 0
    M.add(key, 'typed', typed, 0)
    M.add(key, kind, came - typed, went)
  elseif is_blank(came) then
    M.add(key, 'typed', came, went)
  else
    M.add(key, 'completed', came, went)
  end
end

--- The key at work is done: what it changed is noted.
function M.settle()
  if not has_pending then
    return
  end
  local current = api.nvim_get_current_buf()
  for buf, sum in pairs(pending) do
    local growth = buf == base and size_of(buf) - base_size or sum
    if growth ~= 0 and api.nvim_buf_is_valid(buf) then
      local key = counts.attribution(buf ~= current and buf or nil)
      settle_one(key, math.max(0, growth), math.max(0, -growth))
    end
  end
  pending, has_pending = {}, false
  base_size = base and size_of(base) or 0
end

--- A change of a buffer. `is_awaited`: it may be the work of a key that takes its time.
function M.changed(buf, first, last_new, bytes, is_awaited)
  local growth = get_offset(buf, last_new) - get_offset(buf, first) - bytes
  if pasting or writing or is_awaited or vim.fn.state('S') == 'S' then
    has_pending = true
    pending[buf] = (pending[buf] or 0) + growth
  else
    grow(by_tools, buf, growth)
    base_size = buf == base and base_size + growth or base_size
  end
end

--- What a key of Insert or Replace mode does.
local function insert_kind(mode, key, typed, waiting)
  if waiting == 'register' then
    return 'pasted'
  elseif is_printable(typed) then
    return key == typed and 'typed' or 'commands'
  elseif typed == '\1' and key == typed then
    return 'commands' -- what was inserted last
  elseif mode:find('^[iR]v?[cx]') or key ~= typed or typed == '\14' or typed == '\16' then
    -- What takes text out types; so does <Tab> or <CR> that puts in white space.
    return nil
  end
  return 'typed'
end

--- A typed key comes: the one before it is done.
---@param waiting? string what a command of Insert mode waits for
function M.open(mode, key, typed, last, waiting)
  M.settle()
  weigh()
  pasting, own = false, 0
  local is_insert = mode:find('^[iRsS\19]')
  if is_insert then
    kind = insert_kind(mode, key, typed, waiting)
    own = kind == 'commands' and is_printable(typed) and #typed or 0
  elseif (typed == 'p' or typed == 'P') and key == typed and last ~= '@' and last ~= 'r' and mode:find('^[nvV\22]') then
    kind = mode:find('^no') and 'commands' or 'pasted'
  else
    kind = 'commands'
  end
end

--- A letter begins a run: the run itself is counted by the tracker, what else it does is a command's.
function M.begin_run()
  M.settle()
  pasting, kind, own, base = false, 'commands', 0, nil
end

--- A paste from the terminal; `false` when a piece of it is done. A key that completes pastes as well, a language server's
--- suggestion (0.12): `by_key`, when one is at work or waited for.
function M.paste(is_on, by_key)
  if is_on and by_key and not kind or not (is_on or pasting) then
    return
  end
  M.settle()
  weigh()
  pasting = is_on
  kind, own = is_on and 'pasted' or 'commands', 0
end

--- A bug of ours breaks neither typing nor counting: the first error is reported once, and nothing more is noted.
local function guarded(work)
  return function(...)
    if is_broken then
      return
    end
    local ok, result = pcall(work, ...)
    if not ok and not tostring(result):find('[Ii]nterrupt') then
      is_broken = true
      vim.schedule(function()
        vim.fn['codestats#message#error']('sources', 'where text comes from is noted no more: ' .. tostring(result))
      end)
    end
    return ok and result or nil
  end
end

-- Files ----------------------------------------------------------------------

-- What has changed since the command came, and what comes until the file is written, is a formatter's.
local function on_write()
  kind, own, writing = 'formatted', 0, true
end

local function on_written(event)
  M.settle()
  kind, writing = 'commands', false
  sizes[event.buf] = size_of(event.buf)
end

local function name_tools(buf)
  local pair = by_tools[buf]
  by_tools[buf] = nil
  if pair and api.nvim_buf_is_valid(buf) then
    M.add(counts.attribution(buf), 'tools', pair[1], pair[2])
  end
end

local function on_unload(event)
  M.settle()
  name_tools(event.buf)
  base = base ~= event.buf and base or nil
  sizes[event.buf] = size_of(event.buf)
end

-- The size is right only later (seen on 0.11).
local function on_read(event)
  local buf = event.buf
  base = base ~= buf and base or nil
  vim.schedule(guarded(function()
    local size, before = size_of(buf), sizes[buf]
    sizes[buf] = size
    if before and api.nvim_buf_is_loaded(buf) then
      M.add(counts.attribution(buf), 'reloaded', math.max(0, size - before), math.max(0, before - size))
    end
  end))
end

function M.start()
  api.nvim_create_augroup(group, { clear = true })
  for events, callback in pairs({
    BufWritePre = on_write,
    BufWritePost = on_written,
    BufUnload = on_unload,
    BufReadPost = on_read,
    BufWipeout = function(event)
      sizes[event.buf], by_tools[event.buf], pending[event.buf] = nil, nil, nil
    end,
  }) do
    api.nvim_create_autocmd(events, {
      group = group,
      callback = guarded(function(event)
        callback(event)
      end),
    })
  end
  for _, buf in ipairs(api.nvim_list_bufs()) do
    sizes[buf] = api.nvim_buf_is_loaded(buf) and size_of(buf) or nil
  end
end

function M.stop()
  pcall(api.nvim_del_augroup_by_name, group)
end

--- Note all that has come so far, as it is to be noted now.
function M.flush()
  M.settle()
  for buf in pairs(by_tools) do
    name_tools(buf)
  end
end

--- What was noted since the last call.
function M.take()
  M.flush()
  local taken = noted
  noted = {}
  return taken
end

for _, name in ipairs({ 'add', 'settle', 'changed', 'open', 'begin_run', 'paste', 'flush', 'take' }) do
  M[name] = guarded(M[name])
end

return M
