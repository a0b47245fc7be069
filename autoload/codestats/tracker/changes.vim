vim9script
# Counting in Vim before 9.1.0597, which has no KeyInputPre: no key is seen, and every settled change is paid, but for what
# timers and jobs did; a macro is paid once (:help codestats-counting).
#
# When the editor is idle in Insert mode, a *run* begins, and lasts until that is left: letters are counted by ticks.vim, and
# what is not a letter is looked at when it has changed the text. All other handlers are off meanwhile. Where it is noted
# where text comes from, there are no runs.

import './counts.vim'
import './doer.vim'
import './failure.vim'
import './growth.vim'
import autoload './sources.vim'
import './stack.vim'

var buffer = -1
var tick = -1
var in_run = false
var is_host = false             # with code inside another language?
var line = -1                   # the cursor's, when a run was looked at last
var typed = 0                   # and its letters since then
var is_unsettled = false        # was something drawn that is still to be settled?
var is_paid = false             # is the key paid that ended Insert mode and may still be at work?
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

def Book()
  if unbooked > 0
    counts.Add(unbooked_key, unbooked)
  endif
  unbooked = 0
enddef

export def Flush()
  if in_run
    const seen = codestats#tracker#ticks#seen()
    tick += seen
    typed += seen
    unbooked += seen
  endif
  Book()
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

# Runs -------------------------------------------------------------------------

def StartRun()
  Book()
  in_run = true
  unbooked_key = counts.Attribution(true)
  is_host = codestats#embedded#IsHost(&filetype)
  Unlisten(buffer)
  autocmd! codestats_typing
  codestats#tracker#ticks#hook(buffer, is_host, OnOther)
  codestats#tracker#ticks#take()   # what comes first arms the pulse
  Mark()
enddef

# A run is looked at from here.
def Mark()
  line = line('.')
  typed = 0
  tick = b:changedtick
  growth.Start()
enddef

def StopRun()
  in_run = false
  codestats#tracker#ticks#unhook()
  Hook()
  ListenTo(buffer)
enddef

# Pay for letters of a run, {seen} of which were looked at and {more} came then. How many changes are left that these did not make:
# letters may have been taken by another's handler, and a letter may do more.
def PayLetters(seen: number, more: number): number
  const changes = b:changedtick - tick - seen
  typed += seen + more
  unbooked += seen
  if line('.') != line
    Book()
    unbooked_key = counts.Attribution(true)
  endif
  unbooked += max([0, min([more, changes])])
  return more > 0 ? 0 : changes
enddef

def OnOther(seen: number, more: number): number
  try
    if PayLetters(seen, more) > 0 && doer.IsKey(typed)
      ++unbooked
    endif
    Book()
    Mark()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
  return tick + (is_host ? line : 0)
enddef

# What is not yet paid for in a run: the changes that no letters made.
def Rest(): number
  const [seen, more] = codestats#tracker#ticks#take()
  if bufnr() == buffer
    return PayLetters(seen, more)
  endif
  unbooked += seen + more   # it was left without an autocommand
  Rebase()
  return 0
enddef

# End the run. Is another key's work left to be paid?
def EndsUnpaid(): bool
  const is_unpaid = in_run && Rest() > 0 && doer.IsKey(typed)
  if in_run
    tick = b:changedtick
    StopRun()
  endif
  return is_unpaid
enddef

export def EndRun()
  if EndsUnpaid()
    ++unbooked
  endif
  Book()
enddef

# Insert mode is left by a key that may do more.
def OnLeave()
  is_paid = EndsUnpaid()
  unbooked += is_paid ? 1 : 0
  Book()
enddef

# A completion began whose text may not yet be in; or Insert mode is left, after which no TextChanged comes (seen on 9.1.0016). What
# looks so in a script is its :normal, as in the 'indentexpr' of HTML.
def OnMode()
  if stack.HasScript()
    return
  elseif mode(1) =~# '^[iR][cx]'
    is_unsettled = EndsUnpaid()
    tick -= is_unsettled ? 1 : 0
    Book()
  else
    OnChange()
  endif
enddef

# A paste begins or ends: it is one key, whose characters came without InsertCharPre.
def OnPaste()
  if in_run
    if Rest() > 0 && v:option_new == '0'
      ++unbooked
    endif
    Mark()
  endif
enddef

# The rest -----------------------------------------------------------------------

# Note where the text stands without paying for how it came there.
def Rebase()
  Book()
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
  by_typist = !by_handler && !is_paid
  is_paid = false
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
    is_paid = false
    if !noting && mode(1) ==# 'i'
      StartRun()
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

export def OnChange()
  try
    EndRun()
    Settle()
    Book()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

# The same, but what is paid may wait to be added: more letters may follow at once.
def OnLetter()
  try
    Settle()
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

# What is still unsettled when the screen is drawn was not typed, for in Normal mode TextChanged comes before that, and in
# Insert mode nobody typed while the state is still safe (seen on 9.0).
def OnDraw(changed: number, _start: any, _end: any, _added: any, _changes: any)
  try
    if changed == bufnr() && (mode() !~# '^[iRr]' || state('S') == '')
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

def ListenTo(number: number)
  if !has_key(listeners, number) && bufloaded(number)
    listeners[number] = listener_add(OnDraw, number)
  endif
enddef

def Unlisten(number: number)
  if has_key(listeners, number)
    silent! listener_remove(remove(listeners, number))
  endif
enddef

def Listen()
  EndRun()
  Rebase()
  ListenTo(buffer)
enddef

# {notes}: where text comes from, too.
export def Start(notes: bool)
  noting = notes
  Listen()
  augroup codestats_tracker
    autocmd!
    autocmd TextChanged,TextChangedP,BufLeave,ExitPre,BufWritePre,CmdlineEnter * OnChange()
    # Writing moves b:changedtick as well.
    autocmd BufEnter,BufReadPost,BufWritePost,FileChangedShellPost * Listen()
    autocmd CmdlineLeave * Disown()
    # Leaving moves the cursor, so what was typed is looked at before.
    autocmd InsertLeavePre * OnLeave()
    autocmd FileType * EndRun()
    autocmd ModeChanged i:*,R*:* OnMode()
    autocmd OptionSet paste OnPaste()
    # A letter typed over a selection deletes it, comes a second time, and is inserted: one key.
    execute "autocmd ModeChanged [sS\x13]:i OnOver()"
    autocmd CursorHold,CursorHoldI * OnHold()
    autocmd BufUnload * Unlisten(str2nr(expand('<abuf>')))
  augroup END
  Hook()
enddef
