"""The host of Vim: runs the core in the editor's embedded Python, on threads that never touch the ``vim`` module.

``start``, ``send``, ``poll`` and ``stop`` are called by autoload/codestats/host/embedded.vim on the editor's main
thread and return at once.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
import time
from importlib.machinery import ModuleSpec, PathFinder
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from codestats.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

__all__ = ["poll", "send", "start", "stop"]

FIRST_WAIT, LONGEST_WAIT = 10, 250  # ms between two looks while something goes on
OUR_THREADS = "codestats-"

_messages: SimpleQueue[dict[str, Any]] = SimpleQueue()
_engine = Engine(_messages.put)
_wait = FIRST_WAIT
_retry_at = 0.0


class _OffTheEditor:
    """A finder for imports on our threads that stays clear of Vim's own.

    Vim puts ``_vim_path_`` on ``sys.path``, whose finder reads 'runtimepath' inside the editor (seen on 9.0 to 9.2),
    and that may happen on the main thread only.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is not None or not threading.current_thread().name.startswith(OUR_THREADS):
            return None
        spec = PathFinder.find_spec(name, [entry for entry in sys.path if entry != "_vim_path_"], target)
        if spec is None and name not in sys.builtin_module_names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return spec


def start() -> str:
    """Get ready; returns what is missing (``urllib3 1.26``), or nothing."""
    if importlib.util.find_spec("urllib3") is None:
        return "urllib3 1.26"
    sys.meta_path.insert(0, _OffTheEditor())
    _messages.put({"type": "hello", "python": sys.version.split()[0]})
    return ""


def send(text: str) -> None:
    """Give the core one message, as JSON."""
    global _wait  # noqa: PLW0603 (the module is the adapter)
    _wait = FIRST_WAIT
    _engine.receive(json.loads(text))


def poll() -> tuple[list[dict[str, Any]], int]:
    """What the core has to say, and in how many ms to ask again; 0: not before the next ``send``."""
    global _retry_at  # noqa: PLW0603
    messages = []
    try:
        while True:
            messages.append(_messages.get_nowait())
    except Empty:
        pass
    for message in messages:
        if message["type"] == "status":
            _retry_at = message["status"].get("retry_at", 0)
    return messages, _next_look(bool(messages))


def _next_look(has_news: bool) -> int:
    global _wait  # noqa: PLW0603
    if has_news:
        _wait = FIRST_WAIT
    elif not _engine.is_settled:
        _wait = min(2 * _wait, LONGEST_WAIT)
    elif _retry_at > time.time():
        return int((_retry_at - time.time()) * 1000) + LONGEST_WAIT
    else:
        return 0
    return _wait


def stop() -> None:
    """The editor is left: what is recorded is safe, and nobody waits for the rest."""
    _engine.receive({"type": "stop", "timeout": 0})
