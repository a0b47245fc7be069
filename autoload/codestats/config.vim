" The options: one table with name, type, default and what it is. Validation, :help and README are checked against it.

let s:list = v:t_list
let s:dict = v:t_dict
let s:number = v:t_number
let s:string = v:t_string

" name: [types, default, sentence]
let s:options = {
      \ 'api_key': [[s:string], '', 'the token of this machine, from https://codestats.net/my/machines'],
      \ 'api_url': [[s:string], 'https://codestats.net', 'the address of the service'],
      \ 'username': [[s:string], '', 'whose profile is shown; default: the owner of the token'],
      \ 'pulse_interval': [[s:number], 10, 'seconds between two hand-overs of what was counted'],
      \ 'data_dir': [[s:string], '', 'the folder for the spool and the local history'],
      \ 'languages': [[s:dict], {}, 'language names by filetype, over the built-in table'],
      \ 'ignore_filetypes': [[s:list], [], 'filetypes that earn nothing'],
      \ 'request_timeout': [[s:number, v:t_float], 10, 'seconds that one request may take'],
      \ 'ca_file': [[s:string], '', 'a file with further certificate authorities, PEM'],
      \ 'python': [[s:string], '', 'the Python to use (Neovim); default: the first that has what is needed'],
      \ 'ascii': [[s:number, v:t_bool], 0, 'no characters beyond ASCII in windows and status line'],
      \ 'statusline_format': [[s:string], 'C::S {session}{state}', 'the text of codestats#statusline()'],
      \ }

" Set by the plugin for the user to read.
let s:outputs = ['error']
let s:type_names = {s:number: 'a number', s:string: 'a string', s:list: 'a list', s:dict: 'a dictionary', v:t_bool: 'a boolean', v:t_float: 'a float'}

" The value of g:codestats_{name}, or its default when it is unset or of a wrong type.
function codestats#config#get(name) abort
  let [types, default, _] = s:options[a:name]
  let value = get(g:, 'codestats_' .. a:name, default)
  return index(types, type(value)) >= 0 ? value : default
endfunction

" Everything the core needs to know: the `settings` of a `configure` message.
function codestats#config#settings() abort
  let settings = {}
  for name in keys(s:options)
    let settings[name] = codestats#config#get(name)
  endfor
  for [name, variable] in [['api_key', $CODESTATS_API_KEY], ['api_url', $CODESTATS_API_URL]]
    if !has_key(g:, 'codestats_' .. name) && !empty(variable)
      let settings[name] = variable
    endif
  endfor
  let settings.data_dir = codestats#config#data_dir()
  return settings
endfunction

" The folder of spool, history and hand-over files. codestats.paths has the same rule for the shell.
function codestats#config#data_dir() abort
  for folder in [codestats#config#get('data_dir'), $CODESTATS_DATA_DIR]
    if !empty(folder)
      return fnamemodify(expand(folder), ':p')->substitute('[/\\]$', '', '')
    endif
  endfor
  if has('win32')
    return $LOCALAPPDATA .. '/codestats'
  elseif has('mac')
    return expand('~/Library/Application Support/codestats')
  endif
  return (empty($XDG_STATE_HOME) ? expand('~/.local/state') : $XDG_STATE_HOME) .. '/codestats'
endfunction

" The option table as [name, default, sentence], sorted by name.
function codestats#config#options() abort
  return sort(map(items(s:options), {_, item -> [item[0], item[1][1], item[1][2]]}))
endfunction

" Tell the user about options that are unknown or of a wrong type: one message for all of them.
function codestats#config#check() abort
  let problems = []
  for variable in filter(sort(keys(g:)), 'v:val =~# "^codestats_"')
    let name = variable[10:]
    if has_key(s:options, name)
      call extend(problems, s:type_problem(name))
    elseif index(s:outputs, name) < 0
      call add(problems, 'no option g:' .. variable .. s:nearest(name))
    endif
  endfor
  if !empty(problems)
    call codestats#message#warning('config', join(problems, '; ') .. ' (:help codestats-options)')
  endif
endfunction

function s:type_problem(name) abort
  let [types, default, _] = s:options[a:name]
  if index(types, type(g:['codestats_' .. a:name])) >= 0
    return []
  endif
  let wanted = join(map(copy(types), 's:type_names[v:val]'), ' or ')
  return [printf('g:codestats_%s must be %s', a:name, wanted)]
endfunction

function s:nearest(name) abort
  let best = ['', 4]
  for option in keys(s:options)
    let distance = s:distance(a:name, option)
    if distance < best[1]
      let best = [option, distance]
    endif
  endfor
  return empty(best[0]) ? '' : ', did you mean g:codestats_' .. best[0] .. '?'
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
