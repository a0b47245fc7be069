"""The core for those who use the manifest: ``:UpdateRemotePlugins``, then ``call CodeStatsHost({'type': 'flush'})``.

codestats.vim itself needs neither this nor the manifest: it starts codestats.hosts.remote in a process of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pynvim

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python3"))

from codestats.hosts.remote import RemoteHost


@pynvim.plugin
class CodeStats:
    """One instance a process, made when the first message arrives."""

    def __init__(self, nvim: pynvim.Nvim) -> None:
        self._host = RemoteHost(nvim)

    @pynvim.function("CodeStatsHost", sync=False)
    def message(self, args: list[Any]) -> None:
        """Hand one message dictionary (doc/messages.md) to the core."""
        self._host.receive(args[0])
