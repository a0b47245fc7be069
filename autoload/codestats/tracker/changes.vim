vim9script
# Counting in Vim before 9.1.0597, which has no KeyInputPre: no key is seen, and every settled change is paid, but for what
# timers and jobs did; a macro is paid once (:help codestats-counting).

import './counts.vim'
import './failure.vim'
import autoload './sources.vim'

var buffer = -1
var tick = -1
var by_typist = false           # has a change been settled that was not paid for?
var by_handler = false          # is what changes now the work of a CursorHold handler?
var unbooked = 0                # XP that is not yet added to the counts,
var unbooked_key = ''           # and what it goes to; kept while letters follow each other without a pause
var listeners: dict<number> = {}   # by buffer
var noting = false              # is it noted where text comes from?
var letters = 0                 # bytes of letters since that was looked at last

def Pay()
  if unbooked == 0
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

# Note where the text stands without paying for how it came there.
def Rebase()
  Flush()
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
    if by_typist
      Pay()   # for a macro
    endif
    Disown()
    by_typist = false
    by_handler = false
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

export def OnChange()
  try
    Settle()
    Flush()
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

# What is still unsettled when the screen is drawn was not typed, for in Normal mode TextChanged comes before that, and in
# Insert mode nobody typed while the state is still safe (seen on 9.0).
def OnDraw(changed: number, _start: number, _end: number, _added: number, _changes: list<dict<number>>)
  if changed == bufnr() && (mode() !~# '^[iRr]' || state('S') == '')
    Disown()
  endif
enddef

# A selection is typed over.
def OnOver()
  if noting
    Note()
  endif
  Rebase()
enddef

def Listen()
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
    autocmd SafeState * OnIdle()
    autocmd TextChanged,BufLeave,ExitPre,BufWritePre,CmdlineEnter * OnChange()
    autocmd TextChangedI,TextChangedP * OnChange()
    autocmd InsertCharPre * OnLetter()
    # Writing moves b:changedtick as well.
    autocmd BufEnter,BufReadPost,BufWritePost,FileChangedShellPost * Listen()
    autocmd SafeStateAgain,CmdlineLeave * Disown()
    autocmd FileType * Flush()
    # A letter typed over a selection deletes it, comes a second time, and is inserted: one key.
    execute "autocmd ModeChanged [sS\x13]:i OnOver()"
    autocmd CursorHold,CursorHoldI * by_handler = true
    autocmd BufUnload * silent! listener_remove(remove(listeners, expand('<abuf>')))
  augroup END
enddef
