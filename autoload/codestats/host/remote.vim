" The core in a process that speaks Neovim's RPC by pynvim, started without waiting for it and without a manifest.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:method = 'codestats'   " as METHOD in hosts/remote.py
let s:job = {}

" What the process says comes as a call of codestats#host#receive().
function codestats#host#remote#start(events) abort
  call codestats#host#process#start(function('s:launch'), {-> codestats#job#kill(s:job)}, a:events)
endfunction

function s:launch(python, callbacks) abort
  let command = codestats#python#command(a:python, 'from codestats.hosts.remote import main; main()', [])
  let s:job = codestats#job#start(command, extend({
        \ 'rpc': 1, 'environment': a:python.environment, 'outlives': 1, 'core': 1,
        \ }, a:callbacks))
  if !empty(s:job)
    " Delivered when the process is up; its answer is what tells us so.
    call codestats#host#remote#send({'type': 'hello'})
  endif
  return !empty(s:job)
endfunction

function codestats#host#remote#send(message) abort
  try
    call rpcnotify(s:job.handle, s:method, a:message)
  catch
    " The channel closed a moment ago: on_exit comes next, and what is outstanding goes to the next host.
  endtry
endfunction

" The process sees the end of its input and carries home what is left.
function codestats#host#remote#leave(is_acknowledged) abort
  return 1
endfunction
