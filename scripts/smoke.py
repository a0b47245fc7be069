#!/usr/bin/env python3
"""One session of the Neovim in PATH on any system: type, see it counted, sent and received. Needs no terminal.

The embedded service is the receiver; the editor runs in a home that is thrown away. Exit status 1 if a step fails.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPO / "python3"))

import pynvim  # noqa: E402 (found by the line above, as are the others)

from codestats.server import Service  # noqa: E402

PATIENCE = 60.0  # seconds for each step: the first start of Python on a cold machine


def wait(what: str, condition: Callable[[], bool]) -> None:
    """Return when it holds; exit when it does not for a minute."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"smoke: waited {PATIENCE:g} s for {what}")
        time.sleep(0.05)
    print(f"smoke: {what}")


def main() -> int:
    """Run the session."""
    with Service() as service, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        for name in (
            "HOME",
            "USERPROFILE",
            "LOCALAPPDATA",
            "XDG_STATE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
        ):
            os.environ[name] = home
        init = Path(home, "init.vim")
        init.write_text(
            f"set runtimepath^={REPO.as_posix()}\n"
            f"let g:codestats_api_url = '{service.url}'\nlet g:codestats_api_key = '{service.token()}'\n"
            f"let g:codestats_python = '{Path(sys.executable).as_posix()}'\n",
            encoding="utf-8",
        )
        nvim = pynvim.attach("child", argv=["nvim", "--embed", "--clean", "-u", str(init), "smoke.py"])
        try:
            nvim.ui_attach(80, 24, rgb=True)  # keys count where somebody can see what they do
            for key in ("i", *"hello", "<Esc>"):
                nvim.input(key)
                nvim.request("nvim_get_mode")
            wait("5 XP counted", lambda: nvim.eval("codestats#status().session") == 5)
            nvim.command("CodeStatsFlush")
            wait("5 XP at the service", lambda: service.total() == 5)
            wait("nothing left to send", lambda: nvim.eval("codestats#status().unsent") == 0)
            nvim.command("qall!", async_=True)
        finally:
            nvim.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
