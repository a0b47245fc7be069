--- The open key: what it is, what its command waits for, and whether its work is. A key is *opened* when it is typed and *closed*
--- (closing.lua) when the next one is, or when the editor goes idle.

local M = {}

local prefix, snapshot = require('codestats.tracker.prefix'), require('codestats.tracker.snapshot')
local buffers, strays = require('codestats.tracker.buffers'), require('codestats.tracker.strays')
local stroke, text = require('codestats.tracker.stroke'), require('codestats.tracker.text')
local now = vim.uv.now

local patience = 250 -- ms that a mapped key of Insert mode may take to do its work

local is_open = false
local in_block = false -- was Insert mode begun for a block, whose other lines are filled when it ends?
local waiting ---@type string? what the rest of a command of Insert mode is
local is_under_way = false -- has its mapping or macro changed the text and is not at its end?
local may_be_late = false -- may its work come when the editor has been idle,
local deadline ---@type integer? and until when?

--- What to compare with when it is closed.
function M.take_snapshot(mode, key, typed)
  if key == typed and not in_block and stroke.is_of_line(mode, key) then
    return snapshot.line(buffers.current)
  else
    return snapshot.page(buffers.current, mode:find('^[vV\22sS\19]') ~= nil, stroke.is_far_reaching(mode, key))
  end
end

---@param base? codestats.Snapshot the text when it came, if that was earlier
function M.open(mode, key, typed, base)
  in_block = mode == '\22' or (in_block and mode:find('^[iR]') ~= nil)
  -- CTRL-O after CTRL-V is a letter, and may fill a block.
  is_open = waiting ~= nil or in_block or not stroke.does_nothing(mode, key, typed)
  -- CTRL-V and CTRL-K after CTRL-X complete.
  local is_prefix = mode:find('^[iR]') and not mode:find('x$') and key == typed
  waiting = is_prefix and prefix.after(waiting, typed) or nil
  may_be_late = mode:find('^[is]') and (key ~= typed or stroke.is_step(typed)) and strays.is_calm()
  text.set(base or M.take_snapshot(mode, key, typed))
end

--- Open one whose change need not be looked at.
function M.open_unseen()
  is_open = true
  text.set(nil)
end

--- It goes on.
function M.reopen()
  is_open = true
end

--- No key is open: what comes is others' work.
function M.drop()
  is_open = false
end

--- Another key comes: this one's work has had its time.
function M.end_wait()
  deadline, is_under_way = nil, false
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

--- Its mapping or macro is not at its end.
function M.go_on()
  is_under_way = is_open
end

function M.is_under_way()
  return is_under_way
end

--- Whether the text is not what it was. What changes when the work of a mapped key of Insert mode is waited for is others' work
--- in lines other than the cursor's.
function M.has_changed()
  return text.is_touched() and not (deadline and not text.is_touched_here()) and text.is_changed()
end

--- The editor is idle. Mapped keys of Insert and Select mode may do their work by and by; others have done it.
function M.rest(mode)
  if is_open and may_be_late and mode:find('^[is]') then
    deadline = deadline or now() + patience
    is_open = now() <= deadline
  else
    is_open = false
  end
end

return M
