--- The open key, and what it earns. A key is *opened* when it is typed and *closed* when the next one is, or when the editor
--- goes idle: it earns 1 if a buffer's text changed meanwhile and is not what it was.

local M = {}

local api = vim.api
local counts, snapshot = require('codestats.tracker.counts'), require('codestats.tracker.snapshot')
local buffers, scripts = require('codestats.tracker.buffers'), require('codestats.tracker.scripts')
local prefix, strays = require('codestats.tracker.prefix'), require('codestats.tracker.strays')
local text, typed_key = require('codestats.tracker.text'), require('codestats.tracker.typed')
local get_mode, now = api.nvim_get_mode, vim.uv.now

local patience = 250 -- ms that a mapped key of Insert mode may take to do its work

local is_open = false
local in_block = false -- was Insert mode begun for a block, whose other lines are filled when it ends?
local waiting ---@type string? what the rest of a command of Insert mode is
local is_under_way = false -- has its mapping or macro changed the text and is not at its end?
local may_be_late = false -- may its work come when the editor has been idle,
local deadline ---@type integer? and until when?
local answers = 0 -- changes agreed to at the prompt of :s///c

-- A key that may have been read ahead, and put back, while the work of the open one is not done:
---@type { key: string, base: codestats.Snapshot, was_changed: boolean, touched: codestats.Region }?
local ahead

local before_cmdline ---@type codestats.Region? what a mapping or macro had changed when it began a command line

--- Whether what changed are other lines than the cursor's, in which mapped keys of Insert mode do what they are waited for.
local function is_others()
  return deadline and not text.is_touched_here()
end

local function is_changed()
  return text.is_touched() and not is_others() and text.is_changed()
end

-- Closing ------------------------------------------------------------------

local function pay_if_changed()
  if text.is_touched() then
    local xp = answers > 0 and answers or is_changed() and 1 or 0
    is_open = xp == 0 -- a mapping that begins with leaving Insert mode goes on
    answers = 0
    text.forget()
    scripts.pay(xp)
  end
end

--- Pay it for the change of another buffer, if one's text is not what it was.
local function pay_elsewhere()
  local buf = text.changed_elsewhere()
  if buf then
    text.drop(buf)
    is_open = not counts.pay(buf)
  end
end

--- The key that may have been read ahead was not: it is the open one, and the one before it was done when it came.
function M.settle_ahead()
  if ahead then
    local was_changed = ahead.was_changed
    text.set(ahead.base)
    ahead = nil
    if was_changed then
      scripts.pay(1)
    end
  end
end

--- Pay it if it changed the text.
function M.close()
  M.settle_ahead()
  if not is_open then
    text.forget()
  elseif text.is_touched() then
    pay_if_changed()
  else
    pay_elsewhere()
    text.forget()
  end
end

local function is_more_to_come()
  return vim.fn.state('m') == 'm'
end

--- A command line begins. A command that waits for its rest has not changed anything, and a mapping or a macro goes on: what
--- it has changed is kept, as what is tried in the command line is taken back.
function M.enter_cmdline()
  if waiting then
    text.forget()
  elseif is_open and not ahead and text.is_touched() and is_more_to_come() then
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
    is_under_way = true
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

--- The change that came with it, when the next one has come: paid, held while a script goes on, or others' work.
---@param mode string of the next one
---@param is_scripted boolean is that read by a script?
function M.close_before(mode, is_scripted)
  local is_insert = mode:find('^[iRsS\19]')
  if is_scripted and is_open and not is_insert then
    if not mode:find('^no') and is_changed() then
      scripts.hold()
    end
    text.forget()
  elseif waiting or not (is_under_way or is_insert or mode:find('^r')) then
    -- A command that waits for its second key has not changed anything yet, and a finished one was closed by TextChanged.
    text.forget()
  else
    M.close()
  end
  if scripts.is_asking() and not is_scripted then
    scripts.pay(0)
  end
  deadline, is_under_way = nil, false
end

--- The text changed. An operator that waits for its motion has not done it: it came from elsewhere, or is a paste. What a
--- mapping or a macro does goes on after its first command.
function M.close_after_change()
  local under_way = vim.fn.state('om')
  if under_way:find('o') and text.get() then
    text.forget()
  elseif under_way:find('m') then
    is_under_way = is_open
  else
    M.close()
  end
end

--- Whether it is waited for: mapped ones of Insert and Select mode may do their work by and by.
local function wait_for_late(mode)
  if not may_be_late or not mode:find('^[is]') then
    return false
  end
  deadline = deadline or now() + patience
  return now() <= deadline
end

--- The editor is idle.
function M.rest(mode)
  M.close()
  answers = 0
  if is_open and not wait_for_late(mode) then
    is_open = false
  end
end

-- Opening ------------------------------------------------------------------

--- What to compare with when it is closed.
local function take_snapshot(mode, key, typed)
  if key == typed and typed_key.is_of_line(mode, key) then
    return snapshot.line(buffers.current)
  else
    return snapshot.page(buffers.current, mode:find('^[vV\22sS\19]') ~= nil)
  end
end

function M.open(mode, key, typed)
  in_block = mode == '\22' or (in_block and mode:find('^[iR]') ~= nil)
  -- CTRL-O after CTRL-V is a letter, and may fill a block.
  is_open = waiting ~= nil or in_block or not typed_key.does_nothing(mode, key, typed)
  -- CTRL-V and CTRL-K after CTRL-X complete.
  waiting = mode:find('^[iR]') and mode:sub(2) ~= 'x' and key == typed and prefix.after(waiting, typed) or nil
  may_be_late = mode:find('^[is]') and (key ~= typed or typed_key.is_step(typed)) and strays.is_calm()
  text.set(take_snapshot(mode, key, typed))
end

--- Open one whose change need not be looked at.
function M.open_unseen()
  is_open = true
  text.set(nil)
end

--- It goes on, in the command line.
function M.reopen()
  is_open = true
end

--- No key is open: what comes is others' work.
function M.drop()
  is_open = false
end

function M.is_open()
  return is_open
end

--- Whether its work is waited for.
function M.is_awaited()
  return is_open and deadline ~= nil
end

--- What the rest of a command of Insert mode is, if one waits for that.
function M.waiting()
  return waiting
end

--- Keep a key that may be read ahead while this one is at work.
function M.read_ahead(mode, key, typed)
  local was_changed, _, touched = is_changed(), text.get()
  ahead = {
    key = key,
    base = take_snapshot(mode, key, typed),
    was_changed = was_changed,
    touched = snapshot.joined(touched),
  }
  text.forget()
end

--- A key comes that nobody types: if it is the one that was read ahead, the one before it is done now.
function M.put_back(key)
  if not ahead or ahead.key ~= key then
    return M.settle_ahead()
  end
  text.prepend(ahead.touched)
  ahead = nil
  pay_if_changed()
  M.open(get_mode().mode, key, key)
end

--- A question is answered; `:s///c` changes the text at the end of the line, or shows it only.
function M.answer(typed)
  if answers == 0 then
    M.close()
  end
  is_open = true
  answers = answers + (typed_key.is_yes(typed) and 1 or 0)
end

--- Whether changes were agreed to and are not made yet.
function M.is_answered()
  return answers > 0
end

return M
