" The daily goal (g:codestats_daily_goal): said once a day, by one of the user's editors.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:below = ''   " the day on which we saw less than the goal

" {today} XP were counted today, {session} of all in this session: say so when that reaches the goal, also where it did before
" the core first told what was there before.
function codestats#goal#announce(today, session) abort
  let goal = codestats#config#get('daily_goal')
  if goal <= 0
    return
  endif
  let day = strftime('%Y-%m-%d')
  if a:today < goal || (empty(s:below) && a:today - a:session < goal)
    let s:below = day
  endif
  if a:today >= goal && s:below ==# day
    let s:below = 'said'
    if s:is_first(day)
      call codestats#toast#show(printf('Daily goal reached: %s XP!', s:grouped(goal)))
      call codestats#event#publish('CodeStatsGoalReached', {'goal': goal, 'today': a:today})
    endif
  endif
endfunction

" 2,000
function s:grouped(number) abort
  return substitute(a:number, '\d\zs\ze\%(\d\d\d\)\+$', ',', 'g')
endfunction

" Whether no other editor said it today. Where nothing can be written, each says it.
function s:is_first(day) abort
  let file = codestats#config#data_dir() .. '/goal'
  try
    if filereadable(file) && readfile(file, '', 1) ==# [a:day]
      return 0
    endif
    call writefile([a:day], file, 's')
  catch
    call codestats#log#add('the goal of today could not be noted in ' .. file)
  endtry
  return 1
endfunction
