"""The body of a request: of a given length or in chunks, and only so much of it as the service takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message
    from io import BufferedIOBase

__all__ = ["BodyError", "ClientGoneError", "read_body"]

MAX_BODY = 8_000_000
"""Bytes; longer bodies are answered with 413."""
_SKIPPED = 16_000_000
"""Bytes of a body too long that are read and dropped, so that the client gets to read the answer."""
_LONGEST_LINE = 4096
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")


class BodyError(Exception):
    """Where the body ends can't be told; ``status`` is the answer, after which the connection is closed."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ClientGoneError(Exception):
    """The client went away in the middle of the body."""


def read_body(headers: Message, stream: BufferedIOBase) -> bytes | None:
    """The body; None if it is too long: then the connection can't be used again.

    Raises BodyError and ClientGoneError.
    """
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is None:
        return _of_length(length or "0", stream)
    if length is not None:  # two ends of one body: what one program takes for it, another takes for a request
        raise BodyError(400)
    if coding.strip().lower() != "chunked":
        raise BodyError(501)
    return _of_chunks(stream)


def _of_length(text: str, stream: BufferedIOBase) -> bytes | None:
    if not (text.isascii() and text.isdigit()):
        raise BodyError(400)
    length = int(text[:15])
    if length > MAX_BODY:
        _skip(stream, min(length, _SKIPPED))
        return None
    return _exactly(stream, length)


def _of_chunks(stream: BufferedIOBase) -> bytes | None:
    parts: list[bytes] = []
    total = 0
    while size := _chunk_size(stream):
        total += size
        if total > MAX_BODY:
            _skip(stream, min(size, _SKIPPED))
            return None
        parts.append(_exactly(stream, size))
        if _line(stream).strip(b"\r\n"):
            raise BodyError(400)
    for _ in range(100):  # trailing headers
        if not _line(stream).strip(b"\r\n"):
            return b"".join(parts)
    raise BodyError(400)


def _chunk_size(stream: BufferedIOBase) -> int:
    match = _CHUNK_SIZE.fullmatch(_line(stream))
    if match is None:
        raise BodyError(400)
    return int(match.group(1), 16)


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    if not line:
        raise ClientGoneError
    if not line.endswith(b"\n"):
        raise BodyError(400)
    return line


def _exactly(stream: BufferedIOBase, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise ClientGoneError
    return data


def _skip(stream: BufferedIOBase, length: int) -> None:
    while length > 0:
        data = stream.read(min(length, 1 << 16))
        if not data:
            return
        length -= len(data)
