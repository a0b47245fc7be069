" The only place that talks to the user: one prefix, three levels, each thing said once.

let s:said = {}
let s:levels = {'error': ['ErrorMsg', 4], 'warning': ['WarningMsg', 3], 'info': ['None', 2]}

function codestats#message#error(key, text) abort
  call codestats#message#say('error', a:key, a:text)
endfunction

function codestats#message#warning(key, text) abort
  call codestats#message#say('warning', a:key, a:text)
endfunction

function codestats#message#info(key, text) abort
  call codestats#message#say('info', a:key, a:text)
endfunction

" Say {text} unless it is what was said last under {key}.
function codestats#message#say(level, key, text) abort
  if get(s:said, a:key, '') ==# a:text
    return
  endif
  let s:said[a:key] = a:text
  let [highlight, number] = s:levels[a:level]
  let text = 'codestats: ' .. substitute(a:text, '[[:cntrl:]]\+', ' ', 'g')
  if s:has_notifier()
    call v:lua.vim.notify(text, number, {'title': 'codestats'})
  else
    call s:echo(highlight, text)
  endif
endfunction

" Whether the user has a notification plugin; Neovim's own vim.notify only echoes.
function s:has_notifier() abort
  return has('nvim') && luaeval('debug.getinfo(vim.notify, "S").source:find("vim/_", 1, true) == nil')
endfunction

" What was said under {key} no longer holds: say it again the next time.
function codestats#message#forget(key) abort
  silent! call remove(s:said, a:key)
endfunction

" A message wider than the screen would ask for <Enter>; the whole text is in :CodeStatsLog and :CodeStatsStatus.
function s:echo(highlight, text) abort
  let room = &columns * max([1, &cmdheight]) - 13
  let text = strdisplaywidth(a:text) > room ? strcharpart(a:text, 0, room - 1) .. '…' : a:text
  execute 'echohl' a:highlight
  try
    echomsg text
  finally
    echohl None
  endtry
endfunction
