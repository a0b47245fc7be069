vim9script
# Closing the open key: it earns 1 if the text changed and is not what it was, and what changes from then on is not its work.

import '../counts.vim'
import './look.vim'
import './open_key.vim'
import './scripts.vim'
import './text.vim'

var answers = 0                 # changes agreed to at the prompt of :s///c

# A key that may have been read ahead, and put back, while the work of the open one is not done:
export var ahead = ''
var ahead_base: dict<any> = {}  # the text when it came
var ahead_waiting = ''          # what the rest of its command is
var was_changed = false         # was the text another than before the open key when this one was read,
var touched_before = [0, 0, 0]  # and what had changed?

# Reading ahead --------------------------------------------------------------------

# Whether a key may be one that a command reads ahead: a completion that looks whether to go on, `f` and `t` that look for a
# combining mark. It is reported twice, the second time as not typed.
export def MayBeAhead(mode: string, typed: string): bool
  return mode =~# '^[iR]v\=[cx]' || (typed >= "\xc2" && mode =~# '^n')
enddef

export def ReadAhead(mode: string, typed: string)
  was_changed = text.IsTouched() && open_key.IsChanged()
  touched_before = copy(text.Touched())
  ahead = v:char
  ahead_base = open_key.Snapshot(mode, typed)
  ahead_waiting = open_key.WaitsFor(mode, typed)
  text.Clear()
enddef

# It was not: it is the open key, and the one before it was done when it came.
export def SettleAhead()
  if ahead != ''
    ahead = ''
    open_key.Follow(ahead_base, ahead_waiting)
    if was_changed
      scripts.Pay(1)
    endif
  endif
enddef

# Closing --------------------------------------------------------------------------

def PayIfChanged()
  if text.IsTouched()
    const xp = answers > 0 ? answers : open_key.IsChanged() ? 1 : 0
    if xp > 0 && !counts.IsOff()   # a mapping that begins with leaving Insert mode goes on
      open_key.Drop()
    endif
    answers = 0
    look.Forget()
    scripts.Pay(xp)
  endif
enddef

# The key that was read ahead comes again: now the one before it is done.
export def TakeBack(mode: string)
  const again = ahead
  text.SetTouched(text.Joined(touched_before, text.Touched()))
  ahead = ''
  PayIfChanged()
  open_key.Open(mode, again)
enddef

def PayFor(buffer: number)
  const attribution = counts.AttributionOf(buffer)
  if attribution != '-'
    open_key.Drop()
    counts.Add(attribution, 1)
  endif
enddef

# Pay the open key if another buffer's text changed.
def CloseElsewhere()
  const other = text.Elsewhere()
  if other > 0 && open_key.is_open
    PayFor(other)
  endif
enddef

# The same when its buffer was left without an event (:noautocmd, 'eventignore').
def CloseMoved()
  const before = look.buffer
  if bufloaded(before) && text.IsTouched() && !text.IsSame(open_key.base, text.Touched(), before)
    PayFor(before)
  endif
  CloseElsewhere()
  look.Here(false)
  text.Listen()
enddef

# Pay the open key if it changed the text.
export def Close()
  SettleAhead()
  if open_key.is_open && bufnr() != look.buffer
    CloseMoved()
  elseif !open_key.is_open || (open_key.is_late && open_key.IsElsewhere()) || open_key.is_half
    look.GiveAway()
  elseif b:changedtick != look.tick && text.IsTouched()
    PayIfChanged()
  else
    look.Now()
  endif
enddef

# A mapping ended in the command line: what it did is done before the command is.
export def CloseBeforeCmdline()
  if look.is_passing
    look.StayInCmdline()
    Close()
  endif
enddef

# The editor is idle.
export def OnIdle()
  Close()
  answers = 0
  if open_key.is_open && mode() != 'i'
    CloseElsewhere()
  endif
enddef

# Whether a key comes at a hit-enter prompt that a command of Normal mode ends in.
export def IsAtPrompt(mode: string): bool
  return (mode ==# 'r' || mode ==# 'rm') && open_key.is_open && open_key.waiting == '' && !look.is_insert && !look.is_after_cmdline
enddef

# TextChanged does not come before such a prompt, and others may write while it is there: what a command has changed is marked.
export def ForgetOthers()
  const touched = text.Touched()
  if touched[0] > line("']") || max([touched[1] - 1, touched[0]]) < line("'[")
    look.Forget()
  endif
enddef

# The change that came with the key before, when this one has come: paid, held while a script goes on, or others' work.
export def Before(mode: string, is_scripted: bool)
  const is_insert = stridx("iRsS\x13", mode[0]) >= 0
  if is_scripted && open_key.is_open && !is_insert
    if text.IsTouched() && mode !~# '^no' && open_key.IsChanged()
      scripts.Hold()
    endif
    look.Forget()
  elseif IsAtPrompt(mode)
    ForgetOthers()
    Close()
  elseif open_key.waiting != ''
      || !(open_key.is_under_way || is_insert || (mode =~# '^r' && (look.is_after_cmdline || look.is_insert)))
    # A command that waits for its second key has not changed anything yet, and a finished one was closed by TextChanged,
    # which does not come before a hit-enter prompt that Insert mode or the command line ends in.
    look.Forget()
  else
    Close()
  endif
  if scripts.has_asked && !is_scripted
    scripts.Pay()
  endif
enddef

# An answer to a question; that of :s///c changes the text at the end of the line, or shows it only.
export def Answer(typed: string)
  if answers == 0
    look.Forget()
  endif
  answers += stridx('yla', typed) >= 0 ? 1 : 0
  if answers > 0
    open_key.Reopen()
  else
    open_key.Drop()
  endif
enddef
