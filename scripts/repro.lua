-- A start for reproducing a fault: this checkout alone, no token, nothing of yours read or written. In a clone:
--   nvim --clean -u scripts/repro.lua
-- Add what it needs to show the fault below the line, and put the file into the issue.

local root = vim.fs.dirname(vim.fs.dirname(vim.fs.normalize(vim.fn.expand('<sfile>:p'))))
local home = vim.fn.tempname()
vim.fn.mkdir(home, 'p', tonumber('700', 8))
vim.opt.runtimepath:prepend(root)
vim.env.CODESTATS_API_KEY = nil
require('codestats').setup({
  data_dir = home,
  api_url = 'http://127.0.0.1:9', -- nobody is there: XP stays on the disk
})
vim.opt.statusline = '%f%=%{codestats#statusline()}'
vim.opt.laststatus = 2

-- ---------------------------------------------------------------------------
