"""What can go wrong in the core, and what becomes of the XP then.

    CodeStatsError
    ├── BadBatch          the editor handed over something that is no batch: it can never be recorded
    ├── LeaseLost         another process sends now: nothing was sent, the pulse waits as before
    ├── CannotInstall     no private environment could be made (environment.py): no pulse is concerned
    ├── NoPip             nor a pip be fetched for it (pip_wheel.py): another way is tried, if there is one
    └── StorageError      not recorded: the batches stay with the editor, unacknowledged, and are tried again
        ├── StorageBusy   locked by another process: tried again soon
        ├── Damaged       the database cannot be read: it is set aside and a new one is begun
        ├── NewerSchema   written by a newer version of the plugin: left alone
        └── UnsafeFolder  the data folder or a file in it is not the user's own: left alone

What the *service* answers is no exception: see `api/outcome.py`.
"""

from __future__ import annotations

__all__ = [
    "BadBatch",
    "CodeStatsError",
    "Damaged",
    "LeaseLost",
    "NewerSchema",
    "StorageBusy",
    "StorageError",
    "UnsafeFolder",
]


class CodeStatsError(Exception):
    """Something the core knows how to go on from; the text is one line for the user, without the token."""


class BadBatch(CodeStatsError):  # noqa: N818 (named after the thing, as everywhere here)
    """No batch: it is acknowledged, so that the editor lets go of it, and said in the log."""


class LeaseLost(CodeStatsError):  # noqa: N818 (as above)
    """This process was stopped for so long that another one sends now."""


class StorageError(CodeStatsError):
    """Disk full, read-only, no home: nothing was recorded, and the editor keeps its batches."""


class StorageBusy(StorageError):  # noqa: N818 (as above)
    """Another process holds the database's lock: nothing was recorded, try again soon."""


class Damaged(StorageError):  # noqa: N818 (as above)
    """The file is no SQLite database of ours, or a broken one."""


class NewerSchema(StorageError):  # noqa: N818 (as above)
    """The database was written by a newer version: touching it could lose XP."""


class UnsafeFolder(StorageError):  # noqa: N818 (as above)
    """The folder, or a file in it, belongs to somebody else or is a planted link."""
