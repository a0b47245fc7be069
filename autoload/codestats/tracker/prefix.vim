vim9script
# Commands of Insert mode that take more keys (CTRL-V, CTRL-K, CTRL-R, CTRL-G): while one waits it has changed nothing, and
# what changes is others' work.

const first = {"\<C-V>": 'literal', "\<C-Q>": 'literal', "\<C-K>": 'digraph', "\<C-R>": 'register', "\<C-G>": 'one'}
# Digits that a number of a kind may have, and how many.
const numbers = {x: ['\x', 2], u: ['\x', 4], U: ['\x', 8], o: ['\o', 3], '': ['\d', 3]}

# What a number after CTRL-V waits for: `#`, the letters that say of which kind it is, and the digits that it has. As long as it
# waits a letter may come, also after another one; the strongest counts.
def AfterInNumber(waiting: string, key: string): string
  if key =~# '^[xXoOuU]$'
    const letter = key ==? 'u' ? key : tolower(key)
    const others = substitute(waiting, letter ==? 'u' ? '\c[u#]' : '[' .. letter .. '#]', '', 'g')
    return IsFull('#' .. letter .. others) ? '' : '#' .. letter .. others
  endif
  const more = waiting .. key
  return key !~# '^' .. numbers[KindOf(waiting)][0] .. '$' || IsFull(more) ? '' : more
enddef

def KindOf(waiting: string): string
  const letters = matchstr(waiting[1 :], '^[xuUo]*')
  return letters =~# 'x' ? 'x' : letters =~? 'u' ? matchstr(letters, '\cu') : letters
enddef

def IsFull(waiting: string): bool
  return strlen(substitute(waiting, '^#[xuUo]*', '', '')) >= numbers[KindOf(waiting)][1]
enddef

# What is still waited for after a key: a number, a name, or '' if the command is whole.
export def After(waiting: string, key: string): string
  if waiting == ''
    return get(first, key, '')
  elseif waiting == 'literal'
    return key =~# '^[0-9xXoOuU]$' ? AfterInNumber('#', key) : ''
  elseif waiting == 'digraph'
    return key[0] ==# "\x80" ? '' : 'one'
  elseif waiting == 'register'
    return stridx("\<C-R>\<C-O>\<C-P>", key) >= 0 ? waiting : ''
  endif
  return waiting[0] == '#' ? AfterInNumber(waiting, key) : ''
enddef
