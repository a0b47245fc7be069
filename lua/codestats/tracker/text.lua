--- The text when the open key came, and what of it changed since; that of other buffers when they were left.

local M = {}

local api = vim.api
local snapshot, buffers = require('codestats.tracker.snapshot'), require('codestats.tracker.buffers')
local scripts = require('codestats.tracker.scripts')

local base ---@type codestats.Snapshot? the text then; nil for what need not be looked at: a paste
local touched = snapshot.region() -- what of the current buffer changed since
local elsewhere ---@type integer? another buffer that changed since,
local elsewhere_touched = snapshot.region() -- and what of it
local left = {} ---@type table<integer, codestats.Snapshot> by buffer

--- A key is opened.
---@param text? codestats.Snapshot
function M.set(text)
  base = text
end

---@return codestats.Snapshot?, codestats.Region
function M.get()
  return base, touched
end

--- Forget what changed without paying for it.
function M.forget()
  snapshot.clear(touched)
  elsewhere = nil
end

--- Lines of the current buffer changed while a key is open.
function M.note(first, last, more)
  if base and base.row then
    -- The key works in the cursor's line. While a completion goes on there is no SafeState, so others may change more.
    if snapshot.is_beside(base, touched, first, last) then
      snapshot.shift(base, touched, last, more)
      return
    end
  elseif api.nvim_get_mode().mode:find('^rm?$') then
    return -- At a prompt nothing typed is at work: this is the work of others.
  end
  snapshot.extend(touched, first, last, more)
  scripts.extend(first, last, more)
end

--- What was noted before, `earlier`, comes before what was since.
---@param earlier codestats.Region
function M.prepend(earlier)
  touched = snapshot.joined(earlier, touched)
end

--- Lines of another buffer changed.
function M.note_elsewhere(buf, first, last, more)
  if elsewhere ~= buf then
    elsewhere = buf
    snapshot.clear(elsewhere_touched)
  end
  snapshot.extend(elsewhere_touched, first, last, more)
end

--- The current buffer is left.
function M.leave()
  local buf = api.nvim_get_current_buf()
  left[buf] = snapshot.page(buf, false)
end

--- A buffer is not the current one any more, as autocommands may not have told, or has been changed from another one.
function M.keep(buf)
  left[buf] = snapshot.of(buf)
end

--- Whether the text of a buffer that was left is kept.
function M.has_kept(buf)
  return left[buf] ~= nil
end

--- The current one is entered, or has another text: what a key does there that is open is compared with what was left.
function M.enter()
  base = left[buffers.current] or base
  left[buffers.current] = nil
  snapshot.clear(touched)
end

--- A buffer is gone.
function M.drop(buf)
  left[buf] = nil
end

function M.is_touched()
  return touched.low ~= nil
end

--- Whether that is, or has in it, the cursor's line.
function M.is_touched_here()
  return snapshot.is_in(touched, api.nvim_win_get_cursor(0)[1] - 1)
end

--- Whether another buffer was.
function M.is_touched_elsewhere()
  return elsewhere ~= nil
end

--- Whether what was touched is not what it was.
function M.is_changed()
  return not snapshot.is_same(base, buffers.current, touched)
end

--- The other buffer that changed, if its text is not what it was when it was left.
---@return integer?
function M.changed_elsewhere()
  local buf = elsewhere
  if buf and buf ~= buffers.current and api.nvim_buf_is_valid(buf) then
    return not snapshot.is_same(left[buf], buf, elsewhere_touched) and buf or nil
  end
end

return M
