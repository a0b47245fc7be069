" :CodeStatsLogin and :CodeStatsLogout: the file that keeps the token.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:is_new = 0   " a token was entered, and nothing sent yet
let s:entered = ''   " no argument and no value of a function: mask.vim says why

" Ask for the token, hidden, and keep it in the file. Without inputsave(): what was typed before the question was drawn is
" the token, and would be kept for Normal mode; and a key that follows at once would get lost with the input (seen on 9.0
" to 9.2 and 0.10 to 0.12).
function codestats#token#login#ask() abort
  let s:entered = trim(inputsecret('Code::Stats token (from ' .. codestats#token#page() .. '): '))
  if empty(s:entered)
    call codestats#message#answer('info', 'token', 'Nothing changed.')
    return
  endif
  let subject = codestats#token#form#subject()
  let subject.token = s:entered
  let flaw = codestats#token#form#flaw()
  if !empty(flaw)
    call codestats#message#answer('error', 'token', 'Not a token: ' .. flaw .. '. Nothing changed.')
  elseif s:write(codestats#token#file())
    call codestats#message#answer('info', 'token', s:greeting())
    let s:is_new = 1
    call codestats#token#changed()
  endif
  let [s:entered, subject.token] = ['', '']
endfunction

function s:greeting() abort
  let owner = codestats#token#form#owner()
  let whose = empty(owner) ? 'token (it does not say whose)' : 'token of ' .. owner
  let text = printf('%s kept in %s', whose, fnamemodify(codestats#token#file(), ':~'))
  let used = codestats#token#find()
  return used.source ==# 'file' ? text : text .. ', but ' .. used.name .. ' goes before it'
endfunction

" Remove the file that :CodeStatsLogin made.
function codestats#token#login#remove() abort
  let file = codestats#token#file()
  if !filereadable(file)
    call codestats#message#answer('info', 'token', 'there is no ' .. fnamemodify(file, ':~'))
  elseif delete(file) != 0
    call codestats#message#answer('error', 'token', 'cannot remove ' .. file)
    return
  else
    call codestats#message#answer('info', 'token', 'token removed from this machine; revoke it at ' .. codestats#token#page())
  endif
  let used = codestats#token#find()
  if !empty(used.source)
    call codestats#message#warning('logout', used.name .. ' still gives a token')
  endif
  call codestats#token#changed()
endfunction

" The directory is the user's alone before anything is in it, so no moment and no umask lets others read the file.
function s:write(file) abort
  let directory = fnamemodify(a:file, ':h')
  let temporary = printf('%s.%d.tmp', a:file, getpid())
  try
    call codestats#directory#ensure(directory)
    if !setfperm(directory, 'rwx------')
      throw 'the directory belongs to someone else'
    endif
    call delete(temporary)
    call writefile([], temporary, 's')
    if !setfperm(temporary, 'rw-------')
      throw 'its permissions cannot be set'
    endif
    call writefile([s:entered], temporary, 's')
    if getfsize(temporary) <= strlen(s:entered)
      throw 'the disk is full'
    endif
    if rename(temporary, a:file) != 0
      throw 'it cannot be renamed'
    endif
    return 1
  catch
    call delete(temporary)
    call codestats#message#answer('error', 'token',
          \ 'cannot keep the token in ' .. a:file .. ': ' .. substitute(v:exception, '^Vim\%((\w\+)\)\?:', '', ''))
    return 0
  endtry
endfunction

" Who has just logged in sees that it works.
function s:on_sent(message) abort
  if s:is_new
    let s:is_new = 0
    let site = matchstr(codestats#settings#of_core().api_url, '//\zs[^/]\+')
    let owner = codestats#token#owner()
    call codestats#message#info('first', 'First XP sent to ' .. site .. (empty(owner) ? '.' : ' as ' .. owner .. '.'))
  endif
endfunction

call codestats#hook#add('sent', function('s:on_sent'))
