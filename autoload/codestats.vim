" The public functions (:help codestats-functions).

" Start counting. Called once, when the editor has started; cheap, and starts no Python.
function codestats#start() abort
  call codestats#tracker('start')
  autocmd codestats SafeState * ++once call codestats#config#check()
endfunction

" Hand over to the disk what nobody has acknowledged yet. Waits for nobody.
function codestats#leave() abort
  if exists('*codestats#pulse#leave')
    call codestats#pulse#leave()
  endif
endfunction

" Call the editor's own tracker: start, stop, take, totals, pause.
function codestats#tracker(name, ...) abort
  if has('nvim')
    return luaeval('require("codestats.tracker")[_A[1]](unpack(_A[2]))', [a:name, a:000])
  endif
  return call('codestats#tracker#' .. toupper(a:name[0]) .. a:name[1:], a:000)
endfunction

" The text for the status line: made when something changed, not when the screen is drawn.
function codestats#statusline() abort
  return g:codestats#status#text
endfunction

" As in code-stats-vim: the XP not yet sent, or ERR.
function codestats#xp() abort
  return g:codestats#status#classic
endfunction

" A dictionary: state, pending, queued, session, error, last_sent … (:help codestats#status()).
function codestats#status() abort
  return codestats#status#get()
endfunction

" Hand over what is counted and ask for sending now. Returns at once.
function codestats#flush() abort
  call codestats#pulse#hand_over()
  call codestats#host#send({'type': 'flush'})
endfunction

function codestats#pause() abort
  call codestats#tracker('pause', v:true)
  call codestats#status#pause(1)
endfunction

function codestats#resume() abort
  call codestats#tracker('pause', v:false)
  call codestats#status#pause(0)
endfunction

" Show the profile of {user}, or of the token's owner when it is empty.
function codestats#profile(user) abort
  call codestats#view#open('profile', {'user': a:user})
endfunction
