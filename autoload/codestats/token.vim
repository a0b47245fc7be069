" The token: where it comes from. It lives in memory and, if the user wants, in one file that only the user can read; it is
" in no message, log, history or process list. Nothing is read before the core has to know.
"
" In order: g:codestats_api_key, $CODESTATS_API_KEY, what g:codestats_api_key_command prints, the file of :CodeStatsLogin.
"
" No function here takes or returns it (mask.vim says why): it is found in s:token, and given away masked.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:block = 32   " bytes of a SHA-256
let s:token = ''     " as found last
let s:masked = {'token': '', 'text': ''}
let s:file = {'stamp': '', 'token': ''}

" Where the token comes from: a dictionary with source ('' for nowhere), name (as the user knows it), state ('running' and
" 'failed' for a command), problem, and the token as `masked` has it, '' if there is none (yet).
function codestats#token#find() abort
  for Source in [function('s:from_option'), function('s:from_environment'), function('s:from_command'), function('s:from_file')]
    let s:token = ''
    let found = Source()
    if !empty(found)
      return extend({'state': 'ready', 'problem': '', 'token': s:mask()}, found)
    endif
  endfor
  return {'source': '', 'name': '', 'token': '', 'state': 'none', 'problem': ''}
endfunction

function s:from_option() abort
  let s:token = type(get(g:, 'codestats_api_key')) == v:t_string ? trim(g:codestats_api_key) : ''
  return empty(s:token) ? {} : {'source': 'option', 'name': 'g:codestats_api_key'}
endfunction

function s:from_environment() abort
  let s:token = trim($CODESTATS_API_KEY)
  return empty(s:token) ? {} : {'source': 'environment', 'name': '$CODESTATS_API_KEY'}
endfunction

function s:from_command() abort
  let result = codestats#token#command#result()
  if empty(result)
    return {}
  endif
  let holder = {}
  call codestats#token#command#fill(holder)
  let s:token = holder.token
  return extend({'source': 'command', 'name': 'g:codestats_api_key_command'}, result)
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
  let s:token = s:file.token
  return empty(s:token) ? {} : {'source': 'file', 'name': file}
endfunction

" The token with each byte changed by the key, as codestats.mask undoes it.
function s:mask() abort
  if s:token !=# s:masked.token
    let [s:masked.token, s:masked.text] = [s:token, '']
  endif
  if empty(s:masked.text) && !empty(s:token)
    let nonce = sha256(string(srand()))[:15]
    let holder = {}
    call codestats#mask#lend(holder)
    let bytes = iconv(s:token, &encoding, 'utf-8')
    let stream = ''
    let hidden = []
    for place in range(strlen(bytes))
      if place % s:block == 0
        let stream = sha256(holder.CODESTATS_MASK .. nonce .. place / s:block)
      endif
      let by = str2nr(strpart(stream, place % s:block * 2, 2), 16)
      call add(hidden, printf('%02x', xor(char2nr(strpart(bytes, place, 1)), by)))
    endfor
    let s:masked.text = 'masked:' .. nonce .. ':' .. join(hidden, '')
  endif
  return s:masked.text
endfunction

" The user whose token it is, '' if it doesn't say.
function codestats#token#owner() abort
  call codestats#token#find()
  let subject = codestats#token#form#subject()
  let subject.token = s:token
  return codestats#token#form#owner()
endfunction

" The beginning of a hash of the token, '' if it is not known (yet): to know it, no command is run.
function codestats#token#digest() abort
  if empty(s:from_option()) && empty(s:from_environment()) && codestats#token#command#is_due()
    return ''
  endif
  call codestats#token#find()
  return empty(s:token) ? '' : sha256(iconv(s:token, &encoding, 'utf-8'))[:7]
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
