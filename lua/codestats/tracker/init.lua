--- Counting in Neovim: a typed key that changes the text of a normal buffer earns 1 XP.
---
--- autoload/codestats/tracker.vim is the same rule for Vim; tests/editor/test_counting.py holds both to one table, and
--- doc/dev/counting.md draws it. Here is what the session asks for, and what the editor calls: all that is more than letters
--- in a row (run.lua) goes to keys.lua, which is loaded when it is first needed.

-- A plugin manager's reload forgets modules; this one has counted things, and its hooks go on.
if _G.codestats_tracker then
  return _G.codestats_tracker
end

local M = {}
_G.codestats_tracker = M

local api = vim.api
local buffers, counts = require('codestats.tracker.buffers'), require('codestats.tracker.counts')
local run = require('codestats.tracker.run')
local group = 'codestats_tracker'

local started = false
local sources ---@type table? where text comes from, if that is noted (g:codestats_sources)
local keys ---@type table?

--- Another's handler, or a bug of ours, cannot break typing: the first error is reported once and switches counting off.
--- CTRL-C is none: it was meant for something else.
local function guarded(handler)
  return function(...)
    local ok, result = pcall(handler, ...)
    if ok then
      return result
    elseif not tostring(result):find('[Ii]nterrupt') then
      M.stop()
      vim.schedule(function()
        vim.fn['codestats#message#error']('tracker', 'counting stopped: ' .. tostring(result))
      end)
    end
  end
end

--- Modules that are loaded now share the state of those that are there, also when these were forgotten.
local function keep_modules()
  for name, module in pairs({ [''] = M, ['.buffers'] = buffers, ['.counts'] = counts, ['.run'] = run }) do
    package.loaded['codestats.tracker' .. name] = module
  end
end

local function watch_idleness()
  api.nvim_create_autocmd('SafeState', { group = group, callback = guarded(keys.on_idle) })
end

local function load_keys()
  if not keys then
    keep_modules()
    keys = require('codestats.tracker.keys')
    keys.start(sources, watch_idleness)
  end
  return keys
end

local function set_sources(module)
  sources = module
  run.set_sources(module)
  if keys then
    keys.start(module, watch_idleness)
  end
end

-- What the editor calls ------------------------------------------------------

run.set_other(
  guarded(function(key, typed)
    load_keys().on_key(key, typed)
  end),
  guarded(function(buf, ...)
    if not buffers.is_listened(buf) then
      return true -- to be called no more
    end
    -- Before the first key nothing is anybody's, but of an <expr> mapping of Insert mode Neovim tells later.
    if keys or sources or api.nvim_get_mode().mode:find('^i') then
      load_keys().on_lines(buf, ...)
    end
  end)
)

local function on_gone(buf)
  if keys then
    keys.drop_buffer(buf)
  end
end

local function enter()
  if keys then
    keys.enter()
  else
    buffers.enter()
  end
end

local function on(events, handler)
  local callback = guarded(handler)
  api.nvim_create_autocmd(events, {
    group = group,
    callback = function()
      callback()
    end,
  })
end

--- Call a function of keys.lua at these events; before the first key there is nothing to tell it.
local function tell(events, name)
  on(events, function()
    if keys then
      keys[name]()
    end
  end)
end

local function hook_events()
  -- While a menu is open there is no SafeState.
  tell({ 'TextChangedP' }, 'on_idle')
  tell({ 'TextChanged' }, 'on_change')
  tell({ 'ExitPre', 'BufWritePre' }, 'leave')
  on({ 'BufLeave' }, function()
    load_keys().leave_buffer() -- which keeps its text
  end)
  on({ 'BufEnter', 'BufReadPost', 'BufWritePost', 'FileChangedShellPost' }, enter)
  on({ 'FileType', 'InsertLeave' }, run.finish)
  on({ 'TermOpen' }, buffers.unlisten)
  -- Without an InsertCharPre handler keys that arrive together are inserted in one step, with one change. It need not be
  -- called.
  api.nvim_create_autocmd('InsertCharPre', { group = group, pattern = 'codestats://any', command = ':' })
  tell({ 'CmdlineEnter' }, 'on_cmdline_enter')
  tell({ 'CmdlineLeave' }, 'on_cmdline_leave')
  tell({ 'CmdwinEnter' }, 'on_cmdwin_enter')
  tell({ 'CmdwinLeave' }, 'on_cmdwin_leave')
end

local function hook_paste()
  if M.paste_hooked then
    return
  end
  M.paste_hooked = true
  local paste = vim.paste
  local notice = guarded(function(lines, phase)
    load_keys().on_paste(lines, phase)
  end)
  vim.paste = function(lines, phase)
    local by_key = keys ~= nil and keys.is_at_work()
    if started then
      notice(lines, phase)
    end
    if not sources then
      return paste(lines, phase)
    end
    sources.paste(true, by_key)
    local goes_on = paste(lines, phase)
    sources.paste(false)
    return goes_on
  end
end

-- What the session asks for --------------------------------------------------

function M.start()
  api.nvim_create_augroup(group, { clear = true })
  started = true
  buffers.start(run.on_lines, on_gone)
  enter()
  local wanted = vim.fn['codestats#config#get']('sources')
  if wanted == true or wanted == 1 then
    keep_modules()
    set_sources(require('codestats.tracker.sources'))
    sources.start()
  else
    set_sources(nil)
  end
  hook_events()
  vim.on_key(run.on_key, M.namespace)
  hook_paste()
end

function M.stop()
  started = false
  buffers.stop()
  vim.on_key(nil, M.namespace)
  pcall(api.nvim_del_augroup_by_name, group)
  if sources then
    sources.stop()
    set_sources(nil)
  end
end

function M.take()
  run.finish()
  local taken = counts.take()
  taken.sources = sources and sources.take() or nil
  return taken
end

function M.counted()
  run.finish()
  return counts.counted()
end

function M.rest()
  run.finish()
  counts.rest()
end

function M.ignore(names, xp)
  run.finish()
  counts.ignore(names, xp)
end

function M.totals()
  run.flush()
  return counts.totals()
end

function M.pause(value)
  run.finish()
  if keys then
    keys.leave()
  end
  if sources then
    sources.flush()
  end
  counts.pause(value)
end

M.regard = counts.reset_ignored
M.attribution = counts.attribution
M.namespace = api.nvim_create_namespace('codestats')

return M
