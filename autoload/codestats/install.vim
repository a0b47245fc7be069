" :CodeStatsInstall: what Python needs, into a private environment (codestats.environment), in a process of its own. The first
" Python that is new enough makes it.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:makers = []
let s:arguments = []
let s:is_running = 0
let s:complaint = ''
let s:progress = ''

" With {upgrade}, make it anew though it is there.
function codestats#install#run(upgrade) abort
  if s:is_running
    call s:tell('info', 'an installation is at work')
    return
  endif
  let s:makers = codestats#python#makers()
  let s:arguments = ['install', '--data-dir', codestats#config#data_dir()] + (a:upgrade ? ['--upgrade'] : [])
  call s:try_next()
endfunction

function s:try_next() abort
  let s:complaint = ''
  while !empty(s:makers) && !s:is_running
    let code = 'from codestats.cli import main; sys.exit(main())'
    let command = codestats#python#command(remove(s:makers, 0), code, s:arguments)
    let s:is_running = !empty(codestats#job#start(command, {
          \ 'on_line': function('s:on_line'), 'on_error_line': function('s:on_error_line'), 'on_exit': function('s:on_exit'),
          \ }))
  endwhile
  if !s:is_running
    call s:tell('error', codestats#python#advice('Python 3.10'))
  endif
endfunction

function s:on_line(line) abort
  call codestats#log#add('install: ' .. a:line)
  let s:progress = a:line
  call timer_start(100, {-> s:show_progress()})
endfunction

" Only the last of several lines: two messages at once would ask for <Enter>.
function s:show_progress() abort
  if !empty(s:progress)
    call s:tell('info', s:progress)
    let s:progress = ''
  endif
endfunction

function s:on_error_line(line) abort
  call codestats#log#add('install: ' .. a:line)
  if a:line =~# '^codestats: '
    let s:complaint = substitute(a:line, '^codestats: ', '', '')
  endif
endfunction

" What was written last may still be on its way.
function s:on_exit(status) abort
  call timer_start(150, {-> s:end(a:status)})
endfunction

function s:end(status) abort
  let s:is_running = 0
  if a:status == 0
    call codestats#host#renew()
  elseif !empty(s:complaint)
    call s:tell('error', s:complaint)
  else
    " This Python can't run our code at all.
    call s:try_next()
  endif
endfunction

function s:tell(level, text) abort
  call codestats#message#forget('install')
  call codestats#message#say(a:level, 'install', a:text)
endfunction
