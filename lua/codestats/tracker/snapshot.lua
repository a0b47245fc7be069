--- The text around the cursor as it was when a key came, the lines that changed since, and whether they are what they were.
---
--- Some keys take text out and put the same back: stepping over a bracket, a choice that is in the text already, `p` of a
--- word over itself. Nothing of it is looked at for letters typed in Insert mode, which always change the text.

local M = {}

local api = vim.api
local get_lines, get_cursor = api.nvim_buf_get_lines, api.nvim_win_get_cursor

local around, most_bytes = 60, 100000

---@class codestats.Region lines that changed, from 0: `low` is nil when none did, `high` exclusive, `growth` how many more
---@field low? integer
---@field high integer
---@field growth integer

---@class codestats.Snapshot
---@field buf integer
---@field first integer
---@field count integer lines of the whole buffer
---@field lines? string[] nil where they are too long
---@field row? integer the cursor's, where its line alone was kept

local page ---@type codestats.Snapshot? the last one, while it is what is in the buffer

---@return codestats.Region
function M.region()
  return { low = nil, high = 0, growth = 0 }
end

function M.clear(region)
  region.low, region.high, region.growth = nil, 0, 0
end

--- Lines `first` to `last` (exclusive) became `more` lines more.
function M.extend(region, first, last, more)
  if region.low then
    region.low = math.min(region.low, first)
    region.high = math.max(region.high, last) + more
  else
    region.low, region.high = first, last + more
  end
  region.growth = region.growth + more
end

--- Whether a row is among what changed.
function M.is_in(region, row)
  return row >= region.low and row < math.max(region.high, region.low + 1)
end

--- Whether lines `first` to `last` (exclusive) are none that a key works in which works in the cursor's line.
---@param line codestats.Snapshot of that line
---@param region codestats.Region what it has changed so far
function M.is_beside(line, region, first, last)
  last = math.max(last, first + 1)
  local row = get_cursor(0)[1] - 1
  return not (row >= first and row < last)
    and not (line.row >= first and line.row < last)
    and not (region.low and first < region.high and region.low < last)
end

--- Others put `more` lines in, or took some out, beside it.
function M.shift(line, region, last, more)
  line.count = line.count + more
  if last <= line.row then
    line.first, line.row = line.first + more, line.row + more
    if region.low then
      region.low, region.high = region.low + more, region.high + more
    end
  end
end

--- A copy of a region, and of what changed in `later` after it.
---@param later? codestats.Region
---@return codestats.Region
function M.joined(region, later)
  local all = { low = region.low, high = region.high, growth = region.growth }
  if later and later.low then
    M.extend(all, later.low, later.high - later.growth, later.growth)
  end
  return all
end

--- The page kept may not be what is in the buffer any more.
function M.expire()
  page = nil
end

local function take(buf, first, last)
  local count = api.nvim_buf_line_count(0)
  last = math.min(last, count)
  local bytes = api.nvim_buf_get_offset(0, last) - api.nvim_buf_get_offset(0, first)
  return { buf = buf, first = first, count = count, lines = bytes <= most_bytes and get_lines(0, first, last, false) or nil }
end

--- The cursor's line, and the two beside it, which a line break may be put into and taken out of.
---@param buf integer the current buffer
---@return codestats.Snapshot
function M.line(buf)
  local row = get_cursor(0)[1] - 1
  local line = take(buf, math.max(0, row - 1), row + 2)
  line.row = row
  return line
end

--- The lines around the cursor and a selection's other end, or all.
---@param buf integer the current buffer
---@param is_visual boolean
---@param is_whole? boolean all, if they are not too long
---@return codestats.Snapshot
function M.page(buf, is_visual, is_whole)
  local row = get_cursor(0)[1] - 1
  local other = is_visual and vim.fn.line('v') - 1 or row
  local first, last = math.min(row, other), math.max(row, other) + 1
  local count = is_whole and api.nvim_buf_line_count(0) or 0
  if is_whole and api.nvim_buf_get_offset(0, count) <= most_bytes then
    first, last = 0, count
  end
  if not (page and page.buf == buf and page.lines and page.first <= first and last <= page.first + #page.lines) then
    page = take(buf, math.max(0, first - around), last + around)
  end
  return page
end

--- All lines of a buffer that need not be the current one, if they are not too long.
---@return codestats.Snapshot?
function M.of(buf)
  local count = api.nvim_buf_is_loaded(buf) and api.nvim_buf_line_count(buf) or 0
  if count > 0 and api.nvim_buf_get_offset(buf, count) <= most_bytes then
    return { buf = buf, first = 0, count = count, lines = get_lines(buf, 0, count, false) }
  end
end

--- Whether a region is what it was. What was not kept counts as changed.
---@param snapshot? codestats.Snapshot
---@param region codestats.Region
function M.is_same(snapshot, buf, region)
  local old = snapshot and snapshot.buf == buf and api.nvim_buf_is_loaded(buf) and snapshot.lines
  if not old or api.nvim_buf_line_count(buf) ~= snapshot.count then
    return false
  end
  -- An empty buffer's only line is reported as none, and counts as new when another is put there (seen on 0.11).
  local high = math.min(math.max(region.high, region.low + 1), snapshot.count)
  if region.low < snapshot.first or high > snapshot.first + #old then
    return false
  end
  for i, line in ipairs(get_lines(buf, region.low, high, false)) do
    if line ~= old[region.low - snapshot.first + i] then
      return false
    end
  end
  return true
end

return M
