"""The host of Neovim: a pynvim process that runs the core for one editor."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any

from codestats import mask
from codestats.engine.engine import Engine
from codestats.hosts import lifecycle
from codestats.install import requirements

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pynvim

__all__ = ["METHOD", "RemoteHost", "main"]

METHOD = "codestats"
"""The notification that carries an editor's message (autoload/codestats/host/remote.vim)."""


class RemoteHost:
    """Connects an editor's pynvim session with an engine."""

    def __init__(self, nvim: pynvim.Nvim) -> None:
        self._nvim = nvim
        self._is_alone = False
        self._is_configured = False
        self.engine = Engine(self._deliver)

    def take(self, method: str, arguments: list[Any]) -> None:
        """Take a notification; others than ours (`nvim_error_event`) say nothing to us."""
        if method == METHOD:
            self.receive(arguments[0])

    def receive(self, message: Mapping[str, Any]) -> None:
        """Take one message of the editor."""
        if message.get("type") == "hello":
            self._deliver({"type": "hello", "python": sys.executable})
            lifecycle.exit_when_idle(self.engine, self._stop)
        else:
            self._configure(message)
            self.engine.receive(message)

    def _configure(self, message: Mapping[str, Any]) -> None:
        """Through the manifest anybody may send anything first, in a process shared with other plugins."""
        if not self._is_configured and message.get("type") != "configure":
            key = self._nvim.exec_lua("return require('codestats.mask').key")
            self.engine.environ = {**os.environ, mask.KEY: key}
            settings = self._nvim.call("codestats#settings#of_core")
            self.engine.receive({"type": "configure", "settings": settings})
        self._is_configured = True

    def drain_and_stop(self) -> None:
        """The editor is gone."""
        self._is_alone = True
        lifecycle.drain_and_stop(self.engine)

    def _deliver(self, message: dict[str, Any]) -> None:
        if not self._is_alone:
            self._nvim.async_call(self._send, message)

    def _send(self, message: dict[str, Any]) -> None:
        self._nvim.call("codestats#host#receive", message, async_=True)

    def _stop(self) -> None:
        self._nvim.async_call(self._nvim.stop_loop)


def main() -> None:
    """Serve the editor at standard input and output until it goes away.

    By pynvim's connection and loop alone: its decorators and its `start_host` are going to be dropped (pynvim's issues
    333, 567 and 576).
    """
    requirements.demand("pynvim", "urllib3")
    import pynvim  # noqa: PLC0415 (only now known to be there)

    lifecycle.leave_directory()
    host = None
    # At the end of its input pynvim leaves its loop by an OSError, an EOFError or a plain return, by its version.
    with contextlib.suppress(OSError, EOFError, SystemExit):
        nvim = pynvim.attach("stdio")
        host = RemoteHost(nvim)
        # What pynvim has to say of an error has the message in it, and that may have the token.
        nvim.run_loop(_refuse, host.take, err_cb=lambda _: None)
    if host is not None:
        host.drain_and_stop()


def _refuse(method: str, _: list[Any]) -> None:
    raise LookupError(f"no request {method}")
