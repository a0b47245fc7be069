vim9script
# Counting in Vim before 9.1.0597, which has no KeyInputPre: no key is seen, and every settled change is paid, but for what
# timers and jobs did; a macro is paid once (:help codestats-counting).
#
# Letters typed in Insert mode are the hot path. When one was paid and the editor is idle a *run* begins: its changes go to one
# place, and two handlers are enough: of what changed and of what is drawn.

import './counts.vim'
import './failure.vim'

const most_at_once = 3   # letters of a run that come in one read

var buffer = -1
var tick = -1
var by_typist = false           # has a change been settled that was not paid for?
var by_handler = false          # is what changes now the work of a CursorHold handler?
var is_letter = false           # was a letter typed since the editor was idle?
var in_run = false
var more = -1                   # letters that were drawn and not paid, but for the first; -1: not drawn
var drawn = 0                   # what was paid when the screen was drawn last
var is_fast = false             # do many letters come in one read in this insertion?
var is_paid = false             # has the key been paid that changes the text?
var unbooked = 0                # XP that is not yet added to the counts,
var unbooked_key = ''           # and what it goes to; kept while letters follow each other without a pause
var listeners: dict<number> = {}   # by buffer

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

# Handlers that have no work while letters follow each other.
def Watch()
  augroup codestats_tracker_keys
    autocmd!
  augroup END
  if !exists('#codestats_tracker#TextChanged')
    return   # counting has stopped
  endif
  augroup codestats_tracker_keys
    autocmd SafeState * OnIdle()
    autocmd SafeStateAgain * Rebase()
    autocmd TextChangedI * OnChange()
    autocmd InsertCharPre * OnLetter()
  augroup END
enddef

def BeginRun()
  in_run = true
  drawn = 0
  more = -1
  unbooked_key = counts.Attribution()
  if unbooked_key != '-'
    counts.Arm()
  endif
  augroup codestats_tracker_keys
    autocmd!
    autocmd TextChangedI * OnChangeInRun()
  augroup END
enddef

export def EndRun()
  if in_run
    in_run = false
    is_paid = bufnr() == buffer && b:changedtick != tick && state('S') != ''
    if is_paid
      ++unbooked
      tick = b:changedtick
    endif
    Watch()
  endif
  Flush()
enddef

def OnChangeInRun()
  try
    if b:changedtick != tick
      tick = b:changedtick
      ++unbooked
      if more >= 0
        unbooked += more
        drawn = unbooked
      endif
    endif
    more = -1
    if is_fast
      EndRun()
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

# Letters of a run that came in one read are one change; how many more there are. Of more than a few a paste is likelier, and
# blanks in a row may be a <Tab>.
def More(changes: list<dict<number>>): number
  const first = changes[0]
  var before = first.col - 1
  for change in changes
    if change.lnum != first.lnum || change.added != 0 || change.col <= before || change.col > before + 4
      return 0
    endif
    before = change.col
  endfor
  if getline(first.lnum)[first.col - 1 : before - 1] =~ '\s\s'
    return 0
  endif
  is_fast = len(changes) > most_at_once
  return is_fast ? 0 : len(changes) - 1
enddef

# Note where the text stands without paying for how it came there.
def Rebase()
  EndRun()
  buffer = bufnr()
  tick = b:changedtick
enddef

# Pay for a change made since the last look.
def Settle()
  if b:changedtick == tick
    return
  endif
  if bufnr() != buffer || is_paid
    is_paid = false
    Rebase()
    return
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
    const may_run = is_letter && !by_handler && !is_fast && mode(1) ==# 'i' && reg_executing() == ''
    Rebase()
    by_typist = false
    by_handler = false
    is_letter = false
    is_paid = false
    if may_run
      BeginRun()
    endif
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

# The same, but what is paid may wait to be added: more letters may follow at once.
def OnLetter()
  try
    is_letter = true
    Settle()
    is_paid = false
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

# What is still unsettled when the screen is drawn and the state is safe was not typed. Where there is syntax and a handler of
# CursorMovedI, the screen is drawn before TextChangedI comes, and before the state is safe (seen on 9.0).
def OnDraw(changed: number, _start: number, _end: number, _added: number, changes: list<dict<number>>)
  if in_run && changed == buffer
    if state('S') != ''
      more = more < 0 && len(changes) > 1 ? More(changes) : 0   # over a slow line a paste is drawn more than once
      return
    elseif len(changes) > 1 && unbooked != drawn
      unbooked += More(changes)
    endif
    tick = b:changedtick
    drawn = unbooked
    if is_fast
      EndRun()
    endif
  elseif changed == bufnr() && (mode() !~# '^[iRr]' || state('S') == '')
    Rebase()
  endif
enddef

# Handlers of these events are others'.
def OnHold()
  EndRun()
  by_handler = true
enddef

def Listen()
  Rebase()
  if !has_key(listeners, buffer)
    listeners[buffer] = listener_add(OnDraw)
  endif
enddef

export def Start()
  Listen()
  augroup codestats_tracker
    autocmd!
    autocmd TextChanged,TextChangedP,BufLeave,ExitPre,BufWritePre,CmdlineEnter * OnChange()
    # Writing moves b:changedtick as well.
    autocmd BufEnter,BufReadPost,BufWritePost,FileChangedShellPost * Listen()
    autocmd CmdlineLeave * Rebase()
    autocmd FileType * EndRun()
    autocmd InsertLeave * EndRun() | is_fast = false
    # InsertLeave does not come for CTRL-C; completion has modes of its own.
    autocmd ModeChanged i*:* EndRun()
    # A letter typed over a selection deletes it, comes a second time, and is inserted: one key.
    execute "autocmd ModeChanged [sS\x13]:i Rebase()"
    autocmd CursorHold,CursorHoldI * OnHold()
    autocmd BufUnload * silent! listener_remove(remove(listeners, expand('<abuf>')))
    # Without an InsertCharPre handler keys that arrive together are inserted in one step.
    autocmd InsertCharPre codestats://any :
  augroup END
  Watch()
enddef
