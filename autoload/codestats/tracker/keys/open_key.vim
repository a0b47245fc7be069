vim9script
# The open key: the mode that it came in, the text as it was then, and what the rest of its command is.

import '../stack.vim'
import './look.vim'
import './prefix.vim'
import './text.vim'

export var is_open = false
export var mode_then = ''           # the mode it came in
export var base: dict<any> = {}     # the text then; empty for what need not be looked at: a paste
export var waiting = ''             # what the rest of a command of Insert mode is
export var follows_register = false # did it follow the name of a register, whose text comes as if it were typed?
export var sequence = ''            # what of the bytes of a key has come after CTRL-V
export var may_be_late = false      # may its work come when the editor has been idle,
export var is_late = false          # and is it waited for?
export var is_under_way = false     # has a mapping or macro changed the text, and goes on?
export var is_half = false          # is a command of Normal mode half typed? CTRL-C, which ends it, is no key for KeyInputPre
var half = 'first'                  # what the rest of a command of Normal mode is, also if CTRL-C may have ended it
var in_block = false                # did it begin Insert mode for a block, whose other lines are filled when that ends?

# Opening ------------------------------------------------------------------------

# Floating menus and snippets can't be seen; these keys are for them.
def IsStep(typed: string): bool
  return stridx("\<Tab>\<C-E>\<C-N>\<C-P>\<C-Y>", typed) >= 0
enddef

# Whether a key comes after CTRL-X, in gR, too.
def IsAfterX(mode: string): bool
  return mode =~# '^[iR]v\=x'
enddef

# A key of a completion formats nothing; the one that ends it does.
def IsOfCompletion(mode: string, typed: string): bool
  return stridx("\<C-N>\<C-P>", typed) >= 0 || (typed < ' ' && IsAfterX(mode))
enddef

# Whether a key works in the cursor's line alone: gR takes from the next one what <CR> adds.
def IsOfLine(mode: string, typed: string): bool
  return stridx('iR', mode[0]) >= 0 && stridx("\<Esc>\<C-O>", typed) < 0
    && ((mode[1] !=# 'v' && !look.IsFormatting()) || IsOfCompletion(mode, typed))
enddef

# What to compare with when the key is closed.
export def Snapshot(mode: string, typed: string): dict<any>
  const is_of_line = v:char ==# typed && IsOfLine(mode, typed)
  return is_of_line ? text.Line() : text.Page(stridx("vV\x16sS\x13", mode[0]) >= 0)
enddef

# CTRL-O may take away an indent, fill a block, end an abbreviation or format the paragraph, and waits for a command; after
# CTRL-V it is a letter.
def DoesNothing(mode: string, typed: string): bool
  return typed ==# "\<C-O>" && v:char ==# typed && mode ==# 'i' && waiting == '' && !in_block && !look.IsFormatting()
    && getline('.') !~# '^\s\+$' && empty(maplist(true))
enddef

# What is still waited for after this key. While r waits for its character the mode is that of R (seen on 9.1 and 9.2); CTRL-V
# and CTRL-K after CTRL-X complete.
export def WaitsFor(mode: string, typed: string): string
  return v:char !=# typed || IsAfterX(mode) ? '' : stridx('iR', mode[0]) >= 0 ? prefix.After(waiting, typed)
    : typed ==# 'r' && mode !=# 'no' ? 'one' : ''
enddef

def SetHalf(rest: string)
  half = rest
  is_half = rest != '' && rest != 'first'
enddef

# More of a command of Normal mode comes, which is half typed then; not if it may be for a popup's filter or a script.
export def Continue(mode: string, more: string)
  const rest = prefix.AfterInNormal(half, mode, more)
  SetHalf(rest != '' && (!empty(popup_list()) || stack.HasScript()) ? '' : rest)
enddef

export def Open(mode: string, typed: string)
  const is_mapped = v:char !=# typed
  sequence = waiting =~# '^\%(literal$\|#\)' && typed ==# "\<Esc>" ? typed : ''
  in_block = mode ==# "\x16" || (in_block && stridx('iR', mode[0]) >= 0)
  is_open = !DoesNothing(mode, typed)
  mode_then = mode
  waiting = WaitsFor(mode, typed)
  if is_mapped
    SetHalf('')
  else
    Continue(mode, typed)
  endif
  may_be_late = stridx('is', mode[0]) >= 0 && (is_mapped || IsStep(typed)) && !look.do_others_write
  is_late = false
  is_under_way = false
  look.Here(false)
  text.Listen()
  base = Snapshot(mode, typed)
enddef

# Another buffer is current in its time: what it changes there is compared with what that was.
export def Enter()
  if is_open && !empty(base) && base.buf != bufnr()
    base = text.Page(false)
  endif
enddef

# A paste begins, which always changes the text.
export def OpenPaste(mode: string, typed: string)
  Open(mode, typed)
  base = {}
enddef

# More of a key that CTRL-V puts in as the terminal sends it may come: <Home> is ESC, O and H, each reported as typed.
export def IsOfSequence(typed: string): bool
  if look.is_rested
    return false
  endif
  const all = sequence .. typed
  sequence = all =~# '^\e\%(O\|\[[0-9;?<=>]*\)$' ? all : ''
  return all =~# '^\e\%(O\|\[[0-9;?<=>]*\)[@-~]\?$'
enddef

# Another key comes: was the one before the name of a register?
export def NoteRegister()
  follows_register = waiting == 'register'
enddef

# It has done its work while this one was read.
export def Follow(text_then: dict<any>, waits_for: string)
  base = text_then
  waiting = waits_for
enddef

export def Reopen()
  is_open = true
enddef

# A mapping or a macro has more commands.
export def GoOn()
  is_under_way = true
enddef

# What changes from now on is not its work.
export def Drop()
  is_open = false
enddef

# The editor is idle: no command is half typed, and nothing that changes from now on is the key's work,
export def Rest()
  SetHalf('first')
  is_under_way = false
  is_open = false
enddef

# or it may come late.
export def WaitForLate()
  SetHalf('first')
  is_late = true
enddef

export def StopWaiting()
  is_late = false
  is_open = false
enddef

# What it did ---------------------------------------------------------------------

# Whether what changed, if anything, is others' work: a key that is waited for works in the cursor's line.
export def IsElsewhere(): bool
  return text.IsTouched() && !text.IsIn(line('.'))
enddef

# Whether what changed is another line than the one a key of Insert mode works in, or what it did there is undone: while a
# completion goes on there is no SafeState, so others may do that in its time.
def IsOthers(): bool
  return has_key(base, 'row') && ((!text.IsIn(line('.')) && !text.IsIn(base.row))
    || (line('.') == base.row && line('$') >= base.count && base.lines ==# [getline('.')]))
enddef

export def IsChanged(): bool
  return !IsOthers() && !text.IsSame(base, text.Touched())
enddef
