"""Who is next: of the processes whose XP is on disk and that cannot send it now, one waits and all others go.

The lease says who sends. What is recorded before the next one's turn begins goes out with that turn, so nobody else
need wait for it: with a slow service, processes of editors that were left would pile up.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from codestats.filelock import LockHeldError, exclusive

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Line"]


class Line:
    """The place behind the one that sends, on a lock file. Safe in any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._held: ExitStack | None = None

    def join(self) -> bool:
        """Take the place, or keep it; False if another process has it: what is on disk by now, it will send."""
        with self._lock:
            if self._held is None:
                held = ExitStack()
                try:
                    held.enter_context(exclusive(self._path))
                except LockHeldError:
                    return False
                except OSError:  # a full disk: then whoever wants to waits
                    return True
                self._held = held
            return True

    def leave(self) -> None:
        """Before it is looked what there is to send: whoever records from now on must not count on that look."""
        with self._lock:
            if self._held is not None:
                self._held.close()
                self._held = None
