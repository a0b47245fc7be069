" The command that prints the token (g:codestats_api_key_command): run once, in the background, with a time limit.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

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
  let limit = codestats#config#get('api_key_timeout')
  let run = {'of': string(a:command), 'state': 'running', 'token': '', 'problem': '', 'first': v:null}
  let s:command = run
  let command = s:words(a:command)
  let run.job = empty(command) ? {} : codestats#job#start(command, {
        \ 'input': 0, 'limit': float2nr(limit * 1000),
        \ 'on_line': {line -> s:on_line(run, line)}, 'on_exit': {status -> s:ended(run, status)},
        \ 'on_limit': {-> s:failed(run, printf('took longer than %s seconds (g:codestats_api_key_timeout)', string(limit)))},
        \ })
  if empty(run.job)
    call s:failed(run, 'could not be started')
  endif
endfunction

" The program and its arguments; of a string, the shell's.
function s:words(command) abort
  let words = type(a:command) == v:t_list ? a:command
        \ : (executable(&shell) ? [&shell] : split(&shell)) + split(&shellcmdflag) + [a:command]
  let program = codestats#program#find(words[0])
  return empty(program) ? [] : [program] + words[1:]
endfunction

" The token is in the first line, whether or not that is ended.
function s:on_line(run, line) abort
  if a:run.first is v:null
    let a:run.first = trim(a:line)
  endif
endfunction

function s:ended(run, status) abort
  if a:run.state !=# 'running'
    return
  endif
  let token = a:run.first is v:null ? '' : a:run.first
  let a:run.first = ''
  if a:status != 0
    call s:failed(a:run, 'ended with status ' .. a:status)
  elseif !empty(codestats#token#form#flaw(token))
    call s:failed(a:run, 'printed no token in its first line')
  else
    let a:run.state = 'ready'
    let a:run.token = token
    call codestats#message#forget('api_key_command')
    call codestats#hook#run('token')
  endif
endfunction

" What the command wrote is not shown: it may be the token, or tell too much.
function s:failed(run, what) abort
  let a:run.state = 'failed'
  let a:run.problem = 'g:codestats_api_key_command ' .. a:what
  let a:run.first = ''
  call codestats#message#error('api_key_command', a:run.problem .. '; XP is kept. Try the command in a shell, then :CodeStatsFlush')
endfunction
