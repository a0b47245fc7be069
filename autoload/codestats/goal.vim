" The daily goal (g:codestats_daily_goal): said once a day, by one of the user's editors.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:below = ''   " the day on which we saw less than the goal

" {today} XP were counted today: say so when that reaches the goal.
function codestats#goal#announce(today) abort
  let goal = codestats#config#get('daily_goal')
  if goal <= 0
    return
  endif
  let day = strftime('%Y-%m-%d')
  if a:today < goal
    let s:below = day
  elseif s:below ==# day
    let s:below = ''
    if s:is_first(day)
      call codestats#message#info('goal ' .. day, printf('the goal of today is reached: %d XP', goal))
      call codestats#event#publish('CodeStatsGoalReached', {'goal': goal, 'today': a:today})
    endif
  endif
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
