" The host of Vim: its embedded python3. Threads of ours do all disk and network work and never touch the `vim` module;
" what they have to say waits in a queue, read by a timer while something is outstanding and only then.

let s:root = expand('<sfile>:p:h:h:h:h')
let s:adapter = '__import__("codestats.vim_adapter", fromlist=["main"])'
let s:idle = 300         " ms without XP that pass for a moment of rest
let s:patience = 30000   " ms after which Python is started without one
let s:asked = []
let s:up = 0
let s:timer = -1

" The first use of Python takes 9 to 18 ms (measured on 9.0 to 9.2): at a moment when nobody types.
function codestats#host#embedded#start() abort
  if !has('python3')
    call codestats#host#failed('this Vim has no +python3: XP is counted and kept, but not sent')
    return
  endif
  let s:asked = reltime()
  call timer_start(s:idle, function('s:start_at_rest', [codestats#tracker('totals')[1]]))
endfunction

function s:start_at_rest(session, timer) abort
  let session = codestats#tracker('totals')[1]
  if session != a:session && reltimefloat(reltime(s:asked)) * 1000 < s:patience
    call timer_start(s:idle, function('s:start_at_rest', [session]))
  else
    call s:launch()
  endif
endfunction

function s:launch() abort
  try
    call py3eval(printf('__import__("sys").path.insert(0, %s)', json_encode(s:root .. '/python3')))
    let lacking = py3eval(s:adapter .. '.start()')
  catch
    let lacking = v:exception
  endtry
  if !empty(lacking)
    call codestats#host#failed(codestats#python#advice(lacking))
    return
  endif
  let s:up = 1
  call s:poll(-1)
endfunction

function codestats#host#embedded#send(message) abort
  let text = json_encode(a:message)
  call py3eval(s:adapter .. '.send(__import__("vim").eval("l:text"))')
  call s:poll_in(10)
endfunction

function s:poll_in(milliseconds) abort
  call timer_stop(s:timer)
  let s:timer = timer_start(a:milliseconds, function('s:poll'))
endfunction

" Take what the threads have to say; poll() also tells when it is worth looking again, 0 for never.
function s:poll(timer) abort
  let [messages, wait] = py3eval(s:adapter .. '.poll()')
  if wait > 0
    call s:poll_in(wait)
  endif
  for message in messages
    call codestats#host#receive(message)
  endfor
endfunction

function codestats#host#embedded#leave() abort
  if s:up
    call py3eval(s:adapter .. '.stop()')
  endif
  call codestats#python#drain()
endfunction
