" Puts a rendering into its buffer: lines, highlights, and the mark on what the cursor points at.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:spans = has('nvim') ? nvim_create_namespace('codestats_view') : 0
let s:mark = has('nvim') ? nvim_create_namespace('codestats_spot') : 0
const s:part = 50    " lines whose highlights and spots come together: PART of codestats.views.parts.canvas
const s:pause = 10   " ms between two such parts
let s:left = {}      " buffer → {parts: number → JSON text of what is left to be drawn, timer}
let s:looks = {}   " group → what it is made of

" The lines, with cursor and scroll position where they were, or at the top of another page than {before}; back from what was
" looked into, where one left.
function codestats#window#draw#lines(buffer, window, view, before) abort
  call win_execute(a:window, 'let w:codestats_place = winsaveview()')
  let [tab, number] = win_id2tabwin(a:window)  " getwinvar() finds no window of another tab page, not by its ID either
  let places = gettabwinvar(tab, number, 'codestats_places', {})
  let places[get(a:before, 'page', '')] = gettabwinvar(tab, number, 'codestats_place')
  call settabwinvar(tab, number, 'codestats_places', places)
  if has('nvim')
    call nvim_buf_set_lines(a:buffer, 0, -1, v:false, a:view.lines)
  else
    silent call deletebufline(a:buffer, len(a:view.lines) + 1, '$')
    call setbufline(a:buffer, 1, a:view.lines)
  endif
  let top = {'lnum': 1, 'col': 0, 'curswant': 0, 'topline': 1, 'leftcol': 0}
  let is_back = get(a:view, 'depth') < get(a:before, 'depth')
  let place = !get(a:view, 'top') ? places[get(a:before, 'page', '')] : is_back ? get(places, a:view.page, top) : top
  call win_execute(a:window, 'call winrestview(' .. string(place) .. ')')
endfunction

" Each group links to one that we make, so a user's own definition wins; the colour scheme's groups are linked to as they are.
function codestats#window#draw#groups(groups) abort
  for [group, look] in items(a:groups)
    if get(s:looks, group, '') ==# look
      continue
    endif
    let s:looks[group] = look
    let made = look
    if look =~# '='
      let made = 'CodeStatsAuto' .. matchstr(group, '^CodeStats\zs.*')
      execute 'highlight clear' made
      execute 'highlight' made look
    endif
    execute 'highlight default link' group made
  endfor
endfunction

" A colour scheme has thrown the groups away.
function codestats#window#draw#forget() abort
  let s:looks = {}
endfunction

" Highlights and spots of a rendering: those of its first lines and of the lines in sight now, the others by and by, so that
" nobody waits for a long page.
function codestats#window#draw#parts(buffer, window, view) abort
  call codestats#window#draw#stop(a:buffer)
  if has('nvim')
    call nvim_buf_clear_namespace(a:buffer, s:spans, 0, -1)
  endif
  call codestats#window#draw#spans(a:buffer, a:view.spans)
  call codestats#window#spots#know(a:buffer, get(a:view, 'spots', {}))
  let further = get(a:view, 'further', [])
  if empty(further)
    return
  endif
  let left = {}
  for number in range(len(further))
    let left[number + 1] = further[number]
  endfor
  let s:left[a:buffer] = {'parts': left, 'timer': timer_start(s:pause, {-> s:draw_next(a:buffer)}, {'repeat': -1})}
  let top = getwininfo(a:window)[0].topline
  call codestats#window#draw#now(a:buffer, top, top + winheight(a:window) - 1)
endfunction

" Draw what is left to be drawn of some lines, from 1, at once: somebody looks at them.
function codestats#window#draw#now(buffer, first, last) abort
  if has_key(s:left, a:buffer)
    for number in range((a:first - 1) / s:part, (a:last - 1) / s:part)
      call s:draw_part(a:buffer, number)
    endfor
  endif
endfunction

" A part is text until then: one long text is read in no time, lists of lists are not.
function s:draw_part(buffer, number) abort
  let parts = s:left[a:buffer].parts
  if has_key(parts, a:number)
    let part = json_decode(remove(parts, a:number))
    call codestats#window#draw#spans(a:buffer, part.spans)
    call codestats#window#spots#add(a:buffer, part.spots)
  endif
endfunction

function s:draw_next(buffer) abort
  let numbers = map(keys(s:left[a:buffer].parts), 'str2nr(v:val)')
  if empty(numbers) || !bufexists(a:buffer)
    call codestats#window#draw#stop(a:buffer)
  else
    call s:draw_part(a:buffer, min(numbers))
  endif
endfunction

" What is still to be drawn is that of another rendering.
function codestats#window#draw#stop(buffer) abort
  if has_key(s:left, a:buffer)
    call timer_stop(remove(s:left, a:buffer).timer)
  endif
endfunction

" Highlights: group → list of [line, first byte, line, byte after], counted from 1.
function codestats#window#draw#spans(buffer, spans) abort
  if has('nvim')
    call luaeval('require("codestats.draw").spans(_A[1], _A[2], _A[3])', [a:buffer, s:spans, a:spans])
    return
  endif
  for [group, list] in items(a:spans)
    call s:make_type(a:buffer, group)
    call prop_add_list({'bufnr': a:buffer, 'type': group}, list)
  endfor
endfunction

function s:make_type(buffer, group) abort
  if empty(prop_type_get(a:group, {'bufnr': a:buffer}))
    call prop_type_add(a:group, {'bufnr': a:buffer, 'highlight': a:group, 'priority': a:group ==# 'CodeStatsSpot'})
  endif
endfunction

" Mark a spot [line, first byte, byte after, kind, …], [] for none: only what can be opened or has something to say.
function codestats#window#draw#mark(buffer, spot) abort
  let is_told = !empty(a:spot) && !(empty(a:spot[3]) && empty(a:spot[5]))
  if has('nvim')
    call nvim_buf_clear_namespace(a:buffer, s:mark, 0, -1)
    if is_told
      let look = {'end_col': a:spot[2], 'hl_group': 'CodeStatsSpot', 'priority': 5000}
      call nvim_buf_set_extmark(a:buffer, s:mark, a:spot[0], a:spot[1], look)
    endif
    return
  endif
  if !empty(prop_type_get('CodeStatsSpot', {'bufnr': a:buffer}))
    call prop_remove({'type': 'CodeStatsSpot', 'bufnr': a:buffer, 'all': 1})
  endif
  if is_told
    call s:make_type(a:buffer, 'CodeStatsSpot')
    call prop_add(a:spot[0] + 1, a:spot[1] + 1, {'length': a:spot[2] - a:spot[1], 'type': 'CodeStatsSpot', 'bufnr': a:buffer})
  endif
endfunction

" The byte of a line, from 0, that is drawn at a screen column, from 0; -1 beyond its end.
function codestats#window#draw#byte(line, column) abort
  let [byte, cells] = [0, 0]
  for char in split(a:line, '\zs')
    let cells += strdisplaywidth(char)
    if cells > a:column
      return byte
    endif
    let byte += strlen(char)
  endfor
  return -1
endfunction
