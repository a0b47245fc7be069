" The core inside Vim: its embedded python3. Threads of ours do all disk and network work and never touch the `vim` module;
" what they have to say waits in a queue, read by a timer while something is outstanding and only then.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:adapter = '__import__("codestats.hosts.embedded", fromlist=["main"])'
let s:idle = 300         " ms without XP that pass for a moment of rest
let s:patience = 30000   " ms after which Python is started without one
let s:asked = []
let s:timer = -1

" Python starts where nobody types: its first use takes 9 to 18 ms (measured on 9.0 to 9.2), our package 5. {events} are those
" of codestats#host.
function codestats#host#embedded#start(events) abort
  let s:events = a:events
  let s:asked = reltime()
  if codestats#host#loader#is_loaded()
    call s:wait_for_rest()
  else
    call codestats#host#trial#start(function('s:tried'))
  endif
endfunction

function s:tried(problem) abort
  if empty(a:problem)
    call s:wait_for_rest()
  else
    call s:fail(a:problem.lacks, a:problem.says)
  endif
endfunction

function s:wait_for_rest() abort
  call timer_start(s:idle, function('s:start_at_rest', [s:events.session_xp()]))
endfunction

function s:start_at_rest(xp, timer) abort
  if s:events.session_xp() != a:xp && reltimefloat(reltime(s:asked)) * 1000 < s:patience
    call s:wait_for_rest()
  else
    call s:launch()
  endif
endfunction

function s:launch() abort
  try
    call s:initialize()
    if !codestats#host#loader#is_new_enough()
      call s:fail('Python 3.10', '')
      return
    endif
  catch
    call s:fail('', v:exception)
    return
  endtry
  call timer_start(1, {-> s:get_ready()})
endfunction

" Whether it can be used comes as a message, when its modules were loaded on a thread.
function s:get_ready() abort
  try
    call codestats#host#loader#load()
    let environment = codestats#python#environment()
    let l:holder = {}
    call codestats#mask#lend(l:holder)
    call py3eval(s:adapter .. '.start(__import__("vim").eval("l:environment"), __import__("vim").eval("l:holder"))')
    call s:poll_in(100)
  catch
    call s:fail('', v:exception)
  endtry
endfunction

function s:fail(lacks, says) abort
  let problem = codestats#host#loader#problem(a:lacks, a:says)
  call codestats#log#add(problem.python .. ' cannot run the core: ' .. problem.says)
  call s:events.failed(problem)
endfunction

" The first use of Python in this Vim, if no other plugin was first: it finds its modules by $PYTHONPATH, and by where $PATH
" has a python3. What is relative there would be the current directory's. Afterwards other plugins have the user's own again.
function s:initialize() abort
  let wanted = extend(codestats#python#modules(), {'PATH': codestats#program#environment().PATH})
  call filter(wanted, 'v:val !=# getenv(v:key)')
  let own = map(copy(wanted), 'getenv(v:key)')
  try
    call map(copy(wanted), 'setenv(v:key, v:val)')
    call py3eval('1')
  finally
    call map(copy(own), 'setenv(v:key, v:val)')
  endtry
  for [l:name, l:value] in items(wanted)
    if py3eval('__import__("os").environ.get(__import__("vim").eval("l:name")) == __import__("vim").eval("l:value")')
      call py3eval('__import__("os").environ.__setitem__(*__import__("vim").eval("[l:name, getenv(l:name)]"))')
    endif
  endfor
endfunction

function codestats#host#embedded#send(message) abort
  " Both ways as JSON: Python and Vim talk in 'encoding', which may be latin1.
  let l:text = iconv(json_encode(a:message), 'utf-8', &encoding)
  call py3eval(s:adapter .. '.send(__import__("vim").eval("l:text"))')
  call s:poll_in(20)
endfunction

function s:poll_in(milliseconds) abort
  call timer_stop(s:timer)
  let s:timer = timer_start(a:milliseconds, function('s:poll'))
endfunction

" Take what the threads have to say; poll() also tells when it is worth looking again, 0 for never.
function s:poll(timer) abort
  let [messages, wait] = json_decode(py3eval(s:adapter .. '.poll()'))
  if wait > 0
    call s:poll_in(wait)
  endif
  for message in messages
    if message.type ==# 'lacking'
      call s:fail(message.what, message.why)
    else
      call s:events.receive(message)
    endif
  endfor
endfunction

" The threads end with the editor: what they were doing is finished by a process that outlives it.
function codestats#host#embedded#leave(is_acknowledged) abort
  let is_busy = py3eval(s:adapter .. '.is_busy()')
  call py3eval(s:adapter .. '.stop()')
  return !is_busy && a:is_acknowledged
endfunction
