--- Counting in Neovim: a typed key that changes the text of a normal buffer earns 1 XP.
---
--- autoload/codestats/tracker.vim is the same rule for Vim; tests/editor/test_counting.py holds both to one table, and
--- doc/dev/counting.md draws it.
---
--- A key is *opened* when it is typed and *closed* when the next one is, or when the editor goes idle: it earns 1 if a
--- buffer's text changed meanwhile and is not what it was. What changes while no key is open is others' work. Letters typed
--- in Insert mode are the hot path: the first opens a run, which knows what its XP goes to, and each is paid by the change.

-- A plugin manager's reload forgets modules; this one has counted things, and its hooks go on.
if _G.codestats_tracker then
  return _G.codestats_tracker
end

local M = {}
_G.codestats_tracker = M

local api = vim.api
local counts, prefix, snapshot = require('codestats.counts'), require('codestats.prefix'), require('codestats.snapshot')
local get_buffer, get_line, get_mode = api.nvim_get_current_buf, api.nvim_get_current_line, api.nvim_get_mode
local changenr, expand, state = vim.fn.changenr, vim.fn.expand, vim.fn.state
local get_info, now, time = debug.getinfo, vim.uv.now, os.time
local group = 'codestats_tracker'
local paste_repeated = '\128PS' -- the key that `.` and macros have for a paste (seen since 0.11)
local patience = 250 -- ms that a mapped key of Insert mode may take to do its work
local calm = 150 -- ms without others' changes of the line, before a key is waited for
local letters_until_sleep = 8

local sources ---@type table? where text comes from, if that is noted (g:codestats_sources)

local started = false
local attached = {} ---@type table<integer, true>
local buffer = -1 -- the current one, as far as known

-- A run of letters:
local in_run = false
local run_key ---@type string? what it goes to,
local is_sure = false -- as far as syntax groups are asked: they are right only when the editor is idle
local run, added = 0, 0 -- letters paid since the start of the editor, and how many of them were added to the counts
local last_letter = 0
local wide = 0 -- bytes beyond one of each letter of the run
local letter = false -- one was typed whose change has not come yet

-- The open key:
local is_open = false
local base ---@type codestats.Snapshot? the text when it came; nil for what need not be looked at: a paste
local touched = snapshot.region() -- what of the current buffer changed since
local elsewhere ---@type integer? another buffer that changed since,
local elsewhere_touched = snapshot.region() -- and what of it
local left = {} ---@type table<integer, codestats.Snapshot> text of buffers when they were left
local in_block = false -- was Insert mode begun for a block, whose other lines are filled when it ends?
local waiting ---@type string? what the rest of a command of Insert mode is
local is_under_way = false -- has its mapping or macro changed the text and is not at its end?
local may_be_late, deadline = false, 0 -- may its work come when the editor has been idle, and until when?
local others_at = -calm -- when others changed the cursor's line last, in Insert mode
local rested = true -- was the editor idle since?
local last_typed = ''

-- A key that may have been read ahead, and put back, while the work of the open one is not done:
---@type { key: string, base: codestats.Snapshot, was_changed: boolean, touched: codestats.Region }?
local ahead

local answers = 0 -- changes agreed to at the prompt of :s///c
local in_cmdline = false

-- A script that asks for keys may show something in the text and take it back:
local script_asked = false
local script_base ---@type codestats.Snapshot? the text before it,
local script_touched = snapshot.region() -- what changed since,
local change = 0 -- and the number of the newest change before it
local held = 0 -- XP of its keys
local depth = 0 -- of the Lua stack when no script asks

-- Changes that came with no key open, in Insert mode: of an <expr> mapping that gives nothing Neovim tells with the next key.
local strays = {} ---@type string[] what they go to
local stray_run = 0
local stray_bytes ---@type integer? how much longer the line grew by the one that is not over yet
local rest_line ---@type string? the cursor's line when the editor went idle

local paste_is_due, is_repeated = false, false
local hooked, quiet = false, 0 -- is there an autocommand for idleness, and for how many letters was it not needed?

-- Paying -------------------------------------------------------------------

local function pay(buf)
  local key = counts.attribution(buf)
  counts.add(key, 1, time())
  return key ~= nil
end

local function flush_run()
  if run > added then
    local xp = run - added
    added = run
    counts.add(run_key, xp, last_letter)
    if sources then
      sources.add(run_key, 'typed', xp + wide, 0)
      wide = 0
    end
  end
end

local function end_run()
  flush_run()
  in_run, letter = false, false
end

--- Forget what changed without paying for it.
local function forget()
  snapshot.clear(touched)
  elsewhere = nil
end

--- Whether what changed are other lines than the cursor's, in which mapped keys of Insert mode do what they are waited for.
local function is_others()
  return deadline and not snapshot.is_in(touched, api.nvim_win_get_cursor(0)[1] - 1)
end

local function is_changed()
  return not is_others() and not snapshot.is_same(base, buffer, touched)
end

--- Whether a script that asked for keys has undone all it did.
local function is_undone()
  return changenr() == change
    or not script_touched.low
    or snapshot.is_same(script_base, buffer, script_touched)
end

--- Pay for the script's keys, and for `more`, unless it undid all it did.
local function pay_held(more)
  local xp = (script_asked and is_undone()) and 0 or held + more
  script_asked, held = false, 0
  for _ = 1, xp do
    pay()
  end
end

local function pay_if_changed()
  if touched.low then
    local xp = answers > 0 and answers or is_changed() and 1 or 0
    is_open = xp == 0 -- a mapping that begins with leaving Insert mode goes on
    answers = 0
    forget()
    pay_held(xp)
  end
end

--- The key that may have been read ahead was not: it is the open one, and the one before it was done when it came.
local function settle_ahead()
  local was_changed = ahead.was_changed
  base, ahead = ahead.base, nil
  if was_changed then
    pay_held(1)
  end
end

--- Pay the open key for the change of another buffer; whether it was one.
local function pay_elsewhere()
  local buf = elsewhere
  if buf == buffer or not api.nvim_buf_is_valid(buf) or snapshot.is_same(left[buf], buf, elsewhere_touched) then
    return false
  end
  left[buf] = nil
  return pay(buf)
end

--- Pay the open key if it changed the text.
local function close()
  if ahead then
    settle_ahead()
  end
  if not is_open then
    forget()
  elseif touched.low then
    pay_if_changed()
  elseif elsewhere then
    is_open = not pay_elsewhere()
    forget()
  end
end

-- What changed -------------------------------------------------------------

local on_idle

local function hook_idle()
  quiet = 0
  if not hooked then
    hooked = true
    api.nvim_create_autocmd('SafeState', { group = group, callback = on_idle })
  end
end

--- A change while no key is open. In Insert mode and in the cursor's line it may yet turn out to be a key's.
local function note_stray(first, last, last_new, bytes)
  local row = api.nvim_win_get_cursor(0)[1] - 1
  if row < first or row >= math.max(last, last_new) or get_mode().mode:sub(1, 1) ~= 'i' then
    return
  end
  others_at = now()
  local size = api.nvim_buf_get_offset(buffer, last_new) - api.nvim_buf_get_offset(buffer, first)
  stray_bytes = (stray_bytes or 0) + size - bytes
  hook_idle()
end

local function note(buf, first, last, last_new, bytes)
  if sources then
    sources.changed(buf, first, last_new, bytes, is_open and deadline)
  end
  if buf ~= buffer then
    if elsewhere ~= buf then
      elsewhere = buf
      snapshot.clear(elsewhere_touched)
    end
    snapshot.extend(elsewhere_touched, first, last, last_new - last)
    return
  end
  snapshot.expire()
  if not is_open then
    return note_stray(first, last, last_new, bytes)
  end
  if base and base.row then
    -- The key works in the cursor's line. While a completion goes on there is no SafeState, so others may change more.
    if snapshot.is_beside(base, touched, first, last) then
      snapshot.shift(base, touched, last, last_new - last)
      return
    end
  elseif get_mode().mode:find('^rm?$') then
    return -- At a prompt nothing typed is at work: this is the work of others.
  end
  snapshot.extend(touched, first, last, last_new - last)
  if script_asked then
    snapshot.extend(script_touched, first, last, last_new - last)
  end
end

--- Another's handler, or a bug of ours, cannot break typing: the first error is reported once and switches counting off.
--- CTRL-C is none: it was meant for something else.
local function guarded(handler)
  return function(...)
    local ok, result = pcall(handler, ...)
    if ok then
      return result
    elseif not tostring(result):find('[Ii]nterrupt') then
      M.stop()
      vim.schedule(function()
        vim.fn['codestats#message#error']('tracker', 'counting stopped: ' .. tostring(result))
      end)
    end
  end
end

local guarded_note = guarded(note)

local function on_lines(_, buf, _, first, last, last_new, bytes)
  if letter and buf == buffer then
    letter, run, last_letter = false, run + 1, time()
  elseif attached[buf] then
    guarded_note(buf, first, last, last_new, bytes)
  else
    return true -- to be called no more
  end
end

local function attach(buf)
  if not attached[buf] and vim.bo[buf].buftype ~= 'terminal' then
    attached[buf] = api.nvim_buf_attach(buf, false, {
      on_lines = on_lines,
      on_reload = function() end, -- without it a reload detaches
      on_detach = function()
        attached[buf], left[buf] = nil, nil
      end,
    }) or nil
  end
end

--- Note which buffer is the current one; what changed before is paid or over.
local function enter()
  local buf = get_buffer()
  if buf ~= buffer then
    end_run()
    buffer = buf
    snapshot.expire()
  end
  left[buf] = nil
  attach(buf)
  forget()
end

-- Scripts that ask for keys --------------------------------------------------

local function is_in_vimscript()
  local found, stack = pcall(expand, '<stack>') -- with 'verbose' it is an error that there is none (seen on 0.11)
  return found and (stack:sub(1, 9) == 'function ' or stack:sub(1, 7) == 'script ')
end

--- How deep the Lua stack is; to be called from one place only.
local function measure_depth()
  local level = 3
  while get_info(level, 'l') do
    level = level + 1
  end
  return level
end

--- Whether this key is read by a script, known to be none right after the editor was idle.
local function note_script(level)
  if rested then
    depth = level
  elseif level > depth or is_in_vimscript() then
    if not script_asked then
      script_asked, script_base, script_touched = true, base, snapshot.joined(touched)
    end
    return true
  end
  return false
end

-- Keys ---------------------------------------------------------------------

-- Another's handler of CmdlineLeave comes before ours, and one that throws ends them all.
local function is_in_cmdline()
  if in_cmdline and get_mode().mode:sub(1, 1) ~= 'c' then
    in_cmdline = false
    forget()
  end
  return in_cmdline
end

--- How many special keys stand before the last key of a sequence.
local function count_leading(typed)
  local keys = typed:gsub('\128\252.', ''):gsub('\128..', '\1')
  return #(keys:match('^[%z\1-\31\127]*') or '') - (keys:find('[%z\1-\31\127]$') and 1 or 0)
end

--- What came with no key open is over: did it change the line, or take it out and put it back?
local function settle_stray()
  local is_same = stray_bytes == 0
  if rest_line then
    is_same = rest_line == get_line()
  end
  stray_bytes = nil
  local key = not is_same and counts.attribution()
  if key then
    strays = stray_run == run and strays or {}
    stray_run = run
    strays[#strays + 1] = key
  end
end

--- Pay for what expressions did: those that gave nothing, whose keys are known now, and that of this very key, which Neovim
--- evaluated before it told. Returns whether the latter changed the text.
local function pay_strays(key, typed)
  local is_own = stray_bytes ~= nil and key ~= typed
  if is_own then
    settle_stray()
  end
  local paid = strays[1] and stray_run == run and math.min(#strays, count_leading(typed) + (is_own and 1 or 0)) or 0
  for i = 1, paid do
    counts.add(strays[i], 1, time())
  end
  strays, stray_bytes = {}, nil
  return is_own and paid > 0
end

--- The change that came with the key before, when this one has come: paid, held while a script goes on, or others' work.
local function close_before(mode, is_scripted)
  local is_insert = mode:find('^[iRsS\19]')
  if is_scripted and is_open and not is_insert then
    if touched.low and not mode:find('^no') and is_changed() then
      held = held + 1
    end
    forget()
  elseif waiting or not (is_under_way or is_insert or mode:find('^r')) then
    -- A command that waits for its second key has not changed anything yet, and a finished one was closed by TextChanged.
    forget()
  else
    close()
  end
  if script_asked and not is_scripted then
    pay_held(0)
  end
end

--- Whether each key of Insert mode formats the paragraph.
local function is_formatting()
  return vim.bo.formatoptions:find('a', 1, true) ~= nil
end

--- Whether a key works in the cursor's line alone.
local function is_of_line(mode, key)
  return mode:find('^[iR]') and key ~= '\27' and key ~= '\15' and not is_formatting()
end

--- CTRL-O may take away an indent, fill a block or format the paragraph, and waits for a command; after CTRL-V it is a letter.
local function does_nothing(mode, key, typed)
  return (typed == '\15' and key == typed and mode == 'i')
    and not (waiting or in_block or is_formatting() or get_line():find('^%s+$'))
end

--- What to compare with when the key is closed.
local function take_snapshot(mode, key, typed)
  if key == typed and is_of_line(mode, key) then
    return snapshot.line(buffer)
  else
    return snapshot.page(buffer, mode:find('^[vV\22sS\19]') ~= nil)
  end
end

-- Floating menus can't be seen; these keys are for them: Tab, CTRL-E, -N, -P and -Y.
-- Neovim 0.10 tells mapped ones as letters with a modifier.
local function is_step(typed)
  return ('\t\5\14\16\25'):find(typed, 1, true) or typed:find('^\128\252\4[ENPY]$')
end

local function open(mode, key, typed)
  in_block = mode == '\22' or (in_block and mode:find('^[iR]') ~= nil)
  is_open = not does_nothing(mode, key, typed)
  -- CTRL-V and CTRL-K after CTRL-X complete.
  waiting = mode:find('^[iR]') and mode:sub(2) ~= 'x' and key == typed and prefix.after(waiting, typed) or nil
  may_be_late = mode:find('^[is]') and (key ~= typed or is_step(typed)) and now() - others_at > calm
  base = take_snapshot(mode, key, typed)
end

--- Whether a key may be one that a command reads ahead and puts back: a completion that looks whether to go on, `f` and `t`
--- that look for a combining mark.
local function may_be_ahead(mode, typed)
  return not rested and (mode:find('^[iR][cx]') or (typed >= '\194' and mode:find('^n')))
end

local function is_letter(mode, key, typed)
  return mode == 'i' and not waiting and key == typed and typed >= ' ' and (typed <= '~' or typed >= '\194')
end

--- An answer to a question; that of `:s///c` changes the text at the end of the line, or shows it only.
local function on_answer(typed)
  if answers == 0 then
    close()
  end
  is_open = true
  answers = answers + (('yla'):find(typed, 1, true) and 1 or 0)
end

--- Whether this is a letter beyond ASCII; if so, its further bytes are counted.
local function count_wide(typed)
  if typed < '\194' then
    return false
  end
  wide = wide + #typed - 1
  return true
end

local function on_special(key, typed)
  local level = measure_depth()
  is_repeated = false
  end_run()
  hook_idle()
  if typed == '\3' and last_typed == typed and not rested then
    return -- CTRL-C comes twice
  end
  local previous = last_typed
  last_typed = typed
  if get_buffer() ~= buffer then
    enter()
  end
  local is_paid = pay_strays(key, typed)
  if is_in_cmdline() then
    is_open, rested = true, false
    return
  end
  local mode = get_mode().mode
  if sources then
    sources.open(mode, key, typed, previous, waiting)
  end
  local is_scripted = not mode:find('^[iR]') and note_script(level)
  if mode == 'r?' and not is_scripted then
    on_answer(typed)
    return
  end
  if ahead then
    settle_ahead()
  end
  if is_open and may_be_ahead(mode, typed) then
    local was_changed = touched.low ~= nil and is_changed()
    ahead = {
      key = key,
      base = take_snapshot(mode, key, typed),
      was_changed = was_changed,
      touched = snapshot.joined(touched),
    }
    forget()
    return
  end
  close_before(mode, is_scripted)
  rested, deadline, is_under_way = false, nil, false
  if is_letter(mode, key, typed) then
    is_open = false
    in_run, run_key, is_sure, letter = true, counts.attribution(), false, true
    if sources then
      sources.begin_run()
      count_wide(typed)
    end
    rest_line = nil
    snapshot.expire()
    if run_key then
      counts.arm()
    end
  else
    open(mode, key, typed)
    is_open = is_open and not is_paid
  end
end

--- The key that was read ahead comes again: now the one before it is done.
local function on_put_back()
  local key = ahead.key
  touched = snapshot.joined(ahead.touched, touched)
  ahead = nil
  pay_if_changed()
  open(get_mode().mode, key, key)
end

local function on_key(key, typed)
  if typed == '' then
    is_repeated = is_repeated or key == paste_repeated
    if ahead and ahead.key == key then
      on_put_back()
    elseif ahead then
      settle_ahead()
    end
  elseif in_run and key == typed and typed >= ' ' and (typed <= '~' or count_wide(typed)) then
    letter = true
  else
    on_special(key, typed)
  end
end

-- Rest ---------------------------------------------------------------------

--- Whether the open key is waited for: mapped ones of Insert and Select mode may do their work by and by.
local function wait_for_late(mode)
  if not may_be_late or not mode:find('^[is]') then
    return false
  end
  deadline = deadline or now() + patience
  return now() <= deadline
end

-- Nothing typed is under way any more: what comes next is others' work.
on_idle = guarded(function()
  is_repeated = false
  if in_run and not stray_bytes then
    if not is_sure then
      is_sure, run_key = true, counts.attribution()
    end
    letter, rested, quiet = false, true, quiet + 1
    if sources then
      sources.settle()
    end
    hooked = quiet <= letters_until_sleep
    return not hooked -- `true` removes the autocommand
  end
  rested = true
  if is_in_cmdline() then
    forget()
    is_open = false
    return
  end
  local mode = get_mode().mode
  if mode == 'r?' and answers > 0 then
    return
  end
  if stray_bytes then
    settle_stray()
  end
  close()
  answers = 0
  if is_open and not wait_for_late(mode) then
    is_open = false
  end
  if sources and not is_open then
    sources.settle()
  end
  if not (script_asked and is_in_vimscript()) then
    pay_held(0)
    change = changenr()
  end
  rest_line = mode:sub(1, 1) == 'i' and not in_run and get_line() or nil
end)

-- An operator that waits for its motion has not changed anything: what did came from elsewhere, or is a paste. What a
-- mapping or a macro does goes on after its first command.
local function on_change()
  local under_way = state('om')
  if under_way:find('o') and base then
    forget()
  elseif under_way:find('m') then
    is_under_way = is_open
  else
    close()
  end
end

-- Called for every paste, whole (-1) or in a stream of chunks (1 … 3): one operation, whatever its size. Over a slow line
-- the first chunks may be empty, and the editor passes for idle between them.
local function on_paste(lines, phase)
  if is_repeated then
    return
  end
  if phase == -1 or phase == 1 then
    paste_is_due = true
  end
  if paste_is_due and (#lines > 1 or (lines[1] or '') ~= '') then
    paste_is_due = false
    end_run()
    close()
    hook_idle()
    is_open, base, rested = true, nil, false
  end
end

local function hook_paste()
  if M.paste_hooked then
    return
  end
  M.paste_hooked = true
  local paste, noticed = vim.paste, guarded(on_paste)
  vim.paste = function(lines, phase)
    local by_key = not rested or (is_open and deadline ~= nil)
    if started then
      noticed(lines, phase)
    end
    if not sources then
      return paste(lines, phase)
    end
    sources.paste(true, by_key)
    local goes_on = paste(lines, phase)
    sources.paste(false)
    return goes_on
  end
end

-- Events -------------------------------------------------------------------

local function on(events, handler)
  local callback = guarded(handler)
  api.nvim_create_autocmd(events, {
    group = group,
    callback = function()
      callback()
    end,
  })
end

local function leave()
  end_run()
  close()
end

local function on_cmdline_enter()
  end_run()
  if waiting then
    forget()
  else
    close()
  end
  in_cmdline = true
end

local function on_cmdline_leave()
  forget()
  in_cmdline = false
end

function M.start()
  api.nvim_create_augroup(group, { clear = true })
  started, hooked = true, false
  for _, buf in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_is_loaded(buf) then
      attach(buf)
    end
  end
  enter()
  local wanted = vim.fn['codestats#config#get']('sources')
  if wanted == true or wanted == 1 then
    sources = require('codestats.sources')
    sources.start()
  end
  -- While a menu is open there is no SafeState.
  on({ 'TextChangedP' }, on_idle)
  on({ 'TextChanged' }, on_change)
  on({ 'ExitPre', 'BufWritePre' }, leave)
  on({ 'BufLeave' }, function()
    leave()
    local buf = get_buffer()
    left[buf] = snapshot.page(buf, false)
  end)
  on({ 'BufEnter', 'BufReadPost', 'BufWritePost', 'FileChangedShellPost' }, enter)
  on({ 'FileType', 'InsertLeave' }, end_run)
  on({ 'TermOpen' }, function()
    attached[get_buffer()] = nil
  end)
  -- Without an InsertCharPre handler keys that arrive together are inserted in one step, with one change. It need not be
  -- called.
  api.nvim_create_autocmd('InsertCharPre', { group = group, pattern = 'codestats://any', command = ':' })
  on({ 'CmdlineEnter' }, on_cmdline_enter)
  on({ 'CmdlineLeave' }, on_cmdline_leave)
  on({ 'CmdwinEnter' }, function()
    in_cmdline = false
  end)
  -- The editor passes for idle between the <CR> in that window and the command it runs.
  on({ 'CmdwinLeave' }, function()
    is_open, base = true, nil
  end)
  vim.on_key(guarded(on_key), M.namespace)
  hook_paste()
end

function M.stop()
  started = false
  attached = {}
  vim.on_key(nil, M.namespace)
  pcall(api.nvim_del_augroup_by_name, group)
  if sources then
    sources.stop()
    sources = nil
  end
end

function M.take()
  end_run()
  local taken = counts.take()
  taken.sources = sources and sources.take() or nil
  return taken
end

function M.counted()
  end_run()
  return counts.counted()
end

function M.rest()
  end_run()
  counts.rest()
end

function M.ignore(keys, xp)
  end_run()
  counts.ignore(keys, xp)
end

function M.totals()
  flush_run()
  return counts.totals()
end

function M.pause(value)
  end_run()
  close()
  if sources then
    sources.flush()
  end
  counts.pause(value)
end

M.regard = counts.reset_ignored
M.attribution = counts.attribution
M.namespace = api.nvim_create_namespace('codestats')

return M
