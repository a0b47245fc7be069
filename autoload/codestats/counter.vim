" The editor's own tracker: lua/codestats/tracker in Neovim, tracker.vim in Vim.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

if has('nvim')
  " One of start, stop, take, rest, counted, totals, pause, ignore, regard, attribution.
  function codestats#counter#call(name, ...) abort
    return luaeval('require("codestats.tracker")[_A[1]](unpack(_A[2]))', [a:name, a:000])
  endfunction
  finish
endif

let s:tracker = {
      \ 'start': function('codestats#tracker#Start'), 'stop': function('codestats#tracker#Stop'),
      \ 'take': function('codestats#tracker#Take'), 'rest': function('codestats#tracker#Rest'),
      \ 'totals': function('codestats#tracker#Totals'),
      \ 'pause': function('codestats#tracker#Pause'), 'ignore': function('codestats#tracker#Ignore'),
      \ 'counted': function('codestats#tracker#Counted'), 'regard': function('codestats#tracker#Regard'),
      \ 'attribution': function('codestats#tracker#Attribution'),
      \ }

function codestats#counter#call(name, ...) abort
  return call(s:tracker[a:name], a:000)
endfunction
