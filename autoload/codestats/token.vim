" The token: where it comes from, and keeping it. It lives in memory and, if the user wants, in one file that only the
" user can read; it is in no message, log, history or process list. Nothing is read before the core has to know.
"
" In order: g:codestats_api_key, $CODESTATS_API_KEY, what g:codestats_api_key_command prints, the file of :CodeStatsLogin.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:most = 4096            " characters; as codestats.credentials
let s:linger = 200           " ms
let s:command = {}           " what ran or runs: of (the option's value), state, token, problem
let s:file = {'stamp': '', 'token': ''}

" The token, '' if there is none (yet).
function codestats#token#get() abort
  return codestats#token#look().token
endfunction

" Where the token comes from: a dictionary with source ('' for nowhere), name (as the user knows it), token, state
" ('running' and 'failed' for a command) and problem.
function codestats#token#look() abort
  for Source in [function('s:from_option'), function('s:from_environment'), function('s:from_command'), function('s:from_file')]
    let found = Source()
    if !empty(found)
      return extend({'state': 'ready', 'problem': '', 'token': ''}, found)
    endif
  endfor
  return {'source': '', 'name': '', 'token': '', 'state': 'none', 'problem': ''}
endfunction

function s:from_option() abort
  let token = trim(codestats#config#get('api_key'))
  return empty(token) ? {} : {'source': 'option', 'name': 'g:codestats_api_key', 'token': token}
endfunction

function s:from_environment() abort
  let token = trim($CODESTATS_API_KEY)
  return empty(token) ? {} : {'source': 'environment', 'name': '$CODESTATS_API_KEY', 'token': token}
endfunction

function s:from_command() abort
  let command = codestats#config#get('api_key_command')
  if empty(command)
    return {}
  endif
  let result = {'source': 'command', 'name': 'g:codestats_api_key_command'}
  if get(s:command, 'of', '') !=# string(command)
    if v:exiting isnot v:null
      " Nobody would see what it asks.
      return result
    endif
    call s:run(command)
  endif
  return extend(result, {'token': s:command.token, 'state': s:command.state, 'problem': s:command.problem})
endfunction

" Read again only when it changed: another editor's :CodeStatsLogin is noticed.
function s:from_file() abort
  let file = codestats#token#file()
  let stamp = getftime(file) .. ' ' .. getfsize(file)
  if stamp !=# s:file.stamp
    let s:file = {'stamp': stamp, 'token': ''}
    if filereadable(file)
      let s:file.token = trim(get(readfile(file, '', 1), 0, ''))
    endif
  endif
  return empty(s:file.token) ? {} : {'source': 'file', 'name': file, 'token': s:file.token}
endfunction

" The file that :CodeStatsLogin keeps the token in.
function codestats#token#file() abort
  return codestats#config#data_dir() .. '/token'
endfunction

" Whether it is on its way to the core: a command is still to tell it, or has told it a moment ago.
function codestats#token#is_coming() abort
  let token = codestats#token#look()
  return token.state ==# 'running' || !empty(token.token)
endfunction

" A command that failed is run again when the core is told its settings next.
function codestats#token#retry() abort
  if get(s:command, 'state', '') ==# 'failed'
    let s:command = {}
  endif
endfunction

" ---------------------------------------------------------------- the command

function s:run(command) abort
  let s:command = {'of': string(a:command), 'state': 'running', 'token': '', 'problem': '', 'out': [], 'ends': 0}
  let limit = codestats#config#get('api_key_timeout')
  let run = s:command
  try
    let run.job = s:start(a:command, run)
    let run.timer = timer_start(float2nr(limit * 1000), {-> s:give_up(run, limit)})
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
  elseif !empty(s:flaw(token))
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
    call s:stop(a:run.job)
  endif
endfunction

function s:stop(job) abort
  if has('nvim')
    call jobstop(a:job)
  else
    call job_stop(a:job)
  endif
endfunction

" What it would print comes too late.
function codestats#token#leave() abort
  if get(s:command, 'state', '') ==# 'running'
    call s:stop(s:command.job)
  endif
endfunction

" What the command wrote is not shown: it may be the token, or tell too much.
function s:failed(run, what) abort
  let a:run.state = 'failed'
  let a:run.problem = 'g:codestats_api_key_command ' .. a:what
  let a:run.out = []
  call codestats#message#error('api_key_command', a:run.problem .. '; XP is kept. Try the command in a shell, then :CodeStatsFlush')
endfunction

" ---------------------------------------------------------- login and logout

" Ask for the token, hidden, and keep it in the file. Without inputsave(): what was typed before the question was drawn is
" the token, and would be kept for Normal mode; and a key that follows at once would get lost with the input (seen on 9.0
" to 9.2 and 0.10 to 0.12).
function codestats#token#login() abort
  let token = trim(inputsecret('Code::Stats token (from ' .. codestats#token#page() .. '): '))
  if empty(token)
    call s:tell('info', 'nothing changed')
    return
  endif
  let flaw = s:flaw(token)
  if !empty(flaw)
    call s:tell('error', 'this is no token: ' .. flaw .. '. Nothing changed')
  elseif s:write(codestats#token#file(), token)
    call s:tell('info', s:greeting(token))
    call codestats#token#changed()
  endif
endfunction

function s:greeting(token) abort
  let owner = codestats#token#owner(a:token)
  let whose = empty(owner) ? 'token (it does not say whose)' : 'token of ' .. owner
  let text = printf('%s kept in %s', whose, fnamemodify(codestats#token#file(), ':~'))
  let used = codestats#token#look()
  return used.source ==# 'file' ? text : text .. ', but ' .. used.name .. ' goes before it'
endfunction

" Remove the file that :CodeStatsLogin made.
function codestats#token#logout() abort
  let file = codestats#token#file()
  if !filereadable(file)
    call s:tell('info', 'there is no ' .. fnamemodify(file, ':~'))
  elseif delete(file) != 0
    call s:tell('error', 'cannot remove ' .. file)
    return
  else
    call s:tell('info', 'token removed from this machine; revoke it at ' .. codestats#token#page())
  endif
  let used = codestats#token#look()
  if !empty(used.source)
    call codestats#message#warning('logout', used.name .. ' still gives a token')
  endif
  call codestats#token#changed()
endfunction

" The answer to a command is said each time.
function s:tell(level, text) abort
  call codestats#message#forget('token')
  call codestats#message#say(a:level, 'token', a:text)
endfunction

" The web page with the user's tokens.
function codestats#token#page() abort
  return substitute(codestats#config#get('api_url'), '/\+\(api/*\)\?$', '', '') .. '/my/machines'
endfunction

" Tell a core that runs; what was held for want of a token goes out.
function codestats#token#changed() abort
  if codestats#host#state() ==# 'up' || !empty(codestats#pulse#outstanding())
    call codestats#host#send({'type': 'flush'})
  endif
endfunction

" The folder is the user's alone before anything is in it, so no moment and no umask lets others read the file.
function s:write(file, token) abort
  let folder = fnamemodify(a:file, ':h')
  let temporary = printf('%s.%d.tmp', a:file, getpid())
  try
    call mkdir(folder, 'p', 0o700)
    if !setfperm(folder, 'rwx------')
      throw 'the folder belongs to someone else'
    endif
    call delete(temporary)
    call writefile([], temporary, 's')
    if !setfperm(temporary, 'rw-------')
      throw 'its permissions cannot be set'
    endif
    call writefile([a:token], temporary, 's')
    if rename(temporary, a:file) != 0
      throw 'it cannot be renamed'
    endif
    return 1
  catch
    call delete(temporary)
    call s:tell('error', 'cannot keep the token in ' .. a:file .. ': ' .. substitute(v:exception, '^Vim\%((\w\+)\)\?:', '', ''))
    return 0
  endtry
endfunction

" ------------------------------------------------------------------- its form

" Why {token} cannot be one, '' if it may be. What is in it only the service knows (codestats.credentials.fits_header).
function s:flaw(token) abort
  if strchars(a:token) > s:most
    return 'it is too long'
  elseif a:token =~# '\s'
    return 'it has blanks in it'
  elseif strchars(a:token) < 8
    return 'it is too short'
  elseif a:token !~# '^[!-~]\+$'
    return 'it has characters that no token has'
  endif
  return ''
endfunction

" The user whose {token} it is, '' if it doesn't say: its middle part is base64 of `base64(user)##base64(machine)`.
function codestats#token#owner(token) abort
  let parts = split(a:token, '\.', 1)
  let inner = len(parts) == 3 ? s:decode(parts[1]) : ''
  let user = inner =~# '##' ? s:decode(matchstr(inner, '^.\{-}\ze##')) : ''
  return user =~# '[[:cntrl:]]' ? '' : user
endfunction

const s:alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const s:powers = {0: 1, 2: 4, 4: 16, 6: 64}

" Base64 (either alphabet, padded or not) of UTF-8 text; '' if it is none. Vim has a function for it since 9.1.1220 only.
function s:decode(text) abort
  let text = tr(substitute(a:text, '=\+$', '', ''), '-_', '+/')
  if text !~# '^[A-Za-z0-9+/]*$' || strlen(text) % 4 == 1
    return ''
  endif
  let [bits, held, escaped] = [0, 0, '']
  for letter in split(text, '\zs')
    let bits = and(bits * 64 + stridx(s:alphabet, letter), 0xffff)
    let held += 6
    if held >= 8
      let held -= 8
      let escaped ..= printf('\x%02x', and(bits / s:powers[held], 0xff))
    endif
  endfor
  let decoded = escaped =~# '\\x00' ? '' : eval('"' .. escaped .. '"')
  return decoded ==# list2str(str2list(decoded)) ? decoded : ''
endfunction
