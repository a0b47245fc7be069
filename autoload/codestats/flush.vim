" :CodeStatsFlush, which says what came of it.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:sent = -1     " XP sent since it was asked for; -1: nobody waits for a word
let s:retry = 0     " when the core would have tried again by itself

function codestats#flush#run() abort
  let status = codestats#status#get()
  let [s:sent, s:retry] = status.unsent > 0 ? [0, status.retry_at] : [-1, 0]
  if s:sent < 0
    call codestats#message#answer('info', 'flush', 'Nothing to send.')
  endif
  call codestats#flush()
endfunction

function s:on_sent(message) abort
  let s:sent += s:sent < 0 ? 0 : a:message.xp
endfunction

" All of it arrived, or it was tried and something is in the way.
function s:on_status() abort
  if s:sent < 0
    return
  endif
  let status = codestats#status#get()
  if s:sent > 0 && status.unsent == 0
    call codestats#message#answer('info', 'flush', 'Sent ' .. s:sent .. ' XP.')
    let s:sent = -1
  elseif !empty(status.error) && status.retry_at != s:retry
    call codestats#message#answer('warning', 'flush', 'Not sent yet: ' .. status.error)
    let s:sent = -1
  endif
endfunction

call codestats#hook#add('sent', function('s:on_sent'))
call codestats#hook#add('status', function('s:on_status'))
