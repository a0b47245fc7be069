" :CodeStatsInstall: what Python needs, into a private environment (codestats.install.environment). The first Python that is
" new enough makes it.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:is_running = 0
let s:progress = ''

" With {upgrade}, make it again though it is there.
function codestats#install#run(upgrade) abort
  if s:is_running
    call codestats#message#answer('info', 'install', 'An installation is running.')
    return
  endif
  let s:is_running = 1
  let arguments = ['install', '--data-dir', codestats#config#data_dir()] + (a:upgrade ? ['--upgrade'] : [])
  call codestats#shell#run(codestats#python#makers(), arguments, {
        \ 'on_line': function('s:on_line'), 'on_end': function('s:on_end'),
        \ })
endfunction

" Only the last of several lines: two messages at once would ask for <Enter>.
function s:on_line(line) abort
  let s:progress = a:line
  call timer_start(100, {-> s:show_progress()})
endfunction

function s:show_progress() abort
  if !empty(s:progress)
    call codestats#message#answer('info', 'install', s:progress)
    let s:progress = ''
  endif
endfunction

function s:on_end(status, complaint) abort
  let s:is_running = 0
  if a:status != 0
    let s:progress = ''
    call codestats#message#answer('error', 'install',
          \ empty(a:complaint) ? 'the installation ended with status ' .. a:status .. ' (:CodeStatsLog)' : a:complaint)
    return
  endif
  call s:show_progress()
  call codestats#host#renew()
endfunction

