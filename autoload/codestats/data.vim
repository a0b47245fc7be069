" :CodeStatsExport, :CodeStatsImport, :CodeStatsReport and :CodeStatsCancel: the shell's own commands (codestats.commands).

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:work = ''          " export or import while one is at work
let s:run = {}           " once it was started
let s:number = 0         " of what was begun last
let s:result = ''
let s:page = ''          " that is made
let s:file = ''          " that is read or written, its path in full
const s:patience = 200   " looks, 50 ms apart, for what was just typed to be on disk: a host may have to be started for it

" Write what was counted to {file}; {replace} it if it is there. One more argument: the period.
function codestats#data#export(replace, file, ...) abort
  let arguments = ['export', s:path(a:file), '--progress'] + (a:replace ? ['--force'] : [])
  call codestats#pulse#hand_over()
  call s:begin(arguments + (a:0 ? ['--period', join(a:000, '')] : []))
endfunction

" Take a file into the local history. {words}: the file, and if wanted the name that it has for this machine; {all} is
" both as typed, for a file whose name has blanks that nobody escaped.
function codestats#data#import(all, words) abort
  let words = filereadable(s:path(a:all)) ? [a:all] : a:words
  let machine = join(words[1 :])
  call s:begin(['import', s:path(words[0]), '--progress'] + (empty(machine) ? [] : ['--machine', machine]))
endfunction

" Make the web page of profile and history, in {file} or where the data is, and open it in the browser.
function codestats#data#report(file) abort
  let s:page = empty(a:file) ? codestats#config#data_dir() .. '/codestats.html' : s:path(a:file)
  call codestats#pulse#hand_over()
  call s:begin(['report', '--output', s:page])
endfunction

" Make the card to show to others in {file}: a picture, or Markdown or text by the file's name.
function codestats#data#share(replace, file) abort
  let path = s:path(empty(a:file) ? 'codestats.svg' : a:file)
  if !a:replace && !empty(glob(fnameescape(path), 1))
    return codestats#message#answer('warning', 'data', fnamemodify(path, ':t') .. ' exists. Use :CodeStatsShare! to overwrite it.')
  endif
  let s:page = ''
  call codestats#pulse#hand_over()
  call s:begin(['report', '--card', path])
endfunction

function codestats#data#cancel() abort
  if empty(s:work)
    call codestats#message#answer('info', 'data', 'Nothing to cancel.')
  elseif empty(s:run)
    call codestats#message#answer('info', 'data', s:capital(s:work) .. ' cancelled.')
    let s:work = ''
  else
    call codestats#shell#stop(s:run)
  endif
endfunction

function s:path(file) abort
  let s:file = fnamemodify(a:file =~# '^[~$]' ? expand(a:file, 1) : a:file, ':p')
  return s:file
endfunction

" Whose report it is, without what proves it: a public profile needs no token, and a file is no place for one.
function s:settings() abort
  let settings = extend(codestats#settings#of_core(), {'username': codestats#status().user})
  call remove(settings, 'api_key')
  let file = tempname()
  call writefile([json_encode(settings)], file)
  return ['--settings', file]
endfunction

function s:begin(arguments) abort
  if !empty(s:work)
    call codestats#message#answer('info', 'data',
          \ (s:work =~# '^[aeiou]' ? 'An ' : 'A ') .. s:work .. ' is running. :CodeStatsCancel ends it.')
    return
  endif
  let [s:work, s:run, s:result] = [a:arguments[0], {}, '']
  let s:number += 1
  call s:when_recorded(s:number, a:arguments + ['--data-dir', codestats#config#data_dir()], s:patience)
endfunction

" What was typed up to now belongs to an export: give the host a moment to put it on disk.
function s:when_recorded(number, arguments, looks) abort
  if empty(s:work) || a:number != s:number
    " Cancelled.
    return
  endif
  if a:looks > 0 && !empty(codestats#pulse#outstanding()) && codestats#host#state() !=# 'failed'
    call timer_start(50, {-> s:when_recorded(a:number, a:arguments, a:looks - 1)})
  else
    let arguments = a:arguments + (s:work ==# 'report' ? s:settings() : [])
    let s:run = codestats#shell#run(codestats#python#candidates(), arguments, {
          \ 'on_line': function('s:on_line'), 'on_progress': function('s:on_progress'), 'on_end': function('s:on_end'),
          \ })
  endif
endfunction

function s:on_line(line) abort
  let s:result = a:line
endfunction

" With the file as short as the user may write it here: the last line has not much room.
function s:brief(text) abort
  let at = empty(s:file) ? -1 : stridx(a:text, s:file)
  let end = at < 0 ? '' : fnamemodify(s:file, ':~:.') .. strpart(a:text, at + strlen(s:file))
  return at < 0 ? a:text : strpart(a:text, 0, at) .. end
endfunction

function s:on_progress(text) abort
  call codestats#message#answer('info', 'data', s:capital(s:work) .. ' at ' .. a:text .. '. :CodeStatsCancel ends it.')
endfunction

function s:on_end(status, complaint) abort
  let work = s:work
  let s:work = ''
  if !empty(s:result)
    " With lines skipped: which ones is in the log.
    let s:result = substitute(s:result, 'import FILE --machine NAME', ':CodeStatsImport FILE NAME', '')
    call codestats#message#answer(a:status == 0 ? 'info' : 'warning', 'data',
          \ s:brief(s:result) .. (a:status == 0 ? '' : ' See :CodeStatsLog'))
    if work ==# 'report' && !empty(s:page)
      call codestats#web#open_file(s:page)
    endif
  elseif codestats#shell#is_cancelled(a:status)
    call codestats#message#answer('info', 'data', s:capital(work) .. ' ' .. a:complaint .. '.')
  elseif !empty(a:complaint)
    call codestats#message#answer('error', 'data', substitute(a:complaint, 'Use --force to', 'Use :CodeStatsExport! to', ''))
  endif
endfunction

function s:capital(word) abort
  return toupper(a:word[0]) .. a:word[1 :]
endfunction

