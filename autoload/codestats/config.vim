" The options: one table with name, types, default and what it is, and the value of each. A leaf: calls nothing of ours.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:list = v:t_list
let s:dictionary = v:t_dict
let s:number = v:t_number
let s:string = v:t_string
let s:boolean = v:t_bool
let s:float = v:t_float

" name: [types, default, summary, rules]; rules: {'range': [least, most]}, {'one_of': [values]}, {'items': type} or {'pairs': 1}.
" s:editors_own: not sent to the core. Written from doc/options.toml, as help, README and Lua annotations are.
" options: begin (make docs)
let s:options = {
      \ 'api_key': [[s:string], '', 'the token of this machine, from https://codestats.net/my/machines'],
      \ 'api_key_command': [[s:string, s:list], '',
      \   'a command that prints the token, as a string or a list', {'items': s:string}],
      \ 'api_key_timeout': [[s:number, s:float], 60, 'seconds that g:codestats_api_key_command may take', {'range': [1, 3600]}],
      \ 'api_url': [[s:string], 'https://codestats.net', 'the address of the service'],
      \ 'username': [[s:string], '', 'whose profile is shown; default: the owner of the token'],
      \ 'pulse_interval': [[s:number], 10, 'seconds between two hand-overs of what was counted', {'range': [1, 3600]}],
      \ 'data_dir': [[s:string], '', 'the directory for the spool and the local history'],
      \ 'languages': [[s:dictionary, s:list], {},
      \   'language names by filetype or path pattern, over the built-in table', {'pairs': 1}],
      \ 'language_names': [[s:string], '',
      \   "whose language names to use: your profile's, ours, or those of another editor's client",
      \   {'one_of': ['', 'default', 'code-stats-vim', 'vscode', 'code-stats-ls', 'emacs', 'jetbrains', 'micro', 'notepad++']}],
      \ 'embedded': [[s:boolean, s:number], 1,
      \   'count code inside another language (CSS in HTML) under its own name', {'range': [0, 1]}],
      \ 'ignore_filetypes': [[s:list], [], 'filetypes that earn nothing', {'items': s:string}],
      \ 'exclude': [[s:list], [], 'path patterns of files and directories that earn nothing', {'items': s:string}],
      \ 'request_timeout': [[s:number, s:float], 10, 'seconds that one request may take', {'range': [0.1, 300]}],
      \ 'ca_file': [[s:string], '', 'a file with further certificate authorities, PEM'],
      \ 'python': [[s:string], '', 'the Python to use; default: the first that has what is needed'],
      \ 'host': [[s:string], 'auto',
      \   "how Python runs: 'embedded' in Vim, 'remote' in Neovim, 'channel' to a job; or 'auto'",
      \   {'one_of': ['auto', 'embedded', 'remote', 'channel']}],
      \ 'ascii': [[s:boolean, s:number], 0, 'no characters beyond ASCII in windows and status line', {'range': [0, 1]}],
      \ 'plain': [[s:boolean, s:number], 0, 'sentences in place of drawings, for screen readers', {'range': [0, 1]}],
      \ 'statusline_format': [[s:string], 'C::S {session} {state}', 'what the status line shows'],
      \ 'notify_level_up': [[s:boolean, s:number], 1,
      \   'show a message when a language, or the total, reaches a level', {'range': [0, 1]}],
      \ 'daily_goal': [[s:number], 0, 'XP to reach each day; 0: no goal', {'range': [0, 1000000]}],
      \ 'sources': [[s:boolean, s:number], 0, 'note where text comes from, for this machine alone', {'range': [0, 1]}],
      \ }
let s:editors_own = [
      \ 'api_key_command', 'api_key_timeout', 'pulse_interval', 'embedded', 'exclude', 'python', 'host', 'plain',
      \ 'statusline_format', 'notify_level_up', 'daily_goal', 'sources'
      \ ]
" options: end

let s:directories = {}   " full paths, by what g:codestats_data_dir says
let s:type_names = {
      \ s:number: 'a number', s:string: 'a string',
      \ s:list: 'a list', s:dictionary: 'a dictionary', s:boolean: 'a boolean', s:float: 'a float',
      \ }

" The value of g:codestats_{name}, or its default when it is unset or makes no sense.
function codestats#config#get(name) abort
  let value = get(g:, 'codestats_' .. a:name, v:null)
  return value is v:null || !empty(codestats#config#problem(a:name)) ? s:options[a:name][1] : value
endfunction

" Whether nothing beyond ASCII may be shown, names included, as v:true or v:false.
function codestats#config#ascii() abort
  return codestats#config#get('ascii') || &encoding !=# 'utf-8' ? v:true : v:false
endfunction

" Whether sentences are wanted in place of drawings.
function codestats#config#plain() abort
  return codestats#config#get('plain') ? v:true : v:false
endfunction

" Whether what we draw ourselves is made of ASCII.
function codestats#config#simple() abort
  return codestats#config#ascii() || codestats#config#plain()
endfunction

" The directory of spool, history and hand-over files. codestats.paths has the same rule for the shell. (expand()
" without its second argument gives nothing for what is in 'wildignore'.) A relative one stays where it was first seen
" (plugin/codestats.vim looks), whatever :cd does.
function codestats#config#data_dir() abort
  for directory in [codestats#config#get('data_dir'), $CODESTATS_DATA_DIR]
    if !empty(directory)
      if !has_key(s:directories, directory)
        let s:directories[directory] = fnamemodify(expand(directory, 1), ':p')->substitute('[/\\]$', '', '')
      endif
      return s:directories[directory]
    endif
  endfor
  if has('win32')
    return codestats#directory#local_data() .. '/codestats'
  endif
  let home = codestats#directory#home()
  if has('mac')
    return home .. '/Library/Application Support/codestats'
  endif
  " The XDG specification: a relative path is to be ignored.
  let is_usable = $XDG_STATE_HOME[0] ==# '/' && !codestats#directory#is_foreign($XDG_STATE_HOME)
  return (is_usable ? $XDG_STATE_HOME : home .. '/.local/state') .. '/codestats'
endfunction

" Names of the options that the core is told; the token goes its own way (token.vim).
function codestats#config#of_core() abort
  return filter(keys(s:options), 'index(s:editors_own, v:val) < 0 && v:val !=# "api_key"')
endfunction

" Whether there is an option of that name.
function codestats#config#has(name) abort
  return has_key(s:options, a:name)
endfunction

" The option table as [name, default, sentence, types], sorted by name.
function codestats#config#options() abort
  return sort(map(items(s:options), {_, item -> [item[0], item[1][1], item[1][2], map(copy(item[1][0]), 's:type_names[v:val]')]}))
endfunction

" What is wrong with the option's value, '' if nothing. Never quotes the value, nor hands it on: it may be a token.
function codestats#config#problem(name) abort
  let [types, default, _; rules] = s:options[a:name]
  let value = g:['codestats_' .. a:name]
  let kind = type(value)
  if index([s:list, s:dictionary], kind) >= 0 && empty(value) && index([s:list, s:dictionary], type(default)) >= 0
    return ''   " Lua's {} is either
  elseif index(types, kind) < 0
    return 'must be ' .. join(map(copy(types), 's:type_names[v:val]'), ' or ')
  endif
  return empty(rules) ? '' : s:broken_rule(rules[0], a:name)
endfunction

function s:broken_rule(rules, name) abort
  let value = g:['codestats_' .. a:name]
  let kind = type(value)
  let [least, most] = get(a:rules, 'range', [0, 1])
  if (kind == s:number || kind == s:float) && !(value >= least && value <= most)
    return printf('must be from %s to %s', string(least), string(most))
  elseif has_key(a:rules, 'one_of') && index(a:rules.one_of, value) < 0
    return 'must be one of ' .. join(map(copy(a:rules.one_of), 'string(v:val)'), ', ')
  elseif has_key(a:rules, 'pairs') && !s:are_pairs(kind == s:dictionary ? items(value) : value)
    return 'must be a dictionary of strings, or a list of pairs [filetype or path pattern, name]'
  elseif kind == s:list && !empty(filter(copy(value), 'type(v:val) != get(a:rules, "items", type(v:val))'))
    return 'must be a list of strings'
  endif
  return ''
endfunction

function s:are_pairs(list) abort
  let wrong = 'type(v:val) != s:list || len(v:val) != 2 || type(v:val[0]) != s:string || type(v:val[1]) != s:string'
  return empty(filter(copy(a:list), wrong))
endfunction
