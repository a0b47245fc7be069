vim9script
# The cursor's line from some moment on: by how much it has grown where the cursor was, which is what letters typed there do.

var buffer = -1
export var row = -1
var before = ''         # what was before the cursor,
export var after = ''   # and behind it

# From now on.
export def Start()
  const line = getline('.')
  const col = col('.') - 1
  buffer = bufnr()
  row = line('.')
  before = strpart(line, 0, col)
  after = strpart(line, col)
enddef

# Whether the cursor is still in it.
export def IsThere(): bool
  return bufnr() == buffer && line('.') == row
enddef

# By how many characters the line that the cursor is in now is longer there; -1 if it is not the same otherwise.
export def Count(): number
  const line = getline('.')
  const grown = strlen(line) - strlen(before) - strlen(after)
  return grown >= 0 && stridx(line, before) == 0 && strpart(line, strlen(before) + grown) ==# after
    ? strchars(strpart(line, strlen(before), grown)) : -1
enddef
