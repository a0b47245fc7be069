" Where a view's window is, how large, and what stands on its border (Neovim's float) or in its status line (Vim's split):
" the title, what the cursor points at, and the keys.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:inked = {}   " group → what it is as a text on the border

" Open it, empty.
function codestats#window#frame#place() abort
  if has('nvim')
    let buffer = nvim_create_buf(v:false, v:true)
    call nvim_open_win(buffer, v:true, extend(extend(s:float(2), s:edge()), s:title('Code::Stats')))
  else
    execute 'silent keepalt botright' s:split_height() .. 'new'
    setlocal statusline=\ Code::Stats winfixheight
  endif
endfunction

function s:split_height() abort
  return max([1, &lines - &cmdheight - 4])
endfunction

" Columns and lines that a view may fill: of a float, which is as high as its content, the most that it may be. (The
" user may have made a split of it: |CTRL-W_H|.)
function codestats#window#frame#room(window) abort
  if codestats#float#is(a:window)
    return s:float_size()
  endif
  let window = getwininfo(a:window)[0]
  return [window.width, window.height]
endfunction

" Sentences have all of the screen: what is beside or below them would be read out with them.
function s:float_size() abort
  if codestats#config#plain()
    return [&columns, max([1, &lines - &cmdheight - 1])]
  endif
  return [max([20, min([&columns - 4, 120])]), max([3, min([&lines - &cmdheight - 4, 44])])]
endfunction

" The float's place: in the middle, its top where the highest one has it, so that tabs stay under the mouse. (With the style
" Neovim would extend 'winhighlight' at each change; seen on 0.10 and 0.11.)
function s:float(lines) abort
  let [width, height] = s:float_size()
  return {
        \ 'relative': 'editor', 'width': width, 'height': codestats#config#plain() ? height : max([1, min([height, a:lines])]),
        \ 'row': max([0, (&lines - &cmdheight - height - 2) / 2]), 'col': max([0, (&columns - width - 2) / 2]),
        \ }
endfunction

" What it has from the beginning.
function s:edge() abort
  let edge = {'style': 'minimal'}
  if codestats#config#plain()
    let edge.border = 'none'
  elseif empty(s:border())
    let edge.border = codestats#float#edge()
  endif
  return edge
endfunction

" The user's own border for all floats (Neovim 0.11 and newer): taken where none is given. None around sentences.
function s:border() abort
  return codestats#config#plain() ? 'none' : exists('+winborder') ? &winborder : ''
endfunction

function s:title(text) abort
  return s:border() ==# 'none' ? {} : {'title': [[' ' .. a:text .. ' ', s:inked('FloatTitle')]], 'title_pos': 'center'}
endfunction

" A group for a text on the border, with the border's ground: Neovim would draw it on that of the windows below (seen on 0.11).
function s:inked(group) abort
  if !has_key(s:inked, a:group)
    let name = 'CodeStatsBorder' .. substitute(a:group, '^CodeStats', '', '')
    let look = nvim_get_hl(0, {'name': a:group, 'link': v:false})
    let normal = nvim_get_hl(0, {'name': 'NormalFloat', 'link': v:false})
    let border = extend(nvim_get_hl(0, {'name': 'FloatBorder', 'link': v:false}), normal, 'keep')
    call nvim_set_hl(0, name, extend(look, filter(border, 'v:key =~# "bg$"'), 'keep'))
    let s:inked[a:group] = name
  endif
  return s:inked[a:group]
endfunction

" The colour scheme is another one.
function codestats#window#frame#forget() abort
  let s:inked = {}
endfunction

" Make the window fit what it shows.
function codestats#window#frame#fit(window, view) abort
  if codestats#float#is(a:window)
    call nvim_win_set_config(a:window, s:float(s:rows(a:view, s:float_size()[0])))
  endif
endfunction

" Rows of the screen that the lines take.
function s:rows(view, width) abort
  let rows = len(a:view.lines)
  for line in get(a:view, 'wrap', 0) ? a:view.lines : []
    let rows += max([strdisplaywidth(line) - 1, 0]) / a:width
  endfor
  return rows
endfunction

" Rows of a border above the first line, which win_screenpos() counts in.
function codestats#window#frame#rows_above(window) abort
  return s:has_border(a:window)
endfunction

" Columns from the window's left edge, as win_screenpos() tells it, to the first of its text, as the mouse counts them.
function codestats#window#frame#shift(window) abort
  return -s:has_border(a:window)
endfunction

function s:has_border(window) abort
  return codestats#float#is(a:window) && s:border() !=# 'none'
endfunction

" Title, what the cursor points at ([] or [line, first byte, byte after, kind, key, sentence]), and as many keys as fit.
function codestats#window#frame#border(window, view, spot) abort
  let title = get(a:view, 'title', 'Code::Stats')
  let hints = copy(get(a:view, 'hints', []))
  let sentence = get(a:spot, 5, '')
  if s:has_border(a:window)
    let config = s:title(title)
    let config.footer = s:footer(nvim_win_get_width(a:window), sentence, hints)
    let config.footer_pos = 'left'
    call nvim_win_set_config(a:window, config)
    return
  endif
  let told = empty(sentence) ? title : sentence
  let shown = s:fitting(hints, winwidth(a:window) - strdisplaywidth(told) - 3, 2)
  let text = ' ' .. told .. ' ' .. join(map(shown, '"  " .. join(v:val)'), '')
  let option = codestats#float#is(a:window) ? '&winbar' : '&statusline'
  call call('settabwinvar', win_id2tabwin(a:window) + [option, substitute(text, '%', '%%', 'g')])
endfunction

" The first hints, as many as fit into so many cells with {blanks} each; for one that is too long a later one.
function s:fitting(hints, cells, blanks) abort
  let [found, left] = [[], a:cells]
  for hint in a:hints
    let cells = strdisplaywidth(join(hint)) + a:blanks
    if cells <= left
      let left -= cells
      call add(found, hint)
    endif
  endfor
  return found
endfunction

" As Neovim wants it: a list of [text, group].
function s:footer(width, sentence, hints) abort
  let parts = []
  let left = a:width - 4
  if !empty(a:sentence)
    let [mark, more] = codestats#config#simple() ? ['> ', '...'] : ['▸ ', '…']
    let told = codestats#text#shorten(a:sentence, left - 4, more)
    let parts += [[' ' .. mark, s:inked('CodeStatsKey')], [told .. ' ', s:inked('CodeStatsName')]]
    let left -= strdisplaywidth(a:sentence) + 4
  endif
  for [key, what] in s:fitting(a:hints, left, 3)
    let parts += [[' ' .. key, s:inked('CodeStatsKey')], [' ' .. what .. ' ', s:inked('CodeStatsLabel')]]
  endfor
  return empty(parts) ? '' : parts
endfunction
