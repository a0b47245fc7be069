vim9script
# Who made the newest change in Insert mode: a key that is being worked on, or timers, jobs and channels before it came? Theirs
# was drawn, and the terminal's cursor put back to its place; that of a key is not drawn yet, or was just now, before CursorMovedI
# (seen on 9.0).

import './growth.vim'

# Whether a place of a line shows something else. Places that are not on the screen, and blanks that are drawn as something, are not
# known.
def Differs(lnum: number, col: number, text: string): bool
  const place = screenpos(win_getid(), lnum, col)
  const is_known = place.row > 0 && (text > ' ' || (!&list && text != "\t"))
  return is_known && screenstring(place.row, place.col) !=# (text == '' ? ' ' : text)
enddef

def IsUndrawn(lnum: number, col: number): bool
  if lnum < 1 || lnum > line('$')
    return false   # a last line was joined, and screenpos() would throw
  endif
  const line = getline(lnum)
  const last = matchstr(line, '.$')
  return Differs(lnum, col, matchstr(strpart(line, col - 1), '^.')) || Differs(lnum, strlen(line) + 1, '')
    || (last != '' && Differs(lnum, strlen(line) - strlen(last) + 1, last))
enddef

# Whether something came or went before the cursor, near the line's end. What is drawn last is not before the cursor then, unless it
# is white space, of which nothing is drawn.
def IsAtCursor(letters: number): bool
  const line = getline('.')
  const rest = strpart(line, col('.') - 1)
  return rest !~ '..' && index([growth.after, substitute(growth.after, '^.', '', '')], rest) >= 0 && growth.Count() != letters
    && (line[max([0, col('.') - 2])] =~ '\s' || screencol() >= screenpos(win_getid(), line('.'), col('.')).col)
enddef

# Whether the line was broken there, or joined with the one above.
def IsBrokenOrJoined(lnum: number, col: number): bool
  if lnum != growth.row
    return false
  elseif line('.') == lnum + 1
    return strpart(getline(lnum), col - 1) !~ '\S'
  endif
  return line('.') == lnum - 1 && strpart(getline('.'), col('.') - 1) ==# growth.after
enddef

# Whether the terminal's cursor is where it was before a key that at most moves it: it is drawn last.
def IsCursorLeft(): bool
  const [screen_row, screen_col] = [screenrow(), screencol()]
  const bytes = col('.') - 1
  const text = getline('.')
  const next = bytes + strlen(matchstr(strpart(text, bytes), '^.'))
  const last = bytes - strlen(matchstr(strpart(text, 0, bytes), '.$'))
  const places = mapnew([bytes, next, last], (_, col) => screenpos(win_getid(), line('.'), col + 1))
  return places[0].row == screen_row ? indexof(places, (_, place) => place.col == screen_col) >= 0
    : abs(places[0].row - screen_row) == 1 && (places[0].col == screen_col || col('.') == col('$'))
enddef

# {letters}: how many were typed since growth.Start().
export def IsKey(letters: number): bool
  const [lnum, col] = getpos("'.")[1 : 2]
  if mode() !=# 'i'   # CTRL-C, which at most takes an indent away
    return lnum == line('.') && strpart(getline(lnum), col - 1) !~ '\S'
  endif
  return IsUndrawn(lnum, col) || IsAtCursor(letters) || IsBrokenOrJoined(lnum, col) || !IsCursorLeft()
enddef
