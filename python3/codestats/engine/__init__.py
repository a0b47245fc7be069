"""The engine: the editor's messages in, status, profiles and views out. One thread owns what is in here.

`Engine` is what a host or a command talks to; `Dispatcher` gives each message to `Recorder`, `Profiles`, `Viewer` or
the sender of `delivery`. May import every package but `hosts`, `commands`, `data`, `install` and `server`. `engine`
and `inbox` are loaded on Vim's main thread and import nothing heavy; the rest is loaded on the engine's own thread.
"""
