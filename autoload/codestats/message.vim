" The only place that talks to the user: one prefix, three levels, each thing said once, and never in the way: what there
" is to say waits until the editor is about to wait for a key (SafeState) and nobody is asked anything.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:said = {}
let s:queue = []       " [level, text, key]; under one key only what was said last
let s:timer = -1
let s:is_delivering = 0
let s:trouble = ''     " what went wrong last
const s:shown = 5000   " ms
const s:again = 1000   " ms
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

" Say {text} unless it is what was said last under {key}. It takes the place of what still waits there: how far an import is
" nobody wants to read once more for each word about it.
function codestats#message#say(level, key, text) abort
  if get(s:said, a:key, '') ==# a:text
    return
  endif
  let s:said[a:key] = a:text
  call filter(s:queue, 'v:val[2] !=# a:key')
  call add(s:queue, [a:level, 'codestats: ' .. substitute(a:text, '[[:cntrl:]]\+', ' ', 'g'), a:key])
  execute 'autocmd! codestats_message' s:moments '* call s:deliver()'
  call s:look_in(1)
endfunction

" Say it even if it was said last: the answer to a command is said each time.
function codestats#message#answer(level, key, text) abort
  call codestats#message#forget(a:key)
  call codestats#message#say(a:level, a:key, a:text)
endfunction

function s:look_in(milliseconds) abort
  call timer_stop(s:timer)
  let s:timer = timer_start(a:milliseconds, {-> s:look()})
endfunction

" Vim that was interrupted while it began to wait has no such moment before the next key (seen on 9.2): look for one.
function s:look() abort
  if !empty(s:queue)
    if empty(state('moxasw'))
      call s:deliver()
    endif
    call s:look_in(s:again)
  endif
endfunction

" What was said under {key} no longer holds: say it again the next time.
function codestats#message#forget(key) abort
  if has_key(s:said, a:key)
    call remove(s:said, a:key)
  endif
endfunction

" One message at a time: two in a row would scroll the screen and ask for <Enter>. It leaves the queue when it was shown.
function s:deliver() abort
  if s:is_delivering || !v:vim_did_enter || mode() =~# '[cr!t]' || empty(s:queue)
    return
  endif
  let message = s:queue[0]
  let s:is_delivering = 1
  try
    call s:show(message[0], message[1])
    call filter(s:queue, 'v:val isnot message')
  catch
    " CTRL-C that meant something else, or no window may be opened now: at another moment.
    call s:note_trouble(v:exception)
  finally
    let s:is_delivering = 0
  endtry
  if empty(s:queue)
    autocmd! codestats_message
  endif
endfunction

function s:show(level, text) abort
  let [highlight, number] = s:levels[a:level]
  if s:has_plugin()
    call luaeval('require("codestats.notify").show(unpack(_A))', [a:text, number, 'codestats#message#not_shown'])
  else
    call s:echo(highlight, a:text)
  endif
endfunction

" Whether a notification plugin can show it. In the command-line window none may open a window of its own.
function s:has_plugin() abort
  return has('nvim') && empty(getcmdwintype()) && luaeval('require("codestats.notify").is_plugin()')
endfunction

" The notification plugin did not show this: do it here.
function codestats#message#not_shown(text, number, problem) abort
  call s:note_trouble('vim.notify: ' .. a:problem)
  let level = filter(keys(s:levels), 's:levels[v:val][1] == a:number')[0]
  call s:echo(s:levels[level][0], a:text)
endfunction

function s:note_trouble(text) abort
  if a:text !=# s:trouble
    let s:trouble = a:text
    call codestats#log#add('showing a message: ' .. a:text)
  endif
endfunction

" What is wider than the last line would ask for <Enter>, were the screen not drawn again at once: so the whole text is in
" :messages, and as much of it as there is room for is to be seen.
function s:echo(highlight, text) abort
  if &cmdheight == 0
    return s:float(a:highlight, codestats#text#shorten(a:text, &columns - 1, '… (:CodeStatsLog)'))
  endif
  let mark = codestats#config#simple() ? '... (:messages)' : '… (:messages)'
  let shown = codestats#text#shorten(a:text, s:room() + &columns * (&cmdheight - 1), mark)
  let more = &more
  let after = exists('+messagesopt') ? &messagesopt : ''
  execute 'echohl' a:highlight
  try
    set nomore
    if !empty(after)
      " Delivered by the timer, Vim asks before the screen can be drawn again (seen on 9.2).
      let &messagesopt = substitute(after, '\Chit-enter', 'wait:0', '')
    endif
    redraw
    echomsg a:text
    if shown !=# a:text
      redraw
      echo shown
    endif
  finally
    echohl None
    let &more = more
    if !empty(after)
      let &messagesopt = after
    endif
  endtry
endfunction

" Cells of the last line for a message. Neovim puts a float's ruler there, whatever 'laststatus' is, and does not take it off
" v:echospace (seen on 0.11).
function s:room() abort
  let has_ruler = &ruler && codestats#float#is(0)
  return has_ruler ? min([v:echospace, &columns - 19]) : v:echospace
endfunction

" Without a message line Neovim asks for <Enter> after any message (0.10 to 0.12): a line of its own, for some seconds.
function s:float(highlight, text) abort
  let window = codestats#float#open([a:text], {
        \ 'relative': 'editor', 'row': &lines - 2, 'col': 0, 'width': max([strdisplaywidth(a:text), 1]), 'height': 1,
        \ })
  call nvim_set_option_value('winhighlight', 'NormalFloat:' .. a:highlight, {'win': window})
  call timer_start(s:shown, {-> codestats#float#close(window)})
endfunction
