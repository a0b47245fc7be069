--- Commands of Insert mode that take more keys (CTRL-V, CTRL-K, CTRL-R, CTRL-G): while one waits it has changed nothing,
--- and what changes is others' work.

local M = {}

local first = { ['\22'] = 'literal', ['\17'] = 'literal', ['\11'] = 'digraph', ['\18'] = 'register', ['\7'] = 'one' }
-- Which digits follow a letter, and how many.
local numbers = { o = 'o3', O = 'o3', x = 'x2', X = 'x2', u = 'x4', U = 'x8' }
local digits = { d = '^%d$', o = '^[0-7]$', x = '^%x$' }

--- What is still waited for after a key: digits, a name, or nil if the command is whole.
---@param waiting? string what was waited for before it
---@param key string
---@return string?
function M.after(waiting, key)
  if not waiting then
    return first[key]
  elseif waiting == 'literal' then
    return numbers[key] or (key:find('^%d$') and 'd2') or nil
  elseif waiting == 'digraph' then
    return #key < 4 and 'one' or nil
  elseif waiting == 'register' then
    return key:find('^[\18\15\16]$') and waiting or nil
  elseif waiting:find('[2-8]$') and key:find(digits[waiting:sub(1, 1)]) then
    return waiting:sub(1, 1) .. (waiting:sub(2) - 1)
  end
end

return M
