vim9script
# By how much a line has grown where the cursor was: what letters typed there did, when nothing else happened to it.

var buffer = -1
var row = -1
var before = ''
var after = ''

# From now on.
export def Start()
  const line = getline('.')
  const col = col('.') - 1
  buffer = bufnr()
  row = line('.')
  before = strpart(line, 0, col)
  after = strpart(line, col)
enddef

export def IsThere(): bool
  return bufnr() == buffer && line('.') == row
enddef

# In characters; -1 if something else happened to it, or the cursor is in another line.
export def Count(): number
  const line = getline('.')
  const grown = strlen(line) - strlen(before) - strlen(after)
  return IsThere() && grown >= 0 && stridx(line, before) == 0 && strpart(line, strlen(before) + grown) ==# after
    ? strchars(strpart(line, strlen(before), grown)) : -1
enddef
