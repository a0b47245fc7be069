vim9script
# Code inside another language, in Vim: JavaScript in HTML, a fenced block in Markdown, Python in Vim script.
#
# lua/codestats/embedded.lua is the same for Neovim. Asked by the tracker for the key of a keystroke: `guest.host`
# (`javascript.html`), or the filetype itself. The cursor's place is looked at once per change of line.

# Where a guest is looked for. Templates (Vue, PHP, ERB …) are languages of their own.
const hosts = {
  markdown: 'fence', quarto: 'fence', rmd: 'fence', pandoc: 'fence', mdx: 'fence', vimwiki: 'fence',
  html: 'syntax', xhtml: 'syntax', vim: 'syntax', rst: 'syntax',
}
# Words after a fence that say "no language", or are filetypes of no language.
const no_words = split('text plain txt plaintext none output help git man manual info list tags term')
const fence = '^[[:blank:]>]*\%(`\{3,}[^`]*\|\~\{3,}.*\)$'
const most_lines = 100
const most_bytes = 1000
const most_columns = 200
const groups = {
  javaScript: 'javascript', javaScriptExpression: 'javascript', cssStyle: 'css', htmlCssDefinition: 'css',
}
const interfaces = {
  Lua: 'lua', Perl: 'perl', Python: 'python', Python3: 'python', PythonX: 'python', Ruby: 'ruby', Tcl: 'tcl', MzScheme: 'scheme',
}

var kinds: dict<string> = copy(hosts)
var guests: list<string> = []   # by syntax group's number, '-' for one not yet known; the numbers stay the same
var buffer = -1
var line = -1
var lines = -1
var host = ''
var answer = ''                 # the key at that place
var failed = false

# Of compound filetypes only `markdown.something` has guests: `html.twig` is a template.
def Kind(filetype: string): string
  if !has_key(kinds, filetype)
    kinds[filetype] = get(hosts, matchstr(filetype, '^[^.]*'), '') == 'fence' ? 'fence' : ''
  endif
  return kinds[filetype]
enddef

export def IsHost(filetype: string): bool
  return Kind(filetype) != ''
enddef

# The line of the nearest fence from here upwards. Looking for the characters alone first is six times as fast.
def Above(characters: string, first: number): number
  return search(characters, 'bcnW', first, 0, () => getline('.') !~ fence)
enddef

# The word of the fence that the line is under; a fence without a word closes a block, or opens one of no language.
def Fenced(): string
  const ticks = Above('```', max([1, line('.') - most_lines + 1]))
  const at = max([ticks, Above('\~\~\~', max([1, ticks, line('.') - most_lines + 1]))])
  if at == 0 || at == line('.')
    return ''
  endif
  const word = matchstr(getline(at), '^[[:blank:]>]*[`~]\{3,}\s*{\?\.\?\zs[[:alnum:]_+#-]*')
  return len(word) > 40 || index(no_words, tolower(word)) >= 0 ? '' : word
enddef

# Vim script's groups end in Region up to Vim 9.1, in Heredoc and Statement since 9.2.
def GuestOf(name: string): string
  const interface = matchstr(name, '\C^vim\zs\a\+3\?\ze\%(Region\|Heredoc\|Statement\)$')
  return interface != '' ? get(interfaces, interface, '')
    : name =~ '\C^rstDirective\l\w*$' ? name[12 :]
    : get(groups, name, '')
enddef

def BySyntax(): string
  if col('$') > most_bytes
    return ''
  endif
  for id in reverse(synstack(line('.'), min([col('.'), most_columns])))
    if id >= len(guests)
      extend(guests, repeat(['-'], id + 1 - len(guests)))
    endif
    if guests[id] == '-'
      guests[id] = GuestOf(synIDattr(id, 'name'))
    endif
    if guests[id] != ''
      return guests[id]
    endif
  endfor
  return ''
enddef

# What goes wrong here must not cost the keystroke: it is the host's, and the log says so once.
def Look(kind: string): string
  try
    return !get(g:, 'codestats_embedded', 1) ? '' : kind == 'fence' ? Fenced() : BySyntax()
  catch
    if !failed
      failed = true
      codestats#log#add('no embedded languages: ' .. v:exception)
    endif
  endtry
  return ''
enddef

# A key that is about to be worked on, and no idle moment before it: a burst, nothing was drawn since the last one. Syntax groups
# are not right then (seen on 9.0 to 9.2), so a new line has the last answer until the editor is idle.
def IsTooSoon(kind: string): bool
  return kind == 'syntax' && expand('<stack>') =~ '\C^\%(KeyInputPre\|InsertCharPre\) '
enddef

# The key of a keystroke in the current buffer of this filetype; `rested`: the editor was idle just before.
export def Key(filetype: string, rested = false): string
  const kind = Kind(filetype)
  if kind == ''
    return filetype
  endif
  const same = bufnr() == buffer && filetype == host
  if !same || ((line('.') != line || line('$') != lines) && (rested || !IsTooSoon(kind)))
    const guest = Look(kind)
    [buffer, line, lines, host] = [bufnr(), line('.'), line('$'), filetype]
    answer = guest == '' ? filetype : guest .. '.' .. filetype
  endif
  return answer
enddef

# Look again, wherever the cursor is.
export def Forget()
  buffer = -1
enddef
