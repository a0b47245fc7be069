--- Counting in Neovim: a typed key that changes the text of a normal buffer earns 1 XP.
---
--- autoload/codestats/tracker.vim is the same rule for Vim; tests/editor/test_counting.py holds both to one table.
---
--- `credit` is true from a typed key until the change it makes was paid for, or until the editor goes idle. `tick` is the
--- b:changedtick last seen. A moved tick is paid when there is a credit and otherwise only noted, so that what jobs,
--- timers, language servers and reloads write earns nothing.

-- A plugin manager's reload forgets modules; this one has counted things, and its hooks go on.
if _G.codestats_tracker then
  return _G.codestats_tracker
end

local M = {}
_G.codestats_tracker = M

local api = vim.api
local get_tick, get_buffer, get_option = api.nvim_buf_get_changedtick, api.nvim_get_current_buf, api.nvim_get_option_value
local get_line, get_mode = api.nvim_get_current_line, api.nvim_get_mode
local changenr, expand, pumvisible, state = vim.fn.changenr, vim.fn.expand, vim.fn.pumvisible, vim.fn.state
local current = { buf = 0 }
local group = 'codestats_tracker'

local counts = {} ---@type table<string, integer> XP by filetype (or `=Language`) since the last take()
local pending, session, last_key = 0, 0, 0
local nothing = {} ---@type table<string, true> keys that are known to earn nothing
local buffer, tick = -1, -1
local credit, in_cmdline, paused, armed = false, false, false, false
local started = false
local line ---@type string? the line under a key that may work on a completion menu
local menu = 0 -- whether one was open then, or may have been
local asked = false -- a script asked for keys and changed the text: it may show something there and take it back
local held = 0 -- XP of these keys
local change = 0 -- the number of the newest change before that
local paste_is_due = false -- one has begun, and nothing of it has come yet
local embedded ---@type (fun(filetype: string): string)? loaded with the first XP

local function name(value)
  return type(value) == 'string' and value ~= '' and not value:find('%z') and value
end

--- What the current buffer's XP goes to: a filetype, `=Name` for a language given outright, or nil for nothing.
local function attribution()
  local buftype = get_option('buftype', current)
  if (buftype ~= '' and buftype ~= 'acwrite') or paused then
    return nil
  end
  local variables = vim.b
  local enabled = variables.codestats_enabled
  if enabled == false or enabled == 0 then
    return nil
  end
  local language = name(variables.codestats_language) or name(variables.codestats_language_by_path)
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
  if not nothing[key] then
    counts[key] = (counts[key] or 0) + 1
    pending, session, last_key = pending + 1, session + 1, os.time()
  end
  if not armed then
    armed = true
    vim.fn['codestats#pulse#arm']()
  end
end

--- Note where the text stands without paying for how it came there.
local function rebase()
  buffer, tick = get_buffer(), get_tick(0)
end

-- A menu that opens or closes with nothing chosen takes the text before the cursor out and puts it back.
local function put_back()
  return line == get_line() and (menu == 1 or pumvisible() == 1)
end

local function in_script()
  if get_mode().mode:find('^[iR]') then
    return false
  end
  local found, stack = pcall(expand, '<stack>') -- with 'verbose' it is an error that there is none (seen on 0.11)
  return found and (stack:sub(1, 9) == 'function ' or stack:sub(1, 7) == 'script ')
end

--- Pay what is held, and `more`, unless the script undid all it did.
local function release(more)
  local due = (asked and changenr() == change) and 0 or held + more
  asked, held = false, 0
  for _ = 1, due do
    pay()
  end
end

--- Pay for a change made since the last look, if a typed key is still unpaid.
---@param is_key? boolean the next key is here
local function settle(is_key)
  if get_tick(0) == tick then
    return
  end
  local same = get_buffer() == buffer
  rebase()
  local waits = (is_key or asked) and in_script()
  asked = asked or waits
  if credit and same then
    credit = false
    if line and put_back() then
      return
    elseif not waits then
      release(1)
    elseif not state('o'):find('o') then
      held = held + 1
    end
  end
end

-- Floating menus and snippets can't be seen; these keys are for them if nothing comes of it: Tab, CTRL-E, -N, -P and -Y.
-- Neovim 0.10 tells mapped ones as letters with a modifier.
local function is_step(typed)
  local is_one = ('\t\5\14\16\25'):find(typed, 1, true) or typed:find('^\128\252\4[ENPY]$')
  return is_one and get_mode().mode:find('^[is]')
end

-- Another's handler of CmdlineLeave comes before ours, and one that throws ends them all.
local function is_in_cmdline()
  if in_cmdline and get_mode().mode:sub(1, 1) ~= 'c' then
    in_cmdline = false
    rebase()
  end
  return in_cmdline
end

local function on_key(_, typed)
  if typed == '' then
    return
  end
  if not is_in_cmdline() then
    settle(true)
  end
  credit = true
  if typed < ' ' or (typed > '~' and typed < '\194') then
    line, menu = get_line(), is_step(typed) and 1 or pumvisible()
  else
    line = nil
  end
end

-- An operator that waits for its motion has not changed anything: what did came from elsewhere.
local function on_change()
  if state('o') == 'o' then
    rebase()
  else
    settle()
  end
end

-- Nothing typed is under way any more: what comes next is others' work.
local function on_idle()
  if not is_in_cmdline() then
    settle()
    if not (asked and in_script()) then
      release(0)
      change = changenr()
    end
  end
  rebase()
  credit = false
end

-- Called for every paste, whole (-1) or in a stream of chunks (1 … 3): one operation, whatever its size. Over a slow line
-- the first chunks may be empty, and the editor passes for idle between them.
local function on_paste(lines, phase)
  if phase == -1 or phase == 1 then
    paste_is_due = true
  end
  if paste_is_due and (#lines > 1 or (lines[1] or '') ~= '') then
    paste_is_due = false
    settle()
    credit = true
  end
end

--- A handler that cannot break typing: its first error is reported once and switches counting off. CTRL-C is none: it was
--- meant for something else.
local function guarded(handler)
  return function(...)
    local ok, problem = pcall(handler, ...)
    if not ok and not tostring(problem):find('[Ii]nterrupt') then
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
    if started then
      noticed(lines, phase)
    end
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
  -- While a menu is open there is no SafeState.
  on({ 'SafeState', 'TextChangedP' }, on_idle)
  on({ 'TextChanged' }, on_change)
  on({ 'BufLeave', 'ExitPre', 'BufWritePre' }, settle)
  -- Writing moves b:changedtick as well.
  on({ 'BufEnter', 'BufReadPost', 'BufWritePost', 'FileChangedShellPost' }, rebase)
  -- Without an InsertCharPre handler keys that arrive together are inserted in one step, with one tick. It need not be called.
  api.nvim_create_autocmd('InsertCharPre', { group = group, pattern = 'codestats://any', command = ':' })
  on({ 'CmdlineEnter' }, function()
    settle()
    in_cmdline = true
  end)
  on({ 'CmdlineLeave' }, function()
    rebase()
    in_cmdline = false
  end)
  on({ 'CmdwinEnter' }, function()
    in_cmdline = false
  end)
  -- The editor passes for idle between the <CR> in that window and the command it runs.
  on({ 'CmdwinLeave' }, function()
    credit = true
  end)
  vim.on_key(guarded(on_key), M.namespace)
  hook_paste()
  started = true
end

function M.stop()
  started = false
  vim.on_key(nil, M.namespace)
  pcall(api.nvim_del_augroup_by_name, group)
end

--- What was counted since the last call: XP by key and the time of the last keystroke (epoch seconds).
function M.take()
  local taken = { xp = next(counts) and counts or vim.empty_dict(), at = last_key }
  counts, pending, armed = {}, 0, false
  return taken
end

--- Count these keys no more: it turned out that they earn nothing, `xp` of them that were taken among it.
---@param keys string[]
---@param xp integer
function M.ignore(keys, xp)
  session = session - xp
  for _, key in ipairs(keys) do
    nothing[key] = true
    pending, session = pending - (counts[key] or 0), session - (counts[key] or 0)
    counts[key] = nil
  end
end

--- Count all keys again: the names of languages have changed.
function M.regard()
  nothing = {}
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
