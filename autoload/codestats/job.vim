" Processes, alike in both editors: lines out, text in, nobody waits. Each one is started here, by absolute path, as
" codestats#program has it, and without the files that the editor has open.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:most = 16       " at a time; more than a few are a mistake
const s:grace = 500     " ms, of codestats#job#after()
const s:linger = 200    " ms until what was written last has come, too
const s:resist = 3000   " ms from asking one to end until it is made to
const s:parting = 200   " ms that one may take to begin which is started as the editor is left
let s:running = []

" What the editor has open, or its parent had (a lock, the end of a pipe), would stay open for as long as the process runs:
" closed here. dash knows descriptors of one digit only, and takes `exec 10>&-` for a program's name.
const s:launcher = [
      \ 'for n in 3 4 5 6 7 8 9 /dev/fd/*; do n=${n##*/}; case $n in [012]|*[!0-9]*) ;; ?) eval "exec $n>&-" ;;',
      \ '*) if [ -z "$BASH_VERSION" ] && [ -x /bin/bash ]; then exec /bin/bash -p -c "$0" "$0" "$@"; fi;',
      \ '(eval "exec $n>&-") 2>/dev/null && eval "exec $n>&-" ;; esac; done; exec "$@"',
      \ ]->join(' ')
const s:shell = filter(has('win32') ? [] : ['/bin/sh', '/system/bin/sh'], 'executable(v:val)')
const s:launch = empty(s:shell) ? [] : [s:shell[0], '-c', s:launcher, s:launcher]

" Vim's job_start() returns before the new process has left Vim's session: where Vim was started by the terminal itself (`xterm
" -e vim`, a window of tmux), its exit would end the process, too (seen on 9.0 to 9.2). So it says that it has begun.
const s:announce = has('nvim') || empty(s:shell) ? [] : [s:shell[0], '-c', 'echo; exec "$0" "$@" >/dev/null']

" Start {command}, a list with an absolute path first. Returns the job, or an empty dictionary. {options}, none needed:
"   on_line(line), on_error_line(line), on_exit(status): none comes before start() has returned, on_exit comes last
"   on_limit(): it took longer than {limit} ms and is being ended
"   environment: variables besides those of codestats#program#environment()
"   output: a file for what it prints, in place of lines that functions are called with and channels log
"   core: 1 for a process that is told the token (mask.vim)
"   input: 0 for none, or the process waits for what codestats#job#send() sends
"   outlives: 1 to go on when the editor is left
"   is_last: 1 for one that is started as the editor is left; its output goes nowhere
"   rpc: 1 for Neovim's messages in place of lines
function codestats#job#start(command, options) abort
  let job = {
        \ 'input': 1, 'outlives': 0, 'is_last': 0, 'rpc': 0, 'core': 0, 'output': '', 'environment': {}, 'status': v:null,
        \ 'handle': v:null,
        \ }
  call extend(job, a:options)
  try
    if len(s:running) >= s:most
      throw 'codestats: ' .. s:most .. ' processes are running'
    elseif !codestats#program#is_absolute(a:command[0])
      throw 'codestats: no absolute path'
    endif
    let command = (job.is_last ? s:announce : []) + s:launch + s:redirect(job.output) + a:command
    let started = has('nvim') ? s:start_nvim(job, command) : s:start_vim(job, command)
  catch
    call codestats#log#add('cannot start ' .. a:command[0] .. ': ' .. v:exception)
    return {}
  endtry
  return started ? s:started(job) : {}
endfunction

" What it prints goes to a file that only the user may read.
function s:redirect(file) abort
  let has_shell = !empty(a:file) && !empty(s:shell)
  return has_shell ? [s:shell[0], '-c', '(umask 077; : >"$0"); exec "$@" >"$0"', a:file] : []
endfunction

function s:started(job) abort
  call add(s:running, a:job)
  if has_key(a:job, 'limit')
    let a:job.timer = codestats#job#after(a:job.limit, {-> s:reach_limit(a:job)})
  endif
  return a:job
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

" Ask it to end, and soon make it.
function codestats#job#stop(job) abort
  call s:end(a:job, 'term')
  if !has('nvim')   " which does that by itself
    call timer_start(s:resist, {-> codestats#job#kill(a:job)})
  endif
endfunction

function codestats#job#kill(job) abort
  call s:end(a:job, 'kill')
endfunction

" The editor is being left: what only it had use for ends with it.
function s:leave() abort
  for job in filter(copy(s:running), '!v:val.outlives')
    call s:end(job, 'kill')
  endfor
endfunction

function s:end(job, signal) abort
  if a:job.status isnot v:null
    return
  endif
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

function s:reach_limit(job) abort
  if a:job.status is v:null
    call s:call(a:job, 'on_limit', [])
    call codestats#job#stop(a:job)
  endif
endfunction

function s:environment(job) abort
  return extend(codestats#program#environment(), a:job.environment)
endfunction

" ----------------------------------------------------------------- Neovim

" Detached, or Neovim waits up to 2 s for it at its end (seen on 0.11).
function s:start_nvim(job, command) abort
  let options = {'detach': v:true, 'cwd': codestats#program#directory(), 'env': s:environment(a:job)}
  let options.on_exit = {_, status, ... -> s:on_exit(a:job, status)}
  if a:job.core
    call codestats#mask#lend(options.env)
  endif
  if !a:job.input
    let options.stdin = 'null'
  endif
  if !empty(a:job.output) && empty(s:shell)
    let options.stdout_buffered = v:true
    let options.on_stdout = {_, lines, __ -> writefile(lines, a:job.output)}
  endif
  if a:job.rpc
    let options.rpc = v:true
  endif
  let a:job.open = 0
  for [stream, callback] in [['on_stdout', 'on_line'], ['on_stderr', 'on_error_line']]
    if has_key(a:job, callback) && !(a:job.rpc && stream ==# 'on_stdout')
      let options[stream] = function('s:on_data', [a:job, callback, ['']])
      let a:job.open += 1
    endif
  endfor
  let a:job.handle = jobstart(a:command, options)
  return a:job.handle > 0
endfunction

" Neovim's pieces are lines, but for the first, which goes on with what came {before}, and the last. A single empty one is the
" end.
function s:on_data(job, callback, before, channel, data, event) abort
  if a:data ==# ['']
    if !empty(a:before[0])
      call s:call(a:job, a:callback, [remove(a:before, 0)])
    endif
    let a:job.open -= 1
    call s:finish(a:job, 0)
    return
  endif
  let a:before[0] ..= a:data[0]
  for piece in a:data[1:]
    let line = a:before[0]
    let a:before[0] = piece
    call s:call(a:job, a:callback, [line])
  endfor
endfunction

" -------------------------------------------------------------------- Vim

" job_status() calls exit_cb, when what was started has ended by then (seen on 9.0 to 9.2, once in a thousand starts).
function s:start_vim(job, command) abort
  let options = {
        \ 'mode': 'nl', 'noblock': 1, 'stoponexit': '', 'drop': 'never', 'in_io': a:job.input ? 'pipe' : 'null',
        \ 'cwd': codestats#program#directory(), 'env': s:environment(a:job),
        \ 'exit_cb': {_, status -> timer_start(0, {-> s:on_exit(a:job, status)})},
        \ }
  if a:job.core
    call codestats#mask#lend(options.env)
  endif
  for [stream, callback] in [['out', 'on_line'], ['err', 'on_error_line']]
    if has_key(a:job, callback)
      let options[stream .. '_cb'] = function('s:on_text', [a:job, callback])
    else
      let options[stream .. '_io'] = 'null'
    endif
  endfor
  if !empty(a:job.output) && empty(s:shell)
    call extend(options, {'out_io': 'file', 'out_name': a:job.output})
  endif
  let a:job.open = has_key(a:job, 'on_line') || has_key(a:job, 'on_error_line')
  if a:job.open
    let options.close_cb = {_ -> timer_start(0, {-> s:closed(a:job)})}
  endif
  let is_announced = a:job.is_last && !empty(s:announce)
  if is_announced
    unlet options.out_io
  endif
  let a:job.handle = job_start(a:command, options)
  if is_announced
    call ch_readraw(a:job.handle, {'timeout': s:parting})
  endif
  return job_status(a:job.handle) !=# 'fail'
endfunction

function s:on_text(job, callback, channel, line) abort
  call s:call(a:job, a:callback, [a:line])
endfunction

function s:closed(job) abort
  let a:job.open = 0
  call s:finish(a:job, 0)
endfunction

" -------------------------------------------------------------------- both

" Output and exit end in either order, and what it left running in the background may keep the output open for ever.
function s:on_exit(job, status) abort
  let a:job.status = a:status
  call filter(s:running, 'v:val isnot a:job')
  call timer_stop(get(a:job, 'timer', -1))
  call s:finish(a:job, 0)
  call timer_start(s:linger, {-> s:finish(a:job, 1)})
endfunction

function s:finish(job, at_once) abort
  if a:job.status isnot v:null && (a:job.open <= 0 || a:at_once) && has_key(a:job, 'on_exit')
    call call(remove(a:job, 'on_exit'), [a:job.status])
  endif
endfunction

function s:call(job, callback, arguments) abort
  if has_key(a:job, a:callback)
    call call(a:job[a:callback], a:arguments)
  endif
endfunction

call codestats#hook#add('leave', function('s:leave'))
