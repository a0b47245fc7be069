" codestats.vim - XP for Code::Stats (https://codestats.net)
" License: MIT

if exists('g:loaded_codestats')
  finish
endif
let g:loaded_codestats = 1

" The drop-in for those who come from code-stats-vim. Where nothing is counted, their status line stays as it is.
let s:counts = 0
function CodeStatsXp() abort
  return s:counts ? codestats#xp() : ''
endfunction

if has('nvim') ? !has('nvim-0.10') : v:version < 900
  echomsg 'codestats: needs Vim 9.0 or Neovim 0.10, or newer; nothing is counted here.'
  finish
endif
" Vi's ways make continued lines and <Cmd> errors. `vim -u FILE` is compatible unless FILE says otherwise.
if &cpoptions =~# '[C<]'
  call timer_start(300, {-> execute("redraw | echomsg \"codestats: needs 'nocompatible'; nothing is counted here.\"", '')})
  finish
endif
" In restricted mode (`vim -Z`) no file may be written and no job started.
try
  call rename('', '')
catch /E145:/
  finish
endtry

command -bar -bang -nargs=* -complete=customlist,codestats#command#complete CodeStats
      \ call codestats#command#run(<bang>0, <q-args>)
command -bar -nargs=* -complete=customlist,codestats#users#complete CodeStatsProfile call codestats#profile(<f-args>)
command -bar -nargs=? -complete=customlist,codestats#view#periods CodeStatsStats
      \ call codestats#view#open('stats', {'period': <q-args>})
command -bar CodeStatsStatus call codestats#view#open('status', {})
command -bar CodeStatsLog call codestats#view#open('log', {})
command -bar CodeStatsFlush call codestats#flush#run()
command -bar CodeStatsPause call codestats#pause()
command -bar CodeStatsResume call codestats#resume()
command -bar -bang -nargs=? -complete=customlist,codestats#language#complete CodeStatsLanguage
      \ call codestats#language#command(<bang>0, <q-args>)
command -bar CodeStatsLogin call codestats#token#login#ask()
command -bar CodeStatsLogout call codestats#token#login#remove()
command -bar -bang CodeStatsInstall call codestats#install#run(<bang>0)
command -bar -bang -nargs=+ -complete=file CodeStatsExport call codestats#data#export(<bang>0, <f-args>)
command -bar -nargs=+ -complete=file CodeStatsImport call codestats#data#import(<q-args>, [<f-args>])
command -bar -nargs=? -complete=file CodeStatsReport call codestats#data#report(<q-args>)
command -bar -bang -nargs=? -complete=file CodeStatsShare call codestats#data#share(<bang>0, <q-args>)
command -bar CodeStatsCancel call codestats#data#cancel()
command -bar CodeStatsHealth call codestats#health#window#show()

for s:name in ['profile', 'stats', 'status', 'log', 'health', 'flush', 'pause', 'resume']
  execute printf('nnoremap <Plug>(codestats-%s) <Cmd>CodeStats %s<CR>', s:name, s:name)
endfor

" A relative directory is one below where the editor starts; others may change that before anything is typed.
if !empty(get(g:, 'codestats_data_dir', '')) || !empty($CODESTATS_DATA_DIR)
  call codestats#config#data_dir()
endif

let s:counts = 1
augroup codestats
  autocmd!
  autocmd VimLeavePre * call codestats#session#leave()
  if v:vim_did_enter
    call codestats#session#start()
  else
    autocmd VimEnter * call codestats#session#start()
  endif
augroup END
