" The only place that talks to the user: one prefix, three levels, each thing said once, and never in the way: what there
" is to say waits until the editor is about to wait for a key (SafeState) and nobody is asked anything.

let s:said = {}
let s:queue = []
let s:levels = {'error': ['ErrorMsg', 4], 'warning': ['WarningMsg', 3], 'info': ['None', 2]}
" Vim has SafeState once per key; SafeStateAgain follows timers and jobs.
let s:moments = exists('##SafeStateAgain') ? 'SafeState,SafeStateAgain' : 'SafeState'

augroup codestats_message
augroup END

function codestats#message#error(key, text) abort
  call s:note('error', a:key, a:text)
endfunction

function codestats#message#warning(key, text) abort
  call s:note('warning', a:key, a:text)
endfunction

function codestats#message#info(key, text) abort
  call s:note('info', a:key, a:text)
endfunction

" What the editor's part has to say is in the log, whole; the core logs for itself.
function s:note(level, key, text) abort
  if get(s:said, a:key, '') !=# a:text
    call codestats#log#add(a:level .. ': ' .. a:text)
  endif
  call codestats#message#say(a:level, a:key, a:text)
endfunction

" Say {text} unless it is what was said last under {key}.
function codestats#message#say(level, key, text) abort
  if get(s:said, a:key, '') ==# a:text
    return
  endif
  let s:said[a:key] = a:text
  call add(s:queue, [a:level, 'codestats: ' .. substitute(a:text, '[[:cntrl:]]\+', ' ', 'g')])
  execute 'autocmd! codestats_message' s:moments '* call s:deliver()'
endfunction

" What was said under {key} no longer holds: say it again the next time.
function codestats#message#forget(key) abort
  silent! call remove(s:said, a:key)
endfunction

" One message at a time: two in a row would scroll the screen and ask for <Enter>.
function s:deliver() abort
  if !v:vim_did_enter || mode() =~# '[cr!t]' || empty(s:queue)
    return
  endif
  let [level, text] = remove(s:queue, 0)
  if empty(s:queue)
    autocmd! codestats_message
  endif
  let [highlight, number] = s:levels[level]
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

" What is wider than the last line would ask for <Enter>, were the screen not drawn anew at once: so the whole text is in
" :messages, and as much of it as there is room for is to be seen.
function s:echo(highlight, text) abort
  let room = v:echospace + &columns * (max([1, &cmdheight]) - 1)
  let [shown, more] = [s:fitted(a:text, room), &more]
  execute 'echohl' a:highlight
  try
    set nomore
    redraw
    echomsg a:text
    if shown !=# a:text
      redraw
      echo shown
    endif
  finally
    echohl None
    let &more = more
  endtry
endfunction

function s:fitted(text, room) abort
  if strdisplaywidth(a:text) <= a:room
    return a:text
  endif
  let more = '… (:messages)'
  let room = max([a:room - strdisplaywidth(more), 0])
  let text = strcharpart(a:text, 0, room)
  while strdisplaywidth(text) > room
    let text = strcharpart(text, 0, strchars(text) - 1)
  endwhile
  return strcharpart(text .. more, 0, max([a:room, 1]))
endfunction
