" `User` autocommands: what happened, for others to act on (:help codestats-events).

" Fire `User {name}` with {details} in g:codestats_event while its autocommands run.
function codestats#event#publish(name, details) abort
  if !exists('#User#' .. a:name)
    return
  endif
  let g:codestats_event = a:details
  try
    execute 'doautocmd <nomodeline> User' a:name
  finally
    unlet! g:codestats_event
  endtry
endfunction
