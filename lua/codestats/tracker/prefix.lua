--- Commands of Insert mode that take more keys (CTRL-V, CTRL-K, CTRL-R, CTRL-G): while one waits it has changed nothing,
--- and what changes is others' work.

local M = {}

local first = { ['\22'] = 'literal', ['\17'] = 'literal', ['\11'] = 'digraph', ['\18'] = 'register', ['\7'] = 'one' }
-- Digits that a number of a kind may have, and how many.
local numbers = { x = { '^%x$', 2 }, u = { '^%x$', 4 }, U = { '^%x$', 8 }, o = { '^[0-7]$', 3 }, [''] = { '^%d$', 3 } }

--- The digits of the strongest of these letters, and how many.
local function kind_of(letters)
  return numbers[letters:match('x') or letters:match('[uU]') or letters]
end

--- What a number after CTRL-V waits for: `#`, the letters that say of which kind it is, and the digits that it has. As long as
--- it waits a letter may come, also after another one; the strongest counts.
---@param waiting string
---@param key string
---@return string?
local function after_in_number(waiting, key)
  local letters, number = waiting:match('^#([xuUo]*)(.*)$')
  if key:find('^[xXoOuU]$') then
    local letter = key:lower() == 'u' and key or key:lower()
    letters = letter .. letters:gsub(letter:lower() == 'u' and '[uU]' or letter, '')
  elseif key:find(kind_of(letters)[1]) then
    number = number .. key
  else
    return nil
  end
  return #number < kind_of(letters)[2] and '#' .. letters .. number or nil
end

--- What is still waited for after a key: a number, a name, or nil if the command is whole.
---@param waiting? string what was waited for before it
---@param key string
---@return string?
function M.after(waiting, key)
  if not waiting then
    return first[key]
  elseif waiting == 'literal' then
    return key:find('^[0-9xXoOuU]$') and after_in_number('#', key) or nil
  elseif waiting == 'digraph' then
    return #key < 4 and 'one' or nil
  elseif waiting == 'register' then
    return key:find('^[\18\15\16]$') and waiting or nil
  end
  return waiting:find('^#') and after_in_number(waiting, key) or nil
end

return M
