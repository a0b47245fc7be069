"""The second way into an editor under test, beside its keys: ask it things without typing.

Neovim: msgpack-RPC on the socket of `--listen`. Vim: a JSON channel that its vimrc opens to a socket of ours. Both are
answered only while the editor waits for input, and neither is a typed key.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgpack

TIMEOUT = 10.0


class ControlError(Exception):
    """The editor refused an expression or command (its own words), or went away while it was asked."""


class EditorGoneError(ControlError):
    """The control channel was closed: the editor has left or was killed."""


class Control(Protocol):
    """What both channels can do. Every call waits for the answer, TIMEOUT seconds at most."""

    def eval(self, expression: str) -> Any: ...
    def command(self, command: str) -> None: ...
    def settled(self) -> bool:
        """True when all that was read has been worked through: no key of an unfinished mapping or key code is held."""

    def close(self) -> None: ...


def _receive(connection: socket.socket, end: float, question: str) -> bytes:
    ready, _, _ = select.select([connection], [], [], max(0.0, end - time.monotonic()))
    if not ready:
        raise TimeoutError(
            f"the editor did not answer {question} in {TIMEOUT:g} s (is it waiting for a key?)"
        )
    try:
        data = connection.recv(65536)
    except ConnectionError as error:
        raise EditorGoneError("the editor closed the control channel") from error
    if not data:
        raise EditorGoneError("the editor closed the control channel")
    return data


def _send(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
    except OSError as error:
        raise EditorGoneError("the editor closed the control channel") from error


_MORE = 0.02
"""Seconds after which nothing more of a long message comes."""


class NvimControl:
    """A msgpack-RPC client, one request at a time."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        # Buffers, windows and tabpages come as extension types: their numbers are enough here.
        self._unpacker = msgpack.Unpacker(
            raw=False,
            strict_map_key=False,
            unicode_errors="surrogateescape",
            ext_hook=lambda _, data: msgpack.unpackb(data),
        )
        self._id = 0
        self._notifications: list[tuple[str, list[Any]]] = []

    def request(self, method: str, *arguments: object) -> Any:
        """Call an API function and return its result; ControlError with Neovim's words."""
        self._id += 1
        _send(
            self._socket,
            msgpack.packb([0, self._id, method, list(arguments)], unicode_errors="surrogateescape"),
        )
        end = time.monotonic() + TIMEOUT
        while True:
            for message in self._unpacker:
                if message[0] == 2:
                    self._notifications.append((message[1], message[2]))
                if message[0] == 1 and message[1] == self._id:
                    if message[2] is not None:
                        raise ControlError(str(message[2][1]))
                    return message[3]
            self._unpacker.feed(_receive(self._socket, end, f"{method}{arguments}"))

    def notifications(self) -> list[tuple[str, list[Any]]]:
        """What the editor has sent by rpcnotify() since the last call; asks nothing.

        What a socket does not hold at once it sends when the first of it has been read.
        """
        patience = 0.0
        while select.select([self._socket], [], [], patience)[0]:
            patience = _MORE
            self._unpacker.feed(_receive(self._socket, time.monotonic() + TIMEOUT, "nothing"))
        self._notifications += [(message[1], message[2]) for message in self._unpacker if message[0] == 2]
        taken, self._notifications = self._notifications, []
        return taken

    def eval(self, expression: str) -> Any:
        return self.request("nvim_eval", expression)

    def command(self, command: str) -> None:
        self.request("nvim_command", command)

    def lua(self, code: str, *arguments: object) -> Any:
        return self.request("nvim_exec_lua", code, list(arguments))

    def settled(self) -> bool:
        # nvim_get_mode is answered after all input has been worked through, or at once (blocking) when Neovim waits for
        # the rest of a command, key code or mapping: then nothing else would be answered.
        mode = self.request("nvim_get_mode")
        return not mode["blocking"] and "m" not in self.eval("state('m')")

    def close(self) -> None:
        self._socket.close()


VIM_SCRIPT = r"""
function! DriverEval(expression) abort
  try
    return ['', eval(a:expression)]
  catch
    return [v:exception, '']
  endtry
endfunction
function! DriverCommand(command) abort
  try
    execute a:command
    return ['', '']
  catch
    return [v:exception, '']
  endtry
endfunction
let g:driver_channel = ch_open('unix:{socket}', {'mode': 'json'})
"""


class VimControl:
    """Our end of Vim's JSON channel. `script` goes at the top of the vimrc; `accept` waits for Vim to call."""

    def __init__(self, path: Path) -> None:
        self.script = VIM_SCRIPT.replace("{socket}", str(path))
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(1)
        self._listener.setblocking(False)
        self._socket: socket.socket | None = None
        self._pending = b""
        self._id = 0

    def accept(self) -> bool:
        """Has Vim called? (Does not wait.)"""
        if self._socket is None:
            with contextlib.suppress(BlockingIOError):
                self._socket, _ = self._listener.accept()
                self._socket.setblocking(True)
        return self._socket is not None

    def _call(self, function: str, argument: str) -> Any:
        if self._socket is None:
            raise EditorGoneError("Vim has not opened its control channel")
        self._id -= 1
        _send(self._socket, (json.dumps(["call", function, [argument], self._id]) + "\n").encode())
        end = time.monotonic() + TIMEOUT
        while True:
            answer = self._next_answer(lambda: _receive(self._socket, end, argument))  # type: ignore[arg-type]
            if answer[0] == self._id:
                break
        if answer[1] == "ERROR":
            raise ControlError(f"Vim could not answer {argument}")
        error, value = answer[1]
        if error:
            raise ControlError(error)
        return value

    def _next_answer(self, receive: Callable[[], bytes]) -> Any:
        """One JSON value; Vim ends each with a newline."""
        while b"\n" not in self._pending:
            self._pending += receive()
        line, _, self._pending = self._pending.partition(b"\n")
        return json.loads(line.decode(errors="surrogateescape"), strict=False)

    def eval(self, expression: str) -> Any:
        return self._call("DriverEval", expression)

    def command(self, command: str) -> None:
        self._call("DriverCommand", command)

    def settled(self) -> bool:
        # 'm' counts keys that Vim holds back because they may begin a mapping or key code.
        return "m" not in self.eval("state('m')")

    def close(self) -> None:
        self._listener.close()
        if self._socket is not None:
            self._socket.close()
