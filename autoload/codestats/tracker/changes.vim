vim9script
# Counting in Vim before 9.1.0597, which has no KeyInputPre: no key is seen, and every settled change is paid, but for what
# timers and jobs did; a macro is paid once (:help codestats-counting).
#
# When the editor goes idle after a letter of Insert mode, a *run* begins: letters are counted as they come, and looked at
# when they are drawn. All other handlers are off until something else changes the text, the cursor's line is another one,
# or Insert mode is left. Where it is noted where text comes from, there are no runs.

import './counts.vim'
import './failure.vim'
import autoload './sources.vim'

var buffer = -1
var tick = -1
var line = -1                   # the cursor's, in a run
var in_run = false
var due = 0                     # letters of a run that are not drawn yet
var is_cut_off = false          # did CTRL-C leave Insert mode? Of events only TextChanged comes then (seen on 9.0)
var is_unsettled = false        # was something drawn that is still to be settled?
var letter = false              # was a letter the last thing that was typed?
var by_typist = false           # has a change been settled that was not paid for?
var by_handler = false          # is what changes now the work of a CursorHold handler?
var unbooked = 0                # XP that is not yet added to the counts,
var unbooked_key = ''           # and what it goes to; kept while letters follow each other without a pause
var listeners: dict<number> = {}   # by buffer
var noting = false              # is it noted where text comes from?
var letters = 0                 # bytes of letters since that was looked at last

def Pay()
  if unbooked == 0 && !in_run
    unbooked_key = counts.Attribution()
  endif
  ++unbooked
enddef

export def Flush()
  if unbooked > 0
    counts.Add(unbooked_key, unbooked)
  endif
  unbooked = 0
enddef

# Handlers that a run does without.
def Hook()
  if !exists('#codestats_tracker#TextChanged')
    return   # counting was stopped
  endif
  augroup codestats_typing
    autocmd!
    autocmd SafeState * OnIdle()
    autocmd TextChangedI * OnChange()
    autocmd InsertCharPre * OnLetter()
    autocmd SafeStateAgain * Disown()
  augroup END
enddef

def StartRun()
  Flush()
  unbooked_key = counts.Attribution(true)
  line = line('.')
  due = 0
  in_run = true
  augroup codestats_typing
    autocmd!
    autocmd InsertCharPre * ++due
  augroup END
enddef

def StopRun()
  in_run = false
  letter = false
  Flush()
  Hook()
enddef

export def EndRun()
  if in_run && bufloaded(buffer)
    listener_flush(buffer)
  endif
  if in_run
    StopRun()
    tick = b:changedtick   # writing moves it, too
  endif
  Flush()
enddef

# Note where the text stands without paying for how it came there.
def Rebase()
  Flush()
  is_unsettled = false
  buffer = bufnr()
  tick = b:changedtick
enddef

# The same; who changed it was not the typist.
def Disown()
  if noting && b:changedtick != tick
    sources.Disown()
  endif
  Rebase()
enddef

# Note what a change made since the last look did.
def Note()
  if by_handler
    sources.Disown()
  else
    sources.Changed(letters, pumvisible())
    letters = 0
  endif
enddef

# Pay for a change made since the last look.
def Settle()
  is_unsettled = false
  if b:changedtick == tick
    return
  endif
  if bufnr() != buffer
    Rebase()
    return
  endif
  if noting
    Note()
  endif
  tick = b:changedtick
  by_typist = !by_handler
  if by_typist && reg_executing() == ''
    by_typist = false
    Pay()
  endif
enddef

def OnIdle()
  try
    if is_unsettled
      Settle()
    endif
    if by_typist
      Pay()   # for a macro
    endif
    Disown()
    by_typist = false
    by_handler = false
    if letter && !noting && mode(1) ==# 'i'
      StartRun()
    endif
    letter = false
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

export def OnChange()
  try
    EndRun()
    Settle()
    Flush()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def OnCommand()
  is_cut_off = in_run
  OnChange()
  is_cut_off = false
enddef

# The same, but what is paid may wait to be added: more letters may follow at once.
def OnLetter()
  try
    Settle()
    letter = true
    if noting && reg_executing() == ''
      letters += strlen(v:char)
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

# A selection is typed over.
def OnOver()
  if noting
    Note()
  endif
  Rebase()
enddef

# What was drawn in a run is letters that came together, the work of others, or of another key or a letter that did more:
# that one is not over yet, and ends the run.
def OnDrawnInRun(start: number)
  const changes = b:changedtick - tick
  const drawn = min([due, changes])   # another's handler may have taken some
  const is_letters = drawn > 0 && start == line && line('.') == line && changes == drawn
  const is_others = drawn == 0 && (is_cut_off || state('S') == '')
  is_unsettled = !is_letters && !is_others
  unbooked += is_unsettled ? max([drawn - 1, 0]) : drawn
  due = 0
  if !is_unsettled
    tick = b:changedtick
  endif
  if is_unsettled || line('.') != line
    StopRun()
  endif
enddef

# What is still unsettled when the screen is drawn was not typed, for in Normal mode TextChanged comes before that, and in
# Insert mode nobody typed while the state is still safe (seen on 9.0).
def OnDraw(changed: number, start: number, _end: any, added: number, _changes: any)
  if in_run && due == 1 && b:changedtick == tick + 1 && start == line && added == 0 && changed == buffer
    due = 0
    ++unbooked
    ++tick
    return
  endif
  try
    if changed != bufnr()
      return
    elseif in_run
      OnDrawnInRun(start)
    elseif mode() !~# '^[iRr]' || state('S') == ''
      Disown()
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def OnHold()
  EndRun()
  by_handler = true
enddef

def Listen()
  EndRun()
  Rebase()
  if !has_key(listeners, buffer)
    listeners[buffer] = listener_add(OnDraw)
  endif
enddef

# {notes}: where text comes from, too.
export def Start(notes: bool)
  noting = notes
  Listen()
  augroup codestats_tracker
    autocmd!
    autocmd TextChanged * OnCommand()
    autocmd TextChangedP,BufLeave,ExitPre,BufWritePre,CmdlineEnter * OnChange()
    # Writing moves b:changedtick as well.
    autocmd BufEnter,BufReadPost,BufWritePost,FileChangedShellPost * Listen()
    autocmd CmdlineLeave * Disown()
    # Leaving moves the cursor, so what was typed is looked at before.
    autocmd InsertLeavePre,FileType * EndRun()
    autocmd ModeChanged i:* EndRun()
    # A letter typed over a selection deletes it, comes a second time, and is inserted: one key.
    execute "autocmd ModeChanged [sS\x13]:i OnOver()"
    autocmd CursorHold,CursorHoldI * OnHold()
    autocmd BufUnload * silent! listener_remove(remove(listeners, expand('<abuf>')))
  augroup END
  Hook()
enddef
