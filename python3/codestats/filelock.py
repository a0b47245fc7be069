"""A lock between processes on a file, which ends with its holder however that ends."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["LockHeldError", "exclusive"]


class LockHeldError(OSError):
    """Another process holds the lock."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock on `path`, a file that is made and stays. Raises LockHeldError, OSError.

    Where the file system has no locks there is none to hold, and the block runs all the same.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _lock(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path) -> None:
    try:
        if os.name == "posix":
            import fcntl  # noqa: PLC0415 (not on Windows)

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt  # noqa: PLC0415 (only on Windows)

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except (BlockingIOError, PermissionError) as error:
        raise LockHeldError(0, "another one is running", str(path)) from error
    except OSError:  # no locks on this file system
        pass
