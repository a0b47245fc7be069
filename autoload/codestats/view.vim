" Views: the core renders them to lines and spans (codestats.views), the window shows them. What page is shown, how it is
" sorted and so on is the view's own state: it comes with each rendering and goes back with each key.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:number = 0
let s:open = {}   " name → {id, name, args, state, url}

" Open the view {name}, or go to it when it is open already.
function codestats#view#open(name, args) abort
  let s:number += 1
  if !codestats#window#open(a:name, 'Loading')
    return
  endif
  call codestats#view#close(a:name)   " what it showed up to now
  let view = {'id': s:number, 'name': a:name, 'args': a:args, 'state': {}, 'url': ''}
  let s:open[a:name] = view
  call codestats#pulse#hand_over()
  call s:request(view, {})
endfunction

" Complete the period of :CodeStatsStats.
function codestats#view#periods(lead, line, position) abort
  return filter(['today', 'week', 'month', 'year', 'all'], 'stridx(v:val, a:lead) == 0')
endfunction

function s:request(view, more) abort
  if codestats#host#state() ==# 'failed'
    call codestats#window#show(a:view.name, {'lines': s:without_python(), 'spans': []})
    return
  endif
  let message = {'type': 'view', 'id': a:view.id, 'name': a:view.name, 'state': a:view.state, 'ascii': codestats#config#ascii()}
  let message.args = extend(copy(a:view.args), {'editor': s:editor()})
  let [message.width, message.height] = codestats#window#size(a:view.name)
  call codestats#host#send(extend(message, a:more))
endfunction

" What only the editor knows, for the status and log views.
function s:editor() abort
  return {
        \ 'status': codestats#status#get(), 'log': codestats#log#entries(), 'data_dir': codestats#config#data_dir(),
        \ 'goal': codestats#config#get('daily_goal'), 'host': codestats#host#manner(),
        \ }
endfunction

" Without the core there is no rendering: the facts, plainly.
function s:without_python() abort
  let status = codestats#status#get()
  let lines = ['', '  ' .. status.error, '', '  XP counted in this session: ' .. status.session, '']
  return lines + map(codestats#log#entries(), '"  " .. v:val')
endfunction

" A rendering arrived; one for a view that was closed or opened anew is late and dropped.
function codestats#view#show(message) abort
  for view in values(s:open)
    if view.id == a:message.id
      let view.state = get(a:message, 'state', {})
      let view.url = get(a:message, 'url', '')
      call codestats#window#show(view.name, a:message)
    endif
  endfor
endfunction

" A key typed in the view's window; what it does is up to the view, but for asking again and the web page.
function codestats#view#key(name, key) abort
  if a:name ==# 'health'
    return a:key ==# 'r' ? codestats#health#show() : 0
  endif
  if !has_key(s:open, a:name)
    " A window that a session brought back.
    return
  endif
  let view = s:open[a:name]
  if a:key ==# 'o'
    call codestats#web#open(view.url)
  elseif a:key ==# 'r'
    call s:request(view, {'refresh': v:true})
  else
    let view.state.cursor = virtcol('.') - 1
    call s:request(view, {'key': a:key})
  endif
endfunction

" The window has another size now.
function codestats#view#resize(name) abort
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

function codestats#view#close(name) abort
  if has_key(s:open, a:name)
    let view = remove(s:open, a:name)
    if codestats#host#state() ==# 'up'
      call codestats#host#send({'type': 'close_view', 'id': view.id})
    endif
  endif
endfunction

call codestats#hook#add('no_host', function('s:without_host'))
