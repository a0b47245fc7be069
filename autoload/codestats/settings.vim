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
      let meant = codestats#text#nearest(name, map(copy(codestats#config#options()), 'v:val[0]'))
      call add(problems, 'unknown option ' .. name .. (empty(meant) ? '' : ': did you mean ' .. meant .. '?'))
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
