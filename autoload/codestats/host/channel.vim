" The core as a job of any editor: codestats.hosts.channel, one JSON message a line.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:job = {}
let s:number = 0   " of the job; what earlier ones still say is late

function codestats#host#channel#start(events) abort
  let s:events = a:events
  call codestats#host#process#start(function('s:launch'), {-> codestats#job#kill(s:job)}, a:events)
endfunction

function s:launch(python, callbacks) abort
  let s:number += 1
  let command = codestats#python#command(a:python, 'from codestats.hosts.channel import main; main()', [])
  let s:job = codestats#job#start(command, extend({
        \ 'on_line': function('s:on_line', [s:number]), 'environment': a:python.environment, 'outlives': 1, 'core': 1,
        \ }, a:callbacks))
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
    call s:events.receive(message)
  endif
endfunction

function codestats#host#channel#send(message) abort
  call codestats#job#send(s:job, json_encode(a:message) .. "\n")
endfunction

" The process sees the end of its input and carries home what is left.
function codestats#host#channel#leave(is_acknowledged) abort
  return 1
endfunction
