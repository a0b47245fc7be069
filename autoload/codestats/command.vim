" :CodeStats {sub}: all commands under one name, `stats` for :CodeStatsStats, with their own completion.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" The commands in small letters, without their common beginning.
function s:names() abort
  return sort(map(filter(getcompletion('CodeStats', 'command'), 'v:val =~# "^CodeStats\\u"'), 'tolower(v:val[9:])'))
endfunction

" The command that {name} stands for; '' for none or several.
function s:full(name) abort
  let found = filter(getcompletion('CodeStats', 'command'), 'tolower(v:val) ==# "codestats" .. tolower(a:name)')
  return get(found, 0, '')
endfunction

" Run it; nothing is the profile.
function codestats#command#run(bang, arguments) abort
  let name = matchstr(a:arguments, '^\S*')
  let command = empty(name) ? 'CodeStatsProfile' : s:full(name)
  if empty(command)
    let meant = codestats#text#nearest(tolower(name), s:names())
    let text = empty(meant) ? 'Unknown command ' .. name .. '. There are ' .. join(s:names(), ', ') .. '.'
          \ : name .. '? Did you mean ' .. meant .. '?'
    call codestats#message#answer('warning', 'command', text)
    return
  endif
  " What :CodeStats took off, the command takes off again: |:bar| (and CTRL-V, by which a quotation mark is none of a comment's).
  let arguments = substitute(strpart(a:arguments, strlen(name)), '|', '\\|', 'g')
  execute command .. (a:bang ? '!' : '') .. substitute(arguments, '"', "\<C-V>\"", 'g')
endfunction

function codestats#command#complete(lead, line, position) abort
  let typed = matchstr(strpart(a:line, 0, a:position), '\CCodeStats!\?\s\+\zs.*')
  let name = matchstr(typed, '^\S*\ze\s')
  if empty(name)
    return filter(s:names(), 'stridx(v:val, tolower(a:lead)) == 0')
  endif
  let command = s:full(name)
  return empty(command) ? [] : getcompletion(command .. strpart(typed, strlen(name)), 'cmdline')
endfunction
