" Carries messages between the editor and the Python core (codestats.engine), whichever way there is:
"   codestats#host#remote    Neovim: our own remote-plugin process
"   codestats#host#embedded  Vim: the embedded python3
" A carrier has start(), send(message), leave() and reports by receive(message), stopped(status) and failed(problem).
" No decisions are taken here: a host is started when there is something to say, and again when it went away.

let s:carrier = has('nvim') ? 'remote' : 'embedded'
let s:state = 'down'     " down, starting, up
let s:waiting = []       " messages for a host that is starting
let s:configured = {}    " the settings that the host knows
let s:failures = 0
let s:retry_seconds = [0, 5, 15, 60, 300, 900]

function s:call(name, ...) abort
  return call('codestats#host#' .. s:carrier .. '#' .. a:name, a:000)
endfunction

" Hand batches over. A host that is only starting gets all that is outstanding when it is up.
function codestats#host#record(batches) abort
  if s:state ==# 'up'
    call s:send({'type': 'record', 'batches': a:batches})
  else
    call s:start()
  endif
endfunction

function codestats#host#send(message) abort
  if s:state ==# 'up'
    call s:send(a:message)
  else
    call add(s:waiting, a:message)
    call s:start()
  endif
endfunction

" down, starting, up or failed.
function codestats#host#state() abort
  return s:state
endfunction

function s:start() abort
  if s:state ==# 'down'
    let s:state = 'starting'
    call s:call('start')
  endif
endfunction

" Send, and before it the settings if they changed.
function s:send(message) abort
  let settings = codestats#config#settings()
  if settings != s:configured
    let s:configured = deepcopy(settings)
    call s:call('send', {'type': 'configure', 'settings': settings})
  endif
  call s:call('send', a:message)
endfunction

" The host is up: tell it what to know, and what waited for it.
function s:on_hello(message) abort
  let s:state = 'up'
  let s:configured = {}
  let batches = codestats#pulse#outstanding()
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
  if a:status != 0
    let s:failures = min([s:failures + 1, len(s:retry_seconds) - 1])
    let pause = s:retry_seconds[s:failures]
    call codestats#log#add('the host ended with status ' .. a:status .. ', next try in ' .. pause .. ' s')
    call timer_start(pause * 1000, {-> codestats#host#recover()})
  elseif !empty(codestats#pulse#outstanding()) || !empty(s:waiting)
    call s:start()
  endif
endfunction

" Start again after an accident, if something is outstanding.
function codestats#host#recover() abort
  if !empty(codestats#pulse#outstanding()) || !empty(s:waiting)
    call s:start()
  endif
endfunction

" Carriers: no Python here can run the core. What is counted is kept and written to a hand-over file at exit.
function codestats#host#failed(problem) abort
  let s:state = 'failed'
  let s:waiting = []
  call codestats#status#no_python(a:problem)
  call codestats#message#error('python', a:problem)
endfunction

" Carriers: a message from the core.
function codestats#host#receive(message) abort
  try
    call s:handlers[a:message.type](a:message)
  catch
    call codestats#message#error('host', 'a message of the host could not be handled: ' .. v:exception)
  endtry
endfunction

function codestats#host#leave() abort
  call s:call('leave')
endfunction

function s:on_recorded(message) abort
  let s:failures = 0
  call codestats#status#queue(codestats#pulse#acknowledge(a:message.ids))
endfunction

function s:on_status(message) abort
  call codestats#status#update(a:message.status)
endfunction

function s:on_sent(message) abort
  call s:publish('CodeStatsPulseSent', a:message)
endfunction

function s:on_message(message) abort
  call codestats#message#say(a:message.level, a:message.key, a:message.text)
  if a:message.level ==# 'error'
    call s:publish('CodeStatsError', a:message)
  endif
endfunction

function s:on_view(message) abort
  call codestats#view#show(a:message)
endfunction

function s:on_profile(message) abort
  call s:publish('CodeStatsProfileUpdated', a:message)
endfunction

let s:handlers = {
      \ 'hello': function('s:on_hello'), 'recorded': function('s:on_recorded'), 'status': function('s:on_status'), 'sent': function('s:on_sent'),
      \ 'message': function('s:on_message'), 'view': function('s:on_view'), 'profile': function('s:on_profile'),
      \ }

" Fire `User {event}` with {details} in g:codestats_event while the autocommands run.
function s:publish(event, details) abort
  if exists('#User#' .. a:event)
    let g:codestats_event = a:details
    try
      execute 'doautocmd <nomodeline> User' a:event
    finally
      unlet! g:codestats_event
    endtry
  endif
endfunction
