" Pausing, in all editors and across sessions: a marker in the data directory. It is looked for at start, at a hand-over, when
" the editor gets the focus, and every ten seconds while paused (there are no hand-overs then); never at a key.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:again = 10000
let s:paused = 0
let s:is_ours_alone = 0   " the marker could not be written
let s:timer = -1

function s:marker() abort
  return codestats#config#data_dir() .. '/paused'
endfunction

function codestats#pause#set(paused) abort
  let s:is_ours_alone = 0
  try
    if a:paused
      call codestats#directory#ensure(codestats#config#data_dir())
      call writefile([strftime('%Y-%m-%d %H:%M:%S')], s:marker(), 's')
    elseif filereadable(s:marker()) && delete(s:marker()) != 0
      throw 'it cannot be removed'
    endif
    call codestats#message#forget('pause')
  catch
    let s:is_ours_alone = 1
    call codestats#message#warning('pause', 'this editor only, for ' .. s:marker() .. ' cannot be changed')
  endtry
  if a:paused != s:paused && !s:is_ours_alone
    call codestats#message#forget('paused')
    call codestats#message#info('paused', a:paused ? 'Counting paused in all editors.' : 'Counting again.')
  endif
  call s:apply(a:paused)
endfunction

" Follow the marker, which another editor may have changed.
function codestats#pause#follow() abort
  if !s:is_ours_alone
    call s:apply(filereadable(s:marker()))
  endif
endfunction

function s:apply(paused) abort
  if a:paused == s:paused
    return
  endif
  let s:paused = a:paused
  call codestats#counter#call('pause', a:paused ? v:true : v:false)
  call timer_stop(s:timer)
  if a:paused
    let s:timer = timer_start(s:again, {-> codestats#pause#follow()}, {'repeat': -1})
  endif
  call codestats#hook#run('paused', a:paused)
endfunction
