vim9script
# XP that was counted and not yet taken, by what it goes to: the Vim side of it (Neovim's is lua/codestats/tracker/counts.lua).

const off = [0, 0.0, false]  # values of b:codestats_enabled

var counts: dict<number> = {}   # XP by filetype (or `=Language`) since the last Take()
var ignored: dict<bool> = {}    # keys that are known to earn nothing
var pending = 0
var session = 0
var last_key = 0
var paused = false
export var is_armed = false

# What the current buffer's XP goes to: a filetype, `=Name` for a language given outright, or '-' for nothing. `rested`:
# the editor was idle just before.
export def Attribution(rested = false): string
  const language = Given(&buftype, &modifiable, b:)
  return language == '' ? codestats#embedded#Key(&filetype, rested) : language
enddef

# The same for another buffer; code inside another language is not looked for.
export def AttributionOf(buffer: number): string
  const language = Given(getbufvar(buffer, '&buftype'), getbufvar(buffer, '&modifiable'), getbufvar(buffer, ''))
  return language == '' ? getbufvar(buffer, '&filetype') : language
enddef

# What is decided before the filetype is looked at: '-', `=Name`, another filetype, or '' for nothing.
def Given(buftype: string, is_modifiable: bool, variables: dict<any>): string
  if (buftype != '' && buftype != 'acwrite') || !is_modifiable || paused
      || index(off, get(variables, 'codestats_enabled', 1)) >= 0
    return '-'
  endif
  const language = get(variables, 'codestats_language')
  if type(language) == v:t_string && language != ''
    return '=' .. language
  endif
  const key = get(variables, 'codestats_key_by_path')
  return type(key) == v:t_string ? key : ''
enddef

# Whether the current buffer earns nothing.
export def IsOff(): bool
  return Given(&buftype, &modifiable, b:) == '-'
enddef

# See to it that what is counted is taken before long.
export def Arm()
  if !is_armed
    is_armed = true
    codestats#hook#run('first_xp')
  endif
enddef

# Count XP for a key of Attribution().
export def Add(key: string, xp: number)
  if key == '-'
    return
  endif
  if !has_key(ignored, key)
    counts[key] = get(counts, key) + xp
    pending += xp
    session += xp
    last_key = localtime()
  endif
  Arm()
enddef

# Count XP, if it is any, for what the current buffer's goes to.
export def AddHere(xp: number)
  if xp > 0
    Add(Attribution(), xp)
  endif
enddef

# What was counted since the last call: XP by key and the time of the last keystroke (epoch seconds).
export def Take(): dict<any>
  var taken: dict<any> = {xp: counts, at: last_key}
  counts = {}
  pending = 0
  is_armed = false
  return taken
enddef

# What was counted since the last Take(), which stays there: XP by key.
export def Counted(): dict<number>
  return copy(counts)
enddef

# The next XP arms again.
export def Rest()
  is_armed = false
enddef

# Count these keys no more: it turned out that they earn nothing, {xp} of them that were taken among it.
export def Ignore(keys: list<string>, xp: number)
  session -= xp
  for key in keys
    ignored[key] = true
    const more = has_key(counts, key) ? remove(counts, key) : 0
    pending -= more
    session -= more
  endfor
enddef

# Count all keys again: the names of languages have changed.
export def ResetIgnored()
  ignored = {}
enddef

# XP not yet taken, and XP counted since the editor was started.
export def Totals(): list<number>
  return [pending, session]
enddef

export def Pause(value: bool)
  paused = value
enddef
