vim9script
# Counting in Vim: a typed key that changes the text of a normal buffer earns 1 XP.
#
# lua/codestats/tracker is the same rule for Neovim; tests/editor/test_counting.py holds both to one table, and
# doc/dev/counting.md draws it. Vim before 9.1.0597 has no KeyInputPre: there changes are counted, not keys.

import autoload './tracker/changes.vim'
import './tracker/counts.vim'
import './tracker/failure.vim'
import autoload './tracker/keys.vim'
import autoload './tracker/sources.vim'

const has_key_hook = exists('##KeyInputPre') == 1
var noting = false   # is it noted where text comes from?

def Flush()
  if has_key_hook
    keys.Flush()
  else
    changes.Flush()
  endif
enddef

export def Start()
  noting = index([1, true], codestats#config#get('sources')) >= 0
  if has_key_hook
    keys.Start(noting)
  else
    changes.Start(noting)
  endif
  if noting
    sources.Start()
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
    changes.EndRun()
  endif
enddef

export def Take(): dict<any>
  EndRun()
  var taken = counts.Take()
  if noting
    taken.sources = sources.Take()
  endif
  return taken
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
  if noting
    sources.Settle()
  endif
  counts.Pause(value)
enddef
