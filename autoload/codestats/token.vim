" The token: where it comes from. It lives in memory and, if the user wants, in one file that only the user can read; it is
" in no message, log, history or process list. Nothing is read before the core has to know.
"
" In order: g:codestats_api_key, $CODESTATS_API_KEY, what g:codestats_api_key_command prints, the file of :CodeStatsLogin.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:file = {'stamp': '', 'token': ''}

" The token, '' if there is none (yet).
function codestats#token#get() abort
  return codestats#token#find().token
endfunction

" Where the token comes from: a dictionary with source ('' for nowhere), name (as the user knows it), token, state
" ('running' and 'failed' for a command) and problem.
function codestats#token#find() abort
  for Source in [function('s:from_option'), function('s:from_environment'), function('s:from_command'), function('s:from_file')]
    let found = Source()
    if !empty(found)
      return extend({'state': 'ready', 'problem': '', 'token': ''}, found)
    endif
  endfor
  return {'source': '', 'name': '', 'token': '', 'state': 'none', 'problem': ''}
endfunction

function s:from_option() abort
  let token = trim(codestats#config#get('api_key'))
  return empty(token) ? {} : {'source': 'option', 'name': 'g:codestats_api_key', 'token': token}
endfunction

function s:from_environment() abort
  let token = trim($CODESTATS_API_KEY)
  return empty(token) ? {} : {'source': 'environment', 'name': '$CODESTATS_API_KEY', 'token': token}
endfunction

function s:from_command() abort
  let command = codestats#config#get('api_key_command')
  let source = {'source': 'command', 'name': 'g:codestats_api_key_command'}
  return empty(command) ? {} : extend(source, codestats#token#command#result(command))
endfunction

" Read again only when it changed: another editor's :CodeStatsLogin is noticed.
function s:from_file() abort
  let file = codestats#token#file()
  let stamp = getftime(file) .. ' ' .. getfsize(file)
  if stamp !=# s:file.stamp
    let s:file = {'stamp': stamp, 'token': ''}
    if filereadable(file)
      let s:file.token = trim(get(readfile(file, '', 1), 0, ''))
    endif
  endif
  return empty(s:file.token) ? {} : {'source': 'file', 'name': file, 'token': s:file.token}
endfunction

" The file that :CodeStatsLogin keeps the token in.
function codestats#token#file() abort
  return codestats#config#data_dir() .. '/token'
endfunction

" Whether it is on its way to the core: a command is still to tell it, or has told it a moment ago.
function codestats#token#is_coming() abort
  let token = codestats#token#find()
  return token.state ==# 'running' || !empty(token.token)
endfunction

" The web page with the user's tokens.
function codestats#token#page() abort
  return substitute(codestats#config#get('api_url'), '/\+\(api/*\)\?$', '', '') .. '/my/machines'
endfunction

" There is another token, or none any more.
function codestats#token#changed() abort
  call codestats#hook#run('token')
endfunction
