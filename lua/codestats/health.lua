--- `:checkhealth codestats`: shows what autoload/codestats/health.vim found.

local M = {}

function M.check()
  local id = vim.fn['codestats#health#start']()
  local entries = {}
  vim.wait(vim.fn['codestats#health#limit']() + 500, function()
    entries = vim.fn['codestats#health#result'](id)
    return #entries > 0
  end, 20)
  for _, entry in ipairs(entries) do
    local level, text, advice = entry[1], entry[2], entry[3]
    vim.health[level](text, advice ~= '' and { advice } or nil)
  end
end

return M
