" Shows a rendered view: a float in Neovim, a window of its own in Vim. Knows nothing of what is shown.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:buffers = {}   " name → buffer number
let s:namespace = has('nvim') ? nvim_create_namespace('codestats_view') : 0

" Open the window of {name}, or go to it, in whichever tab page it is, and say there that one is at work, in a {word};
" returns whether that could be done.
function codestats#window#open(name, word) abort
  stopinsert
  let view = {'lines': ['', '  ' .. a:word .. (codestats#config#ascii() ? ' ...' : ' …')], 'spans': []}
  let window = s:window(a:name)
  let before = {'window': win_getid(), 'sizes': [&lines, &columns, winnr('$'), winrestcmd()]}
  try
    if window > 0
      " First what is refused where text is locked: Vim 9.0 goes to the window all the same.
      call codestats#window#show(a:name, view)
      return win_gotoid(window)
    endif
    call s:place()
  catch
    " Without the command that Vim adds, and Neovim's `E5555: API call: ` before it.
    let error = matchstr(v:exception, '.*\zsE\d\+: [^:]*')
    let reason = empty(getcmdwintype()) ? error : 'close the command-line window first'
    call codestats#message#forget('window')
    call codestats#message#warning('window', 'no window here: ' .. reason)
    return 0
  endtry
  let w:codestats_before = before
  let s:buffers[a:name] = bufnr()
  setlocal buftype=nofile bufhidden=wipe noswapfile nobuflisted nomodifiable filetype=codestats
  setlocal nowrap linebreak nonumber norelativenumber nolist nospell nocursorline nocursorcolumn nofoldenable
  setlocal foldcolumn=0 signcolumn=no colorcolumn= noscrollbind nocursorbind
  if exists('+breakindent')
    setlocal breakindent
  endif
  let b:codestats_view = a:name
  call s:map('q', 'call codestats#window#close()')
  call s:map('<Esc>', 'call codestats#window#close()')
  augroup codestats_window
    autocmd BufWipeout <buffer> call s:closed(str2nr(expand('<abuf>')))
    autocmd! VimResized * call s:resized()
  augroup END
  call codestats#window#show(a:name, view)
  return 1
endfunction

" The window that shows {name}, in any tab page; -1 for none.
function s:window(name) abort
  return get(win_findbuf(get(s:buffers, a:name, -1)), 0, -1)
endfunction

" Close the current window, one of ours, and leave the others as they were. Where it has become the only one, show a file.
function codestats#window#close() abort
  let before = get(w:, 'codestats_before', {})
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

function s:place() abort
  if has('nvim')
    call nvim_open_win(nvim_create_buf(v:false, v:true), v:true, extend(s:float(), {
          \ 'style': 'minimal', 'title': ' Code::Stats ', 'title_pos': 'center',
          \ 'border': codestats#config#get('ascii') ? ['+', '-', '+', '|', '+', '-', '+', '|'] : 'rounded',
          \ }))
  else
    execute 'silent keepalt botright' max([1, &lines - &cmdheight - 4]) .. 'new'
    setlocal statusline=\ Code::Stats winfixheight
  endif
endfunction

function s:closed(buffer) abort
  let name = getbufvar(a:buffer, 'codestats_view', '')
  if get(s:buffers, name, -1) == a:buffer
    call remove(s:buffers, name)
    call codestats#view#close(name)
  endif
endfunction

function s:resized() abort
  for name in keys(s:buffers)
    let window = s:window(name)
    if window > 0
      if s:floats(window)
        call nvim_win_set_config(window, s:float())
      endif
      call codestats#view#resize(name)
    endif
  endfor
endfunction

function s:map(key, action) abort
  execute printf('nnoremap <buffer> <silent> <nowait> %s <Cmd>%s<CR>', a:key, a:action)
endfunction

" The float's place: centred, with room for its border. With the style Neovim would extend 'winhighlight' at each change
" (seen on 0.10 and 0.11).
function s:float() abort
  let width = max([20, min([&columns - 4, 120])])
  let height = max([3, min([&lines - &cmdheight - 4, 44])])
  return {
        \ 'relative': 'editor', 'width': width, 'height': height, 'row': (&lines - &cmdheight - height - 2) / 2,
        \ 'col': (&columns - width - 2) / 2,
        \ }
endfunction

" Columns and lines that a view may fill.
function codestats#window#size(name) abort
  let window = getwininfo(s:window(a:name))[0]
  return [window.width, window.height]
endfunction

" Show a rendering: its title, lines, spans [line, first byte, byte after, group], the keys it wants to hear, and whether its
" lines may be broken (wrap).
function codestats#window#show(name, view) abort
  let buffer = get(s:buffers, a:name, -1)
  if !bufexists(buffer)
    return
  endif
  call setbufvar(buffer, '&modifiable', 1)
  try
    call s:replace(buffer, a:view.lines)
  finally
    call setbufvar(buffer, '&modifiable', 0)
  endtry
  call setwinvar(s:window(a:name), '&wrap', get(a:view, 'wrap', 0))
  call s:entitle(s:window(a:name), get(a:view, 'title', 'Code::Stats'))
  call s:define(get(a:view, 'groups', {}))
  call s:highlight(buffer, a:view.spans)
  call win_execute(s:window(a:name), 'call s:listen(' .. string(get(a:view, 'keys', []) + ['r', 'o']) .. ')')
endfunction

" The user may have made a split of it (|CTRL-W_H|).
function s:floats(window) abort
  return has('nvim') && !empty(nvim_win_get_config(a:window).relative)
endfunction

function s:entitle(window, title) abort
  if s:floats(a:window)
    call nvim_win_set_config(a:window, {'title': ' ' .. a:title .. ' ', 'title_pos': 'center'})
  else
    call setwinvar(a:window, '&statusline', ' ' .. substitute(a:title, '%', '%%', 'g'))
  endif
endfunction

function s:replace(buffer, lines) abort
  if has('nvim')
    call nvim_buf_set_lines(a:buffer, 0, -1, v:false, a:lines)
  else
    silent call deletebufline(a:buffer, len(a:lines) + 1, '$')
    call setbufline(a:buffer, 1, a:lines)
  endif
endfunction

" Groups link to standard ones; a user's own definition wins, and a colour scheme is followed.
function s:define(groups) abort
  for [group, link] in items(a:groups)
    execute 'highlight default link' group link
  endfor
endfunction

function s:highlight(buffer, spans) abort
  if has('nvim')
    call nvim_buf_clear_namespace(a:buffer, s:namespace, 0, -1)
    for [line, start, end, group] in a:spans
      call nvim_buf_set_extmark(a:buffer, s:namespace, line, start, {'end_col': end, 'hl_group': group})
    endfor
    return
  endif
  for [line, start, end, group] in a:spans
    if empty(prop_type_get(group, {'bufnr': a:buffer}))
      call prop_type_add(group, {'bufnr': a:buffer, 'highlight': group})
    endif
    call prop_add(line + 1, start + 1, {'length': end - start, 'type': group, 'bufnr': a:buffer})
  endfor
endfunction

" In the view's window: hand these keys to the view. Asking again and the web page are there for every view.
function s:listen(keys) abort
  for key in a:keys
    call s:map(key, printf('call codestats#view#key(%s, %s)', string(b:codestats_view), string(substitute(key, '<', '<lt>', 'g'))))
  endfor
endfunction
