rockspec_format = '3.0'
package = 'codestats.vim'
version = 'scm-1'
source = { url = 'git+https://github.com/codestats/codestats.vim' }
description = {
  summary = 'XP for Code::Stats, counted in Neovim',
  detailed = 'Counts what you type per language, keeps it on disk until it is delivered, shows XP in the status line.',
  homepage = 'https://github.com/codestats/codestats.vim',
  license = 'MIT',
  labels = { 'neovim' },
}
dependencies = { 'lua == 5.1' }
build = {
  type = 'builtin',
  copy_directories = { 'autoload', 'doc', 'plugin', 'python3', 'rplugin' },
}
