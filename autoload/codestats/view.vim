" Views: the core renders them (codestats.views), the window shows them. What page is shown, how it is sorted, how deep one
" looks and so on is the view's own state: it comes with each rendering and goes back with each key.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:pause = 500   " ms between two looks at what was typed meanwhile
" What may be typed before the first rendering says which keys it wants: a digit would be a count, for which Neovim waits for
" its motion and draws nothing (seen on 0.11).
const s:early = ['1', '2', '3', '4', '5', '<Tab>', '<S-Tab>', 'b', '?']
let s:number = 0
let s:open = {}   " name → {id, name, args, state, url, counted}
let s:timer = -1

" Open the view {name}, or go to it when it is open already.
function codestats#view#open(name, args) abort
  let s:number += 1
  if !codestats#window#open(a:name, 'Loading', s:listener)
    return
  endif
  call s:close(a:name)   " what it showed up to now
  let view = {'id': s:number, 'name': a:name, 'args': a:args, 'state': {}, 'url': '', 'counted': {}}
  let s:open[a:name] = view
  if index(['profile', 'compare', 'stats'], a:name) >= 0
    call codestats#window#listen(s:early)
  endif
  call codestats#pulse#hand_over()
  call s:request(view, {})
  call timer_stop(s:timer)
  let s:timer = timer_start(s:pause, {-> s:follow()}, {'repeat': -1})
endfunction

" Complete the period of :CodeStatsStats.
function codestats#view#periods(lead, line, position) abort
  return filter(['today', 'week', 'month', 'year', 'all'], 'stridx(v:val, a:lead) == 0')
endfunction

function s:request(view, more) abort
  if codestats#host#state() ==# 'failed'
    let lines = s:without_python(codestats#window#size(a:view.name)[0])
    call codestats#window#show(a:view.name, {'lines': lines, 'spans': {}, 'wrap': 1})
    return
  endif
  let message = {'type': 'view', 'id': a:view.id, 'name': a:view.name, 'state': a:view.state}
  call extend(message, {'ascii': codestats#config#ascii(), 'plain': codestats#config#plain()})
  let message.args = extend(copy(a:view.args), {'editor': s:editor(a:view)})
  let message.colours = codestats#window#colours#get()
  let [message.width, message.height] = codestats#window#size(a:view.name)
  call codestats#host#send(extend(message, a:more))
endfunction

" What only the editor knows.
function s:editor(view) abort
  let a:view.counted = codestats#counter#call('counted')
  let editor = {'goal': codestats#config#get('daily_goal'), 'counted': a:view.counted}
  if a:view.name ==# 'status' || a:view.name ==# 'log'
    call extend(editor, {
          \ 'status': codestats#status#get(), 'log': codestats#log#entries(), 'data_dir': codestats#config#data_dir(),
          \ 'host': codestats#host#manner(),
          \ })
  endif
  return editor
endfunction

" Without the core there is no rendering: the facts, plainly.
function s:without_python(cells) abort
  let status = codestats#status#get()
  let lines = ['', status.error, '', 'XP counted in this session: ' .. status.session, ''] + codestats#log#entries()
  return flatten(map(lines, {_, line -> empty(line) ? '' : codestats#text#fold(line, a:cells, '  ', '    ')}))
endfunction

" What was typed meanwhile shows up: in this editor, and as far as the core finds something new on disk, elsewhere.
function s:follow() abort
  if empty(s:open)
    call timer_stop(s:timer)
  elseif codestats#host#state() ==# 'up'
    let counted = codestats#counter#call('counted')
    for view in filter(values(s:open), 'counted !=# v:val.counted')
      call s:request(view, {})
    endfor
    call codestats#host#send({'type': 'look'})
  endif
endfunction

" A rendering arrived; one for a view that was closed or opened again is late and dropped.
function codestats#view#show(message) abort
  for view in values(s:open)
    if view.id == a:message.id
      let view.state = get(a:message, 'state', {})
      let view.url = get(a:message, 'url', '')
      call codestats#window#show(view.name, a:message)
      call codestats#users#saw(get(a:message, 'users', []))
    endif
  endfor
endfunction

" A key typed in the view's window, on a spot [kind, key] or nothing ([]): what it does is up to the view, but for asking
" again, copying and the web page.
function s:key(name, key, spot) abort
  if !has_key(s:open, a:name)
    " A window that a session brought back.
    return
  endif
  let view = s:open[a:name]
  if a:key ==# 'o'
    call codestats#web#open(view.url)
  elseif a:key ==# 'Y'
    call s:request(view, {'picture': s:picture(view)})
  elseif a:key ==# 'r'
    call s:request(view, {'refresh': v:true})
  else
    let view.state.cursor = virtcol('.') - 1
    call s:request(view, {'key': a:key, 'spot': a:spot})
  endif
endfunction

" A file in the current directory that is not there yet.
function s:picture(view) abort
  let begin = getcwd() .. '/codestats-' .. a:view.name .. strftime('-%Y-%m-%d')
  let [path, number] = [begin .. '.svg', 2]
  while !empty(glob(fnameescape(path), 1))
    let [path, number] = [begin .. '-' .. number .. '.svg', number + 1]
  endwhile
  return path
endfunction

" The window has another size now.
function s:resize(name) abort
  if has_key(s:open, a:name)
    call s:request(s:open[a:name], {})
  endif
endfunction

" No Python can run the core: what waits for it shows that.
function s:without_host(...) abort
  for view in values(s:open)
    call s:request(view, {})
  endfor
endfunction

function s:close(name) abort
  if has_key(s:open, a:name)
    let view = remove(s:open, a:name)
    if codestats#host#state() ==# 'up'
      call codestats#host#send({'type': 'close_view', 'id': view.id})
    endif
  endif
endfunction

let s:listener = {'key': function('s:key'), 'resized': function('s:resize'), 'closed': function('s:close')}
call codestats#hook#add('no_host', function('s:without_host'))
