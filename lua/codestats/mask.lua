--- The key of autoload/codestats/mask.vim, where the remote host that Neovim itself starts can ask for it. It outlives a
--- plugin manager's reload.

if not _G.codestats_mask then
  local parts = {}
  for number = 1, 8 do
    parts[number] = table.concat(vim.fn.srand(), ' ')
  end
  _G.codestats_mask = vim.fn.sha256(table.concat(parts, ' '))
end

return { key = _G.codestats_mask }
