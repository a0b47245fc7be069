vim9script
# No handler can break typing: the first error is reported once and switches counting off. CTRL-C is none: it was meant for
# something else (handlers catch all but Vim:Interrupt).

export def Stop()
  for group in ['codestats_tracker', 'codestats_typing', 'codestats_letters', 'codestats_ticks']
    if exists('#' .. group)
      execute 'autocmd!' group
    endif
  endfor
enddef

export def Fail()
  Stop()
  codestats#message#error('tracker', 'counting stopped: ' .. v:exception)
enddef
