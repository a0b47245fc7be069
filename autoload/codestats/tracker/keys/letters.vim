" The letters of a run in Vim, counted at the least that a key can cost: one short command, no function, and a buffer's number in
" place of a pattern. Each of these was measured (doc/results.md), as was that the same command in Vim9 script costs more.

let s:n = 0
let s:k = {}     " the letters that are counted now, each under itself
let s:all = {}
let s:is_alone = 0   " is no other key handler there?

for s:code in range(32, 126)
  let s:all[nr2char(s:code)] = nr2char(s:code)
endfor

augroup codestats_letters
augroup END

function! s:O() abort
  if s:is_alone
    call s:other()
  endif
  return 0
endfunction

" What any other key calls while this is the only handler.
function! codestats#tracker#keys#letters#set_other(other) abort
  let s:other = a:other
endfunction

function! codestats#tracker#keys#letters#hook(buffer) abort
  execute 'autocmd codestats_letters KeyInputPre <buffer=' .. a:buffer .. '>'
      \ 'let s:n+=get(s:k,v:event.typedchar)is v:char||s:O()'
endfunction

function! codestats#tracker#keys#letters#unhook() abort
  autocmd! codestats_letters KeyInputPre
endfunction

" Count letters, from {count} on.
function! codestats#tracker#keys#letters#start(count) abort
  let s:n = a:count
  let s:k = s:all
  let s:is_alone = 1
endfunction

" Letters, too, are other keys.
function! codestats#tracker#keys#letters#stop(is_alone = 0) abort
  let s:k = {}
  let s:is_alone = a:is_alone
endfunction

" A letter beyond ASCII.
function! codestats#tracker#keys#letters#learn(letter) abort
  let s:all[a:letter] = a:letter
endfunction

" How many there were since the last call of take().
function! codestats#tracker#keys#letters#count() abort
  return s:n
endfunction

" The same, and begin again at {rest}.
function! codestats#tracker#keys#letters#take(rest = 0) abort
  let l:taken = s:n
  let s:n = a:rest
  return l:taken
endfunction
