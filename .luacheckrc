-- luacheck: Neovim's Lua (LuaJIT), whose one global is `vim`.
std = 'luajit'
globals = { 'vim' }
max_line_length = 132
self = false  -- a method need not use it
