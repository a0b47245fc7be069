"""Opening a TCP connection to a host: by whichever of its addresses answers first, within the time there is.

urllib3 tries one address after the other, each with the whole timeout, and looks the name up without any. Here the
address that was good last goes first, the others join in one after the other without waiting for it to fail (RFC
8305), and a look-up that takes too long goes on by itself: what it finds serves the next try.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Address = tuple[int, tuple[Any, ...]]
    """A socket family and an address of it."""

__all__ = ["Dialer"]

_HEAD_START = 0.25
"""Seconds after which another address joins in (RFC 8305, section 5)."""

_LATE = 2.0
"""Seconds that a look-up may take where addresses are known from before."""

_MOST = 16  # addresses of a host that are tried


class Dialer:
    """Connections to hosts; remembers which addresses they had and which one was good. For one thread at a time."""

    def __init__(self) -> None:
        self._look_ups: dict[tuple[str, int], _LookUp] = {}
        self._known: dict[tuple[str, int], list[Address]] = {}
        self._last: tuple[tuple[str, int], Address] | None = None

    def connect(
        self, host: str, port: int, remaining: Callable[[], float], options: Iterable[tuple[Any, ...]] = ()
    ) -> socket.socket:
        """A connected socket, with the socket `options` set.

        `remaining` gives the seconds left and raises TimeoutError when there are none. Raises OSError.
        """
        there = (host, port)
        addresses = self._addresses(there, remaining)
        sock, address = _race(addresses, remaining, list(options))
        self._last = (there, address)
        return sock

    def was_good(self) -> None:
        """The last connection led to an answer: its address goes first from now on."""
        self._move_last(first=True)

    def was_bad(self) -> None:
        """It did not: its address goes last."""
        self._move_last(first=False)

    def _move_last(self, *, first: bool) -> None:
        if self._last is None:
            return
        there, address = self._last
        others = [known for known in self._known.get(there, ()) if known != address]
        self._known[there] = [address, *others] if first else [*others, address]
        self._last = None

    def _addresses(self, there: tuple[str, int], remaining: Callable[[], float]) -> list[Address]:
        """The host's addresses, in the order in which to try them."""
        known = self._known.get(there, [])
        look_up = self._look_ups.get(there) or _LookUp(*there)
        self._look_ups[there] = look_up
        if not look_up.done.wait(min(remaining(), _LATE) if known else remaining()):
            remaining()  # a clock that jumped meanwhile
            if known:
                return known
            raise TimeoutError("the look-up of the name took too long")
        del self._look_ups[there]
        found = look_up.addresses()
        self._known[there] = sorted(found, key=lambda one: known.index(one) if one in known else len(known))
        return self._known[there]


class _LookUp:
    """A name's look-up on a thread of its own: the system's knows no timeout."""

    def __init__(self, host: str, port: int) -> None:
        self.done = threading.Event()
        self._found: list[Address] = []
        self._error: BaseException | None = None
        threading.Thread(target=self._run, args=(host, port), name="codestats-lookup", daemon=True).start()

    def addresses(self) -> list[Address]:
        """What was found. Raises what the look-up raised."""
        if self._error is not None:
            raise self._error
        return self._found

    def _run(self, host: str, port: int) -> None:
        try:
            for family, _, _, _, address in socket.getaddrinfo(
                host.strip("[]"), port, type=socket.SOCK_STREAM
            ):
                if (family, address) not in self._found:
                    self._found.append((family, address))
            del self._found[_MOST:]
        except BaseException as error:  # noqa: BLE001 (raised again where it is waited for)
            self._error = error
        finally:
            self.done.set()


def _race(
    addresses: list[Address], remaining: Callable[[], float], options: list[tuple[Any, ...]]
) -> tuple[socket.socket, Address]:
    """The first connection that comes about; the others are given up."""
    waiting = list(addresses)
    errors: list[OSError] = []
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                if waiting:
                    _start(waiting.pop(0), selector, options, errors)
                winner = _first_connected(selector, remaining, errors, is_last=not waiting)
                if winner is not None:
                    winner[0].settimeout(remaining())
                    return winner
        finally:
            for key in list(selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]
    raise errors[0] if errors else OSError("the name has no address")


def _start(
    address: Address, selector: selectors.BaseSelector, options: list[tuple[Any, ...]], errors: list[OSError]
) -> None:
    try:
        sock = socket.socket(address[0], socket.SOCK_STREAM)
    except OSError as error:  # no IPv6 here, or no more files
        errors.append(error)
        return
    try:
        for option in options:
            sock.setsockopt(*option)
        sock.setblocking(False)
        with suppress(BlockingIOError):
            sock.connect(address[1])
        selector.register(sock, selectors.EVENT_WRITE, address)
    except OSError as error:
        sock.close()
        errors.append(error)
    except BaseException:
        sock.close()
        raise


def _first_connected(
    selector: selectors.BaseSelector, remaining: Callable[[], float], errors: list[OSError], *, is_last: bool
) -> tuple[socket.socket, Address] | None:
    """Wait until one is connected, all have failed, or it is time for the next one to join in."""
    until = time.monotonic() + (remaining() if is_last else min(_HEAD_START, remaining()))
    while selector.get_map():
        left = min(until - time.monotonic(), remaining())
        if left <= 0 and not is_last:
            return None
        for key, _ in selector.select(max(left, 0.0)):
            sock, address = key.fileobj, key.data
            assert isinstance(sock, socket.socket)  # noqa: S101 (for the type checker)
            selector.unregister(sock)
            number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not number:
                return sock, address
            sock.close()
            errors.append(OSError(number, "no connection"))
    return None
