" Shows renderings, each in a window of its own: a float in Neovim, a split in Vim. Knows nothing of what is shown; what is
" typed or clicked there goes to the listener: a dictionary of Funcrefs, key(name, key, spot), resized(name) and closed(name).

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:buffers = {}     " name → buffer number
let s:listeners = {}   " name → its listener
let s:shown = {}       " name → the rendering that is shown
let s:sizes = {}       " name → [columns, lines] for which it was asked

" Open the window of {name}, or go to it, in whichever tab page it is, and say there that one is at work, in a {word};
" returns whether that could be done.
function codestats#window#open(name, word, listener) abort
  stopinsert
  let view = {'lines': ['', '  ' .. a:word .. (codestats#config#simple() ? ' ...' : ' …')], 'spans': {}}
  let window = codestats#window#of(a:name)
  let before = s:before()
  try
    if window > 0
      " First what is refused where text is locked: Vim 9.0 goes to the window all the same.
      call codestats#window#show(a:name, view)
      let s:listeners[a:name] = a:listener
      return win_gotoid(window)
    endif
    call codestats#window#frame#place()
  catch
    " Without the command that Vim adds, and Neovim's `E5555: API call: ` before it.
    let error = matchstr(v:exception, '.*\zsE\d\+: [^:]*')
    let reason = empty(getcmdwintype()) ? error : 'close the command-line window first'
    call codestats#message#forget('window')
    call codestats#message#warning('window', 'no window here: ' .. reason)
    return 0
  endtry
  let w:codestats_before = before
  call s:close_floats_below()
  let s:buffers[a:name] = bufnr()
  let s:listeners[a:name] = a:listener
  let s:sizes[a:name] = codestats#window#size(a:name)
  call s:settle()
  let b:codestats_view = a:name
  call s:map('q', 'call codestats#window#close()')
  call s:map('<Esc>', 'call codestats#window#close()')
  for button in ['<LeftMouse>', '<2-LeftMouse>', '<3-LeftMouse>', '<4-LeftMouse>']
    execute printf('nnoremap <buffer> <silent> <nowait> %s <LeftMouse><Cmd>call codestats#window#click()<CR>', button)
  endfor
  augroup codestats_window
    autocmd BufWipeout <buffer> call s:closed(str2nr(expand('<abuf>')))
    autocmd CursorMoved <buffer> call s:pointed(0)
    autocmd! WinScrolled * call s:scrolled()
    autocmd! VimResized * call s:resized()
    autocmd! ColorScheme * call s:recolour()
  augroup END
  call codestats#window#show(a:name, view)
  return 1
endfunction

" Where to go when it is closed: from one of our floats to the next it stays where the first came from.
function s:before() abort
  if codestats#float#is(win_getid()) && exists('w:codestats_before')
    return w:codestats_before
  endif
  return {'window': win_getid(), 'sizes': [&lines, &columns, winnr('$'), winrestcmd()]}
endfunction

" Floats lie on each other, all in the middle: parts of a larger one below would look like parts of the new one.
function s:close_floats_below() abort
  for buffer in values(s:buffers)
    for window in win_findbuf(buffer)
      if codestats#float#is(window) && win_id2tabwin(window)[0] == tabpagenr()
        call nvim_win_close(window, v:true)
      endif
    endfor
  endfor
endfunction

function s:settle() abort
  setlocal buftype=nofile bufhidden=wipe noswapfile nobuflisted nomodifiable filetype=codestats
  setlocal nowrap linebreak nonumber norelativenumber nolist nospell nocursorline nocursorcolumn nofoldenable
  setlocal foldcolumn=0 signcolumn=no colorcolumn= noscrollbind nocursorbind
  if exists('+breakindent')
    setlocal breakindent
  endif
endfunction

" The window that shows {name}, in any tab page; -1 for none.
function codestats#window#of(name) abort
  return get(win_findbuf(get(s:buffers, a:name, -1)), 0, -1)
endfunction

" Close the current window, one of ours, and leave the others as they were. Where it has become the only one, show a file.
function codestats#window#close() abort
  let before = get(w:, 'codestats_before', {})
  call codestats#window#head#hide(bufnr())
  if winnr('$') == 1 && tabpagenr('$') == 1
    let files = sort(getbufinfo({'buflisted': 1}), {a, b -> b.lastused - a.lastused})
    execute empty(files) ? 'enew' : 'buffer ' .. files[0].bufnr
    return
  endif
  close
  if !empty(before) && win_gotoid(before.window) && before.sizes[: 2] ==# [&lines, &columns, winnr('$')]
    execute before.sizes[3]
  endif
endfunction

function s:closed(buffer) abort
  let name = getbufvar(a:buffer, 'codestats_view', '')
  call codestats#window#head#hide(a:buffer)
  call codestats#window#spots#forget(a:buffer)
  call codestats#window#draw#stop(a:buffer)
  if get(s:buffers, name, -1) == a:buffer
    call remove(s:buffers, name)
    call remove(s:shown, name)
    call remove(s:sizes, name)
    call s:listeners[name].closed(name)
  endif
endfunction

function s:resized() abort
  for name in keys(s:buffers)
    let window = codestats#window#of(name)
    if window > 0
      let s:sizes[name] = codestats#window#size(name)
      call codestats#window#frame#fit(window, s:shown[name])
      call s:listeners[name].resized(name)
    endif
  endfor
endfunction

" The colour scheme is another one: groups are gone, and others are wanted.
function s:recolour() abort
  call codestats#window#draw#forget()
  call codestats#window#frame#forget()
  call s:resized()
endfunction

" A window scrolled, or the user made it another size.
function s:scrolled() abort
  for name in keys(s:buffers)
    if codestats#window#of(name) > 0 && codestats#window#size(name) !=# s:sizes[name]
      return s:resized()
    endif
    call s:draw_sight(name)
    call codestats#window#head#update(codestats#window#of(name), s:shown[name])
  endfor
endfunction

function s:draw_sight(name) abort
  let window = codestats#window#of(a:name)
  if window > 0
    let top = getwininfo(window)[0].topline
    call codestats#window#draw#now(s:buffers[a:name], top, top + winheight(window) - 1)
  endif
endfunction

function s:map(key, action) abort
  execute printf('nnoremap <buffer> <silent> <nowait> %s <Cmd>%s<CR>', a:key, a:action)
endfunction

" Columns and lines that a view may fill.
function codestats#window#size(name) abort
  return codestats#window#frame#room(codestats#window#of(a:name))
endfunction

" Show a rendering: title and lines; spans (group → list of [line, first byte, line, byte after], from 1) and spots (line → list
" of [first byte, byte after, kind, key, sentence], from 0) of the first 50 lines, further: both of each 50 more as JSON; keys that
" it wants to hear; hints [key, what it does]; sticky, numbers of the lines that stay in sight; wrap, whether the editor may break
" its lines; top, whether it is another page than before; page, which one it is, and depth, how far one looks into something.
function codestats#window#show(name, view) abort
  let buffer = get(s:buffers, a:name, -1)
  let window = codestats#window#of(a:name)
  if !bufexists(buffer)
    return
  endif
  let before = get(s:shown, a:name, {})
  let s:shown[a:name] = a:view
  call setbufvar(buffer, '&modifiable', 1)
  try
    call codestats#window#draw#lines(buffer, window, a:view, before)
  finally
    call setbufvar(buffer, '&modifiable', 0)
  endtry
  call call('settabwinvar', win_id2tabwin(window) + ['&wrap', get(a:view, 'wrap', 0)])
  call codestats#window#draw#groups(get(a:view, 'groups', {}))
  call codestats#window#draw#parts(buffer, window, a:view)
  call codestats#window#frame#fit(window, a:view)
  call codestats#window#head#update(window, a:view)
  " Those that mean something in other windows are no E21 in this one.
  call win_execute(window, 'call codestats#window#listen(' .. string(get(a:view, 'keys', ['r']) + ['o', 's', 'S', 'y']) .. ')')
  call win_execute(window, 'call s:pointed(1)')
endfunction

" In the view's window, the current one: hand these keys to the listener.
function codestats#window#listen(keys) abort
  let heard = get(b:, 'codestats_keys', [])
  for key in filter(copy(a:keys), 'index(heard, v:val) < 0')
    if key =~# '^\d$'
      call s:map(key, printf('call codestats#window#digit#typed(%s, function("codestats#window#press"))', key))
    else
      call s:map(key, printf('call codestats#window#key(%s)', string(substitute(key, '<', '<lt>', 'g'))))
    endif
  endfor
  let b:codestats_keys = heard + a:keys
endfunction

" A key of ours was typed in the current window.
function codestats#window#key(key) abort
  call codestats#window#digit#over()
  call codestats#window#press(a:key)
endfunction

" What a key does in the current window, with what the cursor is on.
function codestats#window#press(key) abort
  if a:key ==# 'y'
    call s:copy()
  elseif has_key(s:buffers, get(b:, 'codestats_view', '')) && has_key(s:listeners, b:codestats_view)
    let spot = codestats#window#spots#at(bufnr(), line('.') - 1, col('.') - 1)
    call s:listeners[b:codestats_view].key(b:codestats_view, a:key, empty(spot) ? [] : spot[2 : 3])
  endif
endfunction

" The current window as text, into the unnamed register and the clipboard where there is one.
function s:copy() abort
  let text = getline(1, '$')
  call setreg('"', text, 'l')
  if has('clipboard') || exists('g:loaded_clipboard_provider')
    silent! call setreg('+', text, 'l')
  endif
  call codestats#message#answer('info', 'copy', printf('Copied %d lines.', len(text)))
endfunction

" The mouse went down, and the cursor to it: what is there opens, also in the lines that stay in sight.
function codestats#window#click() abort
  let mouse = getmousepos()
  if !has_key(s:shown, get(b:, 'codestats_view', ''))
    return
  endif
  let line = codestats#window#head#line(win_getid(), s:shown[b:codestats_view], mouse.screenrow)
  if line < 0 && mouse.winid != win_getid()
    return
  endif
  let column = mouse.screencol - win_screenpos(0)[1] + codestats#window#frame#shift(win_getid())
  let row = line >= 0 ? line : mouse.line - 1
  let byte = codestats#window#draw#byte(get(s:shown[b:codestats_view].lines, row, ''), column)
  let spot = byte < 0 ? [] : codestats#window#spots#at(bufnr(), row, byte)
  if !empty(spot) && !empty(spot[2])
    call s:listeners[b:codestats_view].key(b:codestats_view, '<CR>', spot[2 : 3])
  endif
endfunction

" The cursor is somewhere else, or something else is under it: mark what it is on, and say what that is.
function s:pointed(is_new) abort
  let name = get(b:, 'codestats_view', '')
  if !has_key(s:shown, name)
    return
  endif
  call codestats#window#draw#now(bufnr(), line('.'), line('.'))
  let spot = codestats#window#spots#at(bufnr(), line('.') - 1, col('.') - 1)
  let spot = empty(spot) ? [] : [line('.') - 1] + spot
  if a:is_new || spot !=# get(w:, 'codestats_spot', [])
    let w:codestats_spot = spot
    call codestats#window#draw#mark(bufnr(), spot)
    call codestats#window#frame#border(win_getid(), s:shown[name], spot)
  endif
endfunction
