"""What is under way in one engine, counted under one lock, whichever thread does it."""

from __future__ import annotations

import threading

__all__ = ["Work"]


class Work:
    """A count of pieces of work: whoever hands one on begins the next before the last is done, so 0 means rest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pieces = 0
        self._goes_on_soon = False

    def begin(self) -> None:
        """One more piece: a message, a round of sending, a question to the service."""
        with self._lock:
            self._pieces += 1

    def done(self, pieces: int = 1) -> None:
        """So many fewer."""
        with self._lock:
            self._pieces -= pieces

    def pause(self, *, is_short: bool) -> None:
        """One fewer; the one who did it goes on by itself, in a moment or not before long."""
        with self._lock:
            self._pieces -= 1
            self._goes_on_soon = is_short

    @property
    def is_resting(self) -> bool:
        """Whether nobody works."""
        with self._lock:
            return not self._pieces

    @property
    def is_settled(self) -> bool:
        """Whether nobody works, or will in a moment."""
        with self._lock:
            return not (self._pieces or self._goes_on_soon)
