" The host of Vims without a working Python of their own, and the spare one of the others: codestats.hosts.channel as a job,
" one JSON message a line.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:job = {}
let s:number = 0   " of the job; what earlier ones still say is late

function codestats#host#channel#start() abort
  call codestats#host#process#start('channel')
endfunction

function codestats#host#channel#launch(python, on_exit) abort
  let s:number += 1
  let command = codestats#python#command(a:python, 'from codestats.hosts.channel import main; main()', [])
  let s:job = codestats#job#start(command, {
        \ 'on_line': function('s:on_line', [s:number]), 'on_exit': a:on_exit,
        \ 'on_error_line': {line -> codestats#log#add('host: ' .. line)},
        \ })
  return !empty(s:job)
endfunction

" A Python may be set up to print things of its own when it starts.
function s:on_line(number, line) abort
  if a:number != s:number
    return
  endif
  try
    let message = json_decode(a:line)
  catch
    call codestats#log#add('host: ' .. a:line)
    return
  endtry
  if type(message) == v:t_dict
    call codestats#host#receive(message)
  endif
endfunction

function codestats#host#channel#send(message) abort
  call codestats#job#send(s:job, json_encode(a:message) .. "\n")
endfunction

function codestats#host#channel#kill() abort
  call codestats#job#kill(s:job)
endfunction

" The process sees the end of its input and carries home what is left.
function codestats#host#channel#leave() abort
  return 1
endfunction
