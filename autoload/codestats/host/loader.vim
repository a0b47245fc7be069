" Our package in the Python inside Vim: loading it, and saying why it cannot be.

if exists('s:sourced')
  finish
endif
let s:sourced = 1

let s:directory = expand('<sfile>:p:h:h:h:h') .. '/python3'
let s:adapter = '__import__("codestats.hosts.embedded", fromlist=["main"])'
let s:python = 'the Python inside Vim'
" What Python itself put on sys.path: from the archive of its library on. $PYTHONPATH and other plugins come before that.
let s:own_path = '(lambda path, first: path[next((i for i, entry in enumerate(path) if str(entry).endswith(first)), 0):])('
      \ .. '__import__("sys").path, "python%d%d.zip" % __import__("sys").version_info[:2])'
let s:is_loaded = 0

" As codestats#python#nearer() has problems.
function codestats#host#loader#problem(lacks, says) abort
  return {'python': s:python, 'lacks': a:lacks, 'says': empty(a:lacks) ? a:says : 'no ' .. a:lacks}
endfunction

function codestats#host#loader#is_new_enough() abort
  return py3eval('__import__("sys").version_info >= (3, 10)')
endfunction

" Import our package, leaving no compiled modules in the plugin's directory and nothing of ours on the path of other plugins.
" What it imports in turn is Python's own, whatever others have put before that.
function codestats#host#loader#load() abort
  if s:is_loaded
    return
  endif
  let l:directory = s:directory
  let restore = py3eval('__import__("sys").dont_write_bytecode') ? 'True' : 'False'
  call py3eval('setattr(__import__("sys"), "dont_write_bytecode", True)')
  let before = py3eval('len(__import__("sys").path)')
  call py3eval('__import__("sys").path.__setitem__(slice(0, 0), [__import__("vim").eval("l:directory"), *' .. s:own_path .. '])')
  let added = py3eval('len(__import__("sys").path)') - before
  try
    call py3eval('__import__("codestats.hosts.bytecode", fromlist=["main"]).keep_elsewhere()')
    call py3eval(s:adapter .. '.__name__')
    let s:is_loaded = 1
  finally
    call py3eval('__import__("sys").path.__delitem__(slice(0, ' .. added .. '))')
    call py3eval('setattr(__import__("sys"), "dont_write_bytecode", ' .. restore .. ')')
  endtry
endfunction

function codestats#host#loader#is_loaded() abort
  return s:is_loaded
endfunction
