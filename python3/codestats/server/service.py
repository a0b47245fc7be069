"""The whole service in one object, for use inside a program: tests, the demo, ``codestats serve``."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from codestats.server.admin.access import AccessTokens
from codestats.server.admin.exports import Exports, ExportWorker
from codestats.server.admin.routes import Administration
from codestats.server.api import Api
from codestats.server.profile import Profile, profile_of
from codestats.server.server import Handler, Server
from codestats.server.store import Store, StoredPulse

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable
    from types import TracebackType

__all__ = ["DEFAULT_MACHINE", "DEFAULT_USER", "Service"]

DEFAULT_USER = "demo"
DEFAULT_MACHINE = "local"
_GRANTED = "serve"
"""The name of tokens of programs that no call made."""
_POLL = 0.02
"""Seconds until the accepting thread sees that it has to end."""


class Service:
    """A running service: ``with Service() as service: … service.url … service.total()``.

    ``stop`` and ``start`` take it off the network and back, on the same port and with the same data.
    """

    def __init__(  # noqa: PLR0913 - all but the first by name, each with its default
        self,
        path: Path | str | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        handler: type[Handler] = Handler,
        tls: ssl.SSLContext | None = None,
        on_pulse: Callable[[StoredPulse], None] | None = None,
        grace: float = 2.0,
    ) -> None:
        """Opens the data (None: in memory), listens from ``start`` on.

        ``clock`` gives epoch seconds; ``on_pulse`` is called, from any thread, for each pulse taken;
        ``grace`` is how many seconds ``stop`` waits for answers under way. Raises StoreError.
        """
        self._host, self._port = host, port
        self._clock, self._handler, self._tls, self._grace = clock, handler, tls, grace
        self._store = Store(None if path is None else Path(path))
        self._access = AccessTokens(self._store.database)
        self._exports = Exports(self._store.database)
        self._worker = ExportWorker(self._store.database, self._exports)
        self._on_pulse = on_pulse
        self._tokens: dict[tuple[str, str], str] = {}
        self._taken = threading.Condition()
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Service:  # noqa: PYI034 - Self is not in Python 3.10
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Listens; after a ``stop`` on the same port again. Raises OSError when the port is taken."""
        if self._server is not None:
            return
        administration = Administration(self._store, self._access, self._exports, self._worker, self._clock)
        api = Api(self._store, administration, self._clock, self._pulse_taken)
        self._server = Server(self._host, self._port, api, self._handler, self._tls)
        self._port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="codestats-service", daemon=True
        )
        self._thread.start()
        self._worker.start()

    def stop(self) -> None:
        """Goes off the network: closes the port and all connections. The data stays."""
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return
        server.shutdown()
        thread.join()
        self._worker.stop()
        server.server_close()
        server.close_connections(self._grace)
        self._server = self._thread = None

    def restart(self) -> None:
        """Stops and starts again on the same port."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stops for good; data in memory is gone."""
        self.stop()
        self._store.close()

    @property
    def port(self) -> int:
        """The port, from the first ``start`` on."""
        return self._port

    @property
    def url(self) -> str:
        """The address to give to a client (no trailing slash, no /api)."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self._port}"

    def token(self, user: str = DEFAULT_USER, machine: str = DEFAULT_MACHINE) -> str:
        """The token of a machine; user and machine are made when they are new.

        The one that this object gave out before; of a data file's machine, of which nobody can tell it, another one.
        """
        known = self.new_token(user, machine)
        if known is None:
            known = self._tokens[user.lower(), machine] = self._store.machines.renew(
                self._user(user), machine
            )
        return known

    def new_token(self, user: str = DEFAULT_USER, machine: str = DEFAULT_MACHINE) -> str | None:
        """The token of a machine if it was made by this object; None where an earlier one gave it out."""
        key = (user.lower(), machine)
        token = self._tokens.get(key) or self._store.machines.issue(self._user(user), machine)
        if token is not None:
            self._tokens[key] = token
        return token

    def grant(self, scope: str, user: str = DEFAULT_USER) -> str:
        """A new token for a program that may read, manage or (admin) administrate (doc/service.md)."""
        return self._access.make(self._user(user), _GRANTED, scope)[1]

    def grant_once(self, scope: str, user: str = DEFAULT_USER, *, anew: bool = False) -> str | None:
        """Such a token if there is none that was made so; `anew`: another one, and those before end."""
        return self._access.issue(self._user(user), _GRANTED, scope, anew=anew)

    def _user(self, name: str) -> int:
        return self._store.make_user(name).id

    def deactivate(self, user: str = DEFAULT_USER, machine: str = DEFAULT_MACHINE) -> None:
        """Makes the token of a machine worthless (403) until ``activate``."""
        self._store.machines.set_active(self._user(user), machine, active=False)

    def activate(self, user: str = DEFAULT_USER, machine: str = DEFAULT_MACHINE) -> None:
        """Makes the token of a machine good again."""
        self._store.machines.set_active(self._user(user), machine, active=True)

    def alias(self, language: str, target: str | None) -> None:
        """Keeps pulses of a language as another one's from now on, or (None) no longer."""
        self._store.set_alias(language, target)

    @property
    def private(self) -> frozenset[str]:
        """The users whose profile is hidden; assign names, or True/False for all users made so far."""
        return frozenset(user.name for user in self._store.users() if user.private)

    @private.setter
    def private(self, names: bool | Iterable[str]) -> None:
        if not isinstance(names, bool):
            hidden = {self._store.make_user(name).name for name in names}
        for user in self._store.users():
            private = names if isinstance(names, bool) else user.name in hidden
            self._store.set_private(user.name, private=private)

    def pulses(self, user: str | None = None) -> list[StoredPulse]:
        """The pulses taken (from one user), in the order they came."""
        return self._store.pulses(user)

    def xp(self, user: str | None = None) -> dict[str, int]:
        """XP per language (of one user)."""
        return {name: total for name, (total, _) in self._store.sums(user, "language").items()}

    def total(self, user: str | None = None) -> int:
        """All XP (of one user)."""
        return sum(self.xp(user).values())

    def profile(self, user: str = DEFAULT_USER) -> Profile:
        """The profile as the API would give it, private or not."""
        return profile_of(self._store, user, self._clock())

    def wait_for(self, condition: Callable[[], bool], timeout: float = 10.0) -> bool:
        """Waits until the condition, asked after each pulse, holds; False after ``timeout`` seconds."""
        with self._taken:
            return self._taken.wait_for(condition, timeout)

    def wait_for_total(self, xp: int, timeout: float = 10.0, user: str | None = None) -> bool:
        """Waits until at least that much XP has arrived; False if ``timeout`` seconds were too few."""
        return self.wait_for(lambda: self.total(user) >= xp, timeout)

    def _pulse_taken(self, pulse: StoredPulse) -> None:
        if self._on_pulse is not None:
            self._on_pulse(pulse)
        with self._taken:
            self._taken.notify_all()
