" A start for reproducing a fault: this checkout alone, no token, nothing of yours read or written. In a clone:
"   vim --clean -S scripts/repro.vim
" Add what it needs to show the fault below the line, and put the file into the issue.

set nocompatible
let s:root = expand('<sfile>:p:h:h')
let s:home = tempname()
call mkdir(s:home, 'p', 0700)
let &runtimepath = s:root .. ',' .. &runtimepath
let g:codestats_data_dir = s:home
let g:codestats_api_url = 'http://127.0.0.1:9'   " nobody is there: XP stays on the disk
let $CODESTATS_API_KEY = ''
set statusline=%f%=%{codestats#statusline()} laststatus=2
runtime plugin/codestats.vim
call codestats#session#start()

" ---------------------------------------------------------------------------
