" The window of the health check: its entries as sections and findings. It works without Python.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:signs = {'ok': 'OK', 'info': '  ', 'warn': 'WARNING', 'error': 'ERROR'}
let s:groups = {'ok': 'CodeStatsOk', 'info': 'CodeStatsLabel', 'warn': 'CodeStatsWarning', 'error': 'CodeStatsError'}
" As codestats.views.parts.colours makes them; without Python too. OK is green, whatever the colour scheme has for strings.
let s:looks = {
      \ 'CodeStatsOk': {'dark': 'ctermfg=71 guifg=#3fb950', 'light': 'ctermfg=28 guifg=#1a7f37'},
      \ 'CodeStatsTitle': {'dark': 'cterm=bold gui=bold', 'light': 'cterm=bold gui=bold'},
      \ 'CodeStatsLabel': 'Comment', 'CodeStatsWarning': 'WarningMsg', 'CodeStatsError': 'ErrorMsg',
      \ }
let s:drawn = []   " the entries that are shown

" :CodeStatsHealth
function codestats#health#window#show() abort
  if codestats#window#open('health', 'Looking', s:listener)
    call codestats#health#start(function('s:draw'))
  endif
endfunction

function s:key(name, key, spot) abort
  if a:key ==# 'r'
    call codestats#health#window#show()
  endif
endfunction

function s:resized(name) abort
  if !empty(s:drawn)
    call s:draw(s:drawn)
  endif
endfunction

let s:listener = {'key': function('s:key'), 'resized': function('s:resized'), 'closed': {_ -> 0}}

function s:draw(entries) abort
  if codestats#window#of('health') < 0
    return
  endif
  let s:drawn = a:entries
  let [lines, spans] = [[], {}]
  for [level, text, advice] in a:entries
    if level ==# 'start'
      call s:add_title(lines, spans, text)
    else
      call s:add(lines, spans, level, text, advice)
    endif
  endfor
  let looks = map(copy(s:looks), 'type(v:val) == v:t_dict ? v:val[&background] : v:val')
  let hints = [['q', 'close'], ['y', 'copy'], ['r', 'refresh']]
  let view = {'title': 'Code::Stats health', 'lines': lines, 'spans': spans, 'groups': looks, 'hints': hints, 'wrap': 1}
  call codestats#window#show('health', view)
endfunction

function s:add_title(lines, spans, text) abort
  let margin = s:margin()
  call extend(a:lines, ['', margin .. a:text])
  call s:mark(a:spans, 'CodeStatsTitle', len(a:lines), strlen(margin), strlen(margin .. a:text))
endfunction

" A finding with the sign in its colour, and the advice below it: one line, that it can be copied.
function s:add(lines, spans, level, text, advice) abort
  let indent = s:margin() .. '  '
  let begin = indent .. s:signs[a:level] .. ' '
  call s:mark(a:spans, s:groups[a:level], len(a:lines) + 1, strlen(indent), strlen(begin) - 1)
  let cells = codestats#window#size('health')[0] - strlen(s:margin())
  call extend(a:lines, codestats#text#fold(a:text, cells, begin, repeat(' ', strlen(begin))))
  if !empty(a:advice)
    call add(a:lines, indent .. (codestats#config#simple() ? '-> ' : '→  ') .. a:advice)
  endif
endfunction

function s:mark(spans, group, line, first, after) abort
  let a:spans[a:group] = add(get(a:spans, a:group, []), [a:line, a:first + 1, a:line, a:after + 1])
endfunction

" As the other windows have it.
function s:margin() abort
  return codestats#config#plain() || codestats#window#size('health')[0] < 30 ? '' : '  '
endfunction
