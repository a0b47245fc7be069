" Processes, alike in both editors: lines out, text in, nobody waits. The callbacks are on_line(line), on_error_line(line)
" and on_exit(status), each optional; none comes before start() has returned. A job outlives the editor.

let s:grace = 500   " ms, of codestats#job#after()

" The started job, or an empty dictionary.
function codestats#job#start(command, callbacks) abort
  let job = copy(a:callbacks)
  try
    return has('nvim') ? s:start_nvim(job, a:command) : s:start_vim(job, a:command)
  catch
    call codestats#log#add('cannot start ' .. a:command[0] .. ': ' .. v:exception)
    return {}
  endtry
endfunction

function codestats#job#send(job, text) abort
  try
    if has('nvim')
      call chansend(a:job.handle, a:text)
    else
      call ch_sendraw(a:job.handle, a:text)
    endif
  catch
    " It ended a moment ago: on_exit comes next.
  endtry
endfunction

function codestats#job#close_input(job) abort
  if has('nvim')
    call chanclose(a:job.handle, 'stdin')
  else
    call ch_close_in(a:job.handle)
  endif
endfunction

" Call back after so long, but not before what jobs have said by then: after a stop (CTRL-Z, `:!`) Neovim runs timers that
" are due before it reads that (seen on 0.11). Returns the timer.
function codestats#job#after(milliseconds, Callback) abort
  return timer_start(a:milliseconds, {-> timer_start(s:grace, {-> a:Callback()})})
endfunction

" Ask it to end.
function codestats#job#stop(job) abort
  call s:end(a:job, 'term')
endfunction

function codestats#job#kill(job) abort
  call s:end(a:job, 'kill')
endfunction

function s:end(job, signal) abort
  try
    if has('nvim')
      call jobstop(a:job.handle)
    else
      call job_stop(a:job.handle, a:signal)
    endif
  catch /\<E900:/
    " It ended a moment ago: on_exit comes next.
  endtry
endfunction

" Detached, or Neovim waits up to 2 s for it at its end (seen on 0.11).
function s:start_nvim(job, command) abort
  let options = {'detach': v:true, 'on_exit': {_, status, ... -> s:call(a:job, 'on_exit', status)}}
  for [stream, callback] in [['on_stdout', 'on_line'], ['on_stderr', 'on_error_line']]
    let options[stream] = function('s:on_data', [a:job, callback, ['']])
  endfor
  let a:job.handle = jobstart(a:command, options)
  return a:job.handle > 0 ? a:job : {}
endfunction

" Neovim's pieces are lines, but for the first, which goes on with what came {before}, and the last.
function s:on_data(job, callback, before, channel, data, event) abort
  let a:before[0] ..= a:data[0]
  for piece in a:data[1:]
    let line = a:before[0]
    let a:before[0] = piece
    call s:call(a:job, a:callback, line)
  endfor
endfunction

" job_status() calls exit_cb, when what was started has ended by then (seen on 9.0 to 9.2, once in a thousand starts).
function s:start_vim(job, command) abort
  let a:job.handle = job_start(a:command, {
        \ 'mode': 'nl', 'noblock': 1, 'stoponexit': '', 'drop': 'never',
        \ 'exit_cb': {_, status -> timer_start(0, {-> s:call(a:job, 'on_exit', status)})},
        \ 'out_cb': {_, line -> s:call(a:job, 'on_line', line)}, 'err_cb': {_, line -> s:call(a:job, 'on_error_line', line)},
        \ })
  return job_status(a:job.handle) ==# 'fail' ? {} : a:job
endfunction

function s:call(job, callback, argument) abort
  if has_key(a:job, a:callback)
    call call(a:job[a:callback], [a:argument])
  endif
endfunction
