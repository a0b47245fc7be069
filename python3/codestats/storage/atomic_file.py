"""Files that are whole or not there: a temporary name, the disk's word for it, then a rename."""

from __future__ import annotations

import os
import secrets
import signal
import stat
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = [
    "TEMPORARY",
    "CancelledError",
    "OutputExistsError",
    "atomic_write",
    "clear_left_overs",
    "interruptible",
    "read_file",
    "write_file",
]

TEMPORARY = ".codestats-*.tmp"
"""How a file is called until it is whole."""


class CancelledError(BaseException):
    """The user, or the system, wants it to end; like KeyboardInterrupt it passes by `except Exception`."""


class OutputExistsError(OSError):
    """There is such a file, and nobody said that it may be replaced."""


@contextmanager
def atomic_write(path: Path, *, replace: bool = False) -> Iterator[IO[bytes]]:
    """A new file to write (0600), which gets its name when the block ends well and is gone otherwise.

    Without `replace` a file that is there is left alone, also one that came meanwhile. A link is followed.
    Raises OutputExistsError, OSError.
    """
    path = Path(os.path.realpath(path))
    _refuse_special(path, replace=replace)
    temporary = path.with_name(f".codestats-{secrets.token_hex(6)}.tmp")
    try:
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600
        )
    except OSError as error:
        error.filename = str(path)
        raise
    try:
        with open(descriptor, "wb", buffering=1 << 16) as file:  # noqa: PTH123 (a descriptor)
            if os.name == "posix":
                os.fchmod(descriptor, 0o600)
            yield file
            file.flush()
            os.fsync(descriptor)
        _give_name(temporary, path, replace=replace)
    finally:
        temporary.unlink(missing_ok=True)


def read_file(path: Path) -> bytes | None:
    """None: there is none. Raises OSError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def write_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """The whole file, or what was there. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path, replace=True) as file:
        file.write(content)
    if mode != 0o600:
        path.chmod(mode)


def clear_left_overs(directory: Path) -> None:
    """Remove what a killed writer left. Only while nobody writes there. Raises OSError."""
    for path in directory.glob(TEMPORARY):
        path.unlink(missing_ok=True)


def _refuse_special(path: Path, *, replace: bool) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise OutputExistsError(0, "it is no plain file", str(path))
    if not replace:
        raise OutputExistsError(0, "there is such a file already", str(path))


def _give_name(temporary: Path, path: Path, *, replace: bool) -> None:
    if replace:
        temporary.replace(path)
    else:
        try:
            os.link(temporary, path)  # unlike a rename, it never replaces
        except FileExistsError:
            raise OutputExistsError(0, "there is such a file already", str(path)) from None
        except OSError:  # a file system without links
            _refuse_special(path, replace=False)
            temporary.rename(path)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    """The name, too, must outlive a power cut; not every system and file system can say so."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP raise CancelledError within the block, so that half-written files are cleared away."""
    names = ("SIGTERM", "SIGHUP") if threading.current_thread() is threading.main_thread() else ()
    before = {getattr(signal, name): None for name in names if hasattr(signal, name)}
    for number in before:
        before[number] = signal.signal(number, _cancel)  # type: ignore[assignment]
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _cancel(_number: int, _frame: FrameType | None) -> None:
    raise CancelledError
