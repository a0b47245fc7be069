vim9script
# Whether it is noted where text comes from (g:codestats_sources); sources.vim is loaded only then.

export var is_on = false

export def Set(value: bool)
  is_on = value
enddef
