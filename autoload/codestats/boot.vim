" The machine's boot and the time since then, which no setting of the clock changes: with them the core can date what was
" typed while the clock was wrong.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:name_file = '/proc/sys/kernel/random/boot_id'
const s:time_file = '/proc/uptime'
const s:longest = 3600   " s between a keystroke and its hand-over; more than that is a clock that was set
let s:name = filereadable(s:name_file) ? join(readfile(s:name_file, '', 1)) : ''

" The boot's name and the uptime in seconds at the local time {at}, a moment ago; {} where the system doesn't tell.
function codestats#boot#stamp(at) abort
  try
    let up = empty(s:name) ? 0.0 : str2float(get(readfile(s:time_file, '', 1), 0, ''))
  catch
    let up = 0.0
  endtry
  let ago = localtime() - a:at
  return up > 0 ? {'boot': s:name, 'up': ago >= 0 && ago < min([s:longest, float2nr(up)]) ? up - ago : up} : {}
endfunction
