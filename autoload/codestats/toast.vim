" Shows good news where it is seen, in any mode and over any message: a small window in the upper right corner, for some
" seconds, that takes neither the cursor nor a key. With a notification plugin in Neovim, that.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:shown = 3000   " ms
const s:again = 500    " ms until it is tried again where no window may be opened
const s:tries = 20
let s:texts = []       " what is shown now, the newest last
let s:window = -1

function codestats#toast#show(text) abort
  call codestats#log#add('info: ' .. a:text)
  if has('nvim') && luaeval('require("codestats.notify").is_plugin()')
    call codestats#message#say('info', a:text, a:text)
  else
    call s:try(a:text, s:tries)
  endif
endfunction

function s:try(text, tries) abort
  try
    call s:draw(s:texts + [a:text])
    call add(s:texts, a:text)
    call timer_start(s:shown, {-> s:drop(a:text)})
  catch
    if a:tries > 0
      call timer_start(s:again, {-> s:try(a:text, a:tries - 1)})
    endif
  endtry
endfunction

function s:drop(text) abort
  call remove(s:texts, index(s:texts, a:text))
  try
    call s:draw(s:texts)
  catch
    call timer_start(s:again, {-> s:drop_window()})
  endtry
endfunction

function s:drop_window() abort
  silent! call s:close()
endfunction

function s:close() abort
  if s:window > 0 && !has('nvim')
    call popup_close(s:window)
  elseif s:window > 0
    call codestats#float#close(s:window)
  endif
  let s:window = -1
endfunction

function s:draw(texts) abort
  call s:close()
  if empty(a:texts)
    return
  endif
  let cells = max([&columns - 5, 1])
  let folded = flatten(map(copy(a:texts), {_, text -> codestats#text#fold(text, cells, ' ', ' ')}))
  let lines = map(folded, {_, line -> codestats#text#cut(line, cells) .. ' '})
  let width = max(map(copy(lines), 'strdisplaywidth(v:val)'))
  let row = 1 + (&showtabline == 2 || (&showtabline == 1 && tabpagenr('$') > 1))
  let s:window = has('nvim') ? s:float(lines, width, row) : s:popup(lines, width, row)
endfunction

function s:float(lines, width, row) abort
  return codestats#float#open(a:lines, {
        \ 'relative': 'editor', 'anchor': 'NE', 'row': a:row - 1, 'col': &columns - 1, 'width': a:width,
        \ 'height': len(a:lines), 'zindex': 250,
        \ 'border': codestats#float#edge(),
        \ })
endfunction

function s:popup(lines, width, row) abort
  return popup_create(a:lines, {
        \ 'pos': 'topright', 'line': a:row, 'col': &columns - 1, 'minwidth': a:width, 'maxwidth': a:width, 'zindex': 250,
        \ 'border': [], 'borderchars': split(codestats#config#simple() ? '-|-|++++' : '─│─│╭╮╯╰', '\zs'),
        \ 'highlight': 'Normal', 'borderhighlight': ['Normal'],
        \ })
endfunction
