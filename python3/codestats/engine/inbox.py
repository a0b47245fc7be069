"""The messages that wait for the engine's thread."""

from __future__ import annotations

import threading
from collections import deque

TYPE_CHECKING = False  # as in engine.py
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codestats.work import Work

__all__ = ["Inbox"]


class Inbox:
    """What the recorder's thread has to do: messages in order, and wake-ups. Each is a piece of `work`."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._condition = threading.Condition()
        self._messages: deque[Mapping[str, Any]] = deque()
        self._is_woken = False
        self._taken = 0

    def put(self, message: Mapping[str, Any]) -> None:
        """One more message."""
        with self._condition:
            self._work.begin()
            self._messages.append(message)
            self._condition.notify_all()

    def wake(self) -> None:
        """Something else than a message needs a look."""
        with self._condition:
            if not self._is_woken:
                self._work.begin()
            self._is_woken = True
            self._condition.notify_all()

    def take(self, timeout: float | None) -> list[Mapping[str, Any]]:
        """All messages; waits for one, for a wake-up or for so many seconds. What was taken before is done by now."""
        with self._condition:
            self._work.done(self._taken)
            if not self._messages and not self._is_woken:
                self._condition.wait(timeout)
            messages = list(self._messages)
            self._taken = len(messages) + self._is_woken
            self._is_woken = False
            self._messages.clear()
        return messages
