" Floats of Neovim that only show something: no key and no cursor gets there.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" Whether a {window} is a float; in Vim none is.
function codestats#float#is(window) abort
  return has('nvim') && !empty(nvim_win_get_config(a:window).relative)
endfunction

" Show {lines}, {config} says where; the buffer goes with the window. Returns the window.
function codestats#float#open(lines, config) abort
  let buffer = nvim_create_buf(v:false, v:true)
  call nvim_buf_set_lines(buffer, 0, -1, v:false, a:lines)
  call nvim_set_option_value('bufhidden', 'wipe', {'buf': buffer})
  let look = {'focusable': v:false, 'style': 'minimal', 'border': 'none', 'noautocmd': v:true}
  return nvim_open_win(buffer, v:false, extend(look, a:config))
endfunction

" What is drawn around one, where the user has not said it.
function codestats#float#edge() abort
  return codestats#config#simple() ? ['+', '-', '+', '|', '+', '-', '+', '|'] : 'rounded'
endfunction

function codestats#float#close(window) abort
  if nvim_win_is_valid(a:window)
    call nvim_win_close(a:window, v:true)
  endif
endfunction
