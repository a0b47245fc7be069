vim9script
# Where text comes from: how many bytes came into the buffers and went out of them, by what it goes to and by kind.
#
# lua/codestats/tracker/sources.lua is the same for Neovim. The trackers say when a key comes and when the editor is idle; at these
# moments the current buffer's size is looked at. What it grew by since the last look is the work of the key that was at
# work, and of tools if none was. Other buffers are looked at when they are entered. Loaded only if g:codestats_sources is set.

import './counts.vim'

var noted: dict<dict<list<number>>> = {}   # key → kind → [came, went]
var sizes: dict<number> = {}    # of buffers, when they were looked at last; but that of the one looked at now is
var size = 0
var buffer = -1
var tick = -1                   # its b:changedtick then
var kind = 'commands'           # of the key that is at work; '' if it depends on what it puts in
var own = 0                     # how many bytes of its text the key typed itself
var at_work = false             # is a typed key at work?
var last = ''                   # the key before
var is_broken = false

# A run of letters:
var run_key = ''                # what it goes to
var letters = 0                 # bytes of its letters that were noted,
var wide = 0                    # those beyond one of each letter,
var settled = 0                 # and how many bytes of letters a look has seen

# Looks ------------------------------------------------------------------------

# An empty buffer has no bytes for Vim, and a line break has two if it is DOS's.
def Size(): number
  const lines = line('$')
  return max([1, line2byte(lines + 1) - 1 - (&fileformat ==# 'dos' ? lines : 0)])
enddef

# By how much the current buffer has grown since the last look.
def Look(): number
  const current = bufnr()
  if current == buffer && b:changedtick == tick
    return 0
  endif
  const now = Size()
  var before = size
  if current != buffer
    sizes[buffer] = size
    before = get(sizes, current, now)
  endif
  [buffer, tick, size] = [current, b:changedtick, now]
  return now - before
enddef

# Note bytes of a kind.
def Add(key: string, what: string, came: number, went: number)
  if key == '-' || (came == 0 && went == 0)
    return
  endif
  var kinds: dict<list<number>> = get(noted, key, {})
  const pair = get(kinds, what, [0, 0])
  kinds[what] = [pair[0] + came, pair[1] + went]
  noted[key] = kinds
enddef

# Whether the text before the cursor, as much as came, is white space: <Tab> and <CR> that did what they say.
def IsBlank(came: number): bool
  const before = strpart(getline('.'), 0, col('.') - 1)
  return strpart(before, max([0, strlen(before) - came])) !~ '\S'
enddef

# What changed since the last look is of this kind, but for {typed} bytes; '' is typing if it is white space, else {other}.
def Note(what: string, typed = 0, other = 'completed')
  try
    const growth = Look()
    if growth == 0 || is_broken
      return
    endif
    const came = max([0, growth])
    const by_key = min([typed, came])
    const key = counts.Attribution()
    Add(key, 'typed', by_key, 0)
    Add(key, what != '' ? what : IsBlank(came) ? 'typed' : other, came - by_key, max([0, -growth]))
  catch /^\%(Vim:Interrupt$\)\@!/
    Fail()
  endtry
enddef

# A bug of ours breaks neither typing nor counting: the first error is reported once, and nothing more is noted.
def Fail()
  is_broken = true
  codestats#message#error('sources', 'where text comes from is noted no more: ' .. v:exception)
enddef

# Moments ------------------------------------------------------------------------

# What changed until now is done.
export def Settle()
  if at_work
    Note(kind, own)
  else
    Note('tools')
  endif
enddef

# What changed since the last look, and until the next key is idle, is that of one key or command.
export def Work()
  at_work = true
  kind = 'commands'
  own = 0
enddef

# What changed since the last look is others' work.
export def Disown()
  Note('tools')
enddef

# The same, and nothing typed is at work any more.
export def Rest()
  Disown()
  at_work = false
enddef

# Whether keys as typed are a character.
def IsPrintable(typed: string): bool
  return (typed >= ' ' && typed <= '~') || typed >= "\xc2"
enddef

# What a key of Insert or Replace mode does. What takes text out types; so does <Tab> or <CR> that puts in white space.
def InsertKind(mode: string, key: string, typed: string, waiting: string): string
  if waiting ==# 'register'
    return 'pasted'
  elseif IsPrintable(typed)
    return key ==# typed ? 'typed' : 'commands'
  elseif typed ==# "\<C-A>" && key ==# typed
    return 'commands'   # what was inserted last
  elseif mode =~# '^[iR]v\=[cx]' || key !=# typed || stridx("\<C-N>\<C-P>", typed) >= 0
    return ''
  endif
  return 'typed'
enddef

# A typed key comes. {waiting}: what a command of Insert mode waits for.
export def Open(mode: string, key: string, typed: string, waiting: string)
  Settle()
  Work()
  if key ==# "\<PasteStart>" || stridx(typed, "\<Esc>[200~") == 0
    kind = 'pasted'
  elseif mode =~# "^[iRsS\x13]"
    kind = InsertKind(mode, key, typed, waiting)
    own = kind == 'commands' && IsPrintable(typed) ? strlen(typed) : 0
  elseif typed ==? 'p' && key ==# typed && last !=# '@' && last !=# 'r' && mode =~# "^[nvV\x16]" && mode !~# '^no'
    kind = 'pasted'
  endif
  last = typed
enddef

# Runs -----------------------------------------------------------------------------

# A letter begins a run: what it does beside its letters is a command's.
export def BeginRun(key: string)
  Work()
  run_key = key
  [letters, wide, settled] = [0, 0, 0]
enddef

# One of its letters is beyond ASCII.
export def Widen(typed: string): bool
  wide += strlen(typed) - 1
  return true
enddef

# Letters are paid.
export def Typed(count: number)
  letters += count + wide
  Add(run_key, 'typed', count + wide, 0)
  wide = 0
enddef

# What changed until now was the work of the run's letters, {unpaid} of which are not noted yet.
def SettleRun(unpaid: number)
  try
    const seen = letters + unpaid + wide
    const rest = Look() - (seen - settled)
    settled = seen
    if rest != 0 && !is_broken
      Add(run_key, 'commands', max([0, rest]), max([0, -rest]))
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    Fail()
  endtry
enddef

# The editor is idle after a letter.
export def IdleInRun(unpaid: number)
  SettleRun(unpaid)
  at_work = false
enddef

# All is paid. {is_at_work}: a letter is, since the editor was idle.
export def EndRun(is_at_work: bool)
  at_work = is_at_work
  if at_work
    SettleRun(0)
  else
    Disown()
  endif
enddef

# Changes alone: where keys are not seen ---------------------------------------------

# What changed since the last look was done by {count} bytes of letters, or by something else.
export def Changed(count: number, is_completing: bool)
  if mode() =~# '^[iR]'
    Note('', count, is_completing ? 'completed' : 'commands')
  else
    Note('commands')
  endif
enddef

# Files ----------------------------------------------------------------------------

# What has changed since the command came, and what comes until the file is written, is a formatter's.
def OnWrite()
  Note(at_work ? 'formatted' : 'tools')
enddef

def OnWipeout(gone: number)
  if gone == buffer
    buffer = -1
  endif
  if has_key(sizes, gone)
    remove(sizes, gone)
  endif
enddef

export def Start()
  Look()
  augroup codestats_sources
    autocmd!
    autocmd BufWritePre * OnWrite()
    autocmd BufWritePost * Note('formatted')
    # By how much the file had changed on the disk.
    autocmd BufReadPost,FileChangedShellPost * Note('reloaded')
    autocmd BufLeave * Settle()
    autocmd BufEnter * Disown()
    autocmd BufWipeout * OnWipeout(str2nr(expand('<abuf>')))
  augroup END
enddef

# What was noted since the last call.
export def Take(): dict<dict<list<number>>>
  Settle()
  var taken = noted
  noted = {}
  return taken
enddef
