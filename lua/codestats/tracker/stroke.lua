--- Which key it is that was typed, and what it may do. `key` is what Neovim was given, after mappings.

local M = {}

local get_option, here = vim.api.nvim_get_option_value, { buf = 0 }

-- Keys that no terminal sends.
local cmd = vim.keycode('<Cmd>')
local no_keys = { [cmd] = true, [vim.keycode('<Plug>')] = true, [vim.keycode('<SNR>')] = true }

--- Whether somebody typed it. A script may say so of what it feeds; but if that begins with a key that no terminal sends,
--- it belongs to the key before.
function M.is_typed(typed)
  return typed ~= '' and not no_keys[typed:sub(1, 3)]
end

--- How many special keys stand before the last key of a sequence.
function M.count_leading(typed)
  local keys = typed:gsub('\128\252.', ''):gsub('\128..', '\1')
  return #(keys:match('^[%z\1-\31\127]*') or '') - (keys:find('[%z\1-\31\127]$') and 1 or 0)
end

--- Whether each key of Insert mode formats the paragraph.
local function is_formatting()
  return get_option('formatoptions', here):find('a', 1, true) ~= nil
end

--- Whether it is a key of a completion, which formats nothing; the one that ends it does. CTRL-N and CTRL-P begin one.
local function is_of_completion(mode, key)
  return key == '\14' or key == '\16' or (mode:find('^[iR]v?x') and key < ' ')
end

--- Whether a key works in the cursor's line alone.
function M.is_of_line(mode, key)
  return (mode:find('^[iR]') and key ~= '\27' and key ~= '\15')
    and (not is_formatting() or is_of_completion(mode, key))
end

--- CTRL-O may take away an indent, end an abbreviation or format the paragraph, and waits for a command.
function M.does_nothing(mode, key, typed)
  return (typed == '\15' and key == typed and mode == 'i')
    and not (is_formatting() or vim.api.nvim_get_current_line():find('^%s+$') or vim.fn.maplist(true)[1])
end

-- Floating menus can't be seen; these keys are for them: Tab, CTRL-E, -N, -P and -Y.
-- Neovim 0.10 tells mapped ones as letters with a modifier.
function M.is_step(typed)
  return ('\t\5\14\16\25'):find(typed, 1, true) or typed:find('^\128\252\4[ENPY]$')
end

--- Whether a key may be one that a command reads ahead and puts back: a completion that looks whether to go on, `f` and `t`
--- that look for a combining mark.
function M.may_be_ahead(mode, typed)
  return mode:find('^[iR]v?[cx]') or (typed >= '\194' and mode:find('^n'))
end

--- Whether what a key does may reach anywhere in the text and leave it as it is: Ex commands, operators that put other text in
--- the same place, undo and redo, and what repeats them.
function M.is_far_reaching(mode, key)
  return key == ':'
    or key == cmd
    or (mode:find('^no') and not ('cdy'):find(vim.v.operator, 1, true))
    or (mode == 'n' and ('uU\18.&'):find(key, 1, true))
end

--- The first character that is a letter: a space may be taken away when the paragraph is formatted.
function M.lowest_letter()
  return is_formatting() and '!' or ' '
end

--- Whether it is a letter, which always changes the text that it is inserted in.
function M.is_letter(mode, key, typed)
  return (mode == 'i' and key == typed)
    and (typed > ' ' or typed == M.lowest_letter())
    and (typed <= '~' or typed >= '\194')
end

--- Whether it agrees to a change at the prompt of `:s///c`.
function M.is_yes(typed)
  return ('yla'):find(typed, 1, true) ~= nil
end

return M
