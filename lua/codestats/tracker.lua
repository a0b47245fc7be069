--- Counting in Neovim: a typed key that changes the text of a normal buffer earns 1 XP.
---
--- autoload/codestats/tracker.vim is the same rule for Vim; tests/editor/test_counting.py holds both to one table.
---
--- `credit` is true from a typed key until the change it makes was paid for, or until the editor goes idle. `tick` is the
--- b:changedtick last seen. A moved tick is paid when there is a credit and otherwise only noted, so that what jobs,
--- timers, language servers and reloads write earns nothing.

local M = {}

local api = vim.api
local get_tick, get_buffer, get_option = api.nvim_buf_get_changedtick, api.nvim_get_current_buf, api.nvim_get_option_value
local current = { buf = 0 }
local group = 'codestats_tracker'

local counts = {} ---@type table<string, integer> XP by filetype (or `=Language`) since the last take()
local pending, session, last_key = 0, 0, 0
local buffer, tick = -1, -1
local credit, in_cmdline, paused, armed = false, false, false, false
local embedded ---@type (fun(filetype: string): string)? loaded with the first XP

--- What the current buffer's XP goes to: a filetype, `=Name` for a language given outright, or nil for nothing.
local function attribution()
  local buftype = get_option('buftype', current)
  if (buftype ~= '' and buftype ~= 'acwrite') or paused then
    return nil
  end
  local variables = vim.b
  local enabled, language = variables.codestats_enabled, variables.codestats_language
  if enabled == false or enabled == 0 then
    return nil
  elseif type(language) ~= 'string' or language == '' then
    language = variables.codestats_language_by_path
  end
  if language then
    return '=' .. language
  end
  embedded = embedded or require('codestats.embedded').key
  return embedded(get_option('filetype', current))
end

local function pay()
  local key = attribution()
  if not key then
    return
  end
  counts[key] = (counts[key] or 0) + 1
  pending, session, last_key = pending + 1, session + 1, os.time()
  if not armed then
    armed = true
    vim.fn['codestats#pulse#arm']()
  end
end

--- Note where the text stands without paying for how it came there.
local function rebase()
  buffer, tick = get_buffer(), get_tick(0)
end

--- Pay for a change made since the last look, if a typed key is still unpaid.
local function settle()
  local now = get_tick(0)
  if now == tick then
    return
  end
  local same = get_buffer() == buffer
  rebase()
  if credit and same then
    credit = false
    pay()
  end
end

-- A Normal-mode command that waits for its second key (`gg`, `fx`, `dw`) has not changed anything yet, and a finished
-- one was settled by TextChanged: what moved in between came from elsewhere.
local function settle_before_key()
  if get_tick(0) == tick then
    return
  end
  local mode = vim.fn.mode()
  if mode == 'i' or mode == 'R' or mode == 'r' then
    settle()
  else
    rebase()
  end
end

local function on_key(_, typed)
  if typed == '' then
    return
  end
  if not in_cmdline then
    settle_before_key()
  end
  credit = true
end

local function on_idle()
  settle()
  credit = false
end

-- Called for every paste, whole (-1) or in a stream of chunks (1 … 3): one operation, whatever its size.
local function on_paste(phase)
  if phase == -1 or phase == 1 then
    settle()
    credit = true
  end
end

--- A handler that cannot break typing: its first error is reported once and switches counting off.
local function guarded(handler)
  return function(...)
    local ok, problem = pcall(handler, ...)
    if not ok then
      M.stop()
      vim.schedule(function()
        vim.fn['codestats#message#error']('tracker', 'counting stopped: ' .. tostring(problem))
      end)
    end
  end
end

local function hook_paste()
  if M.paste_hooked then
    return
  end
  M.paste_hooked = true
  local paste, noticed = vim.paste, guarded(on_paste)
  vim.paste = function(lines, phase)
    noticed(phase)
    return paste(lines, phase)
  end
end

local function on(events, handler, pattern)
  local callback = guarded(handler)
  api.nvim_create_autocmd(events, {
    group = group,
    pattern = pattern,
    callback = function()
      callback()
    end,
  })
end

function M.start()
  api.nvim_create_augroup(group, { clear = true })
  rebase()
  on({ 'SafeState' }, on_idle)
  on({ 'TextChanged', 'BufLeave', 'ExitPre' }, settle)
  -- Without an InsertCharPre handler keys that arrive together are inserted in one step, with one tick.
  api.nvim_create_autocmd('InsertCharPre', { group = group, callback = function() end })
  -- Writing moves b:changedtick as well.
  on({ 'BufEnter', 'BufReadPost', 'BufWritePost', 'FileChangedShellPost' }, rebase)
  on({ 'CmdlineEnter' }, function()
    settle()
    in_cmdline = true
  end)
  on({ 'CmdlineLeave' }, function()
    rebase()
    in_cmdline = false
  end)
  vim.on_key(guarded(on_key), M.namespace)
  hook_paste()
end

function M.stop()
  vim.on_key(nil, M.namespace)
  pcall(api.nvim_del_augroup_by_name, group)
end

--- What was counted since the last call: XP by key and the time of the last keystroke (epoch seconds).
function M.take()
  local taken = { xp = next(counts) and counts or vim.empty_dict(), at = last_key }
  counts, pending, armed = {}, 0, false
  return taken
end

M.attribution = attribution

--- XP not yet taken, and XP counted since the editor was started.
function M.totals()
  return { pending, session }
end

function M.pause(value)
  settle()
  paused = value
end

M.namespace = api.nvim_create_namespace('codestats')

return M
