" Which Pythons may run the core, and what to say when none can. An interpreter is a dictionary: path, environment (what it
" gets of $PYTHON…) and options.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:root = expand('<sfile>:p:h:h:h')
let s:bootstrap = 'import sys; sys.version_info < (3, 10) and sys.exit(71);'
      \ .. ' sys.path = [path for path in sys.path if path]; sys.path.insert(0, sys.argv.pop(1));'
      \ .. ' sys.dont_write_bytecode = True; from codestats.hosts import bytecode; bytecode.keep_elsewhere(); '
let s:found = {}
let s:rejected = []   " as strings
const s:most = 24     " tries

" What an interpreter may lack, as codestats.install.requirements tells it by exit status, from the worst on.
const s:lacks = {'71': 'Python 3.10', '74': 'sqlite3', '75': 'ssl', '72': 'pynvim', '73': 'urllib3 1.26'}
const s:ranks = ['', 'Python 3.10', 'sqlite3', 'ssl', 'pynvim', 'urllib3 1.26']

" Where Pythons are besides $PATH, which an editor started from a desktop has little in.
const s:places = [
      \ '/usr/local/bin', '/opt/homebrew/bin', '/opt/local/bin', '/usr/pkg/bin',
      \ '/home/linuxbrew/.linuxbrew/bin', '/run/current-system/sw/bin', '/nix/var/nix/profiles/default/bin',
      \ '/Library/Frameworks/Python.framework/Versions/Current/bin', '/opt/conda/bin',
      \ '~/.local/bin', '~/.nix-profile/bin', '~/.pyenv/shims', '~/.asdf/shims', '~/.local/share/mise/shims',
      \ '~/miniconda3/bin', '~/miniforge3/bin', '~/anaconda3/bin',
      \ ]
const s:versions = map(range(20, 10, -1), '"python3." .. v:val')

" What of $PYTHON… says where modules are, and is left to a Python that lacks some without it. The rest (PYTHONINSPECT,
" PYTHONHASHSEED, PYTHONIOENCODING, PYTHONWARNINGS …) can only stop ours from working.
const s:where = ['PYTHONHOME', 'PYTHONPATH', 'PYTHONPLATLIBDIR', 'PYTHONEXECUTABLE', 'PYTHONUSERBASE', 'PYTHONNOUSERSITE']
const s:users_own = ['PYTHONUSERBASE', 'PYTHONNOUSERSITE']

" The command that runs {code} in {python} with our package importable, nothing from the current directory, and nothing
" written to the plugin's directory.
function codestats#python#command(python, code, arguments) abort
  return [a:python.path] + a:python.options + ['-c', s:bootstrap .. a:code, s:root .. '/python3'] + a:arguments
endfunction

" The private environment that :CodeStatsInstall makes.
function codestats#python#environment() abort
  return codestats#config#data_dir() .. '/venv'
endfunction

" Interpreters to try, best first: each as if no $PYTHON… were set, then those for which it makes a difference once more with
" what of it says where modules are. What the user named has both turns before all others. Some 1 ms (seen on Vim 9.0).
function codestats#python#candidates() abort
  let [alone, set] = s:variables()
  let private = map(s:all([s:private_python()]), {_, path -> {'path': path, 'options': ['-I'], 'environment': alone}})
  return s:unique(s:turns(s:all([codestats#config#get('python')]), alone, set) + private + s:turns(s:near(), alone, set))
endfunction

" More of them, for when none of those can: in $PATH by other names, and in places besides.
function codestats#python#further() abort
  let directories = filter(map(copy(s:places), 'expand(v:val, 1)'), 'isdirectory(v:val)')
  let found = codestats#program#all(['python3', 'python'], directories)
  let found += has('win32') ? s:of_windows() : codestats#program#all(s:versions, codestats#program#path() + directories)
  let known = codestats#python#candidates()
  let [alone, set] = s:variables()
  let launched = has('win32') ? map(s:turns(s:launchers(), alone, set), 'extend(v:val, {"options": ["-3"]})') : []
  return s:unique(known + s:turns(filter(found, '!s:is_stub(v:val)'), alone, set) + launched)[len(known) : s:most]
endfunction

" Those that a private environment can be made with.
function codestats#python#makers() abort
  return filter(codestats#python#candidates() + codestats#python#further(), 'v:val.path !=# s:private_python()')
endfunction

function s:turns(paths, alone, set) abort
  let turns = map(copy(a:paths), {_, path -> {'path': path, 'options': [], 'environment': a:alone}})
  return a:set ==# a:alone ? turns
        \ : turns + map(copy(a:paths), {_, path -> {'path': path, 'options': [], 'environment': a:set}})
endfunction

function s:private_python() abort
  return codestats#python#environment() .. (has('win32') ? '/Scripts/python.exe' : '/bin/python')
endfunction

function s:near() abort
  let found = codestats#program#all(['python3', 'python'], codestats#program#path())
  return s:all([get(g:, 'python3_host_prog', ''), s:pynvim_python()]) + filter(found, '!s:is_stub(v:val)')
endfunction

function s:of_windows() abort
  let numbers = map(range(20, 10, -1), '"Python3" .. v:val')
  let [found, home] = [[], codestats#directory#local_data()]
  for place in filter([home .. '/Programs/Python', $ProgramFiles, $SystemDrive], '!empty(v:val)')
    let found += map(copy(numbers), {_, number -> place .. '/' .. number .. '/python.exe'})
  endfor
  return filter(found, 'executable(v:val)') + s:newest_first(glob(home .. '/Python/pythoncore-3.*/python.exe', 1, 1))
endfunction

" Those of Python's install manager are named pythoncore-3.9-64, pythoncore-3.14-64 …
function s:newest_first(paths) abort
  let Minor = {path -> str2nr(matchstr(path, 'pythoncore-3\.\zs\d\+'))}
  return sort(copy(a:paths), {one, other -> Minor(other) - Minor(one)})
endfunction

" Windows' launcher, which knows the installed Pythons from the registry.
function s:launchers() abort
  return codestats#program#all(['py'], codestats#program#path() + filter([$SystemRoot], '!empty(v:val)'))
endfunction

" The one that comes with macOS asks in a window to install developer tools, where there are none.
function s:is_stub(path) abort
  return has('mac') && resolve(a:path) =~# '^/usr/bin/python'
        \ && !isdirectory('/Library/Developer/CommandLineTools') && !isdirectory('/Applications/Xcode.app')
endfunction

function s:all(names) abort
  return codestats#program#all(filter(copy(a:names), 'type(v:val) == v:t_string'), codestats#program#path())
endfunction

" Each once, by whatever name: `python3` and `python` of one directory are mostly one.
function s:unique(pythons) abort
  let keys = map(copy(a:pythons), {_, python -> string([s:identity(python.path), python.options, python.environment])})
  return filter(copy(a:pythons), 'index(keys, keys[v:key]) == v:key')
endfunction

" A virtual environment's is a link to another one and yet not that one: what counts is the directory that it is in.
function s:identity(path) abort
  let [real, directory] = [resolve(a:path), resolve(fnamemodify(a:path, ':h'))]
  return fnamemodify(real, ':h') ==# directory || real ==# a:path ? real : directory
endfunction

" The interpreter beside the `pynvim-python` command, which only starts that as a child of its own.
function s:pynvim_python() abort
  let command = codestats#program#find('pynvim-python')
  return empty(command) ? '' : fnamemodify(resolve(command), ':h') .. (has('win32') ? '/python.exe' : '/python')
endfunction

" What a Python gets of $PYTHON…, as far as it means the same in every directory: without what says where modules are, and with
" that. The others are empty, which Python takes for unset.
function s:variables() abort
  let set = filter(environ(), 'v:key =~# "^PYTHON"')
  call map(set, 'index(s:where, v:key) < 0 ? "" : s:meant(v:key, v:val)')
  return [map(copy(set), 'index(s:users_own, v:key) < 0 ? "" : v:val'), set]
endfunction

function codestats#python#modules() abort
  return s:variables()[1]
endfunction

function s:meant(name, value) abort
  if index(['PYTHONNOUSERSITE', 'PYTHONPLATLIBDIR'], a:name) >= 0
    return a:value
  endif
  let kept = codestats#program#list(codestats#program#absolute(a:value))
  return a:name ==# 'PYTHONPATH' || !codestats#program#has_relative(a:value) ? kept : ''
endfunction

" ------------------------------------------------------------ how they did

" This one ran the core.
function codestats#python#found(python) abort
  let s:found = a:python
endfunction

" This one could not.
function codestats#python#reject(python) abort
  call add(s:rejected, string(a:python))
endfunction

" What an interpreter lacks by its exit status: '' where it failed for another reason.
function codestats#python#lacking(status) abort
  return get(s:lacks, a:status, '')
endfunction

" Of two problems, the one of the interpreter that had more. A problem is a dictionary: python (a path, '' if there is none),
" lacks and says (its own words).
function codestats#python#nearer(one, other) abort
  return s:rank(a:other) > s:rank(a:one) ? a:other : a:one
endfunction

function s:rank(problem) abort
  return empty(a:problem) ? -2 : empty(a:problem.python) ? -1 : index(s:ranks, a:problem.lacks)
endfunction

" What to tell the user when nothing can run the core. The command comes first: a narrow window shows no more.
function codestats#python#advice(problem) abort
  let [python, lacks] = empty(a:problem) ? ['', ''] : [a:problem.python, a:problem.lacks]
  if empty(python) || lacks =~# '^Python' || (index(['pynvim', 'urllib3 1.26'], lacks) >= 0 && empty(codestats#python#makers()))
    return s:how_to_get_python() .. ': Python 3.10 or newer is missing, XP is kept'
  elseif lacks ==# 'sqlite3' || lacks ==# 'ssl'
    return printf('set g:codestats_python to a Python with %s: %s has none, XP is kept', lacks, python)
  elseif !empty(lacks)
    return 'type :CodeStatsInstall: ' .. lacks .. ' is missing, XP is kept'
  endif
  return printf('see :CodeStatsHealth: %s does not work (%s), XP is kept', python, a:problem.says)
endfunction

function s:how_to_get_python() abort
  let sudo = !has('win32') && !has('mac') && $USER !=# 'root' ? 'sudo ' : ''
  for [program, command] in [
        \ ['apt-get', sudo .. 'apt install python3'], ['dnf', sudo .. 'dnf install python3'],
        \ ['pacman', sudo .. 'pacman -S python'],
        \ ['zypper', sudo .. 'zypper install python3'], ['apk', sudo .. 'apk add python3'], ['brew', 'brew install python'],
        \ ['winget', 'winget install Python.Python.3.13'],
        \ ]
    if !empty(codestats#program#find(program))
      return 'run `' .. command .. '`'
    endif
  endfor
  return 'install Python from https://www.python.org'
endfunction

" ------------------------------------------------------------------- drain

" Carry home what is queued, in a process of its own that outlives the editor for a bounded time. The token goes through
" standard input: the process list shows arguments.
function codestats#python#drain() abort
  let settings = codestats#hook#ask('settings')
  let candidates = filter(codestats#python#candidates(), 'index(s:rejected, string(v:val)) < 0 && v:val !=# s:found')
  let candidates = (empty(s:found) ? [] : [s:found]) + candidates
  if empty(settings.api_key) || empty(candidates)
    return
  endif
  let code = 'from codestats.hosts.lifecycle import drain_detached; sys.exit(drain_detached())'
  let others = map(candidates[1:], {_, python -> [[python.path] + python.options, python.environment]})
  let job = codestats#job#start(codestats#python#command(candidates[0], code, [json_encode(others)]), {
        \ 'environment': candidates[0].environment, 'outlives': 1, 'is_last': 1, 'core': 1,
        \ })
  if !empty(job)
    call codestats#job#send(job, json_encode(settings))
    call codestats#job#close_input(job)
  endif
endfunction
