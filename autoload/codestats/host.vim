" Carries messages between the editor and the Python core (codestats.engine.engine), whichever way there is:
"   codestats#host#remote    Neovim: our own remote-plugin process
"   codestats#host#channel   a job: Vim's first choice, and Neovim's without pynvim
"   codestats#host#embedded  Vim: the embedded python3, where the user wants it or no Python can run the job
" A carrier has start(events), send(message) and leave(is_acknowledged), and reports by the events receive(message),
" stopped(status) and failed(problem); session_xp() tells it how much was typed. No decisions are taken here: a host is started
" when there is something to say, and again when it went away.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:carriers = []      " those still to try, best first; the first is in use
let s:state = 'down'     " down, starting, up, resting (until the next try), failed
let s:waiting = []       " messages for a host that is starting
let s:configured = {}    " the settings that the host knows
let s:failures = 0
let s:problem = {}       " the nearest that a Python came to running the core: codestats#python#nearer()
let s:tried = []         " all of them
const s:again = 200      " ms until a message that could not be handled is tried again
const s:pauses = [1, 5, 15, 60, 300, 900]   " seconds until the next try, after one accident, two, …

" Funcrefs load nothing.
let s:functions = {
      \ 'remote': {
      \   'start': function('codestats#host#remote#start'), 'send': function('codestats#host#remote#send'),
      \   'leave': function('codestats#host#remote#leave'),
      \ },
      \ 'channel': {
      \   'start': function('codestats#host#channel#start'), 'send': function('codestats#host#channel#send'),
      \   'leave': function('codestats#host#channel#leave'),
      \ },
      \ 'embedded': {
      \   'start': function('codestats#host#embedded#start'), 'send': function('codestats#host#embedded#send'),
      \   'leave': function('codestats#host#embedded#leave'),
      \ },
      \ }

function s:call(name, ...) abort
  return call(s:functions[s:carriers[0]][a:name], a:000)
endfunction

" g:codestats_host, and what comes in its place where that can't be had. The job goes before the Python inside Vim: it makes
" shorter pauses and a quicker end, and nothing that Python does can harm it (doc/results.md).
function s:possible() abort
  let ways = {'auto': has('nvim') ? ['remote', 'channel'] : ['channel', 'embedded']}
  let ways.channel = ['channel']
  let ways.remote = has('nvim') ? ['remote', 'channel'] : ['channel']
  let ways.embedded = has('nvim') ? ['channel'] : ['embedded', 'channel']
  return ways[codestats#config#get('host')]
endfunction

" Loading Python's library, which has('python3') does, is for a Vim that uses it.
function s:is_there(carrier) abort
  return a:carrier !=# 'embedded' || has('python3')
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

" What was tried last and could not: problems as codestats#python#nearer() has them.
function codestats#host#tried() abort
  return copy(s:tried)
endfunction

function s:start() abort
  if s:state ==# 'down'
    let s:state = 'starting'
    if empty(s:carriers)
      let [s:carriers, s:problem, s:tried] = [s:possible(), {}, []]
    endif
    call filter(s:carriers, 's:is_there(v:val)')
    if empty(s:carriers)
      call s:give_up()
    else
      call s:call('start', {
            \ 'receive': function('codestats#host#receive'), 'stopped': function('s:stopped'), 'failed': function('s:failed'),
            \ 'session_xp': {-> codestats#counter#call('totals')[1]},
            \ })
    endif
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

" The host went away, by itself after a while without XP (status 0) or by an accident.
function s:stopped(status) abort
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

" No Python here can run the core this way: the next way is tried.
function s:failed(problem) abort
  call extend(s:tried, s:carriers[0] ==# 'embedded' ? [a:problem] : codestats#host#process#tried())
  let s:problem = codestats#python#nearer(s:problem, a:problem)
  let s:state = 'down'
  call remove(s:carriers, 0)
  if empty(filter(s:carriers, 's:is_there(v:val)'))
    call s:give_up()
  else
    call s:start()
  endif
endfunction

" There is no other way: what is counted is kept, written to a hand-over file at exit, and the user is told.
function s:give_up() abort
  let problem = codestats#python#advice(s:problem)
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
  let is_acknowledged = empty(codestats#hook#ask('outstanding'))
  let is_safe = s:state ==# 'up' ? s:call('leave', is_acknowledged) : is_acknowledged
  if !is_safe
    call codestats#python#drain()
  endif
endfunction
