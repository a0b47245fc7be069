"""Which queue of a data directory is this machine's: one that no other running machine uses.

Machines that share a home have a queue each, by their machine id. But clones, images and containers may all have one
id, and a database that two machines write at once over a network is soon damaged. So every process that uses a queue
holds a shared lock on a file beside it, which names the boot of its machine. A machine that finds another boot there
takes the queue over if nobody holds the lock, as after a reboot; else it has one of its own, by the name of its host.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from codestats.clock import boot_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["seat_of"]

_MOST = 9  # machines of one id and one host name that run at once
_PATIENCE = 0.3  # seconds: another process of this machine may be taking the same seat at this moment
_NETWORK = "/sys/class/net"

_lock = threading.Lock()
_taken: dict[tuple[str, str], tuple[str, int]] = {}
"""(directory, machine key) → the seat, and the file descriptor that holds its lock as long as this process lives."""


def seat_of(directory: Path, machine: str, host: str) -> str:
    """What tells this machine's queue from others in the directory: `machine`, its key, or that and a little more.

    The same for the life of a process. Where boots have no names, or files no locks, it is the machine's key.
    """
    boot = boot_name()
    if os.name != "posix" or not boot or not directory.is_dir():
        return machine
    with _lock:
        place = (str(directory), machine)
        if place not in _taken:
            _let_go_of_what_is_gone()
            me = {"boot": boot, "host": host, "network": _network_addresses()}
            try:
                _taken[place] = _take(directory, machine, me)
            except (OSError, ImportError):  # a system without fcntl
                return machine
        return _taken[place][0]


def _let_go_of_what_is_gone() -> None:
    """Close what holds a lock on a deleted file: a directory was wiped, and a process may see many."""
    for place, (_, descriptor) in list(_taken.items()):
        if descriptor >= 0 and not os.fstat(descriptor).st_nlink:
            os.close(descriptor)
            del _taken[place]


def _take(directory: Path, machine: str, me: dict[str, Any]) -> tuple[str, int]:
    """The first seat that can be had. Raises OSError."""
    own = f"{machine}-{hashlib.sha256(me['host'].encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
    seats = [machine, own, *(f"{own}-{number}" for number in range(2, _MOST + 1))]
    # One that is there already goes first: this machine's own, then any that is free.
    there = [seat for seat in seats if _file(directory, seat).exists()]
    for may_be_anothers in (False, True):
        for seat in there:
            owner = _owner(_file(directory, seat))
            if may_be_anothers or owner["boot"] == me["boot"] or _is_same_machine(owner, me):
                descriptor = _hold(_file(directory, seat), me)
                if descriptor is not None:
                    return seat, descriptor
    for seat in seats:
        if seat not in there:
            descriptor = _hold(_file(directory, seat), me)
            if descriptor is not None:
                return seat, descriptor
    return machine, -1


def _file(directory: Path, seat: str) -> Path:
    return directory / f"spool-{seat}.owner"


def _owner(path: Path) -> dict[str, Any]:
    found: object = None
    with suppress(OSError, ValueError):
        found = json.loads(path.read_bytes())
    owner = found if isinstance(found, dict) else {}
    return {"boot": owner.get("boot"), "host": owner.get("host"), "network": owner.get("network") or []}


def _is_same_machine(owner: dict[str, Any], me: dict[str, Any]) -> bool:
    """Before a reboot: by its network cards, else by its name."""
    if owner["network"] and me["network"]:
        return not set(owner["network"]).isdisjoint(me["network"])
    return bool(owner["host"] == me["host"])


def _hold(path: Path, me: dict[str, Any]) -> int | None:
    """Hold the lock, shared with this machine's other processes; None if another machine's hold it."""
    import fcntl  # noqa: PLC0415 (not on Windows)

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        os.fchmod(descriptor, 0o600)  # whatever the umask
        for _ in _moments():
            with suppress(BlockingIOError):
                if _owner(path)["boot"] != me["boot"]:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.ftruncate(descriptor, 0)
                    os.pwrite(descriptor, json.dumps(me).encode(), 0)
                # From exclusive to shared there is a moment without any: another machine may have been faster.
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
                if _owner(path)["boot"] == me["boot"]:
                    return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _moments() -> Iterator[None]:
    end = time.monotonic() + _PATIENCE
    while True:
        yield
        if time.monotonic() > end:
            return
        time.sleep(0.02)


def _network_addresses() -> list[str]:
    """Of the machine's real network cards: a clone has others."""
    found = []
    with suppress(OSError):
        for card in sorted(os.listdir(_NETWORK)):  # noqa: PTH208 (pathlib costs more)
            if os.path.exists(f"{_NETWORK}/{card}/device"):  # noqa: PTH110
                with suppress(OSError), open(f"{_NETWORK}/{card}/address", encoding="ascii") as file:  # noqa: PTH123
                    found.append(file.read().strip())
    return found
