vim9script
# Commands that take more keys: while one waits it has changed nothing, and what changes is others' work. In Insert mode these
# are CTRL-V, CTRL-K, CTRL-R and CTRL-G.

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

# Of an operator: `0` is a motion unless it is of a count.
def AfterOperator(half: string, key: string): string
  return key =~# '^[1-9]$' || (key == '0' && half == 'counted') ? 'counted'
    : key =~# "^[vV\x16]$" ? half : key =~# "^[giafFtT'`[\\]z]$" ? 'one' : ''
enddef

# The same in Normal and Visual mode, as far as it is known: `first` if no command has begun, `command` after a count or a
# register, what the rest is, or '' if the command is whole or it is not known which it is.
export def AfterInNormal(half: string, mode: string, key: string): string
  const is_visual = stridx("vV\x16", mode[0]) >= 0
  if half == '' || (mode[0] !=# 'n' && !is_visual)
    return ''
  elseif half == 'name'
    return 'command'
  elseif half == 'g'
    return is_visual ? '' : key ==# 'r' ? 'one' : key =~# '^[?~uUqw@]$' ? 'motion' : ''
  elseif half == 'motion' || half == 'counted'
    return AfterOperator(half, key)
  elseif half == 'one'
    return ''
  elseif key =~# '^[1-9]$' || (key == '0' && half == 'command')
    return 'command'
  elseif key == '"'
    return 'name'
  elseif key ==# 'g'
    return key
  elseif key =~# '^[dcy<>=!]$'
    return is_visual ? '' : 'motion'
  endif
  return key =~# "^[fFtTrmqzZ@'`[\\]\x17]$" || (is_visual && key =~# '^[ia]$') ? 'one' : ''
enddef
