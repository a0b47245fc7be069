" The host of Neovim: our own remote-plugin process, started without waiting for it and without a manifest.

let s:plugin = expand('<sfile>:p:h:h:h:h') .. '/rplugin/python3/codestats_nvim.py'
let s:method = s:plugin .. ':function:CodeStatsHost'
" Exit codes of codestats.remote_host that mean "this Python can't", in the order of how much was there.
let s:lacks = {71: 'Python 3.10', 72: 'pynvim 0.5', 73: 'urllib3 1.26'}
let s:channel = 0
let s:candidates = []
let s:missing = ''

function codestats#host#remote#start() abort
  let s:candidates = codestats#python#candidates()
  let s:missing = ''
  call s:try_next()
endfunction

function s:try_next() abort
  while !empty(s:candidates)
    let python = remove(s:candidates, 0)
    let s:channel = s:launch(python)
    if s:channel > 0
      " Delivered when the process is up; its answer is what tells us so.
      call codestats#host#remote#send({'type': 'hello'})
      return
    endif
  endwhile
  call codestats#host#failed(codestats#python#advice(s:missing))
endfunction

" A detached process isn't waited for when Neovim ends (up to 2 s, seen on 0.11): it sees its input end, sends what is
" queued within a bounded time, and goes.
function s:launch(python) abort
  try
    let command = codestats#python#command(a:python, 'from codestats.remote_host import main; main()', [s:plugin])
    return jobstart(command, {
          \ 'rpc': v:true, 'detach': v:true, 'on_exit': function('s:on_exit'), 'on_stderr': function('s:on_stderr'),
          \ })
  catch
    return 0
  endtry
endfunction

function s:on_exit(channel, status, event) abort
  if a:channel != s:channel
    return
  endif
  let s:channel = 0
  if has_key(s:lacks, a:status)
    let s:missing = s:lacks[a:status]
    call s:try_next()
  else
    call codestats#host#stopped(a:status)
  endif
endfunction

function s:on_stderr(channel, lines, event) abort
  for line in filter(copy(a:lines), '!empty(v:val)')
    call codestats#log#add('host: ' .. line)
  endfor
endfunction

function codestats#host#remote#send(message) abort
  try
    call rpcnotify(s:channel, s:method, [a:message])
  catch
    " The channel closed a moment ago: on_exit comes next, and what is outstanding goes to the next host.
  endtry
endfunction

" The process sees the end of its input and carries home what is left.
function codestats#host#remote#leave() abort
  if s:channel == 0
    call codestats#python#drain()
  endif
endfunction
