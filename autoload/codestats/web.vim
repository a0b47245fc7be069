" Opens a web page in the user's browser.

function codestats#web#open(url) abort
  if a:url !~# '^https\?://[[:graph:]]\+$'
    return
  endif
  if has('nvim')
    " What it returns can't be had in Vimscript (E5101).
    if !luaeval('vim.ui.open(_A) ~= nil', a:url)
      call codestats#message#info('web', a:url)
    endif
    return
  endif
  let opener = has('mac') ? ['open'] : has('win32') ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open']
  if executable(opener[0])
    call job_start(opener + [a:url], {'in_io': 'null', 'out_io': 'null', 'err_io': 'null', 'stoponexit': ''})
  else
    call codestats#message#info('web', a:url)
  endif
endfunction
