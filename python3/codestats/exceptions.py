"""What can go wrong in the core, and what becomes of the XP then.

    CodeStatsError
    ├── InvalidBatchError         the editor handed over something that is no batch: it can never be recorded
    ├── LeaseLostError            another process sends now: nothing was sent, the pulse waits as before
    ├── InstallError              no private environment could be made (install/environment.py): no pulse is concerned
    ├── SetupError                a step of `codestats setup` was not possible: what was there is as it was
    ├── SchedulerError            the system does not start a job (jobs/scheduler.py): what was there is as it was
    ├── NoPipError                nor a pip be fetched for it (install/pip.py): another way is tried, if there is one
    └── StorageError              not recorded: the batches stay with the editor, unacknowledged, and are tried again
        ├── StorageBusyError      locked by another process: tried again soon
        ├── DamagedError          the database cannot be read: it is set aside and a new one is begun
        ├── NewerSchemaError      written by a newer version of the plugin: left alone
        └── UnsafeDirectoryError  the data directory or a file in it is not the user's own: left alone

Of a pulse's way to the service: InvalidProxyError and InvalidCertificatesError (api/) become verdicts. Of files that a
command writes: OutputExistsError and CancelledError (storage/atomic_file.py), NotAnExportError (data/parser.py).

What the *service* answers is no exception: see `api/outcome.py`.
"""

from __future__ import annotations

__all__ = [
    "CodeStatsError",
    "DamagedError",
    "InvalidBatchError",
    "LeaseLostError",
    "NewerSchemaError",
    "StorageBusyError",
    "StorageError",
    "UnsafeDirectoryError",
]


class CodeStatsError(Exception):
    """Something the core knows how to go on from; the text is one line for the user, without the token."""


class InvalidBatchError(CodeStatsError):
    """No batch: it is acknowledged, so that the editor lets go of it, and said in the log."""


class LeaseLostError(CodeStatsError):
    """This process was stopped for so long that another one sends now."""


class StorageError(CodeStatsError):
    """Disk full, read-only, no home: nothing was recorded, and the editor keeps its batches."""


class StorageBusyError(StorageError):
    """Another process holds the database's lock: nothing was recorded, try again soon."""


class DamagedError(StorageError):
    """The file is no SQLite database of ours, or a broken one."""


class NewerSchemaError(StorageError):
    """The database was written by a newer version: touching it could lose XP."""


class UnsafeDirectoryError(StorageError):
    """The directory, or a file in it, belongs to somebody else or is a planted link."""
