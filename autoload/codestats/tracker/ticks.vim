" The letters of a run in Vim that sees no keys, counted at the least that they can cost: a short legacy command when one comes, and
" another when it is in the text, which finds b:changedtick to be what the letters alone made of it. Anything else is told.

let s:n = 0      " b:changedtick, if nothing but letters came
let s:seen = 0   " the same when the editor looked last
let s:told = 0   " and what was told

augroup codestats_ticks
augroup END

function! s:O() abort
  return codestats#tracker#ticks#start(s:other(s:seen - s:told, s:n - s:seen))
endfunction

" Call {other} for changes of {buffer} that are not as many as letters: how many letters came that the editor looked at, and how
" many did after these. What it returns is where to start again: b:changedtick, with {by_line} and the cursor's line, which is
" looked at then, too, and costs more: for code inside another language.
function! codestats#tracker#ticks#hook(buffer, by_line, other) abort
  let s:other = a:other
  execute 'autocmd codestats_ticks InsertCharPre <buffer=' .. a:buffer .. '> let s:n+=1'
  execute 'autocmd codestats_ticks TextChangedI <buffer=' .. a:buffer .. '>'
      \ 'let s:seen=s:n==b:changedtick' .. (a:by_line ? "+line('.')" : '') .. '?s:n:s:O()'
endfunction

function! codestats#tracker#ticks#unhook() abort
  autocmd! codestats_ticks
endfunction

function! codestats#tracker#ticks#start(place) abort
  let [s:n, s:seen, s:told] = [a:place, a:place, a:place]
  return a:place
endfunction

" The first of these numbers, which is not told again.
function! codestats#tracker#ticks#seen() abort
  let l:seen = s:seen - s:told
  let s:told = s:seen
  return l:seen
endfunction

" Both numbers, and start again so that the next change is told.
function! codestats#tracker#ticks#take() abort
  let l:taken = [s:seen - s:told, s:n - s:seen]
  call codestats#tracker#ticks#start(-0x3fffffff)
  return l:taken
endfunction
