" Users whose profile was seen, for completion: the last ones, in a file of the data directory.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:most = 30
let s:users = v:null   " newest first; v:null: not read yet

function s:file() abort
  return codestats#config#data_dir() .. '/users'
endfunction

function s:known() abort
  if s:users is v:null
    let s:users = filereadable(s:file()) ? readfile(s:file(), '', s:most) : []
  endif
  return s:users
endfunction

" The profile of {user} was shown.
function codestats#users#saw(user) abort
  if empty(a:user) || get(s:known(), 0, '') ==# a:user
    return
  endif
  let s:users = ([a:user] + filter(s:known(), 'v:val !=# a:user'))[: s:most - 1]
  try
    call writefile(s:users, s:file())
  catch
    call codestats#log#add('the users seen could not be kept in ' .. s:file())
  endtry
endfunction

" For commands that take users.
function codestats#users#complete(lead, line, position) abort
  return filter(copy(s:known()), 'stridx(tolower(v:val), tolower(a:lead)) == 0')
endfunction
