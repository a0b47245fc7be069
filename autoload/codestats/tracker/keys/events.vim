vim9script
# Events that are no keys: the editor is idle, or the text, the buffer or the mode has changed. Each closes the open key, or ends
# what was typed; what comes next is others' work.

import '../counts.vim'
import '../failure.vim'
import '../noting.vim'
import autoload '../sources.vim'
import '../stack.vim'
import './closing.vim'
import './handlers.vim'
import './look.vim'
import './open_key.vim'
import './run.vim'
import './scripts.vim'
import './stroke.vim'
import './text.vim'

const patience = 0.25   # seconds that a mapped key of Insert mode may take, which works in a timer or when a job has ended

var deadline: list<any> = []    # since when it is waited for
export var has_popup = false    # was there a popup window when the editor was idle?
var has_entered = false         # did Insert mode begin since the editor was idle?

# Late keys ----------------------------------------------------------------------

def NoteRest()
  if noting.is_on
    sources.Rest()
  endif
enddef

def StopWaiting()
  autocmd! codestats_late
  open_key.StopWaiting()
  look.Forget()
  NoteRest()
  look.KeepLine()
enddef

# Whether there is more to wait for: nothing has changed, or only what is others'.
def IsDue(): bool
  if !text.IsTouched()
    return true
  elseif open_key.IsElsewhere()
    look.Forget()
    if noting.is_on
      sources.Disown()
    endif
    return true
  endif
  return false
enddef

# What it does is seen only when Vim has done something else.
def OnLate()
  try
    if open_key.is_late && open_key.is_open && reltimefloat(reltime(deadline)) <= patience
      if IsDue()
        return
      endif
      closing.Close()
      if noting.is_on
        sources.Settle()
      endif
    endif
    StopWaiting()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def WaitForLate()
  open_key.WaitForLate()
  deadline = reltime()
  augroup codestats_late
    autocmd! SafeStateAgain * OnLate()
  augroup END
enddef

# Idle ---------------------------------------------------------------------------

# Insert mode has begun, and a letter is likely to come.
def GetReady(mode: string)
  if has_entered
    has_entered = false
    if mode ==# 'i' && !open_key.is_open && run.CanSleep()
      handlers.GetReady()
    endif
  endif
enddef

# Popups -------------------------------------------------------------------------

# A timer or a job has worked: what it changed is none of a popup's filter's work. In Insert mode it may be that of a mapping which
# gave nothing (PayStrays()).
def OnAgain()
  if mode() ==# 'n' && has_popup && !run.is_on && !open_key.is_open
    look.Forget()
  endif
enddef

# The filter of a popup window works on a key before it comes.
def WatchPopups()
  const has_now = !empty(popup_list())
  if has_now != has_popup
    has_popup = has_now
    autocmd! codestats_popup
    if has_popup
      autocmd codestats_popup SafeStateAgain * OnAgain()
    endif
  endif
enddef

# No run is on, and no paste.
def CloseKey()
  closing.OnIdle()
  const mode = mode()
  if open_key.is_open && open_key.may_be_late && stridx('is', mode) >= 0
    WaitForLate()
  else
    open_key.Rest()
    NoteRest()
  endif
  scripts.OnIdle()
  look.KeepLine()
  WatchPopups()
  GetReady(mode)
enddef

# :normal that begins one is idle there at its end (seen on 9.1 and 9.2), and the script goes on.
def OnIdleInCmdline()
  closing.CloseBeforeCmdline()
  if !stack.HasScript()
    look.Forget()
    open_key.Drop()
    NoteRest()
  endif
enddef

export def OnIdle()
  try
    look.Rest()
    if run.is_on
      run.OnIdle()
      return
    elseif stroke.is_pasting && stroke.IsPasteDue()
      return
    endif
    if stroke.is_pasting
      stroke.EndPaste()
    endif
    if noting.is_on
      sources.Settle()
    endif
    if look.in_cmdline && look.IsInCmdline()
      OnIdleInCmdline()
    else
      CloseKey()
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

# Changes ------------------------------------------------------------------------

# CTRL-C in Insert mode is no key for KeyInputPre, nor does InsertLeave come (seen on 9.1 and 9.2). It may take away the
# indent of the cursor's line.
def PayInterrupt()
  look.Here()
  counts.AddHere(1)
  look.Forget()
  if noting.is_on
    sources.Work()
    sources.Settle()
  endif
enddef

# Whether a mapping or a macro has more commands: what they do is compared as a whole.
def HasMore(): bool
  return state('m') != ''
enddef

def OnChange()
  try
    const was_asleep = run.is_asleep
    run.End()
    if !was_asleep && look.is_insert && mode() == 'n' && !open_key.is_open
        && b:changedtick != look.tick && !look.IsLineKept()
      PayInterrupt()
    endif
    look.LeaveInsert()
    handlers.UnhookLetters()
    if open_key.is_open && HasMore()
      open_key.GoOn()
    else
      closing.Close()
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

export def OnLeave()
  try
    run.End()
    closing.Close()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def OnInsertEnter()
  look.EnterInsert()
  if !noting.is_on
    handlers.EnterInsert()
    has_entered = true
  endif
enddef

def OnInsertLeave()
  try
    look.LeaveInsert()
    run.End()
    handlers.UnhookLetters()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def OnBufLeave()
  OnLeave()
  text.Leave()
enddef

# Another buffer, or another text in this one: what changed before is paid or over.
export def OnEnter()
  try
    run.End()
    look.Forget()
    look.Here()
    text.Listen()
    open_key.Enter()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

# A mapping or a macro that begins a command line goes on.
def OnCmdlineEnter()
  const goes_on = open_key.is_open && open_key.waiting == '' && closing.ahead == '' && text.IsTouched() && HasMore()
  if goes_on
    run.End()
    open_key.GoOn()
  elseif open_key.waiting == ''
    OnLeave()
  else
    run.End()
    look.Forget()
  endif
  look.EnterCmdline(goes_on)
enddef

export def Start()
  augroup codestats_late
    autocmd!
  augroup END
  augroup codestats_popup
    autocmd!
  augroup END
  augroup codestats_tracker
    autocmd!
    # While a menu is open there is no SafeState.
    autocmd TextChangedP * OnIdle()
    autocmd TextChanged * OnChange()
    autocmd ExitPre,BufWritePre * OnLeave()
    autocmd BufLeave * OnBufLeave()
    autocmd BufEnter,BufReadPost,BufWritePost,FileChangedShellPost * OnEnter()
    autocmd BufUnload * text.Drop(str2nr(expand('<abuf>')))
    autocmd InsertEnter * OnInsertEnter()
    autocmd InsertLeave * OnInsertLeave()
    autocmd FileType * run.End()
    autocmd CmdlineEnter * OnCmdlineEnter()
    autocmd CmdlineLeave * look.LeaveCmdline()
    autocmd CmdwinEnter * look.EnterCmdwin()
    # A letter typed over a selection deletes it, comes a second time, and is inserted: one key.
    execute "autocmd ModeChanged [sS\x13]:i look.Forget()"
  augroup END
enddef
