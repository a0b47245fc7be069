" Hooks: how a script tells what happened to scripts above it, which it may not call (scripts/layers.py). Those above add a
" callback; the session adds the ones that have to be there before their script is loaded.
"
"   first_xp()            the tracker counted something, the first since it was asked or was told to rest
"   settings()            what the core is to know: settings.vim answers
"   outstanding()         the batches that nobody has acknowledged: pulse.vim answers
"   account()             whose what is counted now is, as the core told it: status.vim answers
"   message(message)      the core says something
"   host_up()             a host was started: what it was asked before is lost
"   no_host(problem)      no Python can run the core
"   handed_over(xp)       a batch went to the host; {} when there was nothing to hand over
"   pending()             some more XP was counted, and more may follow at once
"   rested()              the typing has ended for now
"   names()               languages got their names
"   paused(paused)        counting stops or goes on
"   token()               there is another token, or none any more
"   sent(message)         a pulse arrived
"   status()              the core says how delivery stands
"   leave()               the editor is left

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:callbacks = {}   " name → list of functions

function codestats#hook#add(name, Callback) abort
  let s:callbacks[a:name] = add(get(s:callbacks, a:name, []), a:Callback)
endfunction

" Call all callbacks in the order in which they were added.
function codestats#hook#run(name, ...) abort
  for Callback in get(s:callbacks, a:name, [])
    call call(Callback, a:000)
  endfor
endfunction

" What the one callback of {name} answers.
function codestats#hook#ask(name) abort
  return call(s:callbacks[a:name][0], [])
endfunction
