" Which files earn nothing because of where they are (g:codestats_exclude). Looked at when a buffer is entered or gets
" another name, never at a key: the answer is b:codestats_enabled, which the trackers read.

" Another buffer, or another name. A b:codestats_enabled that isn't ours is the user's word and stays.
function codestats#exclude#follow() abort
  let is_ours = exists('b:codestats_excluded') && get(b:, 'codestats_enabled', 1) is 0
  if exists('b:codestats_enabled') && !is_ours
    return
  endif
  if codestats#exclude#matches(expand('%:p'), codestats#config#get('exclude'))
    let b:codestats_enabled = 0
    let b:codestats_excluded = 1
  elseif is_ours
    unlet b:codestats_enabled b:codestats_excluded
  endif
endfunction

" Whether {path}, or what it is a link to, matches one of {patterns} or lies in a directory that does.
function codestats#exclude#matches(path, patterns) abort
  if empty(a:path) || empty(a:patterns)
    return 0
  endif
  let paths = uniq([s:slashes(a:path), s:slashes(resolve(a:path))])
  for pattern in a:patterns
    try
      let regexp = s:regexp(pattern)
      if !empty(filter(copy(paths), has('win32') || has('mac') ? 'v:val =~? regexp' : 'v:val =~# regexp'))
        return 1
      endif
    catch
      let reason = matchstr(v:exception, 'E\d\+:.*')
      call codestats#message#warning('pattern ' .. pattern, printf("'%s' is no path pattern: %s", pattern, reason))
    endtry
  endfor
  return 0
endfunction

function s:slashes(path) abort
  return has('win32') ? tr(a:path, '\', '/') : a:path
endfunction

" `~/work/*.sql`: a full path; `secret` and `work/secret`: anywhere. A directory stands for all that is in it.
function s:regexp(pattern) abort
  let pattern = substitute(s:slashes(a:pattern), '/\+$', '', '')
  if pattern =~# '^\~\%(/\|$\)'
    let pattern = s:slashes(expand('~', 1)) .. pattern[1:]
  elseif pattern !~# '^\%(/\|\a:/\|\*\|\a\+://\)'
    let pattern = '*/' .. pattern
  endif
  return printf('\%%(%s\|%s\)', glob2regpat(pattern), glob2regpat(pattern .. '/*'))
endfunction
