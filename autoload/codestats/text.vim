" Texts in cells of the screen, and how near two names are.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" The text, or as much of its beginning as fits into so many {cells}.
function codestats#text#cut(text, cells) abort
  if strdisplaywidth(a:text) <= a:cells
    return a:text
  endif
  let text = strcharpart(a:text, 0, max([a:cells, 0]))
  while strdisplaywidth(text) > max([a:cells, 0])
    let text = strcharpart(text, 0, strchars(text) - 1)
  endwhile
  return text
endfunction

" The text, or as much of its beginning as fits with {more} behind it.
function codestats#text#shorten(text, cells, more) abort
  if strdisplaywidth(a:text) <= a:cells
    return a:text
  endif
  return strcharpart(codestats#text#cut(a:text, a:cells - strdisplaywidth(a:more)) .. a:more, 0, max([a:cells, 1]))
endfunction

" The text in lines of so many {cells}, the first one behind {first}, the others behind {further}. They end between words, so
" never within a number: an editor's own wrapping goes by 'breakat', in which there may be a comma.
function codestats#text#fold(text, cells, first, further) abort
  let lines = [a:first]
  let is_begun = 0
  for word in split(a:text, ' ')
    let longer = lines[-1] .. (is_begun ? ' ' : '') .. word
    if is_begun && strdisplaywidth(longer) > a:cells
      call add(lines, a:further .. word)
    else
      let lines[-1] = longer
    endif
    let is_begun = 1
  endfor
  return lines
endfunction

" Which of some {names} was meant by one that is none of them; '' if none is near.
function codestats#text#nearest(name, names) abort
  let best = ['', 4]
  for known in a:names
    let distance = s:distance(a:name, known)
    if distance < best[1]
      let best = [known, distance]
    endif
  endfor
  return best[0]
endfunction

" How many letters have to be added, dropped or changed to make {b} of {a} (Levenshtein).
function s:distance(a, b) abort
  let row = range(strlen(a:b) + 1)
  for i in range(strlen(a:a))
    let above = row
    let row = [i + 1]
    for j in range(strlen(a:b))
      call add(row, min([above[j + 1] + 1, row[j] + 1, above[j] + (a:a[i] !=# a:b[j])]))
    endfor
  endfor
  return row[-1]
endfunction
