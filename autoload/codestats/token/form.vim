" What a token looks like, and whom it says that it belongs to; as codestats.credentials.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:most = 4096            " characters

let s:subject = {'token': ''}
let s:encoded = ''

" What the functions here look at: a dictionary to put the token into, which is no argument (mask.vim says why).
function codestats#token#form#subject() abort
  let s:subject.token = ''
  return s:subject
endfunction

" Why the subject cannot be a token, '' if it may be. What is in it only the service knows.
function codestats#token#form#flaw() abort
  if strchars(s:subject.token) > s:most
    return 'it is too long'
  elseif s:subject.token =~# '\s'
    return 'it has blanks in it'
  elseif strchars(s:subject.token) < 8
    return 'it is too short'
  elseif s:subject.token !~# '^[!-~]\+$'
    return 'it has characters that no token has'
  endif
  return ''
endfunction

" The user whose token the subject is, '' if it doesn't say: its middle part is base64 of `base64(user)##base64(machine)`.
function codestats#token#form#owner() abort
  let parts = split(s:subject.token, '\.', 1)
  let s:subject.token = ''
  let s:encoded = len(parts) == 3 ? parts[1] : ''
  let inner = s:decode()
  let s:encoded = inner =~# '##' ? matchstr(inner, '^.\{-}\ze##') : ''
  let user = s:decode()
  return user =~# '[[:cntrl:]]' ? '' : user
endfunction

const s:alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const s:powers = {0: 1, 2: 4, 4: 16, 6: 64}

" Base64 (either alphabet, padded or not) of UTF-8 text; '' if it is none. Vim has a function for it since 9.1.1220 only.
function s:decode() abort
  let text = tr(substitute(s:encoded, '=\+$', '', ''), '-_', '+/')
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
