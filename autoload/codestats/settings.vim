" The options as a whole: what the core is told, and what is wrong with them.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" Set by the plugin for the user to read.
let s:outputs = ['error', 'event']

" Everything the core needs to know: the `settings` of a `configure` message.
function codestats#settings#of_core() abort
  let settings = {}
  for name in codestats#config#of_core()
    let settings[name] = codestats#config#get(name)
  endfor
  for [name, value] in [['api_url', $CODESTATS_API_URL], ['username', $CODESTATS_USERNAME]]
    if !has_key(g:, 'codestats_' .. name) && !empty(value)
      let settings[name] = value
    endif
  endfor
  let found = codestats#token#find()
  let settings.api_key = found.token
  let settings.token_name = found.source ==# 'file' ? ':CodeStatsLogin' : found.name
  let settings.languages = codestats#language#filetypes()
  let settings.data_dir = codestats#config#data_dir()
  return settings
endfunction

" Options that are unknown or make no sense, in words.
function codestats#settings#problems() abort
  let problems = []
  for variable in filter(sort(keys(g:)), 'v:val =~# "^codestats_"')
    let name = variable[10:]
    if codestats#config#has(name)
      let problem = codestats#config#problem(name)
      call extend(problems, empty(problem) ? [] : ['g:' .. variable .. ' ' .. problem])
    elseif index(s:outputs, name) < 0
      call add(problems, 'unknown option ' .. name .. s:nearest(name))
    endif
  endfor
  return problems
endfunction

" Tell the user about them: one message for all.
function codestats#settings#check() abort
  let problems = codestats#settings#problems()
  if empty(problems)
    call codestats#message#forget('config')
  else
    let text = join(problems, '; ')
    call codestats#message#warning('config', text .. (text =~# '?$' ? '' : ' (:help codestats-options)'))
  endif
endfunction

function s:nearest(name) abort
  let best = ['', 4]
  for [option; _] in codestats#config#options()
    let distance = s:distance(a:name, option)
    if distance < best[1]
      let best = [option, distance]
    endif
  endfor
  return empty(best[0]) ? '' : ': did you mean ' .. best[0] .. '?'
endfunction

" How many letters have to be added, dropped or changed to make {b} of {a} (Levenshtein).
function s:distance(a, b) abort
  let row = range(strlen(a:b) + 1)
  for i in range(strlen(a:a))
    let above = row
    let row = [i + 1]
    for j in range(strlen(a:b))
      call add(row, min([above[j + 1] + 1, row[j] + 1, above[j] + (a:a[i] !=# a:b[j])]))
    endfor
  endfor
  return row[-1]
endfunction
