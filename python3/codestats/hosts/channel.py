"""The host of an editor without a Python of its own: a job that runs the core, one JSON message a line in and out."""

from __future__ import annotations

import json
import os
import sys
import threading
from queue import SimpleQueue
from typing import IO, Any

from codestats.engine.engine import Engine
from codestats.hosts import lifecycle
from codestats.install import requirements

__all__ = ["ChannelHost", "main"]


class ChannelHost:
    """Serves the editor that writes to `source` and reads `target`."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        self._source = source
        self._target = target
        self._answers: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.engine = Engine(self._answers.put)

    def serve(self) -> None:
        """Until the editor is gone."""
        threading.Thread(target=self._write, name="codestats-answers", daemon=True).start()
        self._answers.put({"type": "hello", "python": sys.executable})
        for line in self._source:
            self._receive(line)

    def _receive(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if isinstance(message, dict):
            self.engine.receive(message)
        else:
            print("what came in was no message", file=sys.stderr)  # noqa: T201 (goes to the editor's log)

    def _write(self) -> None:
        """On a thread of its own: a stopped editor reads nothing, and the engine must not wait for it."""
        while True:
            message = self._answers.get()
            try:
                self._target.write(_line_of(message))
                self._target.flush()
            except (OSError, ValueError):  # the editor is gone: the end of our input says so too
                return


def _line_of(message: dict[str, Any]) -> bytes:
    """As short as it gets, since the editor reads it on its main thread: a bar is no hundred escapes."""
    try:
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate, of a file's name
        return json.dumps(message).encode() + b"\n"


def main() -> None:
    """Serve the editor at standard input and output until it goes away."""
    requirements.demand("urllib3")
    lifecycle.leave_directory()
    # Whatever else is printed in this process must not get between the messages.
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    host = ChannelHost(sys.stdin.buffer, target)
    lifecycle.exit_when_idle(host.engine, lambda: _end(host))
    host.serve()
    lifecycle.drain_and_stop(host.engine)


def _end(host: ChannelHost) -> None:
    """Nothing to do: go, though the main thread waits for the editor. What it sends now goes to the next host."""
    host.engine.stop()
    os._exit(0)
