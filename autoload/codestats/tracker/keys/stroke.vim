vim9script
# What was typed when a key comes: Vim tells it, but for some that a timer, a channel or the terminal come between.

import './closing.vim'
import './look.vim'
import './open_key.vim'
import './run.vim'

const some_key = "\<Plug>"   # one of which only is known that it was typed
# Answers of the terminal, and what stands for keys that a command puts into the stream: nobody types them (seen on 9.2).
const no_keys = "\<Ignore>\\|\<xOSC>"
# Keys that no terminal sends: what a script feeds as if typed is part of the key before if it begins with one.
const unsendable = ["\<Plug>", "\<SNR>", "\<Cmd>", "\<ScriptCmd>"]

# A bracketed paste as the terminal sends it, where a vimrc does what Vim does else.
const paste_start = "\<Esc>[200~"
const paste_end = "\<Esc>[201~"

export var is_pasting = false
var tail = ''                # of a paste, as far as it has come

# Letters of maplist() for mappings of this mode.
def MapModes(): string
  const mode = mode(1)
  return stridx('iR', mode[0]) >= 0 ? 'i!' : stridx("vV\x16", mode[0]) >= 0 ? 'xv '
    : stridx("sS\x13", mode[0]) >= 0 ? 'sv ' : mode =~# '^no' ? 'o ' : 'n '
enddef

# Whether there is a mapping that may have given this character; a timer may have fed it.
def MayBeMapped(): bool
  const modes = MapModes()
  const name = tolower(keytrans(v:char))
  for mapping in maplist()
    if mapping.mode =~# '[' .. modes .. ']' && (mapping.expr || stridx(tolower(mapping.rhs), name) == 0)
      return true
    endif
  endfor
  return false
enddef

# A key that Vim calls typed without telling which: not one that comes again, or that is a register's text.
def Untold(): string
  if run.IsPutBack()
    return ''
  endif
  const is_first = look.is_rested || (!open_key.follows_register && v:char !=# closing.ahead && mode(1) =~# '^\%([iR]v\=[cx]\|r?\)')
  return is_first ? v:char : ''
enddef

# Whether this is the end of such a key's mapping: where a script feeds more after it Vim takes as many bytes of it for mapped
# (seen on 9.1 and 9.2).
def IsEnd(keys: string): bool
  if keys ==# v:char || keys < ' ' || keys[0] ==# "\x80" || maparg(keys, mode()) != ''
    return false
  endif
  for mapping in maplist()
    const name = mapping.lhsraw
    if index(unsendable, strpart(name, 0, 3)) >= 0 && strpart(name, strlen(name) - strlen(keys)) ==# keys
      return true
    endif
  endfor
  return false
enddef

# Whether a script feeds what comes, for the key before.
export def IsFed(): bool
  return index(unsendable, strpart(v:event.typedchar, 0, 3)) >= 0 || IsEnd(v:event.typedchar)
enddef

# Without the end of a paste, which a mapping or 'pastetoggle' has taken, and which comes with the next key.
def AfterPaste(typed: string): string
  if stridx(typed, paste_end) != 0 || strlen(typed) == strlen(paste_end)
    return typed
  endif
  is_pasting = false
  return strpart(typed, strlen(paste_end))
enddef

# What was typed, or '' if nobody did. After a pause of 'updatetime', and when a channel was read, Vim does not tell (seen
# on 9.1 and 9.2): the first key after an idle moment was typed, unless a timer fed it.
export def Typed(): string
  if v:event.typedchar ==# v:char && v:char >= ' ' && v:char <= '~'
    return v:char
  endif
  const told = AfterPaste(substitute(v:event.typedchar, no_keys, '', 'g'))
  if v:char ==# "\<CursorHold>"
    look.EndRest()   # what it calls may feed keys
    return ''
  elseif v:char ==# "\<Ignore>"
    return ''
  elseif told != ''
    return IsFed() ? '' : told
  elseif v:event.typed
    return Untold()
  endif
  return !run.is_asleep && look.HasPaused() && MayBeMapped() ? some_key : ''
enddef

# Pastes -------------------------------------------------------------------------

# Whether a paste begins with a typed key.
export def IsPaste(typed: string): bool
  return v:char ==# "\<PasteStart>" || stridx(typed, paste_start) == 0
enddef

export def BeginPaste(typed: string)
  is_pasting = true
  tail = strpart(typed, strlen(paste_start))
enddef

# The characters of a bracketed paste arrive as typed keys, the sequence that ends it too (seen on 9.1 and 9.2).
def Paste(typed: string)
  tail = (tail .. typed)[-6 :]
  is_pasting = tail != paste_end
enddef

export def EndPaste()
  is_pasting = false
enddef

# Whether a paste's start was read, and nothing of it yet: over a slow line.
export def IsPasteDue(): bool
  return is_pasting && tail == ''
enddef

# Whether a typed key is more of the one before.
export def IsMore(typed: string): bool
  if open_key.sequence != '' && open_key.IsOfSequence(typed)
    return true
  elseif is_pasting
    Paste(typed)
    return true
  endif
  return false
enddef

# Letters ------------------------------------------------------------------------

# Whether this is a letter, which always changes the text: a space before a word may be taken away when the paragraph is formatted.
export def IsLetter(typed: string): bool
  return typed >= ' ' && (typed <= '~' || typed >= "\xc2") && strcharlen(typed) == 1 && !(typed == ' ' && look.IsFormatting())
enddef

# How many special keys stand before the last key of a sequence.
export def CountLeading(typed: string): number
  const each = substitute(substitute(typed, "\x80\xfc.", '', 'g'), "\x80..", "\x01", 'g')
  return strlen(matchstr(each, '^[[:cntrl:]]*')) - (each =~# '[[:cntrl:]]$' ? 1 : 0)
enddef
