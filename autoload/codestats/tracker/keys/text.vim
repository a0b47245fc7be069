vim9script
# The text around the cursor as it was when a key came, the lines that changed since, and whether they are what they were.
#
# Some keys take text out and put the same back: stepping over a bracket, a choice that is in the text already, `p` of a
# word over itself. Nothing of it is looked at for letters typed in Insert mode, which always change the text: while they
# follow each other nobody listens.
#
# A region is [first line, line below, how many more lines], and the first is 0 when nothing changed.

const around = 60
const most_bytes = 100000

var listener = 0
var listened = -1                       # the buffer it listens to
var touched: list<number> = [0, 0, 0]
var script_touched: list<number> = [0, 0, 0]   # the same since a script asked for its first key
var others: dict<number> = {}           # listeners of buffers that were current, by buffer
var left: dict<dict<any>> = {}          # their text when they were left
var elsewhere = 0                       # one of these that changed,
var elsewhere_touched: list<number> = [0, 0, 0]   # and what of it
var page: dict<any> = {buf: -1}         # the last one

# Lines {first} to {last} (exclusive) became {more} lines more.
def Extend(region: list<number>, first: number, last: number, more: number)
  if region[0] > 0
    region[0] = min([region[0], first])
    region[1] = max([region[1], last]) + more
  else
    region[0] = first
    region[1] = last + more
  endif
  region[2] += more
enddef

def OnListened(_buffer: number, _first: number, _last: number, _more: number, changes: list<dict<number>>)
  for change in changes
    Extend(touched, change.lnum, change.end, change.added)
    Extend(script_touched, change.lnum, change.end, change.added)
  endfor
enddef

def OnElsewhere(buffer: number, _first: number, _last: number, _more: number, changes: list<dict<number>>)
  if elsewhere != buffer
    elsewhere = buffer
    elsewhere_touched = [0, 0, 0]
  endif
  for change in changes
    Extend(elsewhere_touched, change.lnum, change.end, change.added)
  endfor
enddef

# The lines around one of another buffer.
def PageOf(buffer: number, row: number): dict<any>
  const first = max([1, row - around])
  const lines = getbufline(buffer, first, row + around)
  const info = getbufinfo(buffer)[0]
  return {buf: buffer, tick: info.changedtick, first: first, count: info.linecount,
    lines: strlen(join(lines)) > most_bytes ? [] : lines}
enddef

# Know from now on whether a buffer that is not the current one changes. {then}: the lines around its cursor.
def Watch(buffer: number, then: dict<any>)
  if !has_key(others, buffer) && getbufvar(buffer, '&buftype') != 'terminal'
    others[buffer] = listener_add(OnElsewhere, buffer)
    left[buffer] = then
  endif
enddef

# Buffers that are loaded already may be changed before they are ever the current one.
export def Start()
  for info in getbufinfo({bufloaded: 1})
    if info.bufnr != bufnr()
      Watch(info.bufnr, PageOf(info.bufnr, info.lnum))
    endif
  endfor
enddef

# Know from now on what changes in the current buffer. The one before it may have been left without an event.
export def Listen()
  const buffer = bufnr()
  if listened != buffer
    const before = listened
    Unlisten()
    if before > 0 && bufloaded(before)
      Watch(before, PageOf(before, getbufinfo(before)[0].lnum))
    endif
    if has_key(others, buffer)
      listener_remove(remove(others, buffer))
      remove(left, buffer)
    endif
    listener = listener_add(OnListened, buffer)
    listened = buffer
  endif
enddef

export def Unlisten()
  if listener > 0
    listener_remove(listener)
    listener = 0
    listened = -1
    touched = [0, 0, 0]
  endif
enddef

# The current buffer is left: know from now on whether it changes.
export def Leave()
  Unlisten()
  Watch(bufnr(), Page(false))
enddef

# A buffer is unloaded, and its listeners with it.
export def Drop(buffer: number)
  if has_key(others, buffer)
    silent! listener_remove(remove(others, buffer))
    remove(left, buffer)
  endif
  if buffer == listened
    listener = 0
    listened = -1
  endif
enddef

# What changed in the current buffer since the last Clear().
export def Touched(): list<number>
  if listened > 0 && bufloaded(listened)
    listener_flush(listened)
  endif
  return touched
enddef

export def IsTouched(): bool
  return Touched()[0] > 0
enddef

export def Clear()
  Touched()
  touched = [0, 0, 0]
enddef

# Another buffer that changed since the last time, or 0.
export def Elsewhere(): number
  for buffer in keys(others)
    if bufloaded(str2nr(buffer))
      listener_flush(str2nr(buffer))
    endif
  endfor
  const found = elsewhere
  elsewhere = 0
  if found == 0 || !has_key(left, found) || IsSame(left[found], elsewhere_touched, found)
    return 0
  endif
  left[found] = PageOf(found, elsewhere_touched[0])
  return found
enddef

# Whether a line is among what changed.
export def IsIn(row: number): bool
  const region = Touched()
  return row >= region[0] && row < max([region[1], region[0] + 1])
enddef

# A copy of what was touched first, and of what was then.
export def Joined(first: list<number>, later: list<number>): list<number>
  var all = copy(first)
  if later[0] > 0
    Extend(all, later[0], later[1] - later[2], later[2])
  endif
  return all
enddef

export def SetTouched(region: list<number>)
  touched = region
enddef

export def StartScript()
  script_touched = copy(Touched())
enddef

export def ScriptTouched(): list<number>
  Touched()
  return script_touched
enddef

def Taken(first: number, last: number): dict<any>
  const bytes = line2byte(last + 1) - line2byte(first)
  return {buf: bufnr(), tick: b:changedtick, first: first, count: line('$'), lines: bytes > most_bytes ? [] : getline(first, last)}
enddef

# The cursor's line, and which it is.
export def Line(): dict<any>
  return extend(Taken(line('.'), line('.')), {row: line('.')})
enddef

# The lines around the cursor and a selection's other end.
export def Page(is_visual: bool): dict<any>
  const first = is_visual ? min([line('.'), line('v')]) : line('.')
  const last = is_visual ? max([line('.'), line('v')]) : line('.')
  if page.buf != bufnr() || page.tick != b:changedtick || first < page.first || last >= page.first + len(page.lines)
    page = Taken(max([1, first - around]), min([line('$'), last + around]))
  endif
  return page
enddef

# Whether a region is what it was. What was not taken counts as changed.
export def IsSame(snapshot: dict<any>, region: list<number>, buffer = bufnr()): bool
  # An empty buffer's only line is reported as none, and counts as new when another is put there (seen on 9.2).
  const count = getbufinfo(buffer)[0].linecount
  const below = min([max([region[1], region[0] + 1]), count + 1])
  if empty(snapshot) || snapshot.buf != buffer || count != snapshot.count || region[0] < snapshot.first
      || below > snapshot.first + len(snapshot.lines)
    return false
  endif
  const from = region[0] - snapshot.first
  return getbufline(buffer, region[0], below - 1) ==# snapshot.lines[from : below - 1 - snapshot.first]
enddef
