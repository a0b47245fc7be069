vim9script
# Counting in Vim by its keys (KeyInputPre, since 9.1.0597).
#
# A key is *opened* when it is typed and *closed* when the next one is, or when the editor goes idle: it earns 1 if a
# buffer's text changed meanwhile and is not what it was. What changes while no key is open is others' work. Letters typed
# in Insert mode are the hot path: the first begins a run, which knows what its XP goes to.
#
# Here is what comes with a key; keys/ has the parts, each with what it knows (doc/dev/counting.md draws them).

import './counts.vim'
import './failure.vim'
import './noting.vim'
import autoload './sources.vim'
import './keys/closing.vim'
import './keys/events.vim'
import './keys/handlers.vim'
import './keys/look.vim'
import './keys/open_key.vim'
import './keys/run.vim'
import './keys/scripts.vim'
import './keys/stroke.vim'
import './keys/text.vim'

# Typed keys -----------------------------------------------------------------------

def BeginRun(typed: string)
  if open_key.is_open
    open_key.Drop()
  endif
  run.Begin(typed, look.is_rested)
enddef

# Whether this is a letter that changes the text in any case (stroke.IsLetter), and nothing is under way that it might end.
def IsFirst(): bool
  return v:event.typedchar ==# v:char && v:char >= ' ' && v:char <= '~' && !(v:char == ' ' && look.IsFormatting())
    && look.is_rested && !open_key.is_open && open_key.waiting == '' && closing.ahead == '' && !stroke.is_pasting
    && !look.in_cmdline && !scripts.has_asked && !noting.is_on && mode(1) ==# 'i'
enddef

# Of an <expr> mapping that gives nothing Vim tells with the next key. What it did later changed the cursor's line while no
# key was open.
def PayStrays(typed: string)
  const keys = stroke.CountLeading(typed)
  if keys > 0 && b:changedtick > look.tick && bufnr() == look.buffer && getline('.') !=# look.line
    counts.AddHere(min([keys, b:changedtick - look.tick]))
    look.Forget()
  endif
enddef

def OnCmdlineKey()
  closing.CloseBeforeCmdline()
  open_key.Reopen()
  look.EndRest()
  if noting.is_on
    sources.Settle()
    sources.Work()
  endif
enddef

def OnPasteStart(mode: string, typed: string)
  closing.Close()
  open_key.OpenPaste(mode, typed)
  stroke.BeginPaste(typed)
  look.EndRest()
enddef

# A key opens, or begins a run.
def Open(mode: string, typed: string)
  if mode ==# 'i' && open_key.waiting == '' && v:char ==# typed && stroke.IsLetter(typed)
    BeginRun(typed)
  else
    look.OnKey(mode)
    if mode[0] !=# 'i'
      text.Elsewhere()
    endif
    open_key.Open(mode, typed)
  endif
enddef

def OnTyped(mode: string, typed: string)
  if noting.is_on
    sources.Open(mode, v:char, typed, open_key.waiting)
  endif
  if stroke.IsPaste(typed)
    OnPasteStart(mode, typed)
    return
  endif
  # None reads keys of Insert mode, nor one right after the editor was idle.
  const is_scripted = !look.is_rested && stridx('iR', mode[0]) < 0 && scripts.Reads(open_key.base)
  if mode ==# 'r?' && !is_scripted
    closing.Answer(typed)
    return
  endif
  if closing.ahead != ''
    closing.SettleAhead()
  endif
  if open_key.waiting != '' || open_key.follows_register
    open_key.NoteRegister()
  endif
  if open_key.is_open && !look.is_rested && closing.MayBeAhead(mode, typed)
    closing.ReadAhead(mode, typed)
  else
    closing.Before(mode, is_scripted)
    Open(mode, typed)
  endif
enddef

# A key that nobody typed now: it is fed, mapped, more of a command, or was read ahead and comes again.
def OnUntyped()
  const mode = mode(1)
  const is_more = v:event.typed && !stroke.IsFed()
  if is_more
    open_key.Continue(mode, v:char)
  endif
  if run.is_asleep
    run.Wake()
    look.EndRest()
  elseif closing.IsAtPrompt(mode)
    closing.ForgetOthers()
  elseif is_more && open_key.is_open && !open_key.is_under_way && open_key.mode_then[0] ==# 'n' && mode[0] ==# 'n'
    look.Forget()   # more of a command that has done nothing yet
  endif
  if closing.ahead != '' && v:char ==# closing.ahead
    closing.TakeBack(mode)
  else
    closing.SettleAhead()
  endif
enddef

# The filter of a popup window has taken a key and worked on it. No key is open then, unless it fed some.
def OnFiltered()
  run.End()
  if open_key.is_open
    closing.Close()
  else
    if b:changedtick > look.tick && bufnr() == look.buffer
      counts.AddHere(1)
    endif
    look.Forget()
  endif
enddef

def OnSpecial()
  if v:char ==# "\<Ignore>" && v:event.typed && events.has_popup
    OnFiltered()
    return
  endif
  const typed = stroke.Typed()
  if typed == ''
    OnUntyped()
  elseif !((stroke.is_pasting || open_key.sequence != '') && stroke.IsMore(typed))
    run.End()
    if strlen(typed) > 1 && !stroke.IsPaste(typed)
      PayStrays(typed)
    endif
    if look.in_cmdline && look.IsInCmdline()
      OnCmdlineKey()
    else
      OnTyped(mode(1), typed)
    endif
  endif
enddef

# Handlers --------------------------------------------------------------------------

def OnKey()
  try
    const typed = v:event.typedchar
    if run.is_on && typed ==# v:char && typed >= ' ' && (typed <= '~' || run.IsWide(typed))
        && !(typed == ' ' && look.IsFormatting())
      run.OnLetter()
    elseif IsFirst()
      BeginRun(v:char)
    else
      OnSpecial()
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

# A key that letters.vim does not count.
def OnOther()
  try
    if handlers.is_ready && IsFirst()
      BeginRun(v:char)
    else
      if handlers.is_ready
        handlers.StopBeingReady()
      endif
      OnSpecial()
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def Hook()
  autocmd codestats_typing KeyInputPre * OnKey()
  autocmd codestats_typing SafeState * events.OnIdle()
  # Without an InsertCharPre handler keys that arrive together are inserted in one step, with one tick.
  autocmd codestats_typing InsertCharPre codestats://any :
enddef

# For tracker.vim -------------------------------------------------------------------

export def Flush()
  run.Flush()
enddef

export def EndRun()
  run.End()
enddef

export def OnLeave()
  events.OnLeave()
enddef

# {notes}: where text comes from, too.
export def Start(notes: bool)
  events.OnEnter()
  text.Start()
  noting.Set(notes)
  augroup codestats_typing
    autocmd!
  augroup END
  handlers.Start(Hook, OnOther)
  events.Start()
  handlers.Hook()
enddef
