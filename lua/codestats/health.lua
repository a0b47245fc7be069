--- `:checkhealth codestats`: shows what autoload/codestats/health.vim found.

local M = {}

-- Nothing else can be done meanwhile. :CodeStatsHealth waits for longer, and in the background.
local longest = 5000 -- ms

function M.check()
  local id = vim.fn['codestats#health#start']()
  local entries = {}
  local is_done = vim.wait(longest, function()
    entries = vim.fn['codestats#health#result'](id)
    return #entries > 0
  end, 20)
  if not is_done then
    entries = vim.fn['codestats#health#give_up'](id, longest)
  end
  for _, entry in ipairs(entries) do
    local level, text, advice = entry[1], entry[2], entry[3]
    vim.health[level](text, advice ~= '' and { advice } or nil)
  end
end

return M
