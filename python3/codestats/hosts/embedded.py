"""The host of Vim: runs the core in the editor's embedded Python, on threads that never touch the ``vim`` module.

``start``, ``send``, ``poll`` and ``stop`` are called by autoload/codestats/host/embedded.vim on the editor's main
thread and return at once.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from queue import Empty, SimpleQueue

from codestats.engine.engine import Engine

# What is imported above costs the main thread some 4 ms; json, glob and typing would cost it 10 more.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType
    from typing import Any

__all__ = ["is_busy", "poll", "send", "start", "stop", "try_out"]

FIRST_WAIT, LONGEST_WAIT = 20, 250  # ms between two looks while something goes on
DISK_WAIT = 2000  # ms between two looks while the disk takes nothing
OUR_THREADS = "codestats-"

# Imported before anything is asked of the core, in steps that let the editor's thread in between. If one can't be, this
# Python is broken, as Vim's is when another one stands before its own in PATH ("undefined symbol", seen on 9.0).
_STEPS = ("json", "socket", "http.client", "urllib3", "codestats.engine.dispatcher", "codestats.api.client")
_NAMES = {"urllib3": "urllib3 1.26"}  # as codestats#python has them
# Seconds until the editor's thread gets its turn when ours compute; Python's own is 5 ms.
_SHORT_TURN = 0.0005

_messages: SimpleQueue[dict[str, Any]] = SimpleQueue()
_engine = Engine(_messages.put)
_wait = FIRST_WAIT
_retry_at = 0.0
_preparing: threading.Thread | None = None


class _OffTheEditor:
    """A finder for imports on our threads that stays clear of Vim's own.

    Vim puts ``_vim_path_`` on ``sys.path``, whose finder reads 'runtimepath' inside the editor (seen on 9.0 to 9.2),
    and that may happen on the main thread only. Python's own library goes before what other plugins and $PYTHONPATH
    have put before it: there may be a project's `queue.py`. urllib3 comes from the private environment where there is
    no other.
    """

    def __init__(self) -> None:
        self._private: list[str] = []

    def lacking(self, environment: str) -> str:
        """What this Python lacks; urllib3 may be in that environment."""
        from codestats.install.requirements import lacking  # noqa: PLC0415 (on our thread only)

        if lacking("urllib3", find=self._find) == "urllib3":
            self._private = _packages(environment)
        return lacking("urllib3", find=self._find)

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is not None or not threading.current_thread().name.startswith(OUR_THREADS):
            return None
        spec = self._find(name, target)
        if spec is None and name not in sys.builtin_module_names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return spec

    def _find(self, name: str, target: ModuleType | None = None) -> ModuleSpec | None:
        if name == "urllib3" and self._private:
            return PathFinder.find_spec(name, self._private, target)
        return PathFinder.find_spec(name, _path(), target)


def _path() -> list[str]:
    """sys.path from the archive of Python's library on, then what $PYTHONPATH has that is absolute."""
    path = [entry for entry in sys.path if os.path.isabs(entry)]  # noqa: PTH117 (pathlib costs 3 ms)
    archive = "python{}{}.zip".format(*sys.version_info)
    first = next((place for place, entry in enumerate(path) if entry.endswith(archive)), 0)
    added = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    absolute = {os.path.abspath(entry) for entry in added if os.path.isabs(entry)}  # noqa: PTH100, PTH117
    return path[first:] + [entry for entry in path[:first] if entry in absolute]


def _packages(environment: str) -> list[str]:
    """Where a virtual environment has its packages; any Python 3's, for those that are Python alone."""
    import glob  # noqa: PLC0415 (on our thread only)

    directories = ("lib/python3*/site-packages", "Lib/site-packages")
    patterns = [os.path.join(glob.escape(environment), directory) for directory in directories]  # noqa: PTH118
    return [found for pattern in patterns for found in glob.glob(pattern)]  # noqa: PTH207


def start(private: str, variables: Mapping[str, str]) -> None:
    """Get ready on a thread: `poll` gives a `hello`, or a `lacking` message.

    `private` is our own environment, `variables` are what the core has in its environment besides this process's.
    """
    global _preparing, _wait  # noqa: PLW0603 (the module is the adapter)
    _wait = LONGEST_WAIT
    _engine.environ = {**os.environ, **variables}
    sys.setswitchinterval(_SHORT_TURN)
    _preparing = threading.Thread(target=_prepare, args=(private,), name=OUR_THREADS + "start", daemon=True)
    _preparing.start()


def _prepare(private: str) -> None:
    finder = _OffTheEditor()
    others = [other for other in sys.meta_path if not isinstance(other, _OffTheEditor)]
    sys.meta_path[:] = [finder, *others]
    outcome = _import_all(finder, private)
    if outcome["type"] != "hello":
        sys.meta_path.remove(finder)
    _messages.put(outcome)


def _import_all(finder: _OffTheEditor, private: str) -> dict[str, Any]:
    try:
        what = finder.lacking(private)
        if what:
            return {"type": "lacking", "what": _NAMES.get(what, what), "why": ""}
        _import(_STEPS)
    except Exception as error:  # noqa: BLE001 (whatever it is: another host may do)
        return {"type": "lacking", "what": "", "why": f"{type(error).__name__}: {error}"}
    return {"type": "hello", "python": sys.version.split()[0]}


def _import(modules: Sequence[str]) -> None:
    for module in modules:
        import_module(module)
        time.sleep(0.002)


def try_out(private: str) -> dict[str, Any]:
    """Do what `start` does, and wait for its outcome."""
    start(private, {})
    return _messages.get()


def send(text: str) -> None:
    """Give the core one message, as JSON."""
    import json  # noqa: PLC0415 (loaded by now)

    global _wait  # noqa: PLW0603
    _wait = FIRST_WAIT
    _engine.receive(json.loads(text))


def poll() -> str:
    """What the core has to say, and in how many ms to ask again; 0: not before the next ``send``. A pair, as JSON."""
    global _retry_at  # noqa: PLW0603
    messages = []
    try:
        while True:
            messages.append(_messages.get_nowait())
    except Empty:
        pass
    for message in messages:
        if message["type"] == "status":
            # It is cut to whole seconds: meant is a moment in the one that begins then.
            _retry_at = message["status"].get("retry_at", 0) + 1
    wait = _next_look(has_news=bool(messages))
    if not messages:
        return f"[[], {wait}]"
    import json  # noqa: PLC0415 (whoever has something to say has loaded it)

    return json.dumps([messages, wait])


def _next_look(*, has_news: bool) -> int:
    global _wait  # noqa: PLW0603
    if has_news:
        _wait = FIRST_WAIT
    elif is_busy():
        _wait = min(2 * _wait, LONGEST_WAIT)
    elif _engine.waits_for_disk:
        return DISK_WAIT
    elif _retry_at > time.time():
        return int((_retry_at - time.time()) * 1000) + LONGEST_WAIT
    else:
        return 0
    return _wait


def is_busy() -> bool:
    """Whether something goes on: getting ready, recording, sending."""
    return (_preparing is not None and _preparing.is_alive()) or not _engine.is_settled


def stop() -> None:
    """The editor is left: what is recorded is safe, and nobody waits for the rest."""
    gc.freeze()  # Vim ends its Python in an orderly way: 40 ms with all our modules, 20 if they are passed over
    _engine.receive({"type": "stop", "timeout": 0})
