--- Pastes from the terminal, as vim.paste() is given them: one operation each, whatever its size.

local M = {}

local repeated = '\128PS' -- the key that `.` and macros have for one (seen since 0.11)

local is_due, is_repeated = false, false

--- A key that nobody typed comes.
function M.hear(key)
  is_repeated = is_repeated or key == repeated
end

--- A typed one, or the editor is idle.
function M.reset()
  is_repeated = false
end

--- Whether one begins that somebody pasted. It comes whole (phase -1) or in a stream of chunks (1 … 3). Over a slow line the
--- first chunks may be empty, and the editor passes for idle between them.
function M.begins(lines, phase)
  if is_repeated then
    return false
  end
  is_due = is_due or phase == -1 or phase == 1
  if is_due and (#lines > 1 or (lines[1] or '') ~= '') then
    is_due = false
    return true
  end
  return false
end

return M
