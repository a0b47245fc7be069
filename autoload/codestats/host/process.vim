" What the carriers that run the core in a process of its own have in common: trying one Python after the other, each judged
" by its exit status, and noticing when the process ends.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:patience = 20000   " ms until a Python that says nothing is held to hang
const s:accidents = 3      " so many may be accidents

let s:search = {}          " the one that goes on: launch, kill, events, candidates, tried, python, said, is_up, number
let s:number = 0           " of the process; what earlier ones still report is late
let s:killings = 0         " so often in a row one was killed before it was up

" Find a Python for a carrier: {Launch}(python, callbacks) returns whether a process was started, {Kill}() ends it. {events} are
" those of codestats#host. The callbacks: on_exit(status) and on_error_line(line).
function codestats#host#process#start(Launch, Kill, events) abort
  let s:search = {
        \ 'launch': a:Launch, 'kill': a:Kill, 'events': a:events, 'tried': [], 'killed': 0,
        \ 'lists': [function('codestats#python#candidates'), function('codestats#python#further')], 'candidates': [],
        \ }
  " Starting a process keeps the editor for some milliseconds (1 to 3, seen in both): not on top of a hand-over's.
  call timer_start(0, {-> s:try_next()})
endfunction

function s:try_next() abort
  let [s:search.is_up, s:search.said] = [0, '']
  while s:has_candidate()
    let s:number += 1
    let s:search.python = remove(s:search.candidates, 0)
    let callbacks = {'on_exit': function('s:on_exit', [s:number]), 'on_error_line': function('s:on_error_line', [s:number])}
    if s:search.launch(s:search.python, callbacks)
      call codestats#job#after(s:patience, function('s:lose_patience', [s:number]))
      return
    endif
  endwhile
  let s:killings += s:search.killed != 0
  if s:search.killed != 0 && s:killings <= s:accidents
    call s:search.events.stopped(s:search.killed)
  else
    call s:search.events.failed(s:nearest())
  endif
endfunction

" Looking for more takes some milliseconds, so that is done when those known cannot.
function s:has_candidate() abort
  while empty(s:search.candidates) && !empty(s:search.lists)
    let s:search.candidates = remove(s:search.lists, 0)()
  endwhile
  return !empty(s:search.candidates)
endfunction

" The process said hello.
function codestats#host#process#is_up() abort
  let s:search.is_up = 1
  let s:killings = 0
  call codestats#python#found(s:search.python)
endfunction

" What was tried last, as codestats#python#nearer() has problems.
function codestats#host#process#tried() abort
  return copy(get(s:search, 'tried', []))
endfunction

function s:nearest() abort
  let nearest = {}
  for problem in s:search.tried
    let nearest = codestats#python#nearer(nearest, problem)
  endfor
  return nearest
endfunction

function s:on_error_line(number, line) abort
  call codestats#log#add('host: ' .. a:line)
  if a:number == s:number && !empty(trim(a:line))
    let s:search.said = trim(a:line)
  endif
endfunction

function s:on_exit(number, status) abort
  if a:number != s:number
    return
  endif
  let s:number += 1
  if s:search.is_up
    call s:search.events.stopped(a:status)
  else
    let s:search.killed = a:status < 0 || a:status > 128 ? a:status : s:search.killed
    call s:reject(codestats#python#lacking(a:status), empty(s:search.said) ? 'it ends with status ' .. a:status : s:search.said)
  endif
endfunction

function s:lose_patience(number) abort
  if a:number == s:number && !s:search.is_up
    let s:number += 1
    call s:search.kill()
    call s:reject('', 'it says nothing for ' .. (s:patience / 1000) .. ' s')
  endif
endfunction

function s:reject(lacks, says) abort
  let problem = {'python': s:search.python.path, 'lacks': a:lacks, 'says': empty(a:lacks) ? a:says : 'no ' .. a:lacks}
  call add(s:search.tried, problem)
  call codestats#python#reject(s:search.python)
  call codestats#log#add(problem.python .. ' cannot run the core: ' .. problem.says)
  call s:try_next()
endfunction
