" What a token looks like, and whom it says that it belongs to; as codestats.credentials.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:most = 4096            " characters

" Why {token} cannot be one, '' if it may be. What is in it only the service knows.
function codestats#token#form#flaw(token) abort
  if strchars(a:token) > s:most
    return 'it is too long'
  elseif a:token =~# '\s'
    return 'it has blanks in it'
  elseif strchars(a:token) < 8
    return 'it is too short'
  elseif a:token !~# '^[!-~]\+$'
    return 'it has characters that no token has'
  endif
  return ''
endfunction

" The user whose {token} it is, '' if it doesn't say: its middle part is base64 of `base64(user)##base64(machine)`.
function codestats#token#form#owner(token) abort
  let parts = split(a:token, '\.', 1)
  let inner = len(parts) == 3 ? s:decode(parts[1]) : ''
  let user = inner =~# '##' ? s:decode(matchstr(inner, '^.\{-}\ze##')) : ''
  return user =~# '[[:cntrl:]]' ? '' : user
endfunction

const s:alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const s:powers = {0: 1, 2: 4, 4: 16, 6: 64}

" Base64 (either alphabet, padded or not) of UTF-8 text; '' if it is none. Vim has a function for it since 9.1.1220 only.
function s:decode(text) abort
  let text = tr(substitute(a:text, '=\+$', '', ''), '-_', '+/')
  if text !~# '^[A-Za-z0-9+/]*$' || strlen(text) % 4 == 1
    return ''
  endif
  let [bits, held, escaped] = [0, 0, '']
  for letter in split(text, '\zs')
    let bits = and(bits * 64 + stridx(s:alphabet, letter), 0xffff)
    let held += 6
    if held >= 8
      let held -= 8
      let escaped ..= printf('\x%02x', and(bits / s:powers[held], 0xff))
    endif
  endfor
  let decoded = escaped =~# '\\x00' ? '' : eval('"' .. escaped .. '"')
  return decoded ==# list2str(str2list(decoded)) ? decoded : ''
endfunction
