" What the core says (doc/messages.md), to whom it concerns.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

function codestats#receive#message(message) abort
  call s:handlers[a:message.type](a:message)
endfunction

function s:on_recorded(message) abort
  call codestats#status#queue(codestats#pulse#acknowledge(a:message.ids, get(a:message, 'nothing', [])))
endfunction

function s:on_status(message) abort
  call codestats#status#update(a:message.status)
  call codestats#hook#run('status')
endfunction

" What needed the user is over, and is said again when it comes back. Not so an outage, which comes and goes by itself.
function s:on_sent(message) abort
  call codestats#message#forget('unauthorized')
  call codestats#message#forget('error')
  call codestats#event#publish('CodeStatsPulseSent', a:message)
  call codestats#hook#run('sent', a:message)
endfunction

function s:on_message(message) abort
  if a:message.key ==# 'no_token' && codestats#token#is_coming()
    return
  endif
  call codestats#message#say(a:message.level, a:message.key, a:message.text)
  if a:message.level ==# 'error'
    call codestats#event#publish('CodeStatsError', a:message)
  endif
endfunction

function s:on_profile(message) abort
  call codestats#level#profile(a:message)
  call codestats#status#refresh()
  call codestats#event#publish('CodeStatsProfileUpdated', a:message)
endfunction

function s:on_names(message) abort
  call codestats#language#named(a:message.names)
endfunction

let s:handlers = {
      \ 'recorded': function('s:on_recorded'), 'status': function('s:on_status'), 'sent': function('s:on_sent'),
      \ 'message': function('s:on_message'), 'view': function('codestats#view#show'), 'profile': function('s:on_profile'),
      \ 'names': function('s:on_names'), 'health': function('codestats#health#answered'),
      \ }
