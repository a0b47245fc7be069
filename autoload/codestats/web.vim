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
  let has_own_way = s:has_own_way()
  let command = has_own_way ? [] : s:command()
  if !empty(command)
    let ToldIfFailed = {status -> status == 0 ? 0 : s:tell(a:url)}
    call codestats#job#start(command + [a:url], {'input': 0, 'outlives': 1, 'on_exit': ToldIfFailed})
  elseif !has_own_way || !luaeval('vim.ui.open(_A) ~= nil', a:url)
    call s:tell(a:url)
  endif
endfunction

" No browser here shows it: on a server xdg-open is there and finds none.
function s:tell(url) abort
  call codestats#message#answer('info', 'web', 'Open ' .. a:url)
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
