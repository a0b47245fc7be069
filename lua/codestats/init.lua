--- `require('codestats').setup{…}`: the options of |codestats-options|, set from Lua. Nothing has to be called for the plugin
--- to work.

local M = {}

---@class codestats.Config
---@field api_key? string the token of this machine, from https://codestats.net/my/machines
---@field api_key_command? string|string[] a command that prints the token, as a string or a list
---@field api_key_timeout? number seconds that g:codestats_api_key_command may take (default 60)
---@field api_url? string the address of the service (default 'https://codestats.net')
---@field username? string whose profile is shown; default: the owner of the token
---@field pulse_interval? integer seconds between two hand-overs of what was counted (default 10)
---@field data_dir? string the directory for the spool and the local history
---@field languages? table<string, string>|string[][] language names by filetype or path pattern, over the built-in table
---whose language names to use: your profile's, ours, or those of another editor's client
---@field language_names? ''|'default'|'code-stats-vim'|'vscode'|'code-stats-ls'|'emacs'|'jetbrains'|'micro'|'notepad++'
---@field embedded? boolean|0|1 count code inside another language (CSS in HTML) under its own name (default 1)
---@field ignore_filetypes? string[] filetypes that earn nothing
---@field exclude? string[] path patterns of files and directories that earn nothing
---@field request_timeout? number seconds that one request may take (default 10)
---@field ca_file? string a file with further certificate authorities, PEM
---@field python? string the Python to use; default: the first that has what is needed
---@field host? 'auto'|'remote'|'channel' how Python runs: 'embedded' in Vim, 'remote' in Neovim, 'channel' to a job; or 'auto'
---@field ascii? boolean|0|1 no characters beyond ASCII in windows and status line
---@field plain? boolean|0|1 sentences in place of drawings, for screen readers
---@field statusline_format? string what the status line shows (default 'C::S {session} {state}')
---@field notify_level_up? boolean|0|1 show a message when a language, or the total, reaches a level (default 1)
---@field daily_goal? integer XP to reach each day; 0: no goal
---@field sources? boolean|0|1 note where text comes from, for this machine alone

--- Set options: `setup{ api_key = '…' }` is `let g:codestats_api_key = '…'`. Before or after the plugin is loaded, and as often
--- as wanted; what is not named stays as it is.
---@param options? codestats.Config
function M.setup(options)
  if options ~= nil and type(options) ~= 'table' then
    error("codestats: setup() takes a table of options, as in setup({ daily_goal = 2000 })", 2)
  end
  for name, value in pairs(options or {}) do
    vim.g['codestats_' .. tostring(name)] = value
  end
  if vim.v.vim_did_enter == 1 then
    vim.fn['codestats#session#changed']()
  end
end

--- The text for the status line, as `codestats#statusline()`.
---@return string
function M.statusline()
  return vim.fn['codestats#statusline']()
end

return M
