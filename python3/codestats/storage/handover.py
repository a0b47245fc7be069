"""Hand-over files: what leaving editors wrote because no host could take it any more, taken in exactly once.

A file is claimed by renaming it to `<name>.<machine key>.taken`, recorded, and removed. A claim that a killed
process left behind is found again; recording it twice is harmless, since each batch counts once by its id.
"""

from __future__ import annotations

import errno
import json
import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codestats.exceptions import InvalidBatchError
from codestats.pulse import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["HandOver", "Remains", "take_in"]

_LARGEST = 16 * 1024 * 1024
_ACCOUNT = re.compile(r"[0-9a-f]{16}")
_PASSING = {errno.EAGAIN, errno.EINTR, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE}
"""Troubles of the machine, not of the file: it is read again the next time."""

_ABANDONED_AFTER = 86_400.0  # seconds after which a machine does not come back for what is its own
_DEAD_AFTER = 3600.0  # seconds after which nobody is still writing a temporary file


@dataclass(slots=True)
class Remains:
    """What could not be taken in, for the user to be told of."""

    broken: list[Path] = field(default_factory=list)
    """Files that make no sense; set aside, by the names that they have now."""
    is_foreign: bool = False
    """The directory, or a file in it, is another user's and was left as it is."""
    trouble: str = ""
    """Why nothing can be taken out of the directory."""


def take_in(
    directory: Path,
    machine: str,
    record: Callable[[list[Batch], str], None],
    is_ours: Callable[[HandOver], bool] = lambda _: True,
) -> Remains:
    """Record all files of the directory.

    `record` puts batches on disk, of the owner with that key (owners.py), and raises StorageError if it cannot: the
    claimed file then waits for the next time. What is not `is_ours` is another machine's, which may have recorded it
    already and takes it in itself; if it doesn't in a day, this one does.
    """
    remains = Remains()
    for path in _claims(directory, machine, is_ours, remains):
        try:
            found = _read(path)
        except FileNotFoundError:  # another editor of this machine was faster
            continue
        except OSError as error:
            if error.errno not in _PASSING:
                remains.broken.append(_set_aside(path))
            continue
        except (ValueError, RecursionError, InvalidBatchError):
            remains.broken.append(_set_aside(path))
            continue
        record(found.batches, found.account)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _refuse(directory, error, remains)
    return remains


def _claims(
    directory: Path, machine: str, is_ours: Callable[[HandOver], bool], remains: Remains
) -> Iterator[Path]:
    suffix = f".{machine}.taken"
    try:
        for path in sorted(directory.iterdir()):
            is_claimed = path.name.endswith(suffix)
            if (
                is_claimed
                or path.name.endswith(".json")
                or (path.name.endswith(".tmp") and _is_left_over(path))
            ):
                if not _may_read(path):
                    remains.is_foreign = True
                    continue
                if not is_claimed and _is_anothers(path, is_ours):
                    continue
                claim = path if is_claimed else path.with_name(path.name + suffix)
                with suppress(FileNotFoundError):  # another editor or machine was faster
                    path.rename(claim)
                    yield claim
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        _refuse(directory, error, remains)


def _refuse(directory: Path, error: OSError, remains: Remains) -> None:
    """Nothing can be taken out of this directory now."""
    if _owner(directory) != _user():
        remains.is_foreign = True
    elif error.errno not in _PASSING:
        remains.trouble = error.strerror or str(error)


def _is_left_over(path: Path) -> bool:
    return _age(path) > _DEAD_AFTER


def _is_anothers(path: Path, is_ours: Callable[[HandOver], bool]) -> bool:
    """Whether it is left to another machine."""
    try:
        return not is_ours(_read(path)) and _age(path) < _ABANDONED_AFTER
    except (OSError, ValueError, RecursionError, InvalidBatchError):
        return False  # whoever comes first sets it aside


def _age(path: Path) -> float:
    """Seconds since it was written."""
    with suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0


def _may_read(path: Path) -> bool:
    """Whether it is the user's own file, or an open one of root's, who may do anything anyway."""
    owner = _owner(path)
    return owner == _user() or (owner == 0 and os.access(path, os.R_OK))


def _owner(path: Path) -> int:
    """Of the path itself, not of what it links to; the user's own where that is not known."""
    with suppress(OSError):
        return path.lstat().st_uid
    return _user()


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


@dataclass(frozen=True, slots=True)
class HandOver:
    """What is in a file; `account` and `machine` are keys (owners.py, paths.py), '' for unknown."""

    batches: list[Batch]
    account: str = ""
    machine: str = ""


def _read(path: Path) -> HandOver:
    """What is in a file. Raises OSError, ValueError, RecursionError, InvalidBatchError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if hasattr(os, "getuid") and os.fstat(descriptor).st_uid not in (os.getuid(), 0):
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
    account, machine = document.get("account"), document.get("machine")
    return HandOver(
        [Batch.from_message(batch) for batch in batches],
        account if isinstance(account, str) and _ACCOUNT.fullmatch(account) else "",
        machine if isinstance(machine, str) else "",
    )


def _set_aside(path: Path) -> Path:
    """Out of the way under another name, never deleted. Returns that."""
    aside = path.with_name(path.name.rsplit(".", 2)[0] + ".broken")
    with suppress(OSError):
        path.rename(aside)
    return aside
