vim9script
# Counting in Vim: a typed key that changes the text of a normal buffer earns 1 XP.
#
# lua/codestats/tracker.lua is the same rule for Neovim; tests/editor/test_counting.py holds both to one table.
#
# `credit` is true from a typed key until the change it makes was paid for, or until the editor goes idle. `tick` is the
# b:changedtick last seen. A moved tick is paid when there is a credit and otherwise only noted, so that what jobs,
# timers, language servers and reloads write earns nothing.
#
# Vim before 9.1.0597 has no KeyInputPre: there no key is seen and every settled change is paid, but for what timers and
# jobs did; a macro is paid once (:help codestats-counting).

const has_key_hook = exists('##KeyInputPre') == 1
const off = [0, 0.0, false]  # values of b:codestats_enabled

var counts: dict<number> = {}   # XP by filetype (or `=Language`) since the last Take()
var nothing: dict<bool> = {}    # keys that are known to earn nothing
var pending = 0
var session = 0
var last_key = 0
var buffer = -1
var tick = -1
var credit = false
var fresh = 0                   # XP that is not yet in `counts`,
var fresh_key = ''              # and what it goes to; kept while letters follow each other without a pause
var special = false             # was the last key one that may work on a completion menu,
var line = ''                   # the line under it
var menu = 0                    # and was one open then, or may have been?
var asked = false               # a script asked for keys and changed the text: it may show something there and take it back
var held = 0                    # XP of these keys
var change = 0                  # the number of the newest change before that
var in_cmdline = false
var pasting = false
var paste_tail = ''
var paused = false
var armed = false
# Only without a key hook:
var by_handler = false          # what changes now is the work of a CursorHold handler
var listeners: dict<number> = {}   # by buffer

# What the current buffer's XP goes to: a filetype, `=Name` for a language given outright, or '-' for nothing.
export def Attribution(): string
  if (&buftype != '' && &buftype != 'acwrite') || paused || index(off, get(b:, 'codestats_enabled', 1)) >= 0
    return '-'
  endif
  for language in [get(b:, 'codestats_language'), get(b:, 'codestats_language_by_path')]
    if type(language) == v:t_string && language != ''
      return '=' .. language
    endif
  endfor
  return codestats#embedded#Key(&filetype)
enddef

def Pay()
  if fresh == 0
    fresh_key = Attribution()
  endif
  ++fresh
enddef

# Put down what was paid.
def Book()
  if fresh > 0 && fresh_key != '-'
    if !has_key(nothing, fresh_key)
      counts[fresh_key] = get(counts, fresh_key) + fresh
      pending += fresh
      session += fresh
      last_key = localtime()
    endif
    if !armed
      armed = true
      codestats#pulse#arm()
    endif
  endif
  fresh = 0
enddef

# Note where the text stands without paying for how it came there.
def Rebase()
  Book()
  buffer = bufnr()
  tick = b:changedtick
enddef

def InScript(): bool
  return expand('<stack>') =~# '^\%(function\|script\) ' && stridx('iRr', mode()) < 0
enddef

# Pay what is held, and {more}, unless the script undid all it did.
def Release(more: number)
  const due = asked && changenr() == change ? 0 : held + more
  asked = false
  held = 0
  for _ in range(due)
    Pay()
  endfor
enddef

# A menu that opens or closes with nothing chosen takes the text before the cursor out and puts it back.
def PutBack(): bool
  return line ==# getline('.') && (menu == 1 || pumvisible() == 1)
enddef

# Pay for a change made since the last look, if a typed key is still unpaid.
def Settle()
  if b:changedtick == tick
    return
  endif
  if bufnr() != buffer
    Rebase()
    return
  endif
  tick = b:changedtick
  if !has_key_hook
    credit = !by_handler
  endif
  if credit && (has_key_hook || reg_executing() == '')
    credit = false
    if special && PutBack()
      return
    elseif !(asked && InScript())
      Release(1)
    elseif state('o') == ''
      ++held
    endif
  endif
enddef

# A command that waits for its second key (`gg`, `fx`, `dw`) has not changed anything yet, and a finished one was settled
# by TextChanged: what moved in between came from elsewhere. But a script that waits for a key by getchar() may have,
# and may take it back.
def SettleBeforeKey()
  if stridx('iRr', mode()) >= 0
    Settle()
  elseif expand('<stack>') !~# '^KeyInputPre'
    asked = asked || InScript()
    Settle()
  else
    Rebase()
  endif
enddef

# The characters of a bracketed paste arrive as typed keys, the sequence that ends it too (seen on 9.1 and 9.2); all are
# one operation.
def IsPasted(typed: string): bool
  paste_tail = (paste_tail .. typed)[-6 :]
  pasting = paste_tail != "\<Esc>[201~"
  return true
enddef

# A key that comes while a channel is read, or after CursorHoldI, has no typedchar at times (seen on 9.1 and 9.2); nothing
# that a command puts into the stream, as dot-repeat does, can come while the state is safe, nor where a completion waits.
def Nameless(): string
  return v:event.typed && (state('S') == '' || mode(1) =~# '^[iR][cx]') ? v:char : ''
enddef

# Floating menus and snippets can't be seen; these keys are for them if nothing comes of it.
def IsStep(typed: string): bool
  return stridx("\<Tab>\<C-E>\<C-N>\<C-P>\<C-Y>", typed) >= 0 && stridx('is', mode()) >= 0
enddef

# Nobody types CursorHold, and Ignore stands for keys that a command puts into the stream (seen on 9.2: r<CR>).
def IsNobodys(typed: string): bool
  return typed ==# "\<Ignore>" || v:char ==# "\<CursorHold>"
enddef

# What only keys that are no letters can be: the start of a paste, the first of a pair in Insert mode (so it changes
# nothing itself), a choice in a menu. The paste is looked for in v:char, for answers of the terminal may stand before it
# in typedchar (seen on 9.2).
def OnSpecialKey(typed: string)
  Book()
  if v:char ==# "\<PasteStart>"
    pasting = true
    paste_tail = ''
  endif
  credit = v:char !=# typed || stridx("\<C-R>\<C-V>\<C-Q>\<C-K>", typed) < 0 || mode(1) !=# 'i'
  line = getline('.')
  menu = IsStep(typed) ? 1 : pumvisible()
enddef

# Another's handler of CmdlineLeave comes before ours, and one that throws ends them all.
def IsInCmdline(): bool
  if in_cmdline && mode() != 'c'
    in_cmdline = false
    Rebase()
  endif
  return in_cmdline
enddef

def OnKey()
  try
    const typed = v:event.typedchar == '' ? Nameless() : v:event.typedchar
    if typed == '' || (pasting && IsPasted(typed))
      return
    endif
    const is_letter = typed >= ' ' && (typed <= '~' || typed >= "\xc2")
    if !is_letter && IsNobodys(typed)
      return
    endif
    if b:changedtick != tick && !IsInCmdline()
      if fresh > 0 && credit && !special && bufnr() == buffer
        tick = b:changedtick   # as Settle() would, for letters that follow each other
        ++fresh
      else
        SettleBeforeKey()
      endif
    endif
    credit = true
    special = !is_letter
    if special
      OnSpecialKey(typed)
    endif
  catch /^\%(Vim:Interrupt$\)\@!/
    Fail()
  endtry
enddef

# Nothing typed is under way any more: what comes next is others' work.
def OnIdle()
  try
    if pasting && paste_tail == ''
      return   # the paste's start was read, and nothing of it yet: over a slow line
    endif
    if has_key_hook && !IsInCmdline()
      Settle()
      if !(asked && InScript())
        Release(0)
        change = changenr()
      endif
    elseif credit && !has_key_hook
      Pay()   # for a macro
    endif
    Rebase()
    credit = false
    pasting = false
    by_handler = false
  catch /^\%(Vim:Interrupt$\)\@!/
    Fail()
  endtry
enddef

def OnChange()
  try
    Settle()
    Book()
  catch /^\%(Vim:Interrupt$\)\@!/
    Fail()
  endtry
enddef

# The same, but what is paid may wait to be put down: more letters may follow at once.
def OnLetter()
  try
    Settle()
  catch /^\%(Vim:Interrupt$\)\@!/
    Fail()
  endtry
enddef

# Without a key hook: what is still unsettled when the screen is drawn was not typed, for in Normal mode TextChanged comes
# before that, and in Insert mode nobody typed while the state is still safe (seen on 9.0).
def OnDraw(changed: number, _start: number, _end: number, _added: number, _changes: list<dict<number>>)
  if changed == bufnr() && (mode() !~# '^[iRr]' || state('S') == '')
    Rebase()
  endif
enddef

def Listen()
  Rebase()
  if !has_key_hook && !has_key(listeners, buffer)
    listeners[buffer] = listener_add(OnDraw)
  endif
enddef

def OnCmdlineEnter()
  OnChange()
  in_cmdline = true
enddef

def OnCmdlineLeave()
  Rebase()
  in_cmdline = false
enddef

# No handler can break typing: the first error is reported once and switches counting off. CTRL-C is none: it was meant for
# something else.
def Fail()
  Stop()
  codestats#message#error('tracker', 'counting stopped: ' .. v:exception)
enddef

export def Start()
  Listen()
  augroup codestats_tracker
    autocmd!
    autocmd SafeState * OnIdle()
    autocmd TextChanged,BufLeave,ExitPre,BufWritePre * OnChange()
    # Writing moves b:changedtick as well.
    autocmd BufEnter,BufReadPost,BufWritePost,FileChangedShellPost * Listen()
    autocmd FileType * Book()
    autocmd CmdlineEnter * OnCmdlineEnter()
    autocmd CmdlineLeave * OnCmdlineLeave()
    autocmd CmdwinEnter * in_cmdline = false
    # A letter typed over a selection deletes it, comes a second time, and is inserted: one key.
    execute "autocmd ModeChanged [sS\x13]:i Rebase()"
    if has_key_hook
      autocmd KeyInputPre * OnKey()
      # While a menu is open there is no SafeState.
      autocmd TextChangedP * OnIdle()
      # Without an InsertCharPre handler keys that arrive together are inserted in one step, with one tick.
      autocmd InsertCharPre codestats://any :
    else
      autocmd InsertCharPre * OnLetter()
      autocmd TextChangedI,TextChangedP * OnChange()
      autocmd SafeStateAgain * Rebase()
      autocmd CursorHold,CursorHoldI * by_handler = true
      autocmd BufUnload * silent! listener_remove(remove(listeners, expand('<abuf>')))
    endif
  augroup END
enddef

export def Stop()
  autocmd! codestats_tracker
enddef

# What was counted since the last call: XP by key and the time of the last keystroke (epoch seconds).
export def Take(): dict<any>
  Book()
  const taken = {xp: counts, at: last_key}
  counts = {}
  pending = 0
  armed = false
  return taken
enddef

# Count these keys no more: it turned out that they earn nothing, {xp} of them that were taken among it.
export def Ignore(keys: list<string>, xp: number)
  Book()
  session -= xp
  for key in keys
    nothing[key] = true
    const more = has_key(counts, key) ? remove(counts, key) : 0
    pending -= more
    session -= more
  endfor
enddef

# Count all keys again: the names of languages have changed.
export def Regard()
  Book()
  nothing = {}
enddef

# XP not yet taken, and XP counted since the editor was started.
export def Totals(): list<number>
  Book()
  return [pending, session]
enddef

export def Pause(value: bool)
  Settle()
  Book()
  paused = value
enddef
