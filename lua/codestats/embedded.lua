--- Code inside another language, in Neovim: JavaScript in HTML, a fenced block in Markdown, Lua in Vim script.
---
--- autoload/codestats/embedded.vim is the same for Vim. Asked by the tracker for the key of a keystroke: `guest.host`
--- (`javascript.html`), or the filetype itself. The cursor's place is looked at once per change of line.

local M = {}

local api = vim.api
local get_buffer, get_cursor, count_lines = api.nvim_get_current_buf, api.nvim_win_get_cursor, api.nvim_buf_line_count

-- Where a guest is looked for: `fence` in the text, `tree` in the language tree, `any` there or in the syntax groups, `sql`
-- in the tree, and nothing but SQL. Templates (Vue, PHP, ERB …) are languages of their own.
local kinds = {
  fence = 'markdown quarto rmd pandoc mdx vimwiki',
  any = 'html xhtml vim rst',
  tree = 'lua python javascript javascriptreact typescript typescriptreact go rust java',
  sql = 'c cpp cs dart elixir kotlin perl php ruby scala swift zig',
}
-- Languages of a tree that are notes and notations within the host's own text.
local skipped = [[comment regex luap luadoc jsdoc javadoc phpdoc doxygen printf strftime re2c query vimdoc markdown
  markdown_inline rst html_tags jinja_inline]]
-- Words after a fence that say "no language", or are filetypes of no language.
local no_words = 'text plain txt plaintext none output help git man manual info list tags term'
local most_lines, most_regions, most_bytes, most_columns = 100, 400, 1000, 200

local buffer, line, lines, host = -1, -1, -1, nil
local answer = '' -- the key at that place

local function set(words)
  local found = {}
  for word in words:gmatch('%S+') do
    found[word] = true
  end
  return found
end

skipped, no_words = set(skipped), set(no_words)

local hosts = {} ---@type table<string, string|false> kind by filetype
for kind, filetypes in pairs(kinds) do
  for filetype in pairs(set(filetypes)) do
    hosts[filetype] = kind
  end
end
-- Of compound filetypes only `markdown.something` has guests: `html.twig` is a template.
setmetatable(hosts, {
  __index = function(all, filetype)
    local kind = rawget(all, filetype:match('^[^.]*')) == 'fence' and 'fence' or false
    rawset(all, filetype, kind)
    return kind
  end,
})

--- The word of the fence that the line is under; a fence without a word closes a block, or opens one of no language.
local function fenced(row)
  local above = api.nvim_buf_get_lines(0, math.max(0, row - most_lines), row, false)
  for i = #above, 1, -1 do
    local info = above[i]:match('^[%s>]*```+([^`]*)$') or above[i]:match('^[%s>]*~~~+(.*)$')
    if info then
      local word = i < #above and info:match('^%s*{?%.?([%w_+#-]*)') or ''
      return #word <= 40 and not no_words[word:lower()] and word or ''
    end
  end
  return ''
end

--- Whether a region, a list of {row, column, byte, row, column, byte} from 0, has the place. Its end is inside (`x|</script>`)
--- but for column 0: that is the line of a closing fence or tag.
local function is_inside(region, row, column)
  for i = 1, #region do
    local range = region[i]
    local to_row, to_column = range[4], range[5]
    local is_over = to_row < row or (to_row == row and (to_column < column or (to_column == 0 and column == 0)))
    if not is_over then
      return range[1] < row or (range[1] == row and range[2] <= column)
    end
  end
  return false
end

-- LanguageTree:contains() and :language_for_range() call into C with a table for every region; the regions themselves
-- are plain tables that Neovim keeps edited (0.10 to 0.12), three to thirty times as fast.
local function child_at(tree, row, column)
  local looked = 0
  for language, child in pairs(tree:children()) do
    if not skipped[language] then
      for _, region in pairs(child:included_regions()) do
        looked = looked + 1
        if looked > most_regions then
          return nil
        elseif is_inside(region, row, column) then
          return child
        end
      end
    end
  end
end

--- The innermost language at a place of the tree that the highlighter keeps; nothing is parsed for it.
local function by_tree(tree, kind, row, column)
  local guest = ''
  local child = child_at(tree, row, column)
  while child do
    guest = child:lang()
    child = child_at(child, row, column)
  end
  return (kind ~= 'sql' or guest == 'sql') and guest or ''
end

local interfaces = {
  Lua = 'lua', Perl = 'perl', Python = 'python', Python3 = 'python', PythonX = 'python',
  Ruby = 'ruby', Tcl = 'tcl', MzScheme = 'scheme',
}
local groups = { javaScript = 'javascript', javaScriptExpression = 'javascript', cssStyle = 'css', htmlCssDefinition = 'css' }
-- Vim script's groups end in Region up to Neovim 0.11, in Heredoc and Statement since 0.12.
for name, guest in pairs(interfaces) do
  for _, part in ipairs({ 'Region', 'Heredoc', 'Statement' }) do
    groups['vim' .. name .. part] = guest
  end
end
-- Syntax group's number → guest, false for none; the numbers stay the same while the editor runs.
local guests = setmetatable({}, {
  __index = function(all, id)
    local name = vim.fn.synIDattr(id, 'name')
    local guest = groups[name] or name:match('^rstDirective(%l%w*)$') or false
    rawset(all, id, guest)
    return guest
  end,
})

local function by_syntax(row, column)
  if vim.fn.col('$') > most_bytes then
    return ''
  end
  local ids = vim.fn.synstack(row + 1, math.min(column + 1, most_columns))
  for i = #ids, 1, -1 do
    if guests[ids[i]] then
      return guests[ids[i]]
    end
  end
  return ''
end

local function highlighter()
  local loaded = package.loaded['vim.treesitter.highlighter']
  return loaded and loaded.active[get_buffer()]
end

local function look(kind, row, column, active)
  local switch = vim.g.codestats_embedded
  if switch == 0 or switch == false then
    return ''
  elseif kind == 'fence' then
    return fenced(row + 1)
  elseif active then
    return by_tree(active.tree, kind, row, column)
  end
  return kind == 'any' and by_syntax(row, column) or ''
end

--- What goes wrong inside the language tree must not cost the keystroke: it is the host's, and the log says so once.
local function guarded(kind, row, column, active)
  local ok, guest = pcall(look, kind, row, column, active)
  if not ok and not M.failed then
    M.failed = true
    vim.fn['codestats#log#add']('no embedded languages: ' .. tostring(guest))
  end
  return ok and guest or ''
end

-- Settling for a key that is about to be worked on, which is no autocommand: a burst, nothing was drawn since the last one.
-- Syntax groups are not right then (seen on 0.10 to 0.12), so a new line has the last answer until the editor is idle.
local function is_too_soon(kind, active)
  return kind == 'any' and not active and vim.fn.state('x') == ''
end

--- The key of a keystroke in the current buffer of this filetype.
function M.key(filetype)
  local kind = hosts[filetype]
  if not kind then
    return filetype
  end
  local cursor = get_cursor(0)
  local now, count = get_buffer(), count_lines(0)
  local is_same = now == buffer and filetype == host
  if is_same and cursor[1] == line and count == lines then
    return answer
  end
  local active = kind ~= 'fence' and highlighter()
  if is_too_soon(kind, active) then
    return is_same and answer or filetype
  end
  local guest = guarded(kind, cursor[1] - 1, cursor[2], active)
  buffer, line, lines, host = now, cursor[1], count, filetype
  answer = guest == '' and filetype or guest .. '.' .. filetype
  return answer
end

--- Look again, wherever the cursor is.
function M.forget()
  buffer = -1
end

return M
