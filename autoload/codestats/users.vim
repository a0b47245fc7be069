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

" The profiles of {users} were shown.
function codestats#users#saw(users) abort
  if empty(a:users) || s:known()[: len(a:users) - 1] ==# a:users
    return
  endif
  let s:users = (a:users + filter(s:known(), 'index(a:users, v:val) < 0'))[: s:most - 1]
  try
    call writefile(s:users, s:file())
  catch
    call codestats#log#add('the users seen could not be kept in ' .. s:file())
  endtry
endfunction

" For commands that take users: those not named yet, written as <f-args> and |:command-bar| read them.
function codestats#users#complete(lead, line, position) abort
  let others = strpart(a:line, 0, a:position - strlen(a:lead))
  let names = map(copy(s:known()), 's:escaped(v:val)')
  call filter(names, 'stridx(" " .. others, " " .. v:val .. " ") < 0')
  return filter(names, 'stridx(tolower(v:val), tolower(a:lead)) == 0')
endfunction

function s:escaped(name) abort
  return substitute(escape(a:name, ' \|'), '"', "\<C-V>\"", 'g')
endfunction
