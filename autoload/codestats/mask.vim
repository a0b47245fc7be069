" What hides the token on its way to the core. Arguments and values of functions are written down with 'verbose' (`vim -V12`,
" 'verbosefile'), and what goes through a channel with ch_logfile(); people attach such files to bug reports. So the token
" is in variables only, and travels masked; the key goes another way, to the process in its environment.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:key = has('nvim') ? luaeval('require("codestats.mask").key') : sha256(join(map(range(8), 'string(srand())')))

" Put the key into {environment}: its value is no function's, and nobody's argument yet.
function codestats#mask#lend(environment) abort
  let a:environment.CODESTATS_MASK = s:key
endfunction
