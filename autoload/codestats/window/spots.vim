" What can be pointed at in a rendering, found by where it is.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:given = {}   " buffer → spots as they came
let s:lines = {}   " buffer → line → [first byte, byte after, kind, key, sentence], made when first asked for

function codestats#window#spots#know(buffer, spots) abort
  let s:given[a:buffer] = a:spots
  silent! call remove(s:lines, a:buffer)
endfunction

" The spot at a line and a byte, both from 0: [first byte, byte after, kind, key, sentence], or [].
function codestats#window#spots#at(buffer, line, byte) abort
  if !has_key(s:lines, a:buffer)
    let lines = {}
    for spot in get(s:given, a:buffer, [])
      if !has_key(lines, spot[0])
        let lines[spot[0]] = []
      endif
      call add(lines[spot[0]], spot[1 :])
    endfor
    let s:lines[a:buffer] = lines
  endif
  for spot in get(s:lines[a:buffer], a:line, [])
    if a:byte >= spot[0] && a:byte < spot[1]
      return spot
    endif
  endfor
  return []
endfunction

function codestats#window#spots#forget(buffer) abort
  for known in [s:given, s:lines]
    if has_key(known, a:buffer)
      call remove(known, a:buffer)
    endif
  endfor
endfunction
