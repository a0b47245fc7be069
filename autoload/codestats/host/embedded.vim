" The host of Vim: its embedded python3. Threads of ours do all disk and network work and never touch the `vim` module;
" what they have to say waits in a queue, read by a timer while something is outstanding and only then.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:folder = expand('<sfile>:p:h:h:h:h') .. '/python3'
let s:adapter = '__import__("codestats.hosts.embedded", fromlist=["main"])'
let s:idle = 300         " ms without XP that pass for a moment of rest
let s:patience = 30000   " ms after which Python is started without one
let s:asked = []
let s:is_loaded = 0
let s:timer = -1

" The first use of Python takes 9 to 18 ms (measured on 9.0 to 9.2), our package 5: at two moments when nobody types.
function codestats#host#embedded#start() abort
  let s:asked = reltime()
  call timer_start(s:idle, function('s:start_at_rest', [codestats#counter#call('totals')[1]]))
endfunction

function s:start_at_rest(session, timer) abort
  let session = codestats#counter#call('totals')[1]
  if session != a:session && reltimefloat(reltime(s:asked)) * 1000 < s:patience
    call timer_start(s:idle, function('s:start_at_rest', [session]))
  else
    call s:launch()
  endif
endfunction

function s:launch() abort
  try
    if !py3eval('__import__("sys").version_info >= (3, 10)')
      call codestats#host#failed('Python 3.10')
      return
    endif
  catch
    call s:give_up()
    return
  endtry
  call timer_start(1, {-> s:get_ready()})
endfunction

" Whether it can be used comes as a message, when its modules were loaded on a thread.
function s:get_ready() abort
  try
    call s:load()
    let environment = codestats#python#environment()
    call py3eval(s:adapter .. '.start(__import__("vim").eval("l:environment"))')
    call s:poll_in(100)
  catch
    call s:give_up()
  endtry
endfunction

function s:give_up() abort
  call codestats#log#add('embedded Python: ' .. v:exception)
  call codestats#host#failed('')
endfunction

" Import our package, leaving no compiled modules in the plugin's folder and nothing of ours on the path of other plugins.
function s:load() abort
  if s:is_loaded
    return
  endif
  let l:folder = s:folder
  let restore = py3eval('__import__("sys").dont_write_bytecode') ? 'True' : 'False'
  call py3eval('setattr(__import__("sys"), "dont_write_bytecode", True)')
  call py3eval('__import__("sys").path.insert(0, __import__("vim").eval("l:folder"))')
  try
    call py3eval('__import__("codestats.hosts.bytecode", fromlist=["main"]).keep_elsewhere()')
    call py3eval(s:adapter .. '.__name__')
    let s:is_loaded = 1
  finally
    call py3eval('__import__("sys").path.remove(__import__("vim").eval("l:folder"))')
    call py3eval('setattr(__import__("sys"), "dont_write_bytecode", ' .. restore .. ')')
  endtry
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
      call codestats#log#add('embedded Python: no ' .. (empty(message.what) ? message.why : message.what))
      call codestats#host#failed(message.what)
    else
      call codestats#host#receive(message)
    endif
  endfor
endfunction

" The threads end with the editor: what they were doing is finished by a process that outlives it.
function codestats#host#embedded#leave() abort
  let is_busy = py3eval(s:adapter .. '.is_busy()')
  call py3eval(s:adapter .. '.stop()')
  return !is_busy && empty(codestats#pulse#outstanding())
endfunction
