" Language names, as far as the editor has a say: the user's own names (g:codestats_languages), path patterns among them,
" and the names that the core's table (codestats.languages) gives to what is typed here.

let s:names = {}        " key of a batch → [language, why]; '' earns nothing
let s:asked = {}
let s:question = v:null " the key that :CodeStatsLanguage waits for
let s:tables = []       " what the names were made with

" g:codestats_languages as a list of pairs; a list keeps its order.
function s:pairs() abort
  let languages = codestats#config#get('languages')
  let pairs = type(languages) == v:t_dict ? sort(items(languages)) : copy(languages)
  return filter(pairs, 'type(v:val) == v:t_list && len(v:val) == 2 && type(v:val[0]) == v:t_string && type(v:val[1]) == v:t_string')
endfunction

" No filetype has one of these in it.
function s:is_path(key) abort
  return a:key =~# '[*?[/\\]'
endfunction

" The user's names by filetype: the core's part of g:codestats_languages.
function codestats#language#filetypes() abort
  let names = {}
  for [key, name] in reverse(filter(s:pairs(), '!s:is_path(v:val[0])'))
    let names[key] = name
  endfor
  let tables = [names, codestats#config#get('ignore_filetypes'), codestats#config#get('language_names')]
  if tables != s:tables
    let s:tables = deepcopy(tables)
    let [s:names, s:asked] = [{}, {}]
  endif
  return names
endfunction

" The first path pattern that fits the current buffer names its language, in b:codestats_language as the user would.
function codestats#language#look() abort
  let ours = get(b:, 'codestats_language_by_path', v:null)
  if exists('b:codestats_language') && b:codestats_language isnot# ours
    return
  endif
  unlet! b:codestats_language b:codestats_language_by_path
  for [pattern, name] in filter(s:pairs(), 's:is_path(v:val[0])')
    if codestats#exclude#matches(expand('%:p'), [pattern])
      let [b:codestats_language, b:codestats_language_by_path] = [name, name]
      return
    endif
  endfor
endfunction

" What the current buffer's XP goes to, as the trackers have it: a filetype, `=Name`, or '-' for nothing.
function codestats#language#key() abort
  if !empty(s:why_nothing())
    return '-'
  endif
  let language = get(b:, 'codestats_language', '')
  return type(language) == v:t_string && !empty(language) ? '=' .. language : &filetype
endfunction

function s:why_nothing() abort
  if &buftype !=# '' && &buftype !=# 'acwrite'
    return "it is no file's ('buftype' is " .. &buftype .. ')'
  elseif exists('b:codestats_excluded') && !get(b:, 'codestats_enabled', 1)
    return 'its path is in g:codestats_exclude'
  elseif !get(b:, 'codestats_enabled', 1)
    return 'b:codestats_enabled is off'
  endif
  return ''
endfunction

" The language of a batch's {key}; v:null while it is not known.
function codestats#language#name(key) abort
  return a:key ==# '-' ? '' : has_key(s:names, a:key) ? s:names[a:key][0] : v:null
endfunction

" Have the core name these keys; does not start it.
function codestats#language#ask(keys) abort
  let keys = filter(copy(a:keys), 'v:val !=# "-" && !has_key(s:names, v:val) && !has_key(s:asked, v:val)')
  if !empty(keys) && codestats#host#state() ==# 'up'
    for key in keys
      let s:asked[key] = 1
    endfor
    call codestats#host#send({'type': 'names', 'keys': keys})
  endif
endfunction

" The core's answer: {key: [language or '', why]}.
function codestats#language#named(names) abort
  call extend(s:names, a:names)
  call filter(s:asked, '!has_key(a:names, v:key)')
  if s:question isnot v:null && has_key(s:names, s:question)
    call s:tell(s:question)
  endif
  call codestats#level#look()
  call codestats#status#refresh()
endfunction

" The core went away: what it was asked has to be asked again.
function codestats#language#forget() abort
  let s:asked = {}
endfunction

" ------------------------------------------------------- :CodeStatsLanguage

" Tell where the current buffer's XP goes and why, or have it go to {name} for its filetype in this session.
function codestats#language#command(name) abort
  if !empty(a:name)
    call s:set(&filetype, a:name)
  endif
  let nothing = s:why_nothing()
  let key = codestats#language#key()
  if !empty(nothing)
    call s:say('this buffer earns nothing: ' .. nothing)
  elseif key[0] ==# '='
    let source = exists('b:codestats_language_by_path') ? 'g:codestats_languages has a pattern for its path' : 'b:codestats_language says so'
    call s:say(key[1:] .. ': ' .. source)
  else
    call s:look_up(key)
  endif
endfunction

function s:set(filetype, name) abort
  let languages = codestats#config#get('languages')
  if type(languages) == v:t_list
    let g:codestats_languages = [[a:filetype, a:name]] + languages
  else
    let g:codestats_languages = extend(copy(languages), {a:filetype: a:name})
  endif
endfunction

function s:look_up(key) abort
  call codestats#language#filetypes()
  if has_key(s:names, a:key)
    call s:tell(a:key)
  elseif codestats#host#state() ==# 'failed'
    call s:say(printf("filetype '%s'; its name needs Python (:CodeStatsHealth)", a:key))
  else
    let s:question = a:key
    call codestats#host#send({'type': 'names', 'keys': [a:key]})
  endif
endfunction

function s:tell(key) abort
  let s:question = v:null
  let [name, why] = s:names[a:key]
  call s:say(empty(name) ? 'this buffer earns nothing: ' .. why : name .. ': ' .. why)
endfunction

function s:say(text) abort
  call codestats#message#forget('language')
  call codestats#message#info('language', a:text)
endfunction
