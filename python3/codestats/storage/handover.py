"""Hand-over files: what leaving editors wrote because no host could take it any more, taken in exactly once.

A file is claimed by renaming it to `<name>.<machine key>.taken`, recorded, and removed. A claim that a killed
process left behind is found again; recording it twice is harmless, since each batch counts once by its id.
"""

from __future__ import annotations

import errno
import json
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from codestats.exceptions import BadBatch
from codestats.pulse import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["take_in"]

_LARGEST = 16 * 1024 * 1024
_PASSING = {errno.EAGAIN, errno.EINTR, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE}
"""Troubles of the machine, not of the file: it is read again the next time."""

_DEAD_AFTER = 3600.0  # seconds after which nobody is still writing a temporary file


def take_in(folder: Path, machine: str, record: Callable[[list[Batch]], None]) -> list[str]:
    """Record all files of the folder; returns the names of broken ones, which are set aside as `*.broken`.

    `record` puts batches on disk and raises StorageError if it cannot: the claimed file then waits for the
    next time.
    """
    broken = []
    for path in _claims(folder, machine):
        try:
            batches = _read(path)
        except FileNotFoundError:  # another editor of this machine was faster
            continue
        except OSError as error:
            if error.errno not in _PASSING:
                broken.append(_set_aside(path))
            continue
        except (ValueError, RecursionError, BadBatch):
            broken.append(_set_aside(path))
            continue
        record(batches)
        path.unlink(missing_ok=True)
    return broken


def _claims(folder: Path, machine: str) -> Iterator[Path]:
    try:
        paths = sorted(folder.iterdir())
    except OSError:  # most often: there is no such folder
        return
    suffix = f".{machine}.taken"
    for path in paths:
        if path.name.endswith(suffix):
            yield path
        elif path.name.endswith(".json") or (path.name.endswith(".tmp") and _is_left_over(path)):
            claim = path.with_name(path.name + suffix)
            try:
                path.rename(claim)
            except OSError:  # another editor or machine was faster
                continue
            yield claim


def _is_left_over(path: Path) -> bool:
    with suppress(OSError):
        return time.time() - path.stat().st_mtime > _DEAD_AFTER
    return False


def _read(path: Path) -> list[Batch]:
    """The batches in a file. Raises OSError, ValueError, RecursionError, BadBatch."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if hasattr(os, "getuid") and os.fstat(descriptor).st_uid != os.getuid():
            raise PermissionError("not the user's own")
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError("too large")
    document = json.loads(content)
    if not isinstance(document, dict) or document.get("version") != 1:
        raise ValueError("not a hand-over file of this version")
    batches = document.get("batches")
    if not isinstance(batches, list):
        raise ValueError("no batches")  # noqa: TRY004 (one kind of error for a file that is not what it should be)
    return [Batch.from_message(batch) for batch in batches]


def _set_aside(path: Path) -> str:
    """Out of the way under another name, never deleted. Returns that name."""
    name = path.name.rsplit(".", 2)[0] + ".broken"
    with suppress(OSError):
        path.rename(path.with_name(name))
    return name
