" Hand-over files: what nobody has acknowledged when the editor is left, for the next host to take in.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:identity = '/etc/machine-id'

" Where they may be, best first: one that is another user's, or cannot be written, must not cost XP. codestats.paths looks
" into the same.
function codestats#handover#places() abort
  let data = codestats#config#data_dir()
  let places = [data .. '/handover', data .. '-handover', codestats#directory#home() .. '/.codestats-handover']
  " On another file system most often: the disk may be full.
  return places + ($XDG_RUNTIME_DIR[0] ==# '/' ? [$XDG_RUNTIME_DIR .. '/codestats-handover'] : [])
endfunction

" Write {batches} of that {account} as file {name} where that is possible, whole or not at all. Returns '', or what is in
" the way at the first place when there is no other.
function codestats#handover#write(name, batches, account) abort
  let text = json_encode({'version': 1, 'account': a:account, 'machine': s:machine(), 'batches': a:batches})
  let problems = []
  for place in codestats#handover#places()
    let problem = s:write(place, a:name, text)
    if empty(problem)
      return ''
    endif
    call add(problems, problem)
  endfor
  return problems[0]
endfunction

" The machine's key, as in codestats.paths: others may share the home.
function s:machine() abort
  let identity = filereadable(s:identity) ? trim(join(readfile(s:identity, '', 1), '')) : ''
  return empty(identity) ? 'local' : sha256(identity)[:7]
endfunction

" Whether a file waits to be taken in.
function codestats#handover#has_files() abort
  return !empty(filter(codestats#handover#places(), '!empty(glob(v:val .. "/*.json", 1, 1))'))
endfunction

" No fsync: leaving waits for nobody.
function s:write(place, name, text) abort
  let file = a:place .. '/' .. a:name
  try
    call codestats#directory#ensure(a:place)
    call writefile([], file .. '.tmp', 'S')
    call setfperm(file .. '.tmp', 'rw-------')
    call writefile([a:text], file .. '.tmp', 'S')
    if getfsize(file .. '.tmp') <= strlen(a:text)
      throw 'the disk is full'   " Vim says nothing of it (seen on 9.0 to 9.2)
    endif
    if rename(file .. '.tmp', file) != 0
      throw 'renaming failed'
    endif
  catch /^Vim:Interrupt$/
    return s:write(a:place, a:name, a:text)
  catch
    return s:reason(v:exception)
  endtry
  return ''
endfunction

function s:reason(exception) abort
  return substitute(a:exception, '^Vim\%((\w\+)\)\?:', '', '')
endfunction

" Try to write, for the health check: [place, why not], best first, up to the one that can be written ('').
function codestats#handover#try() abort
  let tried = []
  for place in codestats#handover#places()
    let name = printf('try-%d.tmp', getpid())
    let problem = s:write(place, name, '{}')
    call delete(place .. '/' .. name)
    call add(tried, [place, problem])
    if empty(problem)
      break
    endif
  endfor
  return tried
endfunction
