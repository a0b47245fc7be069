--- Keys in Neovim, but for the letters of a run: what each ends, pays and begins. Loaded with the first.

local M = {}

local api = vim.api
local amended = require('codestats.tracker.amended')
local buffers, snapshot = require('codestats.tracker.buffers'), require('codestats.tracker.snapshot')
local closing, open_key = require('codestats.tracker.closing'), require('codestats.tracker.open_key')
local paste, run = require('codestats.tracker.paste'), require('codestats.tracker.run')
local scripts, strays = require('codestats.tracker.scripts'), require('codestats.tracker.strays')
local stroke, text = require('codestats.tracker.stroke'), require('codestats.tracker.text')
local get_buffer, get_mode = api.nvim_get_current_buf, api.nvim_get_mode

local letters_until_sleep = 8

local sources ---@type table? where text comes from, if that is noted

local rested = true -- was the editor idle since the last key?
local last_typed = ''
local in_cmdline = false

-- Is there an autocommand for idleness, and for how many letters was it not needed?
local watch ---@type fun()
local watched, quiet = false, 0

--- Counting starts, also when it was stopped before. `hook` has on_idle() called whenever the editor is idle.
---@param noted? table where text comes from, if that is noted
---@param hook fun()
function M.start(noted, hook)
  sources, watch, watched = noted, hook, false
end

local function watch_idleness()
  quiet = 0
  if not watched then
    watched = true
    watch()
  end
end

--- What changed before is paid or over.
function M.leave()
  run.finish()
  closing.close()
end

--- Another buffer, or another text in this one.
function M.enter()
  local before = buffers.current
  snapshot.expire() -- a reload tells of no lines
  if buffers.enter() then
    run.finish()
    if not text.has_kept(before) then
      text.keep(before)
    end
  end
  text.enter()
end

function M.leave_buffer()
  M.leave()
  text.leave()
end

--- A buffer is gone.
function M.drop_buffer(buf)
  text.drop(buf)
  amended.drop(buf)
end

-- Another's handler of CmdlineLeave comes before ours, and one that throws ends them all.
local function is_in_cmdline()
  if in_cmdline and get_mode().mode:sub(1, 1) ~= 'c' then
    in_cmdline = false
    closing.leave_cmdline()
  end
  return in_cmdline
end

-- What changes ---------------------------------------------------------------

--- Lines changed that are no letter's. What changes while no key is open is others' work.
function M.on_lines(buf, first, last, last_new, bytes)
  if sources then
    sources.changed(buf, first, last_new, bytes, open_key.is_awaited())
  end
  if buf ~= buffers.current then
    text.note_elsewhere(buf, first, last, last_new - last)
    return
  end
  snapshot.expire()
  if open_key.is_open() then
    text.note(first, last, last_new - last)
  else
    local growth = strays.note(first, last, last_new, bytes)
    if growth then
      amended.note(buf, growth)
      watch_idleness()
    end
  end
end

--- The text of Normal mode changed.
M.on_change = closing.close_after_change

-- Keys -----------------------------------------------------------------------

local function begin_run(typed)
  open_key.drop()
  run.begin(buffers.current, typed, stroke.lowest_letter())
  strays.set_rest_line(nil)
  snapshot.expire()
end

local function on_special(key, typed)
  local level = scripts.measure_depth()
  paste.reset()
  run.finish()
  watch_idleness()
  if typed == '\3' and last_typed == typed and not rested then
    return -- CTRL-C comes twice
  end
  local previous = last_typed
  last_typed = typed
  if get_buffer() ~= buffers.current then
    M.enter()
  end
  local is_paid = strays.pay(key, typed)
  if is_in_cmdline() then
    closing.settle_in_cmdline()
    open_key.reopen()
    rested = false
    return
  end
  local mode = get_mode().mode
  if sources then
    sources.open(mode, key, typed, previous, open_key.waiting())
  end
  local is_scripted = not mode:find('^[iR]') and scripts.note(level, rested, text.get())
  if mode == 'r?' and not is_scripted then
    closing.answer(typed)
    return
  end
  closing.settle_ahead()
  if open_key.is_open() and not rested and stroke.may_be_ahead(mode, typed) then
    closing.read_ahead(mode, key, typed)
    return
  end
  closing.close_before(mode, is_scripted)
  rested = false
  if stroke.is_letter(mode, key, typed) and not (open_key.waiting() or amended.has(buffers.current)) then
    begin_run(typed)
  else
    open_key.open(mode, key, typed)
    if is_paid then
      open_key.drop()
    end
  end
end

--- A key that is none of a run. What a macro or a mapping types is not typed.
function M.on_key(key, typed)
  if stroke.is_typed(typed) then
    on_special(key, typed)
  else
    paste.hear(key)
    closing.put_back(key)
  end
end

--- A paste, or a chunk of one.
function M.on_paste(lines, phase)
  if paste.begins(lines, phase) then
    M.leave()
    watch_idleness()
    open_key.open_unseen()
    rested = false
  end
end

--- Whether a key is at work or waited for.
function M.is_at_work()
  return not rested or open_key.is_awaited()
end

-- Rest -----------------------------------------------------------------------

local function rest_in_run()
  run.rest()
  quiet = quiet + 1
  watched = quiet <= letters_until_sleep
  return not watched -- `true` removes the autocommand
end

--- The editor is idle. Nothing typed is under way any more: what comes next is others' work.
function M.on_idle()
  if is_in_cmdline() and scripts.is_running() then
    return -- the end of its :normal
  end
  paste.reset()
  rested = true
  if run.is_on() and not strays.is_going_on() then
    return rest_in_run()
  end
  if is_in_cmdline() then
    closing.settle_in_cmdline()
    text.forget()
    open_key.drop()
    return
  end
  local mode = get_mode().mode
  if mode == 'r?' and closing.is_answered() then
    return
  end
  strays.settle()
  closing.rest(mode)
  if sources and not open_key.is_open() then
    sources.settle()
  end
  scripts.rest()
  strays.set_rest_line(mode:sub(1, 1) == 'i' and not run.is_on() and api.nvim_get_current_line() or nil)
end

-- The command line -----------------------------------------------------------

function M.on_cmdline_enter()
  run.finish()
  closing.enter_cmdline()
  in_cmdline = true
end

function M.on_cmdline_leave()
  closing.leave_cmdline()
  in_cmdline = false
end

function M.on_cmdwin_enter()
  in_cmdline = false
end

--- The editor passes for idle between the <CR> in that window and the command it runs.
M.on_cmdwin_leave = open_key.open_unseen

return M
