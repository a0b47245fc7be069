" Language names, as far as the editor has a say: the user's own names (g:codestats_languages), path patterns among them,
" and the names that the core's table (codestats.languages) gives to what is typed here.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" Filetypes that are two languages to everybody else: how the file's name ends tells them apart (doc/languages.md). Filetype →
" ending → the filetype whose language it is. session.vim knows the filetypes, to load this script for no other.
const s:by_ending = {
      \ 'arduino': {'.pde': 'processing'}, 'atlas': {'.as': 'actionscript'}, 'gdshader': {'.shader': 'shaderlab'},
      \ 'html': {'.cshtml': 'razor', '.razor': 'razor'},
      \ 'json': {'tsconfig.json': 'jsonc', 'jsconfig.json': 'jsonc', '.eslintrc.json': 'jsonc', 'devcontainer.json': 'jsonc'},
      \ 'lifelines': {'.ll': 'llvm'}, 'lisp': {'.el': 'elisp'}, 'nroff': {'.mm': 'objcpp'}, 'php': {'.blade.php': 'blade'},
      \ 'scheme': {'.rkt': 'racket', '.rktd': 'racket', '.rktl': 'racket'}, 'sh': {'.env': 'env'}, 'sql': {'.typ': 'typst'},
      \ 'tads': {'.t': 'perl'}, 'teraterm': {'.ttl': 'turtle'}, 'tf': {'.tf': 'terraform'}, 'tpp': {'.tpp': 'cpp'},
      \ }
let s:names = {}        " key of a batch → [language, why]; '' earns nothing
let s:asked = {}
let s:question = []      " [key, filetype of its buffer] that :CodeStatsLanguage waits for
let s:tables = []       " what the names were made with
let s:session = {}      " filetype → name, by :CodeStatsLanguage
let s:note = ''         " what that command has to say of a name that it was given
let s:table = {}        " filetype → name of codestats/languages.tsv, read for the command only
let s:file = expand('<sfile>:p:h:h:h') .. '/python3/codestats/languages.tsv'

" g:codestats_languages as a list of pairs; a list keeps its order.
function s:pairs() abort
  let languages = codestats#config#get('languages')
  return type(languages) == v:t_dict ? sort(items(languages)) : copy(languages)
endfunction

" No filetype has one of these in it.
function s:is_path(key) abort
  return a:key =~# '[*?[{/\\]'
endfunction

" The user's names by filetype, those of this session first: the core's part of g:codestats_languages.
function codestats#language#filetypes() abort
  let names = {}
  for [key, name] in reverse(filter(s:pairs(), '!s:is_path(v:val[0])'))
    let names[key] = name
  endfor
  call extend(names, s:session)
  let tables = [names, codestats#config#get('ignore_filetypes'), codestats#config#get('language_names')]
  if tables !=# s:tables
    let s:tables = deepcopy(tables)
    let [s:names, s:asked] = [{}, {}]
    call codestats#counter#call('regard')
  endif
  return names
endfunction

" Another buffer, name or filetype: the first path pattern that fits names the language, else how the file's name ends. The
" trackers read b:codestats_key_by_path; the user's own b:codestats_language goes before it.
function codestats#language#follow() abort
  let pair = s:pair_by_path()
  let key = empty(pair) ? get(s:ending_of(expand('%:t'), &filetype), 1, '') : '=' .. pair[1]
  if empty(key)
    unlet! b:codestats_key_by_path
  else
    let b:codestats_key_by_path = key
  endif
endfunction

" The ending of a file's name that decides, and the filetype that it stands for; none where the user has a word on {filetype}.
function s:ending_of(name, filetype) abort
  for [ending, filetype] in items(get(s:by_ending, a:filetype, {}))
    if strpart(a:name, strlen(a:name) - strlen(ending)) ==? ending
      let has_word = has_key(codestats#language#filetypes(), a:filetype)
            \ || index(codestats#config#get('ignore_filetypes'), a:filetype) >= 0
      return has_word ? [] : [ending, filetype]
    endif
  endfor
  return []
endfunction

function s:pair_by_path() abort
  for pair in filter(s:pairs(), 's:is_path(v:val[0])')
    if codestats#exclude#matches(expand('%:p'), [pair[0]])
      return pair
    endif
  endfor
  return []
endfunction

" What the current buffer's XP goes to: a filetype, `guest.host` in embedded code, `=Name`, or '-' for nothing.
function codestats#language#key() abort
  if has('nvim')
    call luaeval('require("codestats.embedded").forget()')
  else
    call codestats#embedded#Forget()
  endif
  let key = codestats#counter#call('attribution')
  return key is v:null ? '-' : key
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

" The core's answer: [[key, language or '' for nothing, why], …].
function codestats#language#named(names) abort
  for [key, name, why] in a:names
    let s:names[key] = [name, why]
    call filter(s:asked, 'v:key !=# key')
  endfor
  if !empty(s:question) && has_key(s:names, s:question[0])
    call call('s:tell', s:question)
  endif
  call codestats#hook#run('names')
endfunction

" The core went away: what it was asked has to be asked again.
function codestats#language#forget() abort
  let s:asked = {}
endfunction

" ------------------------------------------------------- :CodeStatsLanguage

" Tell where the current buffer's XP goes and why. With {name} have that of its filetype go there while the editor runs;
" with {undo} no longer.
function codestats#language#command(undo, name) abort
  let s:note = ''
  if a:undo
    call filter(s:session, 'v:key !=# &filetype')
  elseif !empty(a:name)
    let s:session[&filetype] = s:spelled(a:name)
  endif
  call codestats#language#follow()
  let key = codestats#language#key()
  if key ==# '-'
    call s:say('', s:why_nothing())
  elseif key[0] ==# '='
    call s:say(key[1:], s:why_outright())
  else
    let s:note = empty(a:name) ? '' : s:how_to_keep()
    call s:look_up(empty(a:name) ? key : &filetype)
  endif
endfunction

function s:why_nothing() abort
  if &buftype !=# '' && &buftype !=# 'acwrite'
    return "it is no file's ('buftype' is " .. &buftype .. ')'
  elseif !&modifiable
    return "it can't be edited ('nomodifiable')"
  elseif get(b:, 'codestats_enabled', 1)
    return 'counting is paused (:CodeStatsResume)'
  endif
  return exists('b:codestats_excluded') ? 'its path is in g:codestats_exclude' : 'b:codestats_enabled is off'
endfunction

function s:why_outright() abort
  let name = get(b:, 'codestats_language', '')
  if type(name) == v:t_string && !empty(name)
    return 'b:codestats_language says so'
  endif
  return "g:codestats_languages has its path under '" .. get(s:pair_by_path(), 0, '') .. "'"
endfunction

function s:how_to_keep() abort
  let [filetype, name] = [string(&filetype), string(s:session[&filetype])]
  let is_list = type(codestats#config#get('languages')) == v:t_list
  let entry = is_list ? printf('[%s, %s]', filetype, name) : printf('{%s: %s}', filetype, name)
  return ' until you quit. To keep it: ' .. entry .. ' in g:codestats_languages'
endfunction

function s:look_up(key) abort
  call codestats#language#filetypes()
  if has_key(s:names, a:key)
    call s:tell(a:key, &filetype)
  elseif codestats#host#state() ==# 'failed'
    call s:say(get(s:session, a:key, "filetype '" .. a:key .. "'"), 'more is known with Python (:CodeStatsHealth)')
  else
    let s:question = [a:key, &filetype]
    call codestats#host#send({'type': 'names', 'keys': [a:key]})
  endif
endfunction

function s:tell(key, filetype) abort
  let s:question = []
  let [name, why] = s:names[a:key]
  call s:say(name, s:place(a:key, a:filetype) .. why)
endfunction

function s:place(key, filetype) abort
  if a:key ==# a:filetype
    return ''
  endif
  let ending = s:ending_of(expand('%:t'), a:filetype)
  return get(ending, 1, '') ==# a:key ? printf("the file's name ends in %s; ", ending[0])
        \ : "code inside filetype '" .. a:filetype .. "'; "
endfunction

" A {name} that is empty or '-': nothing is earned.
function s:say(name, why) abort
  let what = empty(a:name) || a:name ==# '-' ? 'this buffer earns nothing' : a:name
  call codestats#message#forget('language')
  call codestats#message#info('language', what .. (empty(s:note) ? ': ' .. a:why : s:note))
endfunction

" The table's spelling of a name; for a filetype that is in the table its name.
function s:spelled(name) abort
  let table = s:read_table()
  let same = filter(values(table), 'v:val ==? a:name')
  return empty(same) ? get(table, a:name, trim(a:name)) : same[0]
endfunction

function s:read_table() abort
  if empty(s:table)
    for fields in map(readfile(s:file), 'split(v:val, "\t")')
      let s:table[fields[0]] = fields[1]
    endfor
  endif
  return s:table
endfunction

" Complete names of languages; they may have blanks in them, and {lead} is only the last word. The command may be shortened.
function codestats#language#complete(lead, line, position) abort
  let typed = matchstr(a:line[: a:position - 1], '\C\<CodeStatsLa\a*!\?\s\+\zs.*')
  let start = strlen(typed) - strlen(a:lead)
  let names = uniq(sort(filter(values(s:read_table()), 'v:val !=# "-"')))
  return map(filter(names, 'stridx(tolower(v:val), tolower(typed)) == 0'), 'strpart(v:val, start)')
endfunction
