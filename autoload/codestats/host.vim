" Carries messages between the editor and the Python core (codestats.engine.engine), whichever way there is:
"   codestats#host#remote    Neovim: our own remote-plugin process
"   codestats#host#embedded  Vim: the embedded python3
"   codestats#host#channel   a job, where the first choice can't be had: Vim without a working python3, Neovim without pynvim
" A carrier has start(), send(message) and leave(), and reports by receive(message), stopped(status) and failed(lacking).
" No decisions are taken here: a host is started when there is something to say, and again when it went away.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:carriers = []      " those still to try, best first; the first is in use
let s:state = 'down'     " down, starting, up, resting (until the next try), failed
let s:waiting = []       " messages for a host that is starting
let s:configured = {}    " the settings that the host knows
let s:failures = 0
const s:again = 200      " ms until a message that could not be handled is tried again
const s:pauses = [1, 5, 15, 60, 300, 900]   " seconds until the next try, after one accident, two, …

function s:call(name, ...) abort
  return call('codestats#host#' .. s:carriers[0] .. '#' .. a:name, a:000)
endfunction

" g:codestats_host, or all that this editor can use.
function s:possible() abort
  let own = has('nvim') ? ['remote'] : has('python3') ? ['embedded'] : []
  let wanted = codestats#config#get('host')
  let possible = filter(own + ['channel'], 'wanted ==# "auto" || v:val ==# wanted')
  return empty(possible) ? ['channel'] : possible
endfunction

" Hand batches over. A host that is only starting gets all that is outstanding when it is up.
function codestats#host#record(batches) abort
  if s:state ==# 'up'
    call s:send({'type': 'record', 'batches': a:batches})
  else
    call s:start()
  endif
endfunction

" What can't be said yet waits for the host. A flush is the user's wish to try now.
function codestats#host#send(message) abort
  if s:state ==# 'up'
    call s:send(a:message)
    return
  endif
  if a:message.type ==# 'flush' && (s:state ==# 'failed' || s:state ==# 'resting')
    let s:state = 'down'
  endif
  if s:state !=# 'failed' && index(s:waiting, a:message) < 0
    call add(s:waiting, a:message)
  endif
  call s:start()
endfunction

" down, starting, up, resting or failed.
function codestats#host#state() abort
  return s:state
endfunction

" The carrier in use, or the one that would be tried first.
function codestats#host#carrier() abort
  return get(s:carriers, 0, s:possible()[0])
endfunction

" How Python runs, in words.
function codestats#host#manner() abort
  return {'remote': 'as a remote plugin', 'embedded': 'inside Vim', 'channel': 'as a job'}[codestats#host#carrier()]
endfunction

function s:start() abort
  if s:state ==# 'down'
    let s:state = 'starting'
    if empty(s:carriers)
      let s:carriers = s:possible()
    endif
    call s:call('start')
  endif
endfunction

" Something was installed: what failed before may work now, and what was kept goes out.
function codestats#host#renew() abort
  call codestats#message#forget('python')
  if s:state ==# 'failed' || s:state ==# 'down' || s:state ==# 'resting'
    let s:carriers = []
    let s:state = 'down'
  endif
  call codestats#host#send({'type': 'flush'})
endfunction

" Send, and before it the settings if they changed.
function s:send(message) abort
  let settings = codestats#hook#ask('settings')
  if settings !=# s:configured
    let s:configured = deepcopy(settings)
    call s:call('send', {'type': 'configure', 'settings': settings})
  endif
  call s:call('send', a:message)
endfunction

" The host is up: tell it what to know, and what waited for it.
function s:on_hello(message) abort
  if empty(s:carriers)
    " Too late: it was given up.
    return
  endif
  let s:state = 'up'
  call codestats#log#add('the ' .. s:carriers[0] .. ' host is up: Python ' .. get(a:message, 'python', ''))
  if s:carriers[0] !=# 'embedded'
    call codestats#host#process#is_up()
  endif
  let s:configured = {}
  call codestats#hook#run('host_up')
  let batches = codestats#hook#ask('outstanding')
  call s:send({'type': 'record', 'batches': batches})
  let waiting = s:waiting
  let s:waiting = []
  for message in waiting
    call s:send(message)
  endfor
endfunction

" Carriers: the host went away, by itself after a while without XP (status 0) or by an accident.
function codestats#host#stopped(status) abort
  let s:state = 'down'
  if a:status == 0
    call s:go_on()
    return
  endif
  let pause = s:pauses[min([s:failures, len(s:pauses) - 1])]
  let s:failures += 1
  call codestats#log#add('the host ended with status ' .. a:status .. ', next try in ' .. pause .. ' s')
  call s:rest('resting', pause)
endfunction

" Carriers: no Python here can run the core this way. The next way is tried; after the last one what is counted is kept,
" written to a hand-over file at exit, and the user is told.
function codestats#host#failed(lacking) abort
  let s:state = 'down'
  call remove(s:carriers, 0)
  if !empty(s:carriers)
    call s:start()
    return
  endif
  let problem = codestats#python#advice(a:lacking)
  let s:waiting = []
  call s:rest('failed', s:pauses[-1])
  call codestats#message#error('python', problem)
  call codestats#hook#run('no_host', problem)
endfunction

function s:rest(state, seconds) abort
  let s:state = a:state
  call timer_start(a:seconds * 1000, {-> s:wake(a:state)})
endfunction

function s:wake(state) abort
  if s:state ==# a:state
    let s:state = 'down'
    call s:go_on()
  endif
endfunction

" Start again, if something is outstanding.
function s:go_on() abort
  if !empty(codestats#hook#ask('outstanding')) || !empty(s:waiting)
    call s:start()
  endif
endfunction

" Carriers: a message from the core.
function codestats#host#receive(message) abort
  try
    if a:message.type ==# 'hello'
      call s:on_hello(a:message)
    else
      let s:failures = a:message.type ==# 'recorded' ? 0 : s:failures
      call codestats#hook#run('message', a:message)
    endif
  catch /^Vim:Interrupt$\|\<E565:/
    " CTRL-C meant something else; and while text is locked no window can change.
    call timer_start(s:again, {-> codestats#host#receive(a:message)})
  catch
    call codestats#message#error('host', 'a message of the host could not be handled: ' .. v:exception)
  endtry
endfunction

" A carrier's leave() tells whether what is left is in good hands; if it isn't, a process of its own carries it home.
function codestats#host#leave() abort
  let is_safe = s:state ==# 'up' ? s:call('leave') : empty(codestats#hook#ask('outstanding'))
  if !is_safe
    call codestats#python#drain()
  endif
endfunction
