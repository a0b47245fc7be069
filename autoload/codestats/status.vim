" What is known of counting and delivery, and the text made of it for the status line.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" Read by codestats#statusline() and codestats#xp() at each redraw, so kept ready. A text of the user's own is made when the
" editor has started.
let codestats#status#text = exists('g:codestats_statusline_format') ? '' : 'C::S 0'
let codestats#status#classic = 'C::S 0'
" Set where one of them is read: what nobody has shown since the last change need not be drawn again.
let codestats#status#is_shown = 1

" The last status message of the core; doc/messages.md.
let s:core = {
      \ 'state': 'idle', 'queued': 0, 'queued_pulses': 0, 'in_doubt': 0, 'expired': 0, 'rejected': 0, 'sent': 0, 'today': 0,
      \ 'error': '', 'last_sent': 0, 'retry_at': 0, 'user': '', 'account': '',
      \ }
let s:core_day = ''    " the day of its `today`; empty while nothing was heard
let s:paused = 0
let s:no_python = ''
" state: [in words, as a sign, as a sign in ASCII]
let s:marks = {
      \ 'ok': ['', '●', '+'], 'idle': ['', '○', '-'], 'offline': ['offline', '◌', '~'],
      \ 'unauthorized': ['token rejected', '✗', 'x'],
      \ 'no_token': ['no token', '◇', '?'], 'paused': ['paused', '‖', '='], 'no_python': ['no python', '!', '!'],
      \ 'error': ['ERR', '!', '!'],
      \ }
const s:bar_cells = 8
const s:again = 300    " ms until the status lines are drawn, if they can't be now
let s:timer = -1

" The public dictionary: what the core said last, with what only the editor knows.
function codestats#status#get() abort
  let [pending, session] = codestats#counter#call('totals')
  let waiting = pending + codestats#pulse#outstanding_xp()
  let today = s:core_day ==# strftime('%Y-%m-%d') ? s:core.today : 0
  return extend(copy(s:core), {
        \ 'state': s:state(), 'error': empty(s:no_python) ? s:core.error : s:no_python, 'today': today + waiting,
        \ 'pending': waiting, 'unsent': waiting + s:core.queued, 'session': session, 'paused': s:paused,
        \ })
endfunction

function s:state() abort
  return s:paused ? 'paused' : !empty(s:no_python) ? 'no_python' : s:core.state
endfunction

" Whose XP it is, in the core's word for it; empty while it has said nothing.
function codestats#status#account() abort
  return s:core.account
endfunction

" A status message from the core arrived.
function codestats#status#update(core) abort
  call extend(s:core, a:core)
  let s:core_day = strftime('%Y-%m-%d')
  let s:no_python = ''
  " The service is asked for levels when it is known to answer, or when they are to be seen.
  if !empty(s:core.user) && (s:core.sent > 0 || s:needs_core())
    call codestats#level#ask()
  endif
  call codestats#status#refresh()
endfunction

" What the core of an earlier editor said last, of {kept.day}; no core has said anything here yet.
function codestats#status#recall(kept) abort
  if !empty(s:core_day)
    return
  endif
  for name in ['queued', 'queued_pulses', 'in_doubt', 'expired', 'rejected', 'last_sent']
    let s:core[name] = a:kept[name]
  endfor
  let s:core.state = has_key(s:marks, get(a:kept, 'state', '')) ? a:kept.state : 'idle'
  let s:core.error = type(get(a:kept, 'error')) == v:t_string ? a:kept.error : ''
  if a:kept.day ==# strftime('%Y-%m-%d')
    let s:core.today = a:kept.today
    let s:core_day = a:kept.day
  endif
  call codestats#status#refresh()
endfunction

" So much XP went to the queue just now; the next status message has it in its own count.
function codestats#status#queue(xp) abort
  let s:core.queued += a:xp
  let s:core.today += a:xp
  call codestats#status#refresh()
endfunction

" No Python can run the core: {problem} says why and what fixes it.
function codestats#status#no_python(problem) abort
  let s:no_python = a:problem
  call codestats#status#refresh()
endfunction

function codestats#status#pause(paused) abort
  let s:paused = a:paused
  call codestats#status#refresh()
endfunction

" The editor has started: show the text, and start the core if the text needs it.
function codestats#status#start() abort
  if s:needs_core()
    call codestats#host#send({'type': 'record', 'batches': []})
  endif
  call codestats#status#refresh()
endfunction

" Another buffer, or another filetype: only the fields of the language care.
function codestats#status#follow() abort
  if s:format_has('language\w*')
    call codestats#status#refresh()
  endif
endfunction

function s:format_has(fields) abort
  return codestats#config#get('statusline_format') =~# '{\%(' .. a:fields .. '\)}'
endfunction

function s:needs_core() abort
  return s:format_has('unsent\|today\|language_\w*\|level\|xp\|progress\|bar\|streak\|goal\w*')
endfunction

" Somebody types: what nobody looks at can wait, unless a goal may be reached.
function codestats#status#follow_typing() abort
  let is_seen = g:codestats#status#is_shown || codestats#config#get('daily_goal') > 0
  call codestats#pulse#follow(is_seen)
  if is_seen
    call codestats#status#refresh()
  endif
endfunction

" Make the texts again, and redraw the status lines if one changed.
function codestats#status#refresh() abort
  let status = codestats#status#get()
  call s:publish_error(status.error)
  if !empty(s:core_day)
    call codestats#goal#announce(status.today, status.session)
  endif
  let classic = empty(status.error) ? 'C::S ' .. status.unsent : 'C::S ERR'
  let text = s:format(codestats#config#get('statusline_format'), status)
  if classic !=# g:codestats#status#classic || text !=# g:codestats#status#text
    let g:codestats#status#classic = classic
    let g:codestats#status#text = text
    call s:redraw()
  endif
endfunction

" Not over a wild menu, which Vim shows in the status line (seen on 9.2), and not during a prompt. One that a script asks by
" getchar() is known by its lines only, which a redraw would wipe away.
function s:redraw() abort
  if !g:codestats#status#is_shown
    return
  elseif mode() =~# '[cr]' || !empty(state('s'))
    call timer_stop(s:timer)
    let s:timer = timer_start(s:again, {-> s:redraw()})
  else
    let g:codestats#status#is_shown = 0
    redrawstatus!
  endif
endfunction

" g:codestats_error is there while there is an error, as in code-stats-vim.
function s:publish_error(error) abort
  if empty(a:error)
    unlet! g:codestats_error
  else
    let g:codestats_error = a:error
  endif
endfunction

" -------------------------------------------------------------- the text

" Replace each {field} of {format} by its value; an empty one takes the blank before it along. Unknown fields stay.
function s:format(format, status) abort
  let text = substitute(a:format, '\( \?\){\(\w\+\)}', {match -> s:part(match, a:status)}, 'g')
  return a:format[0] ==# ' ' ? text : substitute(text, '^ ', '', '')
endfunction

function s:part(match, status) abort
  let Maker = get(s:makers, a:match[2], v:null)
  if Maker is v:null
    return a:match[0]
  endif
  let value = s:safe(Maker(a:status))
  return empty(value) ? '' : a:match[1] .. value
endfunction

" Names come from the service too. With no `%` and no control character in them no status line can take them for items,
" however it is put together: %{…}, %{%…%} or %!….
function s:safe(value) abort
  return tr(substitute(a:value, '[[:cntrl:]]', '', 'g'), '%', codestats#config#simple() ? '_' : '％')
endfunction

" The current buffer's language; its filetype while the core has not named it.
function s:language() abort
  let key = codestats#language#key()
  call codestats#language#ask([key])
  let name = codestats#language#name(key)
  return name isnot v:null ? name : key[0] ==# '=' ? key[1:] : key
endfunction

function s:language_xp() abort
  let language = s:language()
  return empty(language) ? -1 : codestats#level#xp(language)
endfunction

" XP of all, with what is not handed over yet.
function s:total(status) abort
  let xp = codestats#level#xp()
  return xp < 0 ? -1 : xp + codestats#counter#call('totals')[0]
endfunction

function s:known(number) abort
  return a:number < 0 ? '' : string(a:number)
endfunction

function s:level(xp) abort
  return a:xp < 0 ? '' : string(codestats#level#of(a:xp))
endfunction

function s:progress(xp) abort
  return a:xp < 0 ? -1.0 : codestats#level#progress(a:xp)
endfunction

function s:percent(part) abort
  return a:part < 0 ? '' : string(float2nr(a:part * 100))
endfunction

function s:bar(part) abort
  if a:part < 0
    return ''
  endif
  if codestats#config#plain()
    return s:percent(a:part) .. ' percent'
  endif
  let done = min([float2nr(a:part * s:bar_cells), s:bar_cells])
  let [full, rest] = codestats#config#ascii() ? ['#', '.'] : ['█', '░']
  return repeat(full, done) .. repeat(rest, s:bar_cells - done)
endfunction

" The part of the daily goal that is done; -1.0 without a goal.
function s:goal(status) abort
  let goal = codestats#config#get('daily_goal')
  return goal <= 0 ? -1.0 : min([a:status.today * 100 / goal, 100]) / 100.0
endfunction

" field: what makes its text of the status
let s:makers = {
      \ 'pending': {status -> string(status.pending)},
      \ 'unsent': {status -> string(status.unsent)},
      \ 'session': {status -> string(status.session)},
      \ 'today': {status -> string(status.today)},
      \ 'language': {_ -> s:language()},
      \ 'language_xp': {_ -> s:known(s:language_xp())},
      \ 'language_level': {_ -> s:level(s:language_xp())},
      \ 'level': {status -> s:level(s:total(status))},
      \ 'xp': {status -> s:known(s:total(status))},
      \ 'progress': {status -> s:percent(s:progress(s:total(status)))},
      \ 'bar': {status -> s:bar(s:progress(s:total(status)))},
      \ 'language_progress': {_ -> s:percent(s:progress(s:language_xp()))},
      \ 'language_bar': {_ -> s:bar(s:progress(s:language_xp()))},
      \ 'streak': {status -> s:known(codestats#level#streak(status.today))},
      \ 'goal': {status -> s:percent(s:goal(status))},
      \ 'goal_bar': {status -> s:bar(s:goal(status))},
      \ 'state': {status -> s:marks[status.state][0]},
      \ 'icon': {status -> s:marks[status.state][codestats#config#simple() ? 2 : 1]},
      \ }

" The fields of g:codestats_statusline_format.
function codestats#status#fields() abort
  return sort(keys(s:makers))
endfunction
