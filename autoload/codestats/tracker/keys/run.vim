vim9script
# A run of letters typed in Insert mode. What its XP goes to is asked once. It is *asleep* while letters are typed and nothing
# else: then no handler but that of letters.vim is there, and nothing is looked at. Keys that arrive together are inserted in one
# step, with one tick: what has been typed is paid if it is in the text when that is looked at next: if the line has grown.

import '../counts.vim'
import '../growth.vim'
import '../noting.vim'
import autoload '../sources.vim'
import '../stack.vim'
import './handlers.vim'
import './look.vim'
import './text.vim'

const letters_until_sleep = 2

export var is_on = false
export var is_asleep = false
var key = ''                    # what it goes to
var paid = 0                    # letters paid and not yet added to the counts
var has_letter = false          # was one typed whose change was not seen yet?
var quiet = 0                   # how many letters were followed by nothing but an idle moment

# Sleep ------------------------------------------------------------------------

# 'formatoptions' with `a` has CTRL-C format, which is no key.
export def CanSleep(): bool
  return !noting.is_on && !look.IsFormatting()
enddef

# {count}: letters that are typed, but not in the text yet. Whether it can be.
def Sleep(count: number): bool
  if !handlers.Sleep(count)
    return false
  endif
  is_asleep = true
  has_letter = false
  growth.Start()
  return true
enddef

# Pay the letters that were typed since the last look, and return how many of them are not in the text: those that a popup
# or a script has taken, or one that is worked on right now. If this key may be read while letters wait to be inserted with it,
# or they are not alone in the line, they count as they are.
def AddLetters(): number
  const typed = codestats#tracker#keys#letters#take()
  const is_there = growth.IsThere()
  const grown = is_there ? growth.Count() : -1
  const is_pending = v:char >= ' ' && v:char <= '~'
  const here = is_pending || (grown < 0 && b:changedtick != look.tick) ? typed : min([typed, max([0, grown])])
  const seen = grown == typed ? b:changedtick : min([look.tick + here, b:changedtick])
  paid += here
  look.TakeLetters(seen, b:changedtick - look.tick > typed && is_there, grown == typed)
  return typed - here
enddef

export def Wake()
  if is_asleep
    has_letter = AddLetters() > 0
    is_asleep = false
    quiet = 0
    handlers.Wake()
  endif
enddef

# Whether letters have come and nothing has changed: a completion has read the last one ahead, and it comes again.
export def IsPutBack(): bool
  return is_asleep && b:changedtick == look.tick && codestats#tracker#keys#letters#count() > 0
enddef

# Letters ----------------------------------------------------------------------

# What has changed since the last look is the letter's.
def Pay()
  if b:changedtick != look.tick
    look.Now()
    if has_letter
      ++paid
    elseif noting.is_on
      sources.Disown()
    endif
  endif
enddef

# A letter comes: what changed before it was the last one's work.
export def OnLetter()
  Pay()
  has_letter = true
enddef

# Whether this is a letter beyond ASCII; if so, its further bytes are noted.
export def IsWide(typed: string): bool
  if typed < "\xc2"
    return false
  endif
  if noting.is_on
    sources.Widen(typed)
  endif
  return true
enddef

# A letter begins it. {had_rested}: the editor was idle just before.
export def Begin(typed: string, had_rested: bool)
  text.Unlisten()
  is_on = true
  key = counts.Attribution(had_rested)
  if key != '-' && !counts.is_armed
    counts.Arm()
  endif
  if typed >= "\xc2"
    codestats#tracker#keys#letters#learn(typed)
  endif
  has_letter = !((had_rested || !stack.HasScript()) && CanSleep() && Sleep(1))
  look.OnFirstLetter(is_asleep)
  if noting.is_on
    sources.BeginRun(key)
    IsWide(typed)
  endif
enddef

# The editor is idle.
export def OnIdle()
  if is_asleep
    return
  endif
  Pay()
  if noting.is_on && has_letter
    sources.IdleInRun(paid)
  endif
  has_letter = false
  look.KeepLine()
  ++quiet
  if quiet >= letters_until_sleep && CanSleep() && Sleep(0)
    look.AssumeRest()
  endif
enddef

# Add what is paid to the counts.
export def Flush()
  if is_asleep
    codestats#tracker#keys#letters#take(AddLetters())
    growth.Start()
    look.Now()
  endif
  if paid > 0
    counts.Add(key, paid)
    if noting.is_on
      sources.Typed(paid)
    endif
    paid = 0
  endif
enddef

export def End()
  if handlers.is_ready
    handlers.StopBeingReady()
  endif
  if !is_on
    return
  elseif is_asleep
    Wake()
  else
    if has_letter && b:changedtick != look.tick && bufnr() == look.buffer
      ++paid
      look.Now()
    endif
    look.NoteOthers(b:changedtick != look.tick)
  endif
  quiet = 0
  const had_letter = has_letter
  is_on = false
  has_letter = false
  Flush()
  if noting.is_on
    sources.EndRun(had_letter)
  endif
enddef
