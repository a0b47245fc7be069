" The life of an editor's session: starting to count, what comes with another buffer, and leaving.
"
" Scripts that know something are sourced once: a plugin manager's reload (lazy.nvim has one) must not lose what is counted,
" nor forget a host that runs.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:patience = 1000   " ms
" Filetypes that language.vim tells apart by file names.
const s:told_apart = [
      \ 'arduino', 'atlas', 'gdshader', 'html', 'json', 'lifelines', 'lisp', 'nroff', 'php', 'scheme', 'sh', 'sql', 'tads',
      \ 'teraterm', 'tf', 'tpp',
      \ ]
let s:is_settled = 0
let s:is_connected = 0

" Start counting as soon as somebody can type. Called when the editor has started, and again after a reload; cheap, and
" starts no Python.
function codestats#session#start() abort
  augroup codestats_typist
    autocmd!
    if has('nvim') && !s:has_typist()
      autocmd UIEnter * call codestats#session#start()
    endif
  augroup END
  if s:has_typist()
    call s:start()
  endif
endfunction

" Nobody types where no UI is attached (`nvim -es`, `nvim -l`, a headless server so far), nor in a silent Vim (`vim -es`): what
" comes in is a script's.
function s:has_typist() abort
  return has('nvim') ? !empty(nvim_list_uis()) : mode(1) !~# '^c[ev]' || match(v:argv, '^-\a*s\a*$') < 1
endfunction

function s:start() abort
  let s:is_settled = 0
  call s:connect()
  call codestats#counter#call('start')
  call codestats#session#follow()
  autocmd codestats BufEnter,BufFilePost,FileType * call codestats#session#follow()
  autocmd codestats FocusGained * call codestats#pause#follow()
  " Others' handlers of VimLeavePre come before ours, and one that throws, or is interrupted, ends them all.
  autocmd codestats ExitPre,VimSuspend * call codestats#session#save()
  " Vim has only SafeStateAgain for a wait that a timer or a channel interrupted, as at start-up.
  augroup codestats_settle
    execute 'autocmd!' exists('##SafeStateAgain') ? 'SafeState,SafeStateAgain' : 'SafeState' '* call s:settle_in()'
  augroup END
  " A key typed ahead, or an answer of the terminal, can keep Vim from both until the next key (seen on 9.2).
  call timer_start(s:patience, {-> s:settle_in()})
endfunction

" What happens in one part concerns others that it may not call (hook.vim). Funcrefs load nothing.
function s:connect() abort
  if s:is_connected
    return
  endif
  let s:is_connected = 1
  call codestats#hook#add('first_xp', function('codestats#pulse#arm'))
  call codestats#hook#add('settings', function('codestats#settings#of_core'))
  call codestats#hook#add('outstanding', function('codestats#pulse#outstanding'))
  call codestats#hook#add('account', function('codestats#status#account'))
  call codestats#hook#add('message', function('codestats#receive#message'))
  call codestats#hook#add('host_up', function('codestats#language#forget'))
  call codestats#hook#add('no_host', function('codestats#status#no_python'))
  call codestats#hook#add('handed_over', function('s:on_handed_over'))
  call codestats#hook#add('pending', function('s:on_pending'))
  call codestats#hook#add('rested', function('codestats#status#refresh'))
  call codestats#hook#add('names', function('s:on_names'))
  call codestats#hook#add('paused', function('codestats#status#pause'))
  call codestats#hook#add('token', function('s:on_token'))
endfunction

function s:on_handed_over(xp) abort
  if empty(a:xp)
    " What earned nothing may earn something by now.
    call codestats#language#filetypes()
  else
    call codestats#level#counted(a:xp)
    call codestats#pause#follow()
  endif
  call codestats#status#refresh()
endfunction

" Some more was counted: levels are said when they are reached, not at the next hand-over.
function s:on_pending() abort
  if exists('*codestats#level#announce')
    call codestats#level#announce()
  endif
  call codestats#status#follow_typing()
endfunction

function s:on_names() abort
  call codestats#level#announce()
  call codestats#status#refresh()
endfunction

" Tell a core that runs; what was held for want of a token goes out.
function s:on_token() abort
  if codestats#host#state() ==# 'up' || !empty(codestats#pulse#outstanding())
    call codestats#host#send({'type': 'flush'})
  endif
endfunction

" Options were changed: check them, and follow at once what can be seen.
function codestats#session#changed() abort
  call codestats#settings#check()
  call codestats#session#follow()
  call codestats#status#start()
endfunction

" What can wait until the editor has nothing else to do.
function s:settle_in() abort
  if s:is_settled
    return
  endif
  let s:is_settled = 1
  autocmd! codestats_settle
  call codestats#settings#check()
  call codestats#pause#follow()
  call codestats#status#start()
  call codestats#kept#start()
endfunction

" Another buffer, name or filetype: what its path and filetype mean for counting and status line.
function codestats#session#follow() abort
  if exists('g:codestats_exclude') || exists('b:codestats_excluded')
    call codestats#exclude#follow()
  endif
  if exists('g:codestats_languages') || exists('b:codestats_key_by_path') || index(s:told_apart, &filetype) >= 0
    call codestats#language#follow()
  endif
  if exists('*codestats#status#follow')
    call codestats#status#follow()
  endif
endfunction

" The editor may be left, or stand still for long.
function codestats#session#save() abort
  if exists('*codestats#pulse#save')
    call codestats#pulse#save()
  endif
endfunction

" Hand over to the disk what nobody has acknowledged yet. Waits for nobody.
function codestats#session#leave() abort
  call codestats#hook#run('leave')
endfunction
