"""The messages that wait for the engine's thread."""

from __future__ import annotations

import threading
from collections import deque

TYPE_CHECKING = False  # as in engine.py
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["Inbox"]


class Inbox:
    """What the recorder's thread has to do: messages in order, and wake-ups."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._messages: deque[Mapping[str, Any]] = deque()
        self._is_woken = False
        self._is_busy = False

    def put(self, message: Mapping[str, Any]) -> None:
        """One more message."""
        with self._condition:
            self._messages.append(message)
            self._condition.notify_all()

    def wake(self) -> None:
        """Something else than a message needs a look."""
        with self._condition:
            self._is_woken = True
            self._condition.notify_all()

    def take(self, timeout: float | None) -> list[Mapping[str, Any]]:
        """All messages; waits for one, for a wake-up or for so many seconds."""
        with self._condition:
            self._is_busy = False
            self._condition.notify_all()
            if not self._messages and not self._is_woken:
                self._condition.wait(timeout)
            self._is_woken = False
            self._is_busy = True
            messages = list(self._messages)
            self._messages.clear()
        return messages

    @property
    def is_empty(self) -> bool:
        """Whether everything was dealt with."""
        with self._condition:
            return not (self._messages or self._is_woken or self._is_busy)
