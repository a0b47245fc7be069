vim9script
# Counting in Vim by its keys (KeyInputPre, since 9.1.0597).
#
# A key is *opened* when it is typed and *closed* when the next one is, or when the editor goes idle: it earns 1 if a
# buffer's text changed meanwhile and is not what it was. What changes while no key is open is others' work. Letters typed
# in Insert mode are the hot path: the first opens a run, which knows what its XP goes to, and each is paid when
# b:changedtick has moved since.

import './counts.vim'
import './failure.vim'
import './growth.vim'
import './prefix.vim'
import autoload './sources.vim'
import './text.vim'

const letters_until_sleep = 2
const patience = 0.25   # seconds that a mapped key of Insert mode may take to do its work
const some_key = "\<Plug>"   # one of which only is known that it was typed
# Answers of the terminal, and what stands for keys that a command puts into the stream: nobody types them (seen on 9.2).
const no_keys = "\<Ignore>\\|\<xOSC>"

var noting = false              # is it noted where text comes from?

# A run of letters:
var in_run = false
var run_key = ''                # what it goes to
var run = 0                     # letters paid and not yet added to the counts
var letter = false              # one was typed whose change was not seen yet
var tick = -1                   # b:changedtick when it was looked at last
var quiet = 0                   # how many letters were followed by nothing but an idle moment,
var asleep = false              # and are they left to letters.vim, and nothing looked at until another key?
var hooked = -1                 # the buffer whose letters that counts,
var is_hooked_last = false      # whether it is called after OnKey(),
var has_entered = false         # whether Insert mode began since the editor was idle,
var is_ready = false            # and whether all is prepared for a run, as after that

# The open key:
var buffer = -1                 # where it was typed
var is_open = false
var opened = ''                 # the mode it came in
var base: dict<any> = {}        # the text when it came; empty for what need not be looked at: a paste
var waiting = ''                # what the rest of a command of Insert mode is
var half = 'first'              # what that of a command of Normal mode is, also if this may have been ended by CTRL-C
var is_register = false         # was that the name of a register, whose text comes as if it were typed?
var sequence = ''               # what of the terminal's bytes for a key has come after CTRL-V
var others_write = false        # did others change the text since the editor was idle?
var may_be_late = false         # may its work come when the editor has been idle,
var is_late = false             # is it waited for,
var deadline: list<any> = []    # and since when?
var rested = true               # was the editor idle since,
var rested_at: list<any> = []   # and when?
var rest_line = ''              # the cursor's line then
var inserting = false           # was it of Insert mode, which was not left since?
var in_block = false            # and began that for a block, whose other lines are filled when it ends?

# A key that may have been read ahead, and put back, while the work of the open one is not done:
var ahead = ''
var ahead_base: dict<any> = {}  # the text when it came
var ahead_waiting = ''          # what the rest of its command is
var was_changed = false         # was the text another than before the open key when this one was read,
var touched_before = [0, 0, 0]  # and what had changed?

var answers = 0                 # changes agreed to at the prompt of :s///c
var after_cmdline = false
var in_cmdline = false

# A script that asks for keys may show something in the text and take it back:
var script_asked = false
var script_base: dict<any> = {} # the text before it,
var change = 0                  # and the number of the newest change
var held = 0                    # XP of its keys

var pasting = false
var paste_tail = ''

# Paying -----------------------------------------------------------------------

def Pay(xp: number)
  if xp > 0
    counts.Add(counts.Attribution(), xp)
  endif
enddef

def IsLetterIn(): bool
  return letter && b:changedtick != tick && bufnr() == buffer
enddef

export def Flush()
  if asleep
    codestats#tracker#letters#take(AddLetters())
    StartSleep()
  endif
  if run > 0
    counts.Add(run_key, run)
    if noting
      sources.Typed(run)
    endif
    run = 0
  endif
enddef

# Sleep --------------------------------------------------------------------------
#
# While letters are typed and nothing else, no handler but that of letters.vim is there. Keys that arrive together are then
# inserted in one step, with one tick: what has been typed is paid if it is in the text when that is looked at next.

def Hook()
  if !exists('#codestats_tracker#TextChanged')
    return   # counting was stopped
  endif
  is_hooked_last = false
  autocmd codestats_typing KeyInputPre * OnKey()
  autocmd codestats_typing SafeState * OnIdle()
  # Without an InsertCharPre handler keys that arrive together are inserted in one step, with one tick.
  autocmd codestats_typing InsertCharPre codestats://any :
enddef

# 'formatoptions' with `a` has CTRL-C format, which is no key.
def CanSleep(): bool
  return !noting && !IsFormatting()
enddef

def StartSleep()
  growth.Start()
  tick = b:changedtick
enddef

# Insert mode begins in a buffer.
def HookLetters()
  UnhookLetters()
  is_hooked_last = false
  hooked = bufnr()
  codestats#tracker#letters#hook(hooked)
enddef

def UnhookLetters()
  if hooked > 0
    hooked = -1
    codestats#tracker#letters#unhook()
  endif
enddef

# Leave keys to letters.vim, if that can be: another's InsertCharPre handler may take some.
def Unhook(): bool
  autocmd! codestats_typing KeyInputPre,SafeState,InsertCharPre
  if exists('#InsertCharPre')
    Hook()
    return false
  elseif hooked != bufnr()
    HookLetters()
  endif
  return true
enddef

# Insert mode has begun: a letter is likely to come.
def GetReady()
  if Unhook()
    is_ready = true
    is_hooked_last = false
    codestats#tracker#letters#stop(1)
  endif
enddef

def StopBeingReady()
  if is_ready
    is_ready = false
    codestats#tracker#letters#stop()
    Hook()
  endif
enddef

# {count}: letters that are typed, but not in the text yet. Whether they can be left to letters.vim.
def Sleep(count: number): bool
  if !is_ready && !Unhook()
    return false
  endif
  is_ready = false
  asleep = true
  rested = true
  letter = false
  StartSleep()
  codestats#tracker#letters#start(is_hooked_last ? 0 : count)
  return true
enddef

# Pay the letters that were typed since the last look, and return how many of them are not in the text: those that a popup
# or a script has taken, or one that is worked on right now. If this key may be read while letters wait to be inserted with it,
# or they are not alone in the line, they count as they are.
def AddLetters(): number
  const typed = codestats#tracker#letters#take()
  const grown = growth.Count()
  const is_pending = v:char >= ' ' && v:char <= '~'
  const paid = is_pending || (grown < 0 && b:changedtick != tick) ? typed : min([typed, max([0, grown])])
  run += paid
  others_write = b:changedtick - tick > typed && growth.IsThere()
  if grown == typed
    rest_line = getline('.')
    tick = b:changedtick
  else
    tick = min([tick + paid, b:changedtick])
  endif
  return typed - paid
enddef

def Wake()
  if asleep
    letter = AddLetters() > 0
    asleep = false
    rested_at = []
    quiet = 0
    codestats#tracker#letters#stop()
    Hook()
  endif
enddef

export def EndRun()
  StopBeingReady()
  if in_run
    if asleep
      Wake()
    else
      if IsLetterIn()
        ++run
        tick = b:changedtick
      endif
      others_write = b:changedtick != tick
    endif
    quiet = 0
    const has_letter = letter
    in_run = false
    letter = false
    Flush()
    if noting
      sources.EndRun(has_letter)
    endif
  endif
enddef

# Forget what changed without paying for it.
def Forget()
  text.Clear()
  tick = b:changedtick
enddef

def IsTouched(): bool
  return text.Touched()[0] > 0
enddef

# Whether what changed is another line than the one a key of Insert mode works in, or what it did there is undone: while a
# completion goes on there is no SafeState, so others may do that in its time.
def IsOthers(): bool
  return has_key(base, 'row') && ((!text.IsIn(line('.')) && !text.IsIn(base.row))
    || (line('.') == base.row && line('$') >= base.count && base.lines ==# [getline('.')]))
enddef

def IsChanged(): bool
  return !IsOthers() && !text.IsSame(base, text.Touched())
enddef

# Whether a script that asked for keys has undone all it did.
def IsUndone(): bool
  const touched = text.ScriptTouched()
  return changenr() == change || touched[0] == 0 || text.IsSame(script_base, touched)
enddef

# Pay for the script's keys, and for {more}, unless it undid all it did.
def PayHeld(more: number)
  const xp = script_asked && IsUndone() ? 0 : held + more
  script_asked = false
  held = 0
  Pay(xp)
enddef

def PayIfChanged()
  if IsTouched()
    const xp = answers > 0 ? answers : IsChanged() ? 1 : 0
    is_open = xp == 0   # a mapping that begins with leaving Insert mode goes on
    answers = 0
    Forget()
    PayHeld(xp)
  endif
enddef

# The key that may have been read ahead was not: it is the open one, and the one before it was done when it came.
def SettleAhead()
  ahead = ''
  base = ahead_base
  waiting = ahead_waiting
  if was_changed
    PayHeld(1)
  endif
enddef

# Whether what changed, if anything, is others' work: a key that is waited for works in the cursor's line.
def IsElsewhere(): bool
  return IsTouched() && !text.IsIn(line('.'))
enddef

# Whether a command of Normal mode is half typed. CTRL-C, which ends it, is no key for KeyInputPre.
def IsHalf(): bool
  return half != '' && half != 'first'
enddef

# Pay the open key if it changed the text.
def Close()
  if ahead != ''
    SettleAhead()
  endif
  if !is_open || bufnr() != buffer || (is_late && IsElsewhere()) || IsHalf()
    others_write = others_write || b:changedtick != tick
    Forget()
  elseif b:changedtick != tick && IsTouched()
    PayIfChanged()
  else
    tick = b:changedtick
  endif
enddef

# Pay it if another buffer's text changed.
def CloseElsewhere()
  const other = text.Elsewhere()
  if other > 0 && is_open
    const key = counts.AttributionOf(other)
    if key != '-'
      is_open = false
      counts.Add(key, 1)
    endif
  endif
enddef

# Scripts that ask for keys ------------------------------------------------------

def InScript(): bool
  return expand('<stack>') =~# '^\%(function\|script\) '
enddef

# Whether this key is read by a script; none is right after the editor was idle.
def NoteScript(mode: string): bool
  if rested || stridx('iR', mode[0]) >= 0 || !InScript()
    return false
  endif
  if !script_asked
    script_asked = true
    script_base = base
    text.StartScript()
  endif
  return true
enddef

# Which key it is --------------------------------------------------------------

# Whether there is a mapping that may have given this character; a timer may have fed it.
def MayBeMapped(): bool
  const modes = mode() ==# 'i' ? 'i!' : mode() .. ' v'
  const key = tolower(keytrans(v:char))
  for mapping in maplist()
    if mapping.mode =~# '[' .. modes .. ']' && (mapping.expr || stridx(tolower(mapping.rhs), key) == 0)
      return true
    endif
  endfor
  return false
enddef

# Whether letters of the run have come and nothing has changed: a completion has read the last one ahead, and it comes again.
def IsPutBack(): bool
  if !asleep || b:changedtick != tick
    return false
  endif
  const typed = codestats#tracker#letters#take()
  codestats#tracker#letters#take(typed)
  return typed > 0
enddef

# What was typed, or '' if nobody did. After a pause of 'updatetime', and when a channel was read, Vim does not tell (seen
# on 9.1 and 9.2): the first key after an idle moment was typed, unless a timer fed it.
def Typed(): string
  if v:event.typedchar ==# v:char && v:char >= ' ' && v:char <= '~'
    return v:char
  endif
  const typed = substitute(v:event.typedchar, no_keys, '', 'g')
  if v:char ==# "\<CursorHold>"
    rested = false   # what it calls may feed keys
    return ''
  elseif v:char ==# "\<Ignore>"
    return ''
  elseif typed != ''
    return typed
  elseif v:event.typed
    return IsPutBack() ? '' : rested || (!is_register && v:char !=# ahead && mode(1) =~# '^\%([iR][cx]\|r?\)') ? v:char : ''
  endif
  const has_paused = rested && !asleep && !empty(rested_at) && reltimefloat(reltime(rested_at)) * 1000 >= &updatetime
  return has_paused && MayBeMapped() ? some_key : ''
enddef

# The characters of a bracketed paste arrive as typed keys, the sequence that ends it too (seen on 9.1 and 9.2); all are
# one operation.
def IsPasted(typed: string): bool
  paste_tail = (paste_tail .. typed)[-6 :]
  pasting = paste_tail != "\<Esc>[201~"
  return true
enddef

def IsLetter(typed: string): bool
  return typed >= ' ' && (typed <= '~' || typed >= "\xc2") && strcharlen(typed) == 1
enddef

# Floating menus and snippets can't be seen; these keys are for them.
def IsStep(typed: string): bool
  return stridx("\<Tab>\<C-E>\<C-N>\<C-P>\<C-Y>", typed) >= 0
enddef

# How many special keys stand before the last key of a sequence.
def CountLeading(typed: string): number
  const keys = substitute(substitute(typed, "\x80\xfc.", '', 'g'), "\x80..", "\x01", 'g')
  return strlen(matchstr(keys, '^[[:cntrl:]]*')) - (keys =~# '[[:cntrl:]]$' ? 1 : 0)
enddef

# Keys ---------------------------------------------------------------------------

# Another's handler of CmdlineLeave comes before ours, and one that throws ends them all.
def IsInCmdline(): bool
  if in_cmdline && mode() != 'c'
    in_cmdline = false
    Forget()
  endif
  return in_cmdline
enddef

# Of an <expr> mapping that gives nothing Vim tells with the next key. What it did later changed the cursor's line while no
# key was open.
def PayStrays(typed: string)
  const keys = strlen(typed) > 1 ? CountLeading(typed) : 0
  if keys > 0 && b:changedtick > tick && bufnr() == buffer && getline('.') !=# rest_line
    Pay(min([keys, b:changedtick - tick]))
    Forget()
  endif
enddef

# Whether a key comes at a hit-enter prompt that a command of Normal mode ends in.
def IsAtPrompt(mode: string): bool
  return (mode ==# 'r' || mode ==# 'rm') && is_open && waiting == '' && !inserting && !after_cmdline
enddef

# TextChanged does not come before such a prompt, and others may write while it is there: what a command has changed is marked.
def ForgetOthers()
  const touched = text.Touched()
  if touched[0] > line("']") || max([touched[1] - 1, touched[0]]) < line("'[")
    Forget()
  endif
enddef

# The change that came with the key before, when this one has come: paid, held while a script goes on, or others' work.
def CloseBefore(mode: string, is_scripted: bool)
  const is_insert = stridx("iRsS\x13", mode[0]) >= 0
  if is_scripted && is_open && !is_insert
    if IsTouched() && mode !~# '^no' && IsChanged()
      ++held
    endif
    Forget()
  elseif IsAtPrompt(mode)
    ForgetOthers()
    Close()
  elseif waiting != '' || !(is_insert || (mode =~# '^r' && (after_cmdline || inserting)))
    # A command that waits for its second key has not changed anything yet, and a finished one was closed by TextChanged,
    # which does not come before a hit-enter prompt that Insert mode or the command line ends in.
    Forget()
  else
    Close()
  endif
  if script_asked && !is_scripted
    PayHeld(0)
  endif
enddef

# Whether each key of Insert mode formats the paragraph.
def IsFormatting(): bool
  return stridx(&formatoptions, 'a') >= 0
enddef

# Whether a letter always changes the text: a space before a word may be taken away when the paragraph is formatted.
def DoesStay(typed: string): bool
  return typed != ' ' || !IsFormatting()
enddef

# Whether a key works in the cursor's line alone: gR takes from the next one what <CR> adds.
def IsOfLine(mode: string, typed: string): bool
  return mode[1] !=# 'v' && stridx('iR', mode[0]) >= 0 && stridx("\<Esc>\<C-O>", typed) < 0 && !IsFormatting()
enddef

# What to compare with when the key is closed.
def Snapshot(mode: string, typed: string): dict<any>
  const is_of_line = v:char ==# typed && IsOfLine(mode, typed)
  return is_of_line ? text.Line() : text.Page(stridx("vV\x16sS\x13", mode[0]) >= 0)
enddef

# CTRL-O may take away an indent, fill a block or format the paragraph, and waits for a command; after CTRL-V it is a letter.
def DoesNothing(mode: string, typed: string): bool
  return typed ==# "\<C-O>" && v:char ==# typed && mode ==# 'i' && waiting == '' && !in_block && !IsFormatting()
    && getline('.') !~# '^\s\+$'
enddef

# What is still waited for after this key. While r waits for its character the mode is that of R (seen on 9.1 and 9.2); CTRL-V
# and CTRL-K after CTRL-X complete.
def WaitsFor(mode: string, typed: string): string
  return v:char !=# typed || mode[1 :] ==# 'x' ? '' : stridx('iR', mode[0]) >= 0 ? prefix.After(waiting, typed)
    : typed ==# 'r' && mode !=# 'no' ? 'one' : ''
enddef

# What is half typed of a command of Normal mode after this key; not if that may be for a popup's filter or a script.
def HalfAfter(mode: string, key: string): string
  const more = prefix.AfterInNormal(half, mode, key)
  return more != '' && (!empty(popup_list()) || InScript()) ? '' : more
enddef

def Open(mode: string, typed: string)
  const is_mapped = v:char !=# typed
  sequence = waiting =~# '^\%(literal$\|#\)' && typed ==# "\<Esc>" ? typed : ''
  in_block = mode ==# "\x16" || (in_block && stridx('iR', mode[0]) >= 0)
  is_open = !DoesNothing(mode, typed)
  opened = mode
  waiting = WaitsFor(mode, typed)
  half = is_mapped ? '' : HalfAfter(mode, typed)
  may_be_late = stridx('is', mode[0]) >= 0 && (is_mapped || IsStep(typed)) && !others_write
  others_write = false
  is_late = false
  buffer = bufnr()
  tick = b:changedtick
  text.Listen()
  base = Snapshot(mode, typed)
enddef

# Whether a key may be one that a command reads ahead and puts back: a completion that looks whether to go on, `f` and `t`
# that look for a combining mark.
def MayBeAhead(mode: string, typed: string): bool
  return is_open && !rested && (mode =~# '^[iR][cx]' || (typed >= "\xc2" && mode =~# '^n'))
enddef

# Whether this is more of a key that CTRL-V puts in as the terminal sends it: <Home> is ESC, O and H, each reported as typed.
def IsOfSequence(typed: string): bool
  if sequence == '' || rested
    return false
  endif
  const all = sequence .. typed
  sequence = all =~# '^\e\%(O\|\[[0-9;?<=>]*\)$' ? all : ''
  return all =~# '^\e\%(O\|\[[0-9;?<=>]*\)[@-~]\?$'
enddef

# An answer to a question; that of :s///c changes the text at the end of the line, or shows it only.
def OnAnswer(typed: string)
  if answers == 0
    Forget()
  endif
  answers += stridx('yla', typed) >= 0 ? 1 : 0
  is_open = answers > 0
enddef

# The key that was read ahead comes again: now the one before it is done.
def OnPutBack()
  const key = ahead
  text.SetTouched(text.Joined(touched_before, text.Touched()))
  ahead = ''
  PayIfChanged()
  Open(mode(1), key)
enddef

def BeginRun(typed: string, had_rested: bool)
  text.Unlisten()
  is_open = false
  buffer = bufnr()
  tick = b:changedtick
  in_run = true
  run_key = counts.Attribution(had_rested)
  if run_key != '-'
    counts.Arm()
  endif
  if typed >= "\xc2"
    codestats#tracker#letters#learn(typed)
  endif
  letter = !((had_rested || !InScript()) && CanSleep() && Sleep(1))
  if noting
    sources.BeginRun(run_key)
    CountWide(typed)
  endif
enddef

# Whether this is a letter, and nothing is under way that it might end.
def IsFirst(): bool
  return v:event.typedchar ==# v:char && v:char >= ' ' && v:char <= '~' && rested && !is_open && waiting == '' && ahead == ''
    && !pasting && !in_cmdline && !script_asked && !noting && mode(1) ==# 'i' && DoesStay(v:char)
enddef

def BeginAtRest()
  after_cmdline = false
  inserting = true
  rested = false
  BeginRun(v:char, true)
enddef

def OnSpecial()
  const typed = Typed()
  if typed == ''
    if v:event.typed
      half = HalfAfter(mode(1), v:char)
    endif
    if asleep
      Wake()
      rested = false
    elseif IsAtPrompt(mode(1))
      ForgetOthers()
    elseif v:event.typed && is_open && opened[0] ==# 'n' && mode(1)[0] ==# 'n'
      Forget()   # more of a command that has done nothing yet
    endif
    if ahead != '' && v:char ==# ahead
      OnPutBack()
    elseif ahead != ''
      SettleAhead()
    endif
    return
  elseif IsOfSequence(typed) || (pasting && IsPasted(typed))
    return
  endif
  EndRun()
  PayStrays(typed)
  if IsInCmdline()
    is_open = true
    rested = false
    if noting
      sources.Settle()
      sources.Work()
    endif
    return
  endif
  const mode = mode(1)
  if noting
    sources.Open(mode, v:char, typed, waiting)
  endif
  if v:char ==# "\<PasteStart>"
    Close()
    Open(mode, typed)
    base = {}
    pasting = true
    paste_tail = ''
    rested = false
    return
  endif
  const is_scripted = NoteScript(mode)
  if mode ==# 'r?' && !is_scripted
    OnAnswer(typed)
    return
  endif
  if ahead != ''
    SettleAhead()
  endif
  is_register = waiting == 'register'
  if MayBeAhead(mode, typed)
    was_changed = IsTouched() && IsChanged()
    touched_before = copy(text.Touched())
    ahead = v:char
    ahead_base = Snapshot(mode, typed)
    ahead_waiting = WaitsFor(mode, typed)
    text.Clear()
    return
  endif
  CloseBefore(mode, is_scripted)
  const had_rested = rested
  rested = false
  after_cmdline = false
  inserting = stridx('iR', mode[0]) >= 0
  if mode ==# 'i' && waiting == '' && v:char ==# typed && IsLetter(typed) && DoesStay(typed)
    BeginRun(typed, had_rested)
  else
    if mode[0] !=# 'i'
      text.Elsewhere()
    endif
    Open(mode, typed)
  endif
enddef

# Whether this is a letter beyond ASCII; if so, its further bytes are noted.
def CountWide(typed: string): bool
  if typed < "\xc2"
    return false
  endif
  if noting
    sources.Widen(typed)
  endif
  return true
enddef

def OnKey()
  try
    const typed = v:event.typedchar
    if in_run && typed ==# v:char && typed >= ' ' && (typed <= '~' || CountWide(typed)) && DoesStay(typed)
      if b:changedtick != tick
        tick = b:changedtick
        if letter
          ++run
        elseif noting
          sources.Disown()
        endif
      endif
      letter = true
    elseif IsFirst()
      BeginAtRest()
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
    if is_ready && IsFirst()
      BeginAtRest()
    else
      StopBeingReady()
      OnSpecial()
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

# Rest ---------------------------------------------------------------------------

# What a mapped key of Insert mode does later is seen only when Vim has done something else.
def OnLate()
  try
    if is_late && is_open && reltimefloat(reltime(deadline)) <= patience
      if !IsTouched()
        return
      elseif IsElsewhere()
        Forget()
        if noting
          sources.Disown()
        endif
        return
      endif
      Close()
      if noting
        sources.Settle()
      endif
    endif
    StopWaiting()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def StopWaiting()
  autocmd! codestats_late
  is_late = false
  is_open = false
  Forget()
  Rest()
  rest_line = getline('.')
enddef

def WaitForLate()
  is_late = true
  deadline = reltime()
  augroup codestats_late
    autocmd! SafeStateAgain * OnLate()
  augroup END
enddef

def IdleInRun()
  if b:changedtick != tick
    tick = b:changedtick
    if letter
      ++run
    elseif noting
      sources.Disown()
    endif
  endif
  if noting && letter
    sources.IdleInRun(run)
  endif
  letter = false
  rest_line = getline('.')
  ++quiet
  if quiet >= letters_until_sleep && CanSleep()
    Sleep(0)
  endif
enddef

def Rest()
  if noting
    sources.Rest()
  endif
enddef

# Nothing typed is under way any more: what comes next is others' work.
def OnIdle()
  try
    rested = true
    rested_at = reltime()
    if in_run
      if !asleep
        IdleInRun()
      endif
      return
    elseif pasting && paste_tail == ''
      return   # the paste's start was read, and nothing of it yet: over a slow line
    endif
    pasting = false
    if noting
      sources.Settle()
    endif
    if IsInCmdline()
      Forget()
      is_open = false
      Rest()
      return
    endif
    Close()
    half = 'first'
    answers = 0
    const mode = mode()
    if is_open && mode != 'i'
      CloseElsewhere()
    endif
    if is_open && may_be_late && stridx('is', mode) >= 0
      WaitForLate()
    else
      is_open = false
      Rest()
    endif
    if !(script_asked && InScript())
      PayHeld(0)
      change = changenr()
    endif
    rest_line = getline('.')
    if has_entered
      has_entered = false
      if mode ==# 'i' && !is_open && CanSleep()
        GetReady()
      endif
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

# CTRL-C in Insert mode is no key for KeyInputPre, nor does InsertLeave come (seen on 9.1 and 9.2). It may take away the
# indent of the cursor's line.
def OnChange()
  try
    const was_asleep = asleep
    EndRun()
    if !was_asleep && inserting && mode() == 'n' && !is_open && b:changedtick != tick && getline('.') !=# rest_line
      buffer = bufnr()
      Pay(1)
      Forget()
      if noting
        sources.Work()
        sources.Settle()
      endif
    endif
    inserting = false
    UnhookLetters()
    Close()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

export def OnLeave()
  try
    EndRun()
    Close()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def OnInsertEnter()
  if !noting
    HookLetters()
    is_hooked_last = true
    has_entered = true
  endif
enddef

def OnInsertLeave()
  try
    inserting = false
    EndRun()
    UnhookLetters()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def OnBufLeave()
  OnLeave()
  text.Leave()
enddef

# Another buffer, or another text in this one: what changed before is paid or over.
def OnEnter()
  try
    EndRun()
    Forget()
    buffer = bufnr()
    text.Listen()
  catch /^\%(Vim:Interrupt$\)\@!/
    failure.Fail()
  endtry
enddef

def OnCmdlineEnter()
  if waiting == ''
    OnLeave()
  else
    EndRun()
    Forget()
  endif
  in_cmdline = true
enddef

def OnCmdlineLeave()
  Forget()
  in_cmdline = false
  after_cmdline = true
enddef

# {notes}: where text comes from, too.
export def Start(notes: bool)
  OnEnter()
  noting = notes
  UnhookLetters()
  for group in ['codestats_late', 'codestats_typing']
    execute 'augroup' group
    autocmd!
    augroup END
  endfor
  codestats#tracker#letters#set_other(OnOther)
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
    autocmd FileType * EndRun()
    autocmd CmdlineEnter * OnCmdlineEnter()
    autocmd CmdlineLeave * OnCmdlineLeave()
    autocmd CmdwinEnter * in_cmdline = false
    # A letter typed over a selection deletes it, comes a second time, and is inserted: one key.
    execute "autocmd ModeChanged [sS\x13]:i Forget()"
  augroup END
  Hook()
enddef
