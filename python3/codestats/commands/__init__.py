"""The shell's commands, one module each; `cli.py` lists them."""
