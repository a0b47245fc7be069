" Which Pythons may run the core, and what to say when none can.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:root = expand('<sfile>:p:h:h:h')
let s:bootstrap = 'import sys; sys.version_info < (3, 10) and sys.exit(71);'
      \ .. ' sys.path = [path for path in sys.path if path]; sys.path.insert(0, sys.argv.pop(1));'
      \ .. ' sys.dont_write_bytecode = True; from codestats.hosts import bytecode; bytecode.keep_elsewhere(); '
let s:found = ''

" The command that runs {code} in {python} with our package importable, nothing from the current folder, and nothing written
" to the plugin's folder. The private environment is isolated from $PYTHONPATH and the user's own packages.
function codestats#python#command(python, code, arguments) abort
  let isolated = a:python ==# s:private_python() ? ['-I'] : []
  return [a:python] + isolated + ['-c', s:bootstrap .. a:code, s:root .. '/python3'] + a:arguments
endfunction

" The private environment that :CodeStatsInstall makes.
function codestats#python#environment() abort
  return codestats#config#data_dir() .. '/venv'
endfunction

" Commands to try, best first; only those that can be run.
function codestats#python#candidates() abort
  return s:runnable([codestats#config#get('python'), s:private_python()] + s:others())
endfunction

function s:private_python() abort
  return codestats#python#environment() .. (has('win32') ? '/Scripts/python.exe' : '/bin/python')
endfunction

" Those that a private environment can be made with.
function codestats#python#makers() abort
  return s:runnable([codestats#config#get('python')] + s:others())
endfunction

function s:others() abort
  return [get(g:, 'python3_host_prog', ''), s:pynvim_python(), 'python3', 'python']
endfunction

function s:runnable(names) abort
  let names = map(filter(a:names, 'type(v:val) == v:t_string'), 'v:val =~# "^[~$]" ? expand(v:val, 1) : v:val')
  let names = filter(names, '!empty(v:val) && executable(v:val)')
  return filter(copy(names), 'index(names, v:val) == v:key')
endfunction

" The interpreter beside the `pynvim-python` command, which only starts that as a child of its own.
function s:pynvim_python() abort
  let command = exepath('pynvim-python')
  return empty(command) ? '' : fnamemodify(resolve(command), ':h') .. (has('win32') ? '/python.exe' : '/python')
endfunction

" This one ran the core.
function codestats#python#found(python) abort
  let s:found = a:python
endfunction

" What to tell the user when nothing can run the core; {lacking} is what the best candidate had not. The command comes first:
" a narrow window shows no more.
function codestats#python#advice(lacking) abort
  if a:lacking =~# '^Python'
    return s:how_to_get_python() .. ': ' .. a:lacking .. ' or newer is missing, XP is kept'
  endif
  return 'type :CodeStatsInstall: ' .. (empty(a:lacking) ? 'Python' : a:lacking) .. ' is missing, XP is kept'
endfunction

function s:how_to_get_python() abort
  let sudo = !has('win32') && !has('mac') && $USER !=# 'root' ? 'sudo ' : ''
  for [program, command] in [
        \ ['apt-get', sudo .. 'apt install python3'], ['dnf', sudo .. 'dnf install python3'],
        \ ['pacman', sudo .. 'pacman -S python'],
        \ ['zypper', sudo .. 'zypper install python3'], ['apk', sudo .. 'apk add python3'], ['brew', 'brew install python'],
        \ ['winget', 'winget install Python.Python.3.13'],
        \ ]
    if executable(program)
      return 'run `' .. command .. '`'
    endif
  endfor
  return 'install Python from https://www.python.org'
endfunction

" Carry home what is queued, in a process of its own that outlives the editor for a bounded time. The token goes through
" standard input: the process list shows arguments.
function codestats#python#drain() abort
  let settings = codestats#settings#of_core()
  let candidates = s:runnable([s:found] + codestats#python#candidates())
  if empty(settings.api_key) || empty(candidates)
    return
  endif
  let code = 'from codestats.hosts.lifecycle import carry_home; sys.exit(carry_home())'
  let job = codestats#job#start(codestats#python#command(candidates[0], code, [json_encode(candidates[1:])]), {})
  if !empty(job)
    call codestats#job#send(job, json_encode(settings))
    call codestats#job#close_input(job)
  endif
endfunction
