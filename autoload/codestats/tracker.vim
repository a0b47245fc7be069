vim9script
# Counting in Vim: a typed key that changes the text of a normal buffer earns 1 XP.
#
# lua/codestats/tracker.lua is the same rule for Neovim; tests/editor/test_counting.py holds both to one table, and
# doc/dev/counting.md draws it. Vim before 9.1.0597 has no KeyInputPre: there changes are counted, not keys.

import './tracker/changes.vim'
import './tracker/counts.vim'
import './tracker/failure.vim'
import './tracker/keys.vim'

const has_key_hook = exists('##KeyInputPre') == 1

def Flush()
  if has_key_hook
    keys.Flush()
  else
    changes.Flush()
  endif
enddef

export def Start()
  if has_key_hook
    keys.Start()
  else
    changes.Start()
  endif
enddef

export def Stop()
  failure.Stop()
enddef

export def Attribution(): string
  return counts.Attribution()
enddef

# What comes next arms the pulse again, if it is a letter of the same insertion too.
def EndRun()
  if has_key_hook
    keys.EndRun()
  else
    changes.Flush()
  endif
enddef

export def Take(): dict<any>
  EndRun()
  return counts.Take()
enddef

export def Counted(): dict<number>
  Flush()
  return counts.Counted()
enddef

export def Rest()
  EndRun()
  counts.Rest()
enddef

export def Ignore(names: list<string>, xp: number)
  Flush()
  counts.Ignore(names, xp)
enddef

export def Regard()
  Flush()
  counts.ResetIgnored()
enddef

export def Totals(): list<number>
  Flush()
  return counts.Totals()
enddef

export def Pause(value: bool)
  if has_key_hook
    keys.OnLeave()
  else
    changes.OnChange()
  endif
  counts.Pause(value)
enddef
