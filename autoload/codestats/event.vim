" `User` autocommands: what happened, for others to act on (:help codestats-events).

" Without one that fits, doautocmd would say so; exists('#User#…') doesn't find those of a pattern, as `User CodeStats*`.
augroup codestats_event
  autocmd!
  autocmd User CodeStats* :
augroup END

" Fire `User {name}` with {details} in g:codestats_event while its autocommands run. They are others': their errors are told,
" and go no further.
function codestats#event#publish(name, details) abort
  let g:codestats_event = a:details
  try
    execute 'doautocmd <nomodeline> User' a:name
  catch
    call codestats#message#warning('event ' .. a:name, 'an autocommand for ' .. a:name .. ' failed: ' .. v:exception)
  finally
    unlet! g:codestats_event
  endtry
endfunction
