" A digit is a page, or the count of the motion that follows: which of both shows the next key, or that there is none for a
" moment. Of several, typed one after the other in that moment, each was a page: the last one is what to see. (A count that is
" left to Neovim can't be taken back: while one is read, no timer runs. Seen on 0.11.)

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:patience = 300   " ms
const s:motions = split('h j k l w b e W B E G H L n N f F t T ; , _ ^ $ + - ( ) { } g z 0 1 2 3 4 5 6 7 8 9 <Bar> <Space> <Up>'
      \ .. ' <Down> <Left> <Right> <C-D> <C-U> <C-E> <C-Y> <C-F> <C-B> <PageUp> <PageDown>')
let s:number = ''        " what was typed so far
let s:buffer = 0         " in which buffer; the motions are mapped in it for so long
let s:mapped = []        " those of them that are no keys of ours
let s:hidden = []        " our own mappings of digits
let s:timer = -1

" A {digit} was typed in the current window, one of ours; {OnPage}(digit) is called if it stays alone.
function codestats#window#digit#typed(digit, OnPage) abort
  let s:on_page = a:OnPage
  let s:number = string(a:digit)
  let s:buffer = bufnr()
  let s:mapped = filter(copy(s:motions), 'v:val =~# "^\\d$" || index(get(b:, "codestats_keys", []), v:val) < 0')
  let s:hidden = filter(map(copy(s:mapped), {_, key -> maparg(key, 'n', 0, 1)}), 'get(v:val, "buffer")')
  for key in s:mapped
    let name = substitute(key, '<', '<lt>', 'g')
    execute printf('nnoremap <buffer> <expr> <nowait> %s <SID>follow(%s)', key, string(name))
  endfor
  let s:timer = timer_start(min([s:patience, &timeoutlen]), {-> codestats#window#digit#over()})
endfunction

" A digit more, or the motion: what was typed before goes before it.
function s:follow(key) abort
  if a:key =~# '^\d$'
    let s:number ..= a:key
    return ''
  endif
  let number = s:number
  let s:number = ''
  " Not while one of these mappings is looked up.
  call timer_start(0, {-> codestats#window#digit#over()})
  return number .. (a:key[0] ==# '<' ? eval('"\' .. a:key .. '"') : a:key)
endfunction

" No motion came, or another key of ours: a digit is a page.
function codestats#window#digit#over() abort
  if s:buffer == 0
    return
  endif
  call timer_stop(s:timer)
  let [number, buffer] = [s:number, s:buffer]
  let [s:number, s:buffer] = ['', 0]
  if buffer == bufnr()
    for key in s:mapped
      execute 'silent! nunmap <buffer>' key
    endfor
    for mapping in s:hidden
      call mapset('n', 0, mapping)
    endfor
    if !empty(number)
      call s:on_page(number[-1:])
    endif
  endif
endfunction
