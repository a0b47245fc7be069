" Levels as they are at this moment: the last known profile plus what was counted here since, by the service's formula
" level = floor(0.025 * sqrt(xp)) (API documentation, Terms: Level).

if exists('s:sourced')
  finish
endif
let s:sourced = 1

const s:fresh = 3600     " seconds until the service is asked for the profile again
const s:again = 300      " … and while it has not told it
let s:base = {}          " the profile message, {} while there is none
let s:languages = {}     " name in lower case → XP, sent or not, when it arrived
let s:since = {}         " key of a batch → XP handed over since then
let s:known = {}         " name in lower case → level; '' for all together
let s:is_known = 0       " whether the first profile told
let s:session = {}       " key → XP handed over by this editor
let s:asked = 0

" The level of {xp}. In whole numbers at the borders: a rounded root can't move them.
function codestats#level#of(xp) abort
  let level = float2nr(sqrt(a:xp) / 40)
  return level + (s:start(level + 1) <= a:xp) - (s:start(level) > a:xp)
endfunction

function s:start(level) abort
  return 1600 * a:level * a:level
endfunction

" The part of the way from this level to the next one, as a float below 1.
function codestats#level#progress(xp) abort
  let level = codestats#level#of(a:xp)
  return (a:xp - s:start(level)) * 1.0 / (s:start(level + 1) - s:start(level))
endfunction

" Have the core tell the profile: at once what it kept, then the service's answer. Not more often than once an hour.
function codestats#level#ask() abort
  if codestats#host#state() ==# 'up' && localtime() - s:asked >= (empty(s:base) ? s:again : s:fresh)
    let s:asked = localtime()
    call codestats#host#send({'type': 'profile'})
  endif
endfunction

" The own profile arrived. What the core had not yet recorded then is what is outstanding now. The first one says where the
" levels stood before what was counted here: a level that was reached meanwhile is news.
function codestats#level#profile(message) abort
  let s:base = a:message
  let [s:languages, s:since] = [{}, {}]
  for xps in [a:message.languages, get(a:message, 'unsent', {})]
    for [name, xp] in items(xps)
      let s:languages[s:kept_as(name)] = get(s:languages, s:kept_as(name)) + xp
    endfor
  endfor
  let s:base.counted = s:sum(values(get(a:message, 'unsent', {})))
  for batch in codestats#pulse#outstanding()
    call s:add(s:since, batch.xp)
  endfor
  call codestats#language#ask(keys(s:since) + keys(s:session))
  call codestats#level#announce()
endfunction

" Where the levels stood before what was counted here; known as soon as all that has a language's name.
function s:know() abort
  if index(map(keys(s:session), 'codestats#language#name(v:val)'), v:null) < 0
    let s:is_known = 1
    for name in [''] + keys(s:languages)
      let s:known[name] = codestats#level#of(max([s:xp(name) - s:share(name, s:session), 0]))
    endfor
  endif
endfunction

" A batch was handed over.
function codestats#level#counted(xp) abort
  call s:add(s:session, a:xp)
  if !empty(s:base)
    call s:add(s:since, a:xp)
    call codestats#language#ask(keys(s:since))
    call codestats#level#announce()
  endif
endfunction

function s:add(sums, xp) abort
  for [key, xp] in items(a:xp)
    let a:sums[key] = get(a:sums, key) + xp
  endfor
endfunction

function s:sum(numbers) abort
  let sum = 0
  for number in a:numbers
    let sum += number
  endfor
  return sum
endfunction

" The user's XP, and those of a language; -1 while they are not known.
function codestats#level#xp(...) abort
  return empty(s:base) ? -1 : s:xp(s:kept_as(get(a:000, 0, '')))
endfunction

" A language by the name, in lower case, under which the service has its XP: some it keeps as others.
function s:kept_as(language) abort
  let name = tolower(a:language)
  return get(get(s:base, 'aliases', {}), name, name)
endfunction

function s:xp(name) abort
  return (empty(a:name) ? s:base.total_xp + s:base.counted : get(s:languages, a:name)) + s:share(a:name, s:since)
endfunction

" What of some XP by key goes to a language; '' for all of them.
function s:share(name, xps) abort
  let xp = 0
  for [key, amount] in items(a:xps)
    let language = codestats#language#name(key)
    if empty(a:name) ? language isnot '' : language isnot v:null && s:kept_as(language) ==# a:name
      let xp += amount
    endif
  endfor
  return xp
endfunction

" Days in a row with XP, today's included; -1 while that is not known.
function codestats#level#streak(today) abort
  if !has_key(s:base, 'streak')
    return -1
  endif
  return s:base.streak + (a:today > 0 && !s:base.streak_has_today)
endfunction

" Say which levels were reached by what was counted, handed over or not.
function codestats#level#announce() abort
  if empty(s:base)
    return
  elseif !s:is_known
    call s:know()
    if !s:is_known
      return
    endif
  endif
  let counted = codestats#counter#call('counted')
  let names = map(keys(s:since) + keys(s:session) + keys(counted), 'codestats#language#name(v:val)')
  for language in [''] + uniq(sort(filter(names, 'v:val isnot v:null && v:val !=# ""')))
    let name = s:kept_as(language)
    let level = codestats#level#of(s:xp(name) + s:share(name, counted))
    let known = get(s:known, name, 0)
    let s:known[name] = max([level, known])
    if level > known
      call s:reached(language, level)
    endif
  endfor
endfunction

function s:reached(language, level) abort
  if codestats#config#get('notify_level_up')
    call codestats#toast#show((empty(a:language) ? 'Code::Stats' : a:language) .. ' level ' .. a:level .. '!')
  endif
  call codestats#event#publish('CodeStatsLevelUp', {'language': a:language, 'level': a:level})
endfunction
