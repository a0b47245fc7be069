"""The shell's commands, one module each; `cli.py` lists them and loads the one that is wanted.

May import every package but `hosts`; nothing but `cli` imports a command.
"""
