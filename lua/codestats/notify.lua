--- Messages through the user's notification plugin, whatever `vim.notify` is there: a function, a callable table, one that
--- fails, one that only echoes, one that asks for a key, one that does any of it later.

local M = {}

local answers = ('\r'):rep(20) -- for whoever asks: what is being typed is not meant for them

--- Whether a function of Neovim's own only calls another one, as those of vim.schedule_wrap() do.
local function wraps(notify)
  for number = 1, debug.getinfo(notify, 'u').nups do
    local _, value = debug.getupvalue(notify, number)
    if type(value) == 'function' then
      return true
    end
  end
  return false
end

--- Whether `vim.notify` is a plugin's. Neovim's own only echoes, and comes from the same file as its neighbours ("?" in 0.12,
--- which tells no file).
function M.is_plugin()
  local notify = vim.notify
  if type(notify) ~= 'function' then
    return vim.is_callable(notify)
  end
  return debug.getinfo(notify, 'S').source ~= debug.getinfo(vim.deprecate, 'S').source or wraps(notify)
end

--- Run {work} with nothing drawn below the windows, and no key of the user's taken.
---@return string? problem why it has shown nothing that stays
local function quietly(work)
  local asks, problem = false, nil
  M.work = function()
    local ok, value = pcall(work)
    problem = not ok and tostring(value) or nil
  end
  vim.fn.inputsave()
  vim.api.nvim_feedkeys(answers, 'n', false)
  local namespace = vim.on_key(function()
    asks = true
  end)
  local ok, result = pcall(vim.api.nvim_exec2, 'silent! lua require("codestats.notify").work()', { output = true })
  vim.on_key(nil, namespace)
  vim.fn.inputrestore()
  M.work = nil
  if not ok then
    return tostring(result)
  end
  return problem or (asks and 'it asks for keys') or (vim.trim(result.output) ~= '' and 'it only echoes') or nil
end

--- The same, also for what {work} puts off by vim.schedule().
---@param report fun(problem: string)
local function guard(work, report)
  local late = {}
  local schedule = vim.schedule
  vim.schedule = function(callback)
    late[#late + 1] = callback
  end
  local problem = quietly(work)
  vim.schedule = schedule
  for _, callback in ipairs(late) do
    schedule(function()
      guard(callback, report)
    end)
  end
  if problem then
    report(problem)
  end
end

--- Hand {text} to `vim.notify`. What that does not show, the Vim function {not_shown} is told, at once or later.
---@param text string
---@param level integer
---@param not_shown string
function M.show(text, level, not_shown)
  local is_reported = false
  guard(function()
    vim.notify(text, level, { title = 'codestats' })
  end, function(problem)
    if not is_reported then
      is_reported = true
      vim.fn[not_shown](text, level, problem)
    end
  end)
end

return M
