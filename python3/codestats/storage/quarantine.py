"""Putting a damaged database out of the way, with all that SQLite keeps beside it; nothing is deleted."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from codestats.exceptions import DamagedError, StorageError
from codestats.filelock import LockHeldError, exclusive
from codestats.storage.database import Database, inode_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["set_aside"]


def set_aside(path: Path) -> Path | None:
    """Rename a damaged database; returns its new path, or None if it is sound or another editor is at it.

    Raises OSError.
    """
    try:
        with exclusive(path.with_name(f"{path.name}.lock")):
            return _set_aside(path)
    except LockHeldError:
        return None


def _set_aside(path: Path) -> Path | None:
    looked_at = inode_of(path)
    if not _is_damaged(path) or inode_of(path) != looked_at:
        return None
    stamp = time.strftime("%Y%m%d-%H%M%S")
    old = path.with_name(f"{path.name}.damaged-{stamp}")
    count = 1
    while old.exists():
        count += 1
        old = path.with_name(f"{path.name}.damaged-{stamp}-{count}")
    # The companions first: as soon as the database is gone another editor makes a new one, with its own beside it.
    for suffix in ("-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(old.with_name(old.name + suffix))
    try:
        path.rename(old)
    except FileNotFoundError:  # another editor was faster
        return None
    return old


def _is_damaged(path: Path) -> bool:
    try:
        database = Database(path)
    except DamagedError:
        return True
    except StorageError:
        return False
    try:
        database.check()
    except DamagedError:
        return True
    except StorageError:
        return False
    finally:
        database.close()
    return False
