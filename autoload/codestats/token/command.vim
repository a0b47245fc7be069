" The command that prints the token (g:codestats_api_key_command): run once, in the background, with a time limit.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:linger = 200           " ms
let s:command = {}           " what ran or runs: of (the option's value), state, token, problem

" What {command} gave: token, state (running, ready or failed) and problem. One that did not run yet is started; but not at
" the editor's end, where nobody would see what it asks.
function codestats#token#command#result(command) abort
  if get(s:command, 'of', '') !=# string(a:command)
    if v:exiting isnot v:null
      return {}
    endif
    call s:run(a:command)
  endif
  return {'token': s:command.token, 'state': s:command.state, 'problem': s:command.problem}
endfunction

" A command that failed is run again when the core is told its settings next.
function codestats#token#command#retry() abort
  if get(s:command, 'state', '') ==# 'failed'
    let s:command = {}
  endif
endfunction

function s:run(command) abort
  let s:command = {'of': string(a:command), 'state': 'running', 'token': '', 'problem': '', 'out': []}
  let limit = codestats#config#get('api_key_timeout')
  let run = s:command
  try
    let run.job = {'handle': s:start(a:command, run)}
    let run.timer = codestats#job#after(float2nr(limit * 1000), {-> s:give_up(run, limit)})
  catch
    call s:failed(run, 'could not be started')
  endtry
endfunction

" Its standard input is empty: a command that asks there ends at once instead of hanging. Detached, as in job.vim.
function s:start(command, run) abort
  if type(a:command) == v:t_list && !executable(a:command[0])
    throw 'codestats: not executable'
  endif
  if has('nvim')
    let job = jobstart(a:command, {
          \ 'detach': v:true, 'stdin': 'null', 'stdout_buffered': v:true, 'on_stdout': {_, lines, __ -> extend(a:run.out, lines)},
          \ 'on_exit': {_, status, __ -> s:ended(a:run, status)},
          \ })
    if job <= 0
      throw 'codestats: not executable'
    endif
    return job
  endif
  let shell = executable(&shell) ? [&shell] : split(&shell)
  let command = type(a:command) == v:t_list ? a:command : shell + split(&shellcmdflag) + [a:command]
  let job = job_start(command, {
        \ 'in_io': 'null', 'err_io': 'null', 'out_mode': 'raw', 'out_cb': {_, text -> add(a:run.out, text)},
        \ 'close_cb': {_ -> s:closed(a:run)}, 'exit_cb': {_, status -> s:left(a:run, status)},
        \ })
  if job_status(job) ==# 'fail'
    throw 'codestats: not executable'
  endif
  return job
endfunction

" In Vim the end of the output and the exit status come in either order, and what the command left running in the background
" may keep the output open for ever.
function s:left(run, status) abort
  let a:run.status = a:status
  call timer_start(get(a:run, 'closed', 0) ? 0 : s:linger, {-> s:closed(a:run)})
endfunction

function s:closed(run) abort
  let a:run.closed = 1
  if has_key(a:run, 'status') && a:run.state ==# 'running'
    let a:run.out = split(join(a:run.out, ''), "\n", 1)
    call s:ended(a:run, a:run.status)
  endif
endfunction

function s:ended(run, status) abort
  call timer_stop(get(a:run, 'timer', -1))
  if a:run.state !=# 'running'
    return
  endif
  let token = trim(get(a:run.out, 0, ''))
  let a:run.out = []
  if a:status != 0
    call s:failed(a:run, 'ended with status ' .. a:status)
  elseif !empty(codestats#token#form#flaw(token))
    call s:failed(a:run, 'printed no token in its first line')
  else
    let a:run.state = 'ready'
    let a:run.token = token
    call codestats#message#forget('api_key_command')
    call codestats#token#changed()
  endif
endfunction

function s:give_up(run, limit) abort
  if a:run.state ==# 'running'
    call s:failed(a:run, printf('took longer than %s seconds (g:codestats_api_key_timeout)', string(a:limit)))
    call codestats#job#stop(a:run.job)
  endif
endfunction

" What it would print comes too late.
function s:leave() abort
  if get(s:command, 'state', '') ==# 'running'
    call codestats#job#stop(s:command.job)
  endif
endfunction

" What the command wrote is not shown: it may be the token, or tell too much.
function s:failed(run, what) abort
  let a:run.state = 'failed'
  let a:run.problem = 'g:codestats_api_key_command ' .. a:what
  let a:run.out = []
  call codestats#message#error('api_key_command', a:run.problem .. '; XP is kept. Try the command in a shell, then :CodeStatsFlush')
endfunction

call codestats#hook#add('leave', function('s:leave'))
