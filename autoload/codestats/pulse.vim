" Batches: what was counted goes from the tracker to the host once per pulse interval, while there is XP. A batch is kept
" until the host says that it is on disk, and what nobody acknowledged goes to a hand-over file when the editor is left.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

" How often others follow the typing, in milliseconds: where the number is seen, and where it is not. A tick costs an editor
" half as much as a key does.
const s:refresh = 500
const s:refresh_unseen = 60000

" Batches in one hand-over file: without Python it is written at each hand-over, however long the day.
const s:batches = 100

let s:outstanding = {}
let s:unwritten = {}     " those of them that are in no hand-over file
let s:file = []          " what is in the file that is being filled
let s:files = 0
let s:outstanding_xp = 0
let s:number = 0
let s:session = sha256(join([hostname(), getpid(), reltimestr(reltime()), localtime(), rand()]))[:15]
const s:editor = has('nvim') ? 'Neovim' : 'Vim'   " for the local history: never sent
let s:due = []
let s:timer = -1
let s:pace = s:refresh
let s:seen = 0           " XP counted in all at the last tick

" Called by the tracker at the first XP after a hand-over, or after a rest.
function codestats#pulse#arm() abort
  if empty(s:due)
    let s:due = reltime()
  endif
  call s:wait(max([0, min([s:pace, s:left()])]))
endfunction

" Whether what is counted is seen.
function codestats#pulse#follow(is_seen) abort
  let s:pace = a:is_seen ? s:refresh : s:refresh_unseen
endfunction

function s:wait(milliseconds) abort
  call timer_stop(s:timer)
  let s:timer = timer_start(a:milliseconds, function('s:tick'))
endfunction

" How long until the next hand-over, in milliseconds.
function s:left() abort
  return codestats#config#get('pulse_interval') * 1000 - float2nr(reltimefloat(reltime(s:due)) * 1000)
endfunction

" While somebody types, others may follow; then one timer is left, that of the hand-over.
function s:tick(timer) abort
  if empty(s:due)
    return
  endif
  let left = s:left()
  if left <= 0
    call codestats#pulse#hand_over()
    return
  endif
  let total = codestats#counter#call('totals')[1]
  let rests = total == s:seen
  let s:seen = total
  if rests
    call codestats#counter#call('rest')
  endif
  call s:wait(rests ? left : min([s:pace, left]))
  call codestats#hook#run(rests ? 'rested' : 'pending')
endfunction

function s:take() abort
  let s:due = []
  let taken = codestats#counter#call('take')
  let sources = get(taken, 'sources', {})
  if empty(taken.xp) && empty(sources)
    return {}
  endif
  let s:number += 1
  let at = empty(taken.xp) ? localtime() : taken.at
  let batch = {'id': s:session .. '-' .. s:number, 'at': at, 'xp': taken.xp, 'editor': s:editor}
  call extend(batch, empty(sources) ? {} : {'sources': sources})
  call extend(batch, codestats#boot#stamp(at))
  let s:outstanding[batch.id] = batch
  let s:unwritten[batch.id] = batch
  let s:outstanding_xp += s:sum([batch])
  return batch
endfunction

" Give what was counted to the host, which is started when there is none.
function codestats#pulse#hand_over() abort
  let batch = s:take()
  if !empty(batch)
    call codestats#host#record([batch])
    if index(['failed', 'resting'], codestats#host#state()) >= 0
      call s:write()
    endif
  endif
  call codestats#hook#run('handed_over', get(batch, 'xp', {}))
endfunction

" These batches are on disk, and these keys in them earn {nothing}; returns the XP that the others have.
function codestats#pulse#acknowledge(ids, nothing) abort
  let batches = map(filter(copy(a:ids), 'has_key(s:outstanding, v:val)'), 'remove(s:outstanding, v:val)')
  call filter(s:unwritten, 'has_key(s:outstanding, v:key)')
  let xp = s:sum(batches)
  let s:outstanding_xp -= xp
  if empty(a:nothing)
    return xp
  endif
  let worthless = 0
  for batch in batches
    for key in a:nothing
      let worthless += get(batch.xp, key, 0)
    endfor
  endfor
  call codestats#counter#call('ignore', a:nothing, worthless)
  return xp - worthless
endfunction

function codestats#pulse#outstanding() abort
  return values(s:outstanding)
endfunction

" XP handed over but not yet known to be on disk. A sum that is kept: a day without Python makes thousands of batches.
function codestats#pulse#outstanding_xp() abort
  return s:outstanding_xp
endfunction

function s:sum(batches) abort
  let xp = 0
  for batch in a:batches
    for amount in values(batch.xp)
      let xp += amount
    endfor
  endfor
  return xp
endfunction

" To a hand-over file, and to the host if there is one.
function codestats#pulse#save() abort
  let batch = s:take()
  if !empty(batch) && codestats#host#state() ==# 'up'
    call codestats#host#record([batch])
  endif
  call s:write()
endfunction

function s:leave() abort
  call s:take()
  call s:write()
  call codestats#host#leave()
endfunction

" What nobody has acknowledged, in files that are complete or not there at all: the next host takes them in. It knows what
" it has had already by the batches' ids.
function s:write() abort
  if empty(s:unwritten)
    return
  endif
  let batches = s:file + values(s:unwritten)
  let problem = codestats#handover#write(printf('%s-%d.json', s:session, s:files), batches,
        \ codestats#hook#ask('account'))
  if !empty(problem)
    let place = codestats#handover#places()[0]
    call codestats#message#error('handover', printf('XP cannot be kept in %s: %s (:CodeStatsHealth)', place, problem))
    return
  endif
  call codestats#message#forget('handover')
  let [s:file, s:unwritten] = [batches, {}]
  if len(s:file) >= s:batches
    let [s:file, s:files] = [[], s:files + 1]
  endif
endfunction

call codestats#hook#add('leave', function('s:leave'))
