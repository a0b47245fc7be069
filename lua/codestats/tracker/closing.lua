--- Closing the open key: it earns 1 if a buffer's text changed and is not what it was, and what changes from then on is not its
--- work.

local M = {}

local buffers, counts = require('codestats.tracker.buffers'), require('codestats.tracker.counts')
local snapshot = require('codestats.tracker.snapshot')
local open_key, scripts = require('codestats.tracker.open_key'), require('codestats.tracker.scripts')
local stroke, text = require('codestats.tracker.stroke'), require('codestats.tracker.text')
local state = vim.fn.state

local answers = 0 -- changes agreed to at the prompt of :s///c

-- A key that may have been read ahead, and put back, while the work of the open one is not done:
---@class codestats.Ahead
---@field mode string
---@field key string
---@field typed string
---@field base codestats.Snapshot the text when it was read,
---@field was_changed boolean whether that was another than before the open key,
---@field touched codestats.Region and what had changed
local ahead ---@type codestats.Ahead?

local before_cmdline ---@type codestats.Region? what a mapping or macro had changed when it began a command line

--- Pay it for the change of another buffer, if one's text is not what it was.
local function pay_elsewhere()
  local buf = text.changed_elsewhere()
  if buf then
    text.keep(buf)
    if counts.pay(buf) then
      open_key.drop()
    end
  end
end

--- Pay it for what is touched in the current buffer; if that is not changed, or earns nothing, for another one.
local function pay_if_changed()
  if not text.is_touched() then
    return
  end
  local xp = answers > 0 and answers or open_key.has_changed() and 1 or 0
  answers = 0
  open_key.reopen() -- a mapping that begins with leaving Insert mode goes on
  if text.is_touched_elsewhere() and (xp == 0 or not counts.attribution(buffers.behind())) then
    xp = 0
    pay_elsewhere()
  elseif xp > 0 then
    open_key.drop()
  end
  text.forget()
  scripts.pay(xp)
end

--- Pay it if it changed the text.
function M.close()
  M.settle_ahead()
  if not open_key.is_open() then
    text.forget()
  elseif text.is_touched() then
    pay_if_changed()
  else
    pay_elsewhere()
    text.forget()
  end
end

--- The change that came with it, when the next one has come: paid, held while a script goes on, or others' work.
---@param mode string of the next one
---@param is_scripted boolean is that read by a script?
function M.close_before(mode, is_scripted)
  local is_insert = mode:find('^[iRsS\19]')
  if is_scripted and open_key.is_open() and not is_insert then
    if not mode:find('^no') and open_key.has_changed() then
      scripts.hold()
    end
    text.forget()
  elseif open_key.waiting() or not (open_key.is_under_way() or is_insert or mode:find('^r')) then
    -- A command that waits for its second key has not changed anything yet, and a finished one was closed by TextChanged.
    text.forget()
  else
    M.close()
  end
  if scripts.is_asking() and not is_scripted then
    scripts.pay(0)
  end
  open_key.end_wait()
end

--- The text of Normal mode changed. An operator that waits for its motion has not done it: it came from elsewhere, or is a
--- paste. What a mapping or a macro does goes on after its first command.
function M.close_after_change()
  local under_way = state('om')
  if under_way:find('o') and text.get() then
    text.forget()
  elseif under_way:find('m') then
    open_key.go_on()
  else
    M.close()
  end
end

--- The editor is idle.
function M.rest(mode)
  M.close()
  answers = 0
  open_key.rest(mode)
end

-- Keys read ahead --------------------------------------------------------------

--- Keep a key that may be read ahead while the open one is at work.
function M.read_ahead(mode, key, typed)
  local was_changed, _, touched = open_key.has_changed(), text.get()
  ahead = {
    mode = mode,
    key = key,
    typed = typed,
    base = open_key.take_snapshot(mode, key, typed),
    was_changed = was_changed,
    touched = snapshot.joined(touched),
  }
  text.forget()
end

--- A key that may have been read ahead was not: it is the open one, and the one before it was done when it came.
function M.settle_ahead()
  if ahead then
    local read = ahead
    ahead = nil
    open_key.open(read.mode, read.key, read.typed, read.base)
    if read.was_changed then
      scripts.pay(1)
    end
  end
end

--- A key comes that nobody types: if it is the one that was read ahead, the one before it is done now.
function M.put_back(key)
  if not ahead or ahead.key ~= key then
    return M.settle_ahead()
  end
  text.prepend(ahead.touched)
  ahead = nil
  pay_if_changed()
  open_key.open(vim.api.nvim_get_mode().mode, key, key)
end

-- Questions ----------------------------------------------------------------------

--- One is answered; `:s///c` changes the text at the end of the line, or shows it only.
function M.answer(typed)
  if answers == 0 then
    M.close()
  end
  open_key.reopen()
  answers = answers + (stroke.is_yes(typed) and 1 or 0)
end

--- Whether changes were agreed to and are not made yet.
function M.is_answered()
  return answers > 0
end

-- The command line -----------------------------------------------------------------

--- It begins. A command that waits for its rest has not changed anything, and a mapping or a macro goes on: what it has
--- changed is kept, as what is tried in the command line is taken back.
function M.enter_cmdline()
  if open_key.waiting() then
    text.forget()
  elseif open_key.is_open() and not ahead and text.is_touched() and state('m') == 'm' then
    local _, touched = text.get()
    before_cmdline = snapshot.joined(touched)
  else
    M.close()
  end
end

--- It ends; nothing of it is left in the text.
function M.leave_cmdline()
  text.forget()
  if before_cmdline then
    open_key.go_on()
    text.prepend(before_cmdline)
    before_cmdline = nil
  end
end

--- The mapping ended in the command line.
function M.settle_in_cmdline()
  if before_cmdline then
    M.leave_cmdline()
    M.close()
  end
end

return M
