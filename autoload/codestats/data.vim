" :CodeStatsExport, :CodeStatsImport and :CodeStatsCancel: the shell's own commands (codestats.commands.export and .import_) in
" a process of its own, so the editor goes on and a long one can be cancelled. It outlives the editor, as every job.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:job = {}
let s:work = ''          " export or import while one is at work
let s:candidates = []
let s:arguments = []
let s:complaint = ''
let s:result = ''
const s:cancelled = 130  " codestats.commands.export
const s:patience = 40    " looks, 50 ms apart, for what was just typed to be on disk

" Write what was counted to {file}; {replace} it if it is there. One more argument: the period.
function codestats#data#export(replace, file, ...) abort
  let arguments = ['export', s:path(a:file), '--progress'] + (a:replace ? ['--force'] : [])
  call codestats#pulse#hand_over()
  call s:begin(arguments + (a:0 ? ['--period', join(a:000, '')] : []))
endfunction

" Take {file} into the local history.
function codestats#data#import(file) abort
  call s:begin(['import', s:path(a:file), '--progress'])
endfunction

function codestats#data#cancel() abort
  if empty(s:work)
    call s:tell('info', 'nothing is at work that could be cancelled')
  elseif empty(s:job)
    call s:tell('info', s:work .. ' cancelled')
    let s:work = ''
  elseif has('nvim')
    call codestats#job#kill(s:job)
  else
    " Not killed at once: it clears away what it has half done.
    call job_stop(s:job.handle, 'term')
  endif
endfunction

function s:path(file) abort
  return fnamemodify(a:file =~# '^[~$]' ? expand(a:file, 1) : a:file, ':p')
endfunction

function s:begin(arguments) abort
  if !empty(s:work)
    call s:tell('info', 'an ' .. s:work .. ' is at work; :CodeStatsCancel ends it')
    return
  endif
  let [s:work, s:job] = [a:arguments[0], {}]
  let s:arguments = a:arguments + ['--data-dir', codestats#config#data_dir()]
  let s:candidates = codestats#python#candidates()
  call s:when_recorded(s:patience)
endfunction

" What was typed up to now belongs to an export: give the host a moment to put it on disk.
function s:when_recorded(looks) abort
  if empty(s:work)
    " Cancelled.
    return
  endif
  if a:looks > 0 && !empty(codestats#pulse#outstanding()) && codestats#host#state() !=# 'failed'
    call timer_start(50, {-> s:when_recorded(a:looks - 1)})
  else
    call s:try_next()
  endif
endfunction

function s:try_next() abort
  let [s:complaint, s:result, s:job] = ['', '', {}]
  while !empty(s:candidates) && empty(s:job)
    let code = 'from codestats.cli import main; sys.exit(main())'
    let s:job = codestats#job#start(codestats#python#command(remove(s:candidates, 0), code, s:arguments), {
          \ 'on_line': function('s:on_line'), 'on_error_line': function('s:on_error_line'), 'on_exit': function('s:on_exit'),
          \ })
  endwhile
  if empty(s:job)
    let s:work = ''
    call s:tell('error', codestats#python#advice('Python 3.10'))
  endif
endfunction

function s:on_line(line) abort
  if !empty(a:line)
    let s:result = a:line
    call codestats#log#add(s:work .. ': ' .. a:line)
  endif
endfunction

function s:on_error_line(line) abort
  if a:line =~# '^progress '
    call s:tell('info', s:work .. ' at ' .. a:line[9:] .. ', :CodeStatsCancel ends it')
  elseif !empty(a:line)
    call codestats#log#add(s:work .. ': ' .. a:line)
    if a:line =~# '^codestats: '
      let s:complaint = substitute(a:line, '^codestats: ', '', '')
    endif
  endif
endfunction

" What was written last may still be on its way.
function s:on_exit(status) abort
  call timer_start(50, {-> s:end(a:status)})
endfunction

function s:end(status) abort
  if !empty(s:result)
    " With lines skipped: which ones is in the log.
    call s:tell(a:status == 0 ? 'info' : 'warning', s:result .. (a:status == 0 ? '' : ' See :CodeStatsLog'))
  elseif a:status == s:cancelled
    call s:tell('info', s:work .. ' ' .. s:complaint)
  elseif !empty(s:complaint)
    call s:tell('error', substitute(s:complaint, '(--force replaces it)', '(add ! to replace it)', ''))
  elseif a:status != 0
    " This Python can't run our code.
    return s:try_next()
  endif
  let s:work = ''
endfunction

function s:tell(level, text) abort
  call codestats#message#forget('data')
  call codestats#message#say(a:level, 'data', a:text)
endfunction
