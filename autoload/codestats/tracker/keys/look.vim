vim9script
# The editor as it was when it was looked at last: how far its text was seen, whether it was idle since the last key, and what
# mode() does not tell.

import './text.vim'

# What has changed since is the work of the key that is open, or of others.
export var buffer = -1
export var tick = -1                # its b:changedtick
export var line = ''                # the cursor's line when the editor was idle
var row = -1                        # and which it was
export var do_others_write = false  # did others change the text since then?

export var is_rested = true         # was the editor idle since the last key,
var rested_at: list<any> = []       # and when?

export var is_insert = false        # did Insert mode begin, or was the last key one of it, and was it not left since?
export var in_cmdline = false
export var is_passing = false       # did a mapping that goes on begin the command line?
export var is_after_cmdline = false

# The text -----------------------------------------------------------------------

# What has changed until now was looked at.
export def Now()
  tick = b:changedtick
enddef

# The same, perhaps in another buffer: {do_write}, others do.
export def Here(do_write = do_others_write)
  buffer = bufnr()
  tick = b:changedtick
  do_others_write = do_write
enddef

# What has changed until now is nobody's.
export def Forget()
  text.Clear()
  tick = b:changedtick
enddef

# What has changed until now was others' work.
export def GiveAway()
  do_others_write = do_others_write || b:changedtick != tick
  Forget()
enddef

export def NoteOthers(do_write: bool)
  do_others_write = do_write
enddef

export def KeepLine()
  line = getline('.')
  row = line('.')
enddef

# Whether it is what it was; CTRL-C may leave the cursor in another one.
export def IsLineKept(): bool
  return getline('.') ==# line || getline(row) ==# line
enddef

# A run's letters were looked at, until {seen}. {is_whole}: they are all in the cursor's line, and nothing else is new there.
export def TakeLetters(seen: number, do_write: bool, is_whole: bool)
  tick = seen
  do_others_write = do_write
  rested_at = []
  if is_whole
    KeepLine()
  endif
enddef

# Whether each key of Insert mode formats the paragraph.
export def IsFormatting(): bool
  return stridx(&formatoptions, 'a') >= 0
enddef

# Idle or not --------------------------------------------------------------------

# The editor is idle.
export def Rest()
  is_rested = true
  rested_at = reltime()
enddef

# Nobody looks at each letter from now on: the editor is taken to be idle after it.
export def AssumeRest()
  is_rested = true
  tick = b:changedtick
enddef

# A key comes, or something that may feed some.
export def EndRest()
  is_rested = false
enddef

# Whether it has been idle for as long as 'updatetime' says.
export def HasPaused(): bool
  return is_rested && !empty(rested_at) && reltimefloat(reltime(rested_at)) * 1000 >= &updatetime
enddef

# Modes --------------------------------------------------------------------------

# A key is typed in this mode.
export def OnKey(mode: string)
  is_rested = false
  is_after_cmdline = false
  is_insert = stridx('iR', mode[0]) >= 0
enddef

# The same, when it begins a run of letters. {is_asleep}: nobody looks at them.
export def OnFirstLetter(is_asleep: bool)
  is_rested = is_asleep
  is_after_cmdline = false
  is_insert = true
  Here()
enddef

export def EnterInsert()
  is_insert = true
enddef

export def LeaveInsert()
  is_insert = false
enddef

export def EnterCmdline(goes_on: bool)
  in_cmdline = true
  is_passing = goes_on
enddef

# The mapping ends in the command line.
export def StayInCmdline()
  is_passing = false
enddef

# What others have changed while it was typed is none of what it does.
def EndCmdline()
  in_cmdline = false
  if !is_passing
    Forget()
  endif
  is_passing = false
enddef

export def LeaveCmdline()
  EndCmdline()
  is_after_cmdline = true
enddef

# The command-line window is a buffer.
export def EnterCmdwin()
  in_cmdline = false
enddef

# Another's handler of CmdlineLeave comes before ours, and one that throws ends them all.
export def IsInCmdline(): bool
  if in_cmdline && mode() != 'c'
    EndCmdline()
  endif
  return in_cmdline
enddef
