--- Letters in a row, typed in Insert mode: the hot path. The first opens a run, which knows what its XP goes to, and each is
--- paid by the change that it makes. Any other key ends it.

local M = {}

local counts = require('codestats.tracker.counts')
local time = os.time

local sources ---@type table? where text comes from, if that is noted
local on_other_key ---@type fun(key: string, typed: string)
local on_other_change ---@type fun(buf: integer, first: integer, last: integer, last_new: integer, bytes: integer): boolean?

local in_run = false
local home = -1 -- the buffer it is in
local xp_key ---@type string? what it goes to,
local is_sure = false -- as far as syntax groups are asked: they are right only when the editor is idle
local paid, added = 0, 0 -- letters since the start of the editor, and how many of them were added to the counts
local last_letter = 0
local wide = 0 -- bytes beyond one of each letter
local letter = false -- one was typed whose change has not come yet
local lowest = ' ' -- of what is a letter here

--- Who hears of what is none of a run's.
function M.set_other(on_key, on_change)
  on_other_key, on_other_change = on_key, on_change
end

---@param noted? table
function M.set_sources(noted)
  sources = noted
end

--- Whether this is a letter beyond ASCII; if so, its further bytes are counted.
local function count_wide(typed)
  if typed < '\194' then
    return false
  end
  wide = wide + #typed - 1
  return true
end

function M.on_key(key, typed)
  if in_run and key == typed and typed >= lowest and (typed <= '~' or count_wide(typed)) then
    letter = true
  else
    on_other_key(key, typed)
  end
end

function M.on_lines(_, buf, _, first, last, last_new, bytes)
  if letter and buf == home then
    letter, paid, last_letter = false, paid + 1, time()
  else
    return on_other_change(buf, first, last, last_new, bytes)
  end
end

--- A letter that was typed begins a run, in the current buffer.
---@param buf integer that buffer
---@param typed string
---@param least string the first character that is a letter there
function M.begin(buf, typed, least)
  in_run, home, xp_key, is_sure, letter, lowest = true, buf, counts.attribution(), false, true, least
  if sources then
    sources.begin_run()
    count_wide(typed)
  end
  if xp_key then
    counts.arm()
  end
end

function M.is_on()
  return in_run
end

--- The editor is idle.
function M.rest()
  if not is_sure then
    is_sure, xp_key = true, counts.attribution()
  end
  letter = false
  if sources then
    sources.settle()
  end
end

--- Add what was paid to the counts.
function M.flush()
  if paid > added then
    local xp = paid - added
    added = paid
    counts.add(xp_key, xp, last_letter)
    if sources then
      sources.add(xp_key, 'typed', xp + wide, 0)
    end
    wide = 0
  end
end

--- The last letter is not in the text any more.
function M.take_back()
  paid = math.max(added, paid - 1)
end

--- The end of the run, if there is one.
function M.finish()
  M.flush()
  in_run, letter = false, false
end

--- How many letters were paid since the start of the editor.
function M.paid()
  return paid
end

return M
