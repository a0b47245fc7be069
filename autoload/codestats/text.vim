" Texts in cells of the screen.

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
