" What is known of counting and delivery, and the text made of it for the status line.

" Read by codestats#statusline() and codestats#xp() at each redraw, so kept ready.
let codestats#status#text = 'C::S 0'
let codestats#status#classic = 'C::S 0'

" The last status message of the core; see codestats.engine.
let s:core = {
      \ 'state': 'idle', 'queued': 0, 'queued_pulses': 0, 'in_doubt': 0, 'expired': 0, 'rejected': 0, 'sent': 0, 'today': 0,
      \ 'error': '', 'last_sent': 0, 'retry_at': 0, 'user': '',
      \ }
let s:paused = 0
let s:no_python = ''
let s:marks = {
      \ 'offline': ' offline', 'unauthorized': ' token?', 'no_token': ' no token', 'paused': ' paused',
      \ 'no_python': ' no python', 'error': ' ERR',
      \ }

" The public dictionary: what the core said last, with what only the editor knows.
function codestats#status#get() abort
  let [pending, session] = codestats#tracker('totals')
  let waiting = pending + codestats#pulse#outstanding_xp()
  return extend(copy(s:core), {
        \ 'state': s:state(), 'error': empty(s:no_python) ? s:core.error : s:no_python,
        \ 'pending': waiting, 'unsent': waiting + s:core.queued, 'session': session, 'paused': s:paused,
        \ })
endfunction

function s:state() abort
  return s:paused ? 'paused' : !empty(s:no_python) ? 'no_python' : s:core.state
endfunction

" A status message from the core arrived.
function codestats#status#update(core) abort
  call extend(s:core, a:core)
  let s:no_python = ''
  call codestats#status#refresh()
endfunction

" So much XP went to the queue just now; the next status message has it in its own count.
function codestats#status#queue(xp) abort
  let s:core.queued += a:xp
  call codestats#status#refresh()
endfunction

" No Python can run the core: {problem} says why and what mends it.
function codestats#status#no_python(problem) abort
  let s:no_python = a:problem
  call codestats#status#refresh()
endfunction

function codestats#status#pause(paused) abort
  let s:paused = a:paused
  call codestats#status#refresh()
endfunction

" Make the texts anew, and redraw the status lines if one changed.
function codestats#status#refresh() abort
  let status = codestats#status#get()
  call s:publish_error(status.error)
  let classic = empty(status.error) ? 'C::S ' .. status.unsent : 'C::S ERR'
  let text = s:format(codestats#config#get('statusline_format'), extend(status, {'state': get(s:marks, status.state, '')}))
  if classic !=# g:codestats#status#classic || text !=# g:codestats#status#text
    let g:codestats#status#classic = classic
    let g:codestats#status#text = text
    redrawstatus!
  endif
endfunction

" g:codestats_error is there while there is an error, as in code-stats-vim.
function s:publish_error(error) abort
  if empty(a:error)
    unlet! g:codestats_error
  else
    let g:codestats_error = a:error
  endif
endfunction

" Replace each {field} of {format} by its value; unknown fields stay as they are.
function s:format(format, fields) abort
  return substitute(a:format, '{\(\w\+\)}', {match -> get(a:fields, match[1], match[0])}, 'g')
endfunction
