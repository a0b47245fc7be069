" What can be pointed at in a rendering, found by where it is.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:lines = {}   " buffer → line → [first byte, byte after, kind, key, sentence], …

function codestats#window#spots#know(buffer, spots) abort
  let s:lines[a:buffer] = a:spots
endfunction

" Those of further lines.
function codestats#window#spots#add(buffer, spots) abort
  call extend(s:lines[a:buffer], a:spots)
endfunction

" The spot at a line and a byte, both from 0: [first byte, byte after, kind, key, sentence], or [].
function codestats#window#spots#at(buffer, line, byte) abort
  for spot in get(get(s:lines, a:buffer, {}), a:line, [])
    if a:byte >= spot[0] && a:byte < spot[1]
      return spot
    endif
  endfor
  return []
endfunction

function codestats#window#spots#forget(buffer) abort
  if has_key(s:lines, a:buffer)
    call remove(s:lines, a:buffer)
  endif
endfunction
