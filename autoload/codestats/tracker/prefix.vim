vim9script
# Commands of Insert mode that take more keys (CTRL-V, CTRL-K, CTRL-R, CTRL-G): while one waits it has changed nothing, and
# what changes is others' work.

const first = {"\<C-V>": 'literal', "\<C-Q>": 'literal', "\<C-K>": 'digraph', "\<C-R>": 'register', "\<C-G>": 'one'}
# Which digits follow a letter, and how many.
const numbers = {o: 'o3', O: 'o3', x: 'x2', X: 'x2', u: 'x4', U: 'x8'}
const digits = {d: '^\d$', o: '^\o$', x: '^\x$'}

# What is still waited for after a key: digits, a name, or '' if the command is whole.
export def After(waiting: string, key: string): string
  if waiting == ''
    return get(first, key, '')
  elseif waiting == 'literal'
    return key =~# '^\d$' ? 'd2' : get(numbers, key, '')
  elseif waiting == 'digraph'
    return key[0] ==# "\x80" ? '' : 'one'
  elseif waiting == 'register'
    return stridx("\<C-R>\<C-O>\<C-P>", key) >= 0 ? waiting : ''
  elseif waiting =~# '[2-8]$' && key =~# digits[waiting[0]]
    return waiting[0] .. (str2nr(waiting[1]) - 1)
  endif
  return ''
enddef
