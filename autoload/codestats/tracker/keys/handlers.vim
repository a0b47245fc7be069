vim9script
# Which handlers a key has. In a run of letters it is that of letters.vim alone, also when Insert mode has just begun and a letter
# is likely to come; outside of runs that of keys.vim is there, too.

var HookAll: func                   # adds those of keys.vim
var hooked = -1                     # the buffer whose letters letters.vim counts
var is_hooked_last = false          # is it called after keys.vim?
export var is_ready = false         # is all prepared for a run?

# {OnOther}: what letters.vim calls for a key that is no letter.
export def Start(Hooker: func, OnOther: func)
  HookAll = Hooker
  codestats#tracker#keys#letters#set_other(OnOther)
  UnhookLetters()
enddef

export def Hook()
  if exists('#codestats_tracker#TextChanged')   # counting was not stopped
    is_hooked_last = false
    HookAll()
  endif
enddef

def HookLetters()
  UnhookLetters()
  is_hooked_last = false
  hooked = bufnr()
  codestats#tracker#keys#letters#hook(hooked)
enddef

export def UnhookLetters()
  if hooked > 0
    hooked = -1
    codestats#tracker#keys#letters#unhook()
  endif
enddef

# Insert mode begins in a buffer.
export def EnterInsert()
  HookLetters()
  is_hooked_last = true
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

export def GetReady()
  if Unhook()
    is_ready = true
    is_hooked_last = false
    codestats#tracker#keys#letters#stop(1)
  endif
enddef

export def StopBeingReady()
  if is_ready
    is_ready = false
    codestats#tracker#keys#letters#stop()
    Hook()
  endif
enddef

# {count}: letters that are typed, but not in the text yet. Whether they can be left to letters.vim.
export def Sleep(count: number): bool
  if !is_ready && !Unhook()
    return false
  endif
  is_ready = false
  codestats#tracker#keys#letters#start(is_hooked_last ? 0 : count)
  return true
enddef

export def Wake()
  codestats#tracker#keys#letters#stop()
  Hook()
enddef
