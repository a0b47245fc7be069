vim9script
# Who called an autocommand.

# Whether a function or a script that is sourced did, or runs while a key is asked for.
export def HasScript(): bool
  return expand('<stack>') =~# '^\%(function\|script\) '
enddef
