" The lines of a page that stay in sight while it is scrolled (tabs, headings of columns): over the window's first lines, in
" a float or a popup.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:heads = {}   " buffer → {id, lines}: the float's or popup's, and the numbers of the lines in it

" Numbers of the lines that are out of sight and should not be.
function s:hidden(window, sticky) abort
  let top = getwininfo(a:window)[0].topline - 1
  let hidden = []
  for line in a:sticky
    if line < top + len(hidden)
      call add(hidden, line)
    endif
  endfor
  return hidden
endfunction

function codestats#window#head#update(window, view) abort
  if a:window <= 0 || empty(getwininfo(a:window))
    return
  endif
  let buffer = winbufnr(a:window)
  let sticky = get(a:view, 'sticky', [])
  call call('settabwinvar', win_id2tabwin(a:window) + ['&scrolloff', len(sticky)])
  let hidden = empty(sticky) ? [] : s:hidden(a:window, sticky)
  if has_key(s:heads, buffer) && s:heads[buffer].lines ==# hidden && s:heads[buffer].view is a:view
    return
  endif
  call codestats#window#head#hide(buffer)
  if empty(hidden) || tabpagenr() != getwininfo(a:window)[0].tabnr
    return
  endif
  let lines = map(copy(hidden), 'a:view.lines[v:val]')
  let spans = s:spans(a:view.spans, hidden)
  let id = has('nvim') ? s:float(a:window, lines, spans) : s:popup(a:window, lines, spans)
  let s:heads[buffer] = {'id': id, 'lines': hidden, 'view': a:view}
endfunction

" The spans of some lines, counted from the first of these.
function s:spans(spans, lines) abort
  let found = {}
  for [group, places] in items(a:spans)
    let ours = filter(copy(places), 'index(a:lines, v:val[0] - 1) >= 0')
    if !empty(ours)
      let found[group] = map(ours, '[index(a:lines, v:val[0] - 1) + 1, v:val[1], index(a:lines, v:val[2] - 1) + 1, v:val[3]]')
    endif
  endfor
  return found
endfunction

function s:float(window, lines, spans) abort
  let id = codestats#float#open(a:lines, {
        \ 'relative': 'win', 'win': a:window, 'row': 0, 'col': 0, 'width': nvim_win_get_width(a:window),
        \ 'height': len(a:lines), 'zindex': 60,
        \ })
  call codestats#window#draw#spans(winbufnr(id), a:spans)
  return id
endfunction

function s:popup(window, lines, spans) abort
  let text = map(copy(a:lines), '{"text": v:val, "props": []}')
  for [group, places] in items(a:spans)
    if empty(prop_type_get(group))
      call prop_type_add(group, {'highlight': group})
    endif
    for [line, start, _, end] in places
      call add(text[line - 1].props, {'col': start, 'length': end - start, 'type': group})
    endfor
  endfor
  let [row, column] = win_screenpos(a:window)
  let width = winwidth(a:window)
  return popup_create(text, {
        \ 'line': row, 'col': column, 'minwidth': width, 'maxwidth': width, 'highlight': 'Normal', 'wrap': 0, 'zindex': 40,
        \ 'fixed': 1,
        \ })
endfunction

function codestats#window#head#hide(buffer) abort
  if !has_key(s:heads, a:buffer)
    return
  endif
  let head = remove(s:heads, a:buffer)
  if !has('nvim')
    call popup_close(head.id)
  else
    call codestats#float#close(head.id)
  endif
endfunction

" The number of the line, from 0, that stands over {window} at a row of the screen, from 1; -1 for none.
function codestats#window#head#line(window, view, screenrow) abort
  let head = get(s:heads, winbufnr(a:window), {})
  let row = a:screenrow - win_screenpos(a:window)[0] - codestats#window#frame#rows_above(a:window)
  return empty(head) || row < 0 ? -1 : get(head.lines, row, -1)
endfunction
