" Programs of this machine, and what each of them is given. What lies in the current directory, or is found relative to it, is
" the repository's that somebody opened: it is never run. So a program is found by absolute path in absolute entries of $PATH,
" starts in a directory that is nobody's project, and gets no relative entry in what it finds programs and modules by.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:separator = has('win32') ? ';' : ':'
let s:path = {'of': v:null, 'entries': []}
const s:root = has('win32') ? '^\a:[/\\]\|^\\\\\|^//' : '^/'

" The program's absolute path, '' if there is none. {name} is an absolute path (~ and $NAME stand for what they are) or a
" name to look for in $PATH; a relative path is none, since another directory would make another program of it.
function codestats#program#find(name) abort
  return get(codestats#program#all([a:name], codestats#program#path()), 0, '')
endfunction

" All programs of these names, in the order of {directories}.
function codestats#program#all(names, directories) abort
  let found = []
  for name in map(copy(a:names), {_, name -> name =~# '^[~$]' ? expand(name, 1) : name})
    if codestats#program#is_absolute(name)
      call add(found, name)
    elseif name !~# '[/\\]' && !empty(name)
      call extend(found, map(copy(a:directories), {_, directory -> directory .. '/' .. name}))
    endif
  endfor
  call filter(found, 'executable(v:val)')
  return has('win32') ? map(found, 'exepath(v:val)') : found
endfunction

" The entries of $PATH that mean the same everywhere; without any, the system's.
function codestats#program#path() abort
  if s:path.of !=# $PATH
    let entries = codestats#program#absolute($PATH)
    let system = has('win32') ? [] : ['/usr/local/bin', '/usr/bin', '/bin']
    let s:path = {'of': $PATH, 'entries': empty(entries) ? system : entries}
  endif
  return copy(s:path.entries)
endfunction

" The absolute entries of a list in an environment variable, each once. An empty entry is the current directory. Windows has
" them in quotes, too, which no path can contain.
function codestats#program#absolute(list) abort
  let entries = split(s:unquoted(a:list), s:separator)
  let entries = filter(entries, 'v:val =~# s:root')
  let entries = map(entries, {_, entry -> len(entry) > 1 ? substitute(entry, '[^:]\zs[/\\]\+$', '', '') : entry})
  return filter(copy(entries), 'index(entries, v:val) == v:key')
endfunction

function codestats#program#has_relative(list) abort
  return !empty(filter(split(s:unquoted(a:list), s:separator, 1), '!codestats#program#is_absolute(v:val)'))
endfunction

function s:unquoted(list) abort
  return has('win32') ? substitute(a:list, '"', '', 'g') : a:list
endfunction

function codestats#program#is_absolute(path) abort
  return a:path =~# s:root
endfunction

" Where programs start. Tools look for their settings in the current directory and all above it: the root has none above.
function codestats#program#directory() abort
  return has('win32') ? strpart($SystemDrive .. 'C:', 0, 2) .. '\' : '/'
endfunction

" Variables that programs get in place of the editor's own.
function codestats#program#environment() abort
  return {'PATH': codestats#program#list(codestats#program#path()), 'PWD': codestats#program#directory()}
endfunction

" Entries as an environment variable has them.
function codestats#program#list(entries) abort
  return join(a:entries, s:separator)
endfunction
