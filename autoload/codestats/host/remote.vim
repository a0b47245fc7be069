" The host of Neovim: our own remote-plugin process, started without waiting for it and without a manifest.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:plugin = expand('<sfile>:p:h:h:h:h') .. '/rplugin/python3/codestats_nvim.py'
let s:method = s:plugin .. ':function:CodeStatsHost'
let s:channel = 0

function codestats#host#remote#start() abort
  call codestats#host#process#start('remote')
endfunction

" A detached process isn't waited for when Neovim ends (up to 2 s, seen on 0.11): it sees its input end, sends what is
" queued within a bounded time, and goes.
function codestats#host#remote#launch(python, on_exit) abort
  let command = codestats#python#command(a:python, 'from codestats.hosts.remote import main; main()', [s:plugin])
  try
    let s:channel = jobstart(command, {
          \ 'rpc': v:true, 'detach': v:true, 'on_exit': {_, status, ... -> a:on_exit(status)}, 'on_stderr': function('s:on_stderr'),
          \ })
  catch
    let s:channel = 0
  endtry
  if s:channel > 0
    " Delivered when the process is up; its answer is what tells us so.
    call codestats#host#remote#send({'type': 'hello'})
  endif
  return s:channel > 0
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

function codestats#host#remote#kill() abort
  call jobstop(s:channel)
endfunction

" The process sees the end of its input and carries home what is left.
function codestats#host#remote#leave() abort
  return 1
endfunction
