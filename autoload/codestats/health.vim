" The health check: a list of [level, text, advice], made here for the editor's part and in codestats.health.check for Python's,
" shown by a window, and in Neovim by :checkhealth codestats as well. Levels: start (a section's title), ok, info, warn, error.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:number = 0
let s:checks = {}        " number → {entries, done, on_done, timer}

" Begin a check; returns its number. {OnDone} is called with the entries, if it is given.
function codestats#health#start(...) abort
  let s:number += 1
  for former in values(s:checks)
    call timer_stop(former.timer)
  endfor
  let check = {'entries': s:editor() + s:token(), 'done': 0, 'on_done': get(a:000, 0, v:null), 'timer': -1}
  let s:checks = {s:number: check}
  let limit = s:limit()
  let check.timer = timer_start(limit, {-> s:finish(check, [['start', 'Python', ''], s:silence(limit)])})
  let message = {'type': 'health', 'id': s:number, 'files': s:scripts(), 'directories': s:directories()}
  let message.packages = codestats#host#carrier() ==# 'remote' ? ['pynvim'] : []
  call codestats#host#send(message)
  if codestats#host#state() ==# 'failed'
    call s:without_host()
  endif
  return s:number
endfunction

" No Python can run the core: a check under way ends.
function s:without_host(...) abort
  for check in values(s:checks)
    call s:finish(check, [['start', 'Python', ''], s:failure()])
  endfor
endfunction

" Milliseconds after which a check ends, answered or not: some requests, and the start of Python.
function s:limit() abort
  return float2nr(codestats#config#get('request_timeout') * 3000) + 5000
endfunction

" The entries of check {number}; empty while it goes on.
function codestats#health#result(number) abort
  let check = get(s:checks, a:number, {})
  return get(check, 'done', 0) ? check.entries : []
endfunction

" The entries of check {number} as far as they are known after {limit} milliseconds.
function codestats#health#give_up(number, limit) abort
  let check = s:checks[a:number]
  call s:finish(check, [['start', 'Python', ''], s:silence(a:limit)])
  return check.entries
endfunction

" The core's part arrived.
function codestats#health#answered(message) abort
  if has_key(s:checks, a:message.id)
    call s:finish(s:checks[a:message.id], a:message.entries)
  endif
endfunction

function s:finish(check, entries) abort
  call timer_stop(a:check.timer)
  if !a:check.done
    let a:check.entries += a:entries
    let a:check.done = 1
    if a:check.on_done isnot v:null
      call a:check.on_done(a:check.entries)
    endif
  endif
endfunction

" ------------------------------------------------------ the editor's part

function s:editor() abort
  let entries = [['start', 'Editor', ''], ['ok', s:version() .. ', Python ' .. codestats#host#manner(), '']]
  if has('nvim') || exists('##KeyInputPre')
    call add(entries, ['ok', 'typed keys can be seen: mappings and dot-repeats count as one key', ''])
  else
    call add(entries, ['info', 'typed keys can''t be seen (Vim 9.1.0597 or newer can): each change counts', ''])
  endif
  if codestats#host#carrier() !=# 'embedded'
    call add(entries, ['info', 'Python is looked for as ' .. join(s:paths(codestats#python#candidates()), ', '), ''])
  endif
  if !has('nvim')
    call add(entries, ['info', s:own_python(), ''])
  endif
  let entries += s:handover()
  if empty(getcompletion('codestats.txt', 'help'))
    call add(entries, ['info', '`:help codestats` is not known yet', ':helptags ALL'])
  endif
  let status = codestats#status#get()
  call add(entries, ['info', printf('%d XP in this session, %d not sent yet', status.session, status.unsent), ''])
  if status.paused
    call add(entries, ['warn', 'counting is paused, in all editors', ':CodeStatsResume'])
  endif
  if !empty(status.error)
    call add(entries, ['warn', 'last error: ' .. status.error, ':CodeStatsFlush, :CodeStatsLog'])
  endif
  return entries + map(codestats#settings#problems(), '["warn", v:val, ":help codestats-options"]')
endfunction

" Where the editor puts what is left at its end, tried.
function s:handover() abort
  let tried = codestats#handover#try()
  let [place, problem] = tried[-1]
  let entries = []
  for [refused, why] in empty(problem) ? tried[: -2] : tried
    call add(entries, ['warn', printf('nothing can be kept in %s: %s', refused, why), s:remedy(refused)])
  endfor
  return empty(problem) ? entries + [['ok', 'what is left at the end is kept in ' .. place, '']] : entries
endfunction

function s:remedy(place) abort
  let has_owner = isdirectory(a:place) && !has('win32')
  return has_owner ? 'sudo chown -R "$(id -u)" ' .. shellescape(a:place) : "let g:codestats_data_dir = '/a/directory/of/yours'"
endfunction

" What kind of Python is in this Vim, which is not loaded to tell.
function s:own_python() abort
  let feature = matchstr(execute('version'), '[+-]python3\%(/\S\+\)\?')
  let kinds = {
        \ '+python3/dyn-stable': 'of any version, by its stable ABI', '+python3/dyn': 'loaded when first used',
        \ '+python3': 'built in',
        \ }
  return 'Vim''s own Python: ' .. get(kinds, feature, 'none') .. (empty(feature) ? '' : ' (' .. feature .. ')')
endfunction

function s:version() abort
  if has('nvim')
    return split(execute('version'), "\n")[0]
  endif
  let patch = matchstr(execute('version'), '[^\n]*:\s*\d\+-\zs\d\+')
  return printf('Vim %d.%d%s', v:version / 100, v:version % 100, empty(patch) ? '' : '.' .. patch)
endfunction

function s:failure() abort
  let candidates = s:paths(codestats#python#candidates())
  let tried = map(codestats#host#tried(), {_, problem -> problem.python .. ' (' .. problem.says .. ')'})
  let found = !empty(tried) ? 'tried: ' .. join(uniq(tried), ', ')
        \ : empty(candidates) ? 'none was found' : 'found: ' .. join(candidates, ', ')
  let text = join(['no Python here can run the plugin''s part of it', found, codestats#status#get().error], '; ')
  let installs = empty(tried) || codestats#status#get().error =~# ':CodeStatsInstall'
  return ['error', text, installs ? ':CodeStatsInstall' : ':CodeStatsLog, :help g:codestats_python']
endfunction

function s:paths(pythons) abort
  let paths = map(copy(a:pythons), 'v:val.path')
  return filter(copy(paths), 'index(paths, v:val) == v:key')
endfunction

function s:silence(limit) abort
  return ['error', printf('Python gave no answer within %d s', a:limit / 1000), ':CodeStatsLog']
endfunction

function s:token() abort
  let token = codestats#token#find()
  let entries = [['start', 'Token', '']]
  if token.state ==# 'running'
    call add(entries, ['info', token.name .. ' is still running', ''])
  elseif token.state ==# 'failed'
    call add(entries, ['error', token.problem, 'try the command in a shell, then :CodeStatsFlush'])
  elseif empty(token.token)
    call add(entries, ['warn', 'not set: XP is kept, not sent', ':CodeStatsLogin'])
  else
    let owner = codestats#token#owner()
    call add(entries, ['ok', printf('from %s, %s', token.name, empty(owner) ? 'which does not say whose' : 'of ' .. owner), ''])
  endif
  return entries
endfunction

" Where the user may have written the token: scripts of their own, and the directories they are in.
function s:scripts() abort
  let files = [$MYVIMRC, codestats#token#file()]
  for line in split(execute('scriptnames'), "\n")
    let file = fnamemodify(expand(matchstr(line, '^\s*\d\+:\s*\zs.*'), 1), ':p')
    if stridx(file, $VIMRUNTIME) != 0
      call add(files, file)
    endif
  endfor
  return filter(files, '!empty(v:val)')
endfunction

function s:directories() abort
  return has('nvim') ? [stdpath('config')] : filter([expand('~/.vim', 1), expand('~/.config/vim', 1)], 'isdirectory(v:val)')
endfunction

call codestats#hook#add('no_host', function('s:without_host'))
