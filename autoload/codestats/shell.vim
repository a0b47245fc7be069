" The shell's own commands (codestats.cli), run by the editor: in a process of their own, so the editor goes on, in the first
" Python that can run them. It outlives the editor, as every job.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:limit = 7200000  " ms; an import of a million rows takes minutes
const s:cancelled = 130  " the exit status (codestats.cli)

" Run {arguments}, the first of them the command's name, in one of {pythons}. {callbacks}: on_line(line) for its output,
" on_progress(text), and once on_end(status, complaint): complaint is what it said to be wrong, or is empty.
function codestats#shell#run(pythons, arguments, callbacks) abort
  let run = extend({'pythons': copy(a:pythons), 'arguments': a:arguments, 'stopped': 0, 'problem': {}}, a:callbacks)
  call s:try_next(run)
  return run
endfunction

" Ask it to end: it clears away what it has half done.
function codestats#shell#stop(run) abort
  let a:run.stopped = 1
  call codestats#job#stop(a:run.job)
endfunction

function s:try_next(run) abort
  let [a:run.job, a:run.complaint, a:run.said, a:run.has_spoken] = [{}, '', '', 0]
  while !empty(a:run.pythons) && empty(a:run.job)
    let a:run.python = remove(a:run.pythons, 0)
    let code = 'from codestats.cli import main; sys.exit(main())'
    let a:run.job = codestats#job#start(codestats#python#command(a:run.python, code, a:run.arguments), {
          \ 'on_line': function('s:on_line', [a:run]), 'on_error_line': function('s:on_error_line', [a:run]),
          \ 'on_exit': {status -> s:end(a:run, status)}, 'environment': a:run.python.environment, 'input': 0, 'outlives': 1,
          \ 'limit': s:limit,
          \ })
  endwhile
  if empty(a:run.job)
    call a:run.on_end(1, codestats#python#advice(a:run.problem))
  endif
endfunction

function s:on_line(run, line) abort
  if !empty(a:line)
    let a:run.has_spoken = 1
    call codestats#log#add(a:run.arguments[0] .. ': ' .. a:line)
    call a:run.on_line(a:line)
  endif
endfunction

function s:on_error_line(run, line) abort
  if a:line =~# '^progress '
    call a:run.on_progress(a:line[9:])
  elseif !empty(a:line)
    call codestats#log#add(a:run.arguments[0] .. ': ' .. a:line)
    let a:run.said = a:line
    let a:run.complaint = a:line =~# '^codestats: ' ? substitute(a:line, '^codestats: ', '', '') : a:run.complaint
  endif
endfunction

function s:end(run, status) abort
  if a:run.stopped && empty(a:run.complaint)
    call a:run.on_end(s:cancelled, 'cancelled')
  elseif a:status == 0 || a:run.has_spoken || !empty(a:run.complaint)
    call a:run.on_end(a:status, a:run.complaint)
  else
    call s:reject(a:run, codestats#python#lacking(a:status), 'it ends with status ' .. a:status)
    call s:try_next(a:run)
  endif
endfunction

" This Python can't run our code.
function s:reject(run, lacks, otherwise) abort
  let says = empty(a:run.said) ? a:otherwise : a:run.said
  let problem = {'python': a:run.python.path, 'lacks': a:lacks, 'says': empty(a:lacks) ? says : 'no ' .. a:lacks}
  call codestats#log#add(problem.python .. ' cannot run `codestats ' .. a:run.arguments[0] .. '`: ' .. problem.says)
  let a:run.problem = codestats#python#nearer(a:run.problem, problem)
endfunction

" Whether that is how a command ends that was asked to.
function codestats#shell#is_cancelled(status) abort
  return a:status == s:cancelled
endfunction
