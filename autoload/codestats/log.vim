" What happened in the editor's part, for :CodeStatsLog; the core keeps its own part in a file.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:entries = []
const s:most = 100

function codestats#log#add(text) abort
  call add(s:entries, strftime('%Y-%m-%d %H:%M:%S ') .. a:text)
  if len(s:entries) > s:most
    call remove(s:entries, 0)
  endif
endfunction

function codestats#log#entries() abort
  return copy(s:entries)
endfunction
