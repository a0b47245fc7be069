" What earlier editors kept: their XP of today, and what waits to be sent. Read once, when the editor has started and has
" nothing else to do, without Python; a host is started only if something waits.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:patience = 1000   " ms until a host is started: an editor that is left at once has no use for it
const s:numbers = ['queued', 'queued_pulses', 'in_doubt', 'expired', 'rejected', 'today', 'last_sent']

" Show what is known, and have sent what waits.
function codestats#kept#start() abort
  let kept = s:read()
  if !empty(kept) && codestats#host#state() ==# 'down'
    call codestats#status#recall(kept)
  endif
  if s:waits(kept)
    call timer_start(s:patience, {-> s:send()})
  endif
endfunction

" The summary that the core wrote last (python3/codestats/storage/summary.py); {} if there is none.
function s:read() abort
  try
    let kept = json_decode(join(readfile(s:file(), '', 10), ''))
  catch
    return {}
  endtry
  if type(kept) != v:t_dict || get(kept, 'version') isnot 1 || type(get(kept, 'day')) != v:t_string
    return {}
  endif
  for name in s:numbers
    if type(get(kept, name)) != v:t_number
      return {}
    endif
  endfor
  return kept
endfunction

" This token's; while the token is not known, the one that was written last. '' if there is none: then nothing is read to
" know the token.
function s:file() abort
  let stem = codestats#config#data_dir() .. '/summary-' .. sha256(hostname())[:7]
  let files = glob(stem .. '*.json', 1, 1)
  let digest = empty(files) ? '' : codestats#token#digest()
  return empty(digest) ? get(sort(files, {a, b -> getftime(b) - getftime(a)}), 0, '') : stem .. '-' .. digest .. '.json'
endfunction

" A database without a summary is one that an older version left.
function s:waits(kept) abort
  let directory = codestats#config#data_dir()
  return get(a:kept, 'queued') > 0 || codestats#handover#has_files()
        \ || (empty(a:kept) && !empty(glob(directory .. '/spool-*.sqlite3', 1, 1)))
endfunction

function s:send() abort
  if codestats#host#state() ==# 'down' && codestats#token#find().state !=# 'none'
    call codestats#host#send({'type': 'record', 'batches': []})
  endif
endfunction
