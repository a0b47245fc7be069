"""Hosts: how an editor runs the core. Each turns one transport into calls of `Engine.receive` and back.

`remote` speaks Neovim's RPC (pynvim), `channel` a job that speaks JSON lines, `embedded` the Python inside Vim;
`lifecycle` ends them, `bytecode` keeps compiled files out of the plugin's own directory. Only `remote` imports
pynvim and only `embedded` imports vim. May import `engine`, `install.requirements` and, to drain, `cli`; nothing
imports a host. Everything imported here at the top is loaded on Vim's main thread: keep it to a few milliseconds.
"""
