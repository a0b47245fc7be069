" The public functions (:help codestats-functions).

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" The text for the status line: made when something changed, not when the screen is drawn.
function codestats#statusline() abort
  let g:codestats#status#is_shown = 1
  return g:codestats#status#text
endfunction

" As in code-stats-vim: the XP not yet sent, or ERR.
function codestats#xp() abort
  let g:codestats#status#is_shown = 1
  return g:codestats#status#classic
endfunction

" A dictionary: state, pending, queued, session, error, last_sent … (:help codestats#status()).
function codestats#status() abort
  return codestats#status#get()
endfunction

" Hand over what is counted and ask for sending now. Returns at once.
function codestats#flush() abort
  call codestats#token#command#retry()
  call codestats#pulse#hand_over()
  call codestats#host#send({'type': 'flush'})
endfunction

" Stop counting, in all editors and until codestats#resume().
function codestats#pause() abort
  call codestats#pause#set(1)
endfunction

function codestats#resume() abort
  call codestats#pause#set(0)
endfunction

" Show the profile of a user, of the token's owner when none is named, or those of several users side by side.
function codestats#profile(...) abort
  let users = filter(copy(a:000), '!empty(v:val)')
  call codestats#view#open(len(users) > 1 ? 'compare' : 'profile', {'users': users})
endfunction
