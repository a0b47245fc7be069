"""The life of a host process.

It serves one editor, goes away by itself when there is nothing to do, and carries home what is left when the editor
is gone.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import TYPE_CHECKING

from codestats.install.requirements import lacking

if TYPE_CHECKING:
    from collections.abc import Callable

    from codestats.engine.engine import Engine

__all__ = ["REST", "drain_and_stop", "drain_detached", "exit_when_idle", "leave_directory"]

REST = 600.0
"""Seconds without XP after which a host goes away."""

FAREWELL = 60.0
"""Seconds that recording and sending may take after the editor is gone."""


def leave_directory() -> None:
    """Go where nobody minds: a process that outlives the editor must not keep a directory busy (a stick to unmount)."""
    os.chdir(os.path.abspath(os.sep))  # noqa: PTH100 (pathlib costs 3 ms)


def exit_when_idle(engine: Engine, leave: Callable[[], None], rest: float | None = None) -> None:
    """Call `leave` on a thread of its own after ten minutes without XP, once nothing is outstanding."""

    def wait() -> None:
        engine.wait_until_idle(REST if rest is None else rest)
        leave()

    threading.Thread(target=wait, name="codestats-rest", daemon=True).start()


def drain_and_stop(engine: Engine, seconds: float = FAREWELL) -> None:
    """The editor is gone: record its hand-over file, send what can be sent now, and end.

    Not with settings that are not the user's: an editor that left before it told them has another process carry home.
    """
    if not engine.is_configured:
        return
    engine.receive({"type": "record", "batches": []})
    end = time.monotonic() + seconds
    while not (engine.is_settled or engine.is_relieved) and time.monotonic() < end:
        time.sleep(0.02)
    engine.stop()


def drain_detached() -> int:
    """An editor without a host has left: `codestats drain` by the first Python that can send.

    The last argument is a JSON list of Pythons to try when this one lacks something, each as its first words and what
    it gets of $PYTHON…; the settings come by standard input, which nobody has read until then.
    """
    others: list[tuple[list[str], dict[str, str]]] = json.loads(sys.argv.pop())
    if others and lacking("urllib3"):
        (words, variables), *rest = others
        code = sys.orig_argv[sys.orig_argv.index("-c") : -1]
        os.execve(words[0], [*words, *code, json.dumps(rest)], {**os.environ, **variables})  # noqa: S606
    from codestats.cli import main  # noqa: PLC0415 (not for a Python that only passes on)

    leave_directory()
    return main(["drain", "--quiet", "--settings", "-"])
