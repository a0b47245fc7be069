" The plugin's own directories: below whose home, and that nothing is made in somebody else's.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:foreign = {}   " by path: whether it is another user's

" The home of the user who runs the editor: $HOME, unless that is another's, as with `sudo -E`. codestats.paths has the same
" rule.
function codestats#directory#home() abort
  let home = expand('~', 1)
  let own = codestats#directory#is_foreign(home) ? s:own_home() : ''
  return empty(own) ? home : own
endfunction

" Where Windows has what belongs to one user on one machine.
function codestats#directory#local_data() abort
  return empty($LOCALAPPDATA) ? codestats#directory#home() .. '\AppData\Local' : $LOCALAPPDATA
endfunction

function s:own_home() abort
  return has('nvim') ? luaeval('((vim.F.npcall(vim.uv.os_get_passwd)) or {}).homedir or ""') : expand('~root', 1)
endfunction

" Whether {path}, or what it would be made in, is another user's. Root may write everywhere, and what it makes in another's
" home is lost to its owner; Vim asks for root alone, since others are refused by the system.
function codestats#directory#is_foreign(path) abort
  if !has_key(s:foreign, a:path)
    let s:foreign[a:path] = !has('win32') && (has('nvim') ? s:is_foreign_nvim(a:path) : s:is_root() && s:is_foreign_vim(a:path))
  endif
  return s:foreign[a:path]
endfunction

function s:is_root() abort
  return filewritable(expand('~root', 1)) == 2
endfunction

function s:is_foreign_nvim(path) abort
  let [user, owner] = luaeval('{vim.uv.getuid(), (vim.uv.fs_stat(_A) or {}).uid}', s:existing(a:path))
  return owner != user && owner != 0
endfunction

" Vim tells the owners of what is in a directory, not of the directory itself.
function s:is_foreign_vim(path) abort
  let path = s:existing(a:path)
  if stridx(path .. '/', resolve(expand('~root', 1)) .. '/') == 0
    return 0
  endif
  let name = fnamemodify(path, ':t')
  let found = readdirex(fnamemodify(path, ':h'), {entry -> entry.name ==# name})
  return !empty(found) && found[0].user !=# 'root'
endfunction

" {path} itself, or the nearest directory above it that is there.
function s:existing(path) abort
  let path = resolve(a:path)
  while !isdirectory(path) && path !=# fnamemodify(path, ':h')
    let path = resolve(fnamemodify(path, ':h'))
  endwhile
  return path
endfunction

" Make {path}, for the user alone, unless it is there. Throws what is in the way.
function codestats#directory#ensure(path) abort
  if codestats#directory#is_foreign(a:path)
    throw 'it belongs to another user'
  endif
  call mkdir(a:path, 'p', 0o700)
endfunction
