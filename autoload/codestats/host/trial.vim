" Whether Python can be used inside this Vim, found out in another one, since a Python that cannot start takes the process that
" it is in with it, and no `try` sees that. A trial that went well is remembered for this Vim and this environment, as long as
" no file changes that Python reads when it starts.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:root = expand('<sfile>:p:h:h:h:h')
const s:limit = 15000   " ms
const s:most = 8        " environments that are remembered
let s:is_good = 0       " in this session
let s:run = {}

" {OnEnd}(problem) is called once, with an empty problem where Python can be used.
function codestats#host#trial#start(OnEnd) abort
  let key = s:key()
  if s:is_good || s:is_remembered(key)
    let s:is_good = 1
    call timer_start(0, {-> a:OnEnd({})})
    return
  endif
  let run = {'key': key, 'lines': [], 'is_late': 0}
  let job = codestats#job#start(s:command(), {
        \ 'environment': extend(codestats#python#modules(), {'CODESTATS_DATA_DIR': codestats#config#data_dir()}),
        \ 'input': 0, 'limit': s:limit, 'on_limit': {-> s:set_late(run)},
        \ 'on_line': {line -> add(run.lines, line)}, 'on_error_line': {line -> add(run.lines, line)},
        \ 'on_exit': {status -> a:OnEnd(s:judge(run, status))},
        \ })
  if empty(job)
    call timer_start(0, {-> a:OnEnd(codestats#host#loader#problem('', 'Vim cannot be started to try it'))})
  endif
endfunction

" A gVim is told not to open its window; -e comes after -v, which takes it back.
function s:command() abort
  let settings = ['set encoding=' .. &encoding]
  for option in filter(['pythonthreedll', 'pythonthreehome'], 'exists("+" .. v:val)')
    call add(settings, printf('let &%s = %s', option, string(getbufvar('', '&' .. option))))
  endfor
  call add(settings, 'let &runtimepath = ' .. string(escape(s:root, '\,')))
  let command = [v:progpath, '-v', '-es', '-N', '-n', '-u', 'NONE', '-i', 'NONE']
  for setting in settings
    let command += ['--cmd', setting]
  endfor
  return command + ['-c', 'call codestats#host#trial#run()', '-c', 'qall!']
endfunction

" In the other Vim: start Python as host/embedded.vim does, and print what came of it, as JSON.
function codestats#host#trial#run() abort
  if !codestats#host#loader#is_new_enough()
    let l:text = '{"trial": {"lacks": "Python 3.10", "says": "", "files": []}}' .. "\n"
    call py3eval('__import__("os").write(1, __import__("vim").eval("l:text").encode())')
    return
  endif
  let l:environment = codestats#python#environment()
  call codestats#host#loader#load()
  call py3eval('__import__("codestats.hosts.trial", fromlist=["main"]).main(__import__("vim").eval("l:environment"))')
endfunction

function s:set_late(run) abort
  let a:run.is_late = 1
endfunction

" Anything else that it prints would be on the user's screen.
function s:judge(run, status) abort
  let printed = filter(copy(a:run.lines), 'v:val !~# "^{\"trial\":"')
  let results = filter(copy(a:run.lines), 'v:val =~# "^{\"trial\":"')
  if a:run.is_late
    return codestats#host#loader#problem('', printf('it does not start within %d s', s:limit / 1000))
  elseif a:status != 0 || len(results) != 1
    return codestats#host#loader#problem('', empty(printed) ? 'it ends Vim with status ' .. a:status : printed[-1])
  elseif !empty(printed)
    return codestats#host#loader#problem('', 'it prints when it starts: ' .. printed[0])
  endif
  let result = json_decode(results[0]).trial
  if !empty(result.lacks) || !empty(result.says)
    return codestats#host#loader#problem(result.lacks, result.says)
  endif
  let s:is_good = 1
  call s:remember(a:run.key, result.files)
  return {}
endfunction

" ------------------------------------------------------------------ memory

" This Vim, and what its Python finds its way by.
function s:key() abort
  let names = 'v:key =~# "^\\(PYTHON\\|LD_\\|DYLD_\\|LC_\\|OPENSSL_\\)" || index(["PATH", "HOME", "LANG"], v:key) >= 0'
  let options = map(filter(['pythonthreedll', 'pythonthreehome'], 'exists("+" .. v:val)'), 'getbufvar("", "&" .. v:val)')
  let vim = [v:progpath, getftime(v:progpath), getfsize(v:progpath), v:versionlong, options]
  return sha256(json_encode(vim + sort(items(filter(environ(), names)))))[:31]
endfunction

function s:file() abort
  return codestats#config#data_dir() .. '/embedded.json'
endfunction

" What is known: dictionaries with key and stamps, the latest last.
function s:memory() abort
  try
    let memory = json_decode(join(readfile(s:file()), ''))
    return type(memory) == v:t_list ? filter(memory, 'type(v:val) == v:t_dict && has_key(v:val, "stamps")') : []
  catch
    return []
  endtry
endfunction

function s:is_remembered(key) abort
  for known in filter(s:memory(), 'get(v:val, "key", "") ==# a:key')
    return known.stamps ==# s:stamps(keys(known.stamps))
  endfor
  return 0
endfunction

function s:stamps(files) abort
  let stamps = {}
  for file in a:files
    let stamps[file] = getftime(file) .. ' ' .. getfsize(file)
  endfor
  return stamps
endfunction

" Where the core keeps its files, once it has made the place for them.
function s:remember(key, files) abort
  if !isdirectory(codestats#config#data_dir())
    return
  endif
  let memory = filter(s:memory(), 'get(v:val, "key", "") !=# a:key') + [{'key': a:key, 'stamps': s:stamps(a:files)}]
  let file = s:file()
  try
    let temporary = file .. '.' .. getpid()
    call writefile([json_encode(memory[max([len(memory) - s:most, 0]) :])], temporary)
    call setfperm(temporary, 'rw-------')
    if rename(temporary, file) != 0
      call delete(temporary)
    endif
  catch
    call codestats#log#add('cannot remember that Python works inside Vim: ' .. v:exception)
  endtry
endfunction
