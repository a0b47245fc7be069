" Opens a web page in the user's browser.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

function codestats#web#open(url) abort
  if a:url =~# '^https\?://[[:graph:]]\+$'
    call s:open(a:url)
  endif
endfunction

" A file of ours.
function codestats#web#open_file(path) abort
  let path = substitute(a:path, '\\', '/', 'g')
  let bytes = map(range(strlen(path)), {_, at -> strpart(path, at, 1)})
  let safe = map(bytes, {_, byte -> byte =~# '[A-Za-z0-9/._~:-]' ? byte : printf('%%%02X', char2nr(byte))})
  call s:open('file://' .. (path =~# '^/' ? '' : '/') .. join(safe, ''))
endfunction

function s:open(url) abort
  let command = s:has_own_way() ? [] : s:command()
  if !empty(command)
    call codestats#job#start(command + [a:url], {'input': 0, 'outlives': 1})
  elseif !s:has_own_way() || !luaeval('vim.ui.open(_A) ~= nil', a:url)
    call codestats#message#info('web', a:url)
  endif
endfunction

" Whether the user of Neovim has another vim.ui.open: Neovim's own looks for programs in the current directory, too, where
" $PATH has it.
function s:has_own_way() abort
  return has('nvim') && luaeval('not debug.getinfo(vim.ui.open, "S").source:match("vim[/\\]ui%.lua$")')
endfunction

function s:command() abort
  if has('win32')
    let system = codestats#program#find($SystemRoot .. '\System32\rundll32.exe')
    return empty(system) ? [] : [system, 'url.dll,FileProtocolHandler']
  endif
  for name in has('mac') ? ['/usr/bin/open'] : ['xdg-open', 'wslview', 'termux-open-url', 'explorer.exe']
    let program = codestats#program#find(name)
    if !empty(program)
      return [program]
    endif
  endfor
  return []
endfunction
