" What the core needs to know of the colour scheme to make the views' colours: codestats.views.parts.colours.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" Colours are '#rrggbb' or numbers of the terminal's; '' for none.
function codestats#window#colours#get() abort
  let mode = s:is_gui() ? 'gui' : 'cterm'
  let window = has('nvim') && !empty(s:colour('NormalFloat', 'bg', mode)) ? 'NormalFloat' : 'Normal'
  let back = s:colour(window, 'bg', mode)
  return {
        \ 'gui': mode ==# 'gui' ? v:true : v:false, 'count': str2nr(&t_Co), 'dark': &background ==# 'dark' ? v:true : v:false,
        \ 'back': empty(back) ? s:terminal() : back, 'text': s:either(s:colour(window, 'fg', mode), s:colour('Normal', 'fg', mode)),
        \ 'accent': [s:colour('Function', 'fg', mode), s:colour('Directory', 'fg', mode)],
        \ 'quiet': s:colour('Comment', 'fg', mode),
        \ }
endfunction

function s:either(one, other) abort
  return empty(a:one) ? a:other : a:one
endfunction

function s:is_gui() abort
  return has('gui_running') || (exists('+termguicolors') && &termguicolors)
endfunction

function s:colour(group, what, mode) abort
  let colour = synIDattr(synIDtrans(hlID(a:group)), a:what .. (a:mode ==# 'gui' ? '#' : ''), a:mode)
  return colour ==# '-1' ? '' : colour
endfunction

" The terminal's own background, where it told Vim.
function s:terminal() abort
  let parts = matchlist(get(v:, 'termrbgresp', ''), 'rgb:\(\x\x\)\x*/\(\x\x\)\x*/\(\x\x\)')
  return empty(parts) ? '' : '#' .. join(parts[1 : 3], '')
endfunction
