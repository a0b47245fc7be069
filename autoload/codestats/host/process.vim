" What the carriers that run the core in a process of its own have in common: trying one Python after the other, each judged
" by its exit status, and noticing when the process ends. A carrier has launch(python, on_exit), which returns whether a
" process was started, and kill().

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" Exit statuses that say what this Python lacks: codestats.install.requirements.
const s:lacks = {71: 'Python 3.10', 72: 'pynvim', 73: 'urllib3 1.26'}
const s:ranks = ['', 'Python 3.10', 'pynvim', 'urllib3 1.26']
const s:patience = 20000   " ms until a Python that says nothing is held to hang
let s:carrier = ''
let s:candidates = []
let s:python = ''
let s:lacking = ''
let s:killed = 0           " the status of one that was killed before it was up, 0 for none
let s:killings = 0         " so often in a row
const s:accidents = 3      " so many may be accidents
let s:is_up = 0
let s:number = 0           " of the process; what earlier ones still report is late

function codestats#host#process#start(carrier) abort
  let s:carrier = a:carrier
  let s:candidates = codestats#python#candidates()
  let s:lacking = ''
  let s:killed = 0
  " Starting a process keeps the editor for some milliseconds (1 to 3, seen in both): not on top of a hand-over's.
  call timer_start(0, {-> s:try_next()})
endfunction

function s:call(name, ...) abort
  return call('codestats#host#' .. s:carrier .. '#' .. a:name, a:000)
endfunction

function s:try_next() abort
  let s:is_up = 0
  while !empty(s:candidates)
    let s:number += 1
    let s:python = remove(s:candidates, 0)
    if s:call('launch', s:python, function('s:on_exit', [s:number]))
      call codestats#job#after(s:patience, function('s:lose_patience', [s:number]))
      return
    endif
  endwhile
  let s:killings += s:killed != 0
  if s:killed != 0 && s:killings <= s:accidents
    call codestats#host#stopped(s:killed)
  else
    call codestats#host#failed(empty(s:lacking) ? s:lacks[71] : s:lacking)
  endif
endfunction

" The process said hello.
function codestats#host#process#is_up() abort
  let s:is_up = 1
  let s:killings = 0
  call codestats#python#found(s:python)
endfunction

function s:on_exit(number, status) abort
  if a:number != s:number
    return
  endif
  let s:number += 1
  if s:is_up
    call codestats#host#stopped(a:status)
  else
    let s:killed = a:status < 0 || a:status > 128 ? a:status : s:killed
    call s:reject(get(s:lacks, a:status, ''), 'ended with status ' .. a:status)
  endif
endfunction

function s:lose_patience(number) abort
  if a:number == s:number && !s:is_up
    let s:number += 1
    call s:call('kill')
    call s:reject('', 'said nothing for ' .. (s:patience / 1000) .. ' s')
  endif
endfunction

" The candidate that had most tells what is missing.
function s:reject(lacking, otherwise) abort
  let reason = empty(a:lacking) ? a:otherwise : 'no ' .. a:lacking .. ' or newer'
  call codestats#log#add(s:python .. ' as ' .. s:carrier .. ' host: ' .. reason)
  if index(s:ranks, a:lacking) > index(s:ranks, s:lacking)
    let s:lacking = a:lacking
  endif
  call s:try_next()
endfunction
