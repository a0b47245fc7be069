vim9script
# Scripts that ask for keys: one may show something in the text and take it back, so its keys are paid when it has ended.

import '../counts.vim'
import '../stack.vim'
import './text.vim'

export var has_asked = false
var before: dict<any> = {}      # the text before it
var change = 0                  # the number of the newest change when the editor was idle
var held: list<string> = []     # what the XP of its keys goes to

# Whether one reads the key that comes. {base}: what the text was when the key before it came.
export def Reads(base: dict<any>): bool
  if !stack.HasScript()
    return false
  endif
  if !has_asked
    has_asked = true
    before = base
    text.StartScript()
  endif
  return true
enddef

# One of its keys has changed the text, of a scratch buffer perhaps.
export def Hold()
  add(held, counts.Attribution())
enddef

# Whether it has undone all it did.
def IsUndone(): bool
  const touched = text.ScriptTouched()
  return changenr() == change || touched[0] == 0 || text.IsSame(before, touched)
enddef

# Pay for its keys, and for {more}, unless it undid all it did.
export def Pay(more = 0)
  const keys = held
  const is_vain = has_asked && IsUndone()
  has_asked = false
  held = []
  if !is_vain
    for key in keys
      counts.Add(key, 1)
    endfor
    counts.AddHere(more)
  endif
enddef

# The editor is idle: a script that still runs waits for something else.
export def OnIdle()
  if !(has_asked && stack.HasScript())
    Pay()
    change = changenr()
  endif
enddef
