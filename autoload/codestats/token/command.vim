" The command that prints the token (g:codestats_api_key_command): run once, in the background, with a time limit.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:command = {}           " what ran or runs: state, problem, file
let s:of = ''                " the option's value that it is of; this and the token: no argument of a function (mask.vim)
let s:token = ''

" What the command gave: state (running, ready or failed) and problem; {} if there is none. One that did not run yet is
" started; but not at the editor's end, where nobody would see what it asks.
function codestats#token#command#result() abort
  if !s:is_set()
    return {}
  endif
  if codestats#token#command#is_due()
    if v:exiting isnot v:null
      return {}
    endif
    let s:of = string(g:codestats_api_key_command)
    call s:run()
  endif
  return {'state': s:command.state, 'problem': s:command.problem}
endfunction

function s:is_set() abort
  return !empty(get(g:, 'codestats_api_key_command', '')) && empty(codestats#config#problem('api_key_command'))
endfunction

" Whether there is one that did not run yet.
function codestats#token#command#is_due() abort
  return s:is_set() && (empty(s:command) || s:of !=# string(g:codestats_api_key_command))
endfunction

" Put the token that it printed into {holder}.
function codestats#token#command#fill(holder) abort
  let a:holder.token = s:token
endfunction

" A command that failed is run again when the core is told its settings next.
function codestats#token#command#retry() abort
  if get(s:command, 'state', '') ==# 'failed'
    let s:command = {}
  endif
endfunction

function s:run() abort
  let limit = codestats#config#get('api_key_timeout')
  let run = {'state': 'running', 'problem': '', 'file': tempname()}
  let [s:command, s:token] = [run, '']
  let command = s:words()
  let run.job = empty(command) ? {} : codestats#job#start(command, {
        \ 'input': 0, 'output': run.file, 'limit': float2nr(limit * 1000), 'on_exit': {status -> s:ended(run, status)},
        \ 'on_limit': {-> s:failed(run, printf('took longer than %s seconds (g:codestats_api_key_timeout)', string(limit)))},
        \ })
  if empty(run.job)
    call s:failed(run, 'could not be started')
  endif
endfunction

" The program and its arguments; of a string, the shell's.
function s:words() abort
  let words = type(g:codestats_api_key_command) == v:t_list ? g:codestats_api_key_command
        \ : (executable(&shell) ? [&shell] : split(&shell)) + split(&shellcmdflag) + [g:codestats_api_key_command]
  let program = codestats#program#find(words[0])
  return empty(program) ? [] : [program] + words[1:]
endfunction

" The token is in the first line, whether or not that is ended.
function s:ended(run, status) abort
  if a:run isnot s:command
    call delete(a:run.file)
    return
  endif
  let s:token = filereadable(a:run.file) ? trim(get(readfile(a:run.file, '', 1), 0, '')) : ''
  call delete(a:run.file)
  if a:run.state !=# 'running'
    let s:token = ''
    return
  endif
  let subject = codestats#token#form#subject()
  let subject.token = s:token
  let flaw = a:status == 0 ? codestats#token#form#flaw() : ''
  let subject.token = ''
  if a:status != 0
    call s:failed(a:run, 'ended with status ' .. a:status)
  elseif !empty(flaw)
    call s:failed(a:run, 'printed no token in its first line')
  else
    let a:run.state = 'ready'
    call codestats#message#forget('api_key_command')
    call codestats#hook#run('token')
  endif
endfunction

" What the command wrote is not shown: it may be the token, or tell too much.
function s:failed(run, what) abort
  let a:run.state = 'failed'
  let a:run.problem = 'g:codestats_api_key_command ' .. a:what
  let s:token = ''
  call codestats#message#error('api_key_command', a:run.problem .. '; XP is kept. Try the command in a shell, then :CodeStatsFlush')
endfunction
