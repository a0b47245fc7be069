#!/bin/sh
# install.sh of your dotfiles: the plugin, and all that it needs. Again, it changes nothing.
# The token comes from a command, here of `pass`; keyrings.md has others.
set -eu
plugin=$HOME/.vim/pack/plugins/start/codestats.vim
[ -d "$plugin" ] || git clone --quiet https://github.com/codestats/codestats.vim "$plugin"
PYTHONPATH=$plugin/python3 python3 -m codestats setup --yes --token-command 'pass show codestats' --backup ~/backups
