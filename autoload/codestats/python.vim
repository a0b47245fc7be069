" Which Pythons may run the core, and what to say when none can.

let s:root = expand('<sfile>:p:h:h:h')
let s:bootstrap = 'import sys; sys.version_info < (3, 10) and sys.exit(71);'
      \ .. ' sys.path = [path for path in sys.path if path]; sys.path.insert(0, sys.argv.pop(1)); '

" The command that runs {code} in {python} with our package importable, and nothing from the current folder.
function codestats#python#command(python, code, arguments) abort
  return [a:python, '-c', s:bootstrap .. a:code, s:root .. '/python3'] + a:arguments
endfunction

" Commands to try, best first; only those that can be run.
function codestats#python#candidates() abort
  let names = [
        \ codestats#config#get('python'),
        \ codestats#config#data_dir() .. (has('win32') ? '/venv/Scripts/python.exe' : '/venv/bin/python'),
        \ get(g:, 'python3_host_prog', ''), s:pynvim_python(), 'python3', 'python',
        \ ]
  return filter(map(names, 'expand(v:val)'), '!empty(v:val) && executable(v:val)')
endfunction

" The interpreter beside the `pynvim-python` command, which only starts that as a child of its own.
function s:pynvim_python() abort
  let command = exepath('pynvim-python')
  return empty(command) ? '' : fnamemodify(resolve(command), ':h') .. (has('win32') ? '/python.exe' : '/python')
endfunction

" What to tell the user when no candidate can run the core; {lacking} is what the last one had not.
function codestats#python#advice(lacking) abort
  let lacking = empty(a:lacking) ? 'Python 3.10' : a:lacking
  let packages = has('nvim') ? 'pynvim urllib3' : 'urllib3'
  return 'XP is kept, but needs ' .. lacking .. ' or newer to be sent: pip install ' .. packages
endfunction

" Carry home what is queued, in a process of its own that outlives the editor for a bounded time.
function codestats#python#drain() abort
  let settings = codestats#config#settings()
  let candidates = codestats#python#candidates()
  if empty(settings.api_key) || empty(candidates)
    return
  endif
  let command = codestats#python#command(candidates[0], 'from codestats.cli import main; sys.exit(main())', ['drain', '--settings', '-'])
  try
    call s:detach(command, json_encode(settings))
  catch
    call codestats#log#add('no drain at exit: ' .. v:exception)
  endtry
endfunction

" The token goes through standard input: the process list shows arguments.
function s:detach(command, input) abort
  if has('nvim')
    let job = jobstart(a:command, {'detach': v:true})
    call chansend(job, a:input)
    call chanclose(job, 'stdin')
  else
    let job = job_start(a:command, {'out_io': 'null', 'err_io': 'null', 'stoponexit': ''})
    call ch_sendraw(job, a:input)
    call ch_close_in(job)
  endif
endfunction
