" The core inside Vim: its embedded python3. Threads of ours do all disk and network work and never touch the `vim` module;
" what they have to say waits in a queue, read by a timer while something is outstanding and only then.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:directory = expand('<sfile>:p:h:h:h:h') .. '/python3'
let s:adapter = '__import__("codestats.hosts.embedded", fromlist=["main"])'
let s:python = 'the Python inside Vim'
" What Python itself put on sys.path: from the archive of its library on. $PYTHONPATH and other plugins come before that.
let s:own_path = '(lambda path, first: path[next((i for i, entry in enumerate(path) if str(entry).endswith(first)), 0):])('
      \ .. '__import__("sys").path, "python%d%d.zip" % __import__("sys").version_info[:2])'
let s:idle = 300         " ms without XP that pass for a moment of rest
let s:patience = 30000   " ms after which Python is started without one
let s:asked = []
let s:is_loaded = 0
let s:timer = -1

" Python starts where nobody types: its first use takes 9 to 18 ms (measured on 9.0 to 9.2), our package 5. {events} are those
" of codestats#host.
function codestats#host#embedded#start(events) abort
  let s:events = a:events
  let s:asked = reltime()
  if s:is_loaded
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
    if !codestats#host#embedded#is_new_enough()
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
    call codestats#host#embedded#load()
    let environment = codestats#python#environment()
    call py3eval(s:adapter .. '.start(__import__("vim").eval("l:environment"))')
    call s:poll_in(100)
  catch
    call s:fail('', v:exception)
  endtry
endfunction

function s:fail(lacks, says) abort
  call codestats#log#add(s:python .. ' cannot run the core: ' .. (empty(a:lacks) ? a:says : 'no ' .. a:lacks))
  call s:events.failed(codestats#host#embedded#problem(a:lacks, a:says))
endfunction

" As codestats#python#nearer() has problems.
function codestats#host#embedded#problem(lacks, says) abort
  return {'python': s:python, 'lacks': a:lacks, 'says': empty(a:lacks) ? a:says : 'no ' .. a:lacks}
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

function codestats#host#embedded#is_new_enough() abort
  return py3eval('__import__("sys").version_info >= (3, 10)')
endfunction

" Import our package, leaving no compiled modules in the plugin's directory and nothing of ours on the path of other plugins.
" What it imports in turn is Python's own, whatever others have put before that.
function codestats#host#embedded#load() abort
  if s:is_loaded
    return
  endif
  let l:directory = s:directory
  let restore = py3eval('__import__("sys").dont_write_bytecode') ? 'True' : 'False'
  call py3eval('setattr(__import__("sys"), "dont_write_bytecode", True)')
  let before = py3eval('len(__import__("sys").path)')
  call py3eval('__import__("sys").path.__setitem__(slice(0, 0), [__import__("vim").eval("l:directory"), *' .. s:own_path .. '])')
  let added = py3eval('len(__import__("sys").path)') - before
  try
    call py3eval('__import__("codestats.hosts.bytecode", fromlist=["main"]).keep_elsewhere()')
    call py3eval(s:adapter .. '.__name__')
    let s:is_loaded = 1
  finally
    call py3eval('__import__("sys").path.__delitem__(slice(0, ' .. added .. '))')
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
