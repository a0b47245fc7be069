"""A sending process that something happens to at its n-th step: between any two statements or requests.

A step is taken before and after each statement to the database, before a request leaves, when the service has it, and
when its answer is there. At the chosen one, the process is killed (nothing of it runs any more, not even its cleaning
up), or it stands still while others go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from codestats.api.outcome import Outcome, Verdict
from codestats.delivery.arrival_check import ArrivalCheck
from codestats.delivery.backoff import Backoff
from codestats.delivery.outbox import Outbox
from codestats.delivery.rounds import Delivery
from codestats.storage.database import Database
from codestats.storage.dating import Dating
from codestats.storage.owners import Owner
from codestats.storage.spool import ResolvedBatch, Spool
from support.fakes import FakeReporter, FakeService, outcome

__all__ = ["Books", "Fate", "Killed", "Process"]


class Killed(BaseException):
    """Nothing catches it."""


class Fate:
    """Counts steps; at number `at` (from 1), `then()` happens, which may raise Killed."""

    def __init__(self, at: int = 0, then: Callable[[], object] = lambda: None) -> None:
        self.at, self.then = at, then
        self.steps = 0
        self.where = ""
        self.is_dead = False

    @property
    def came(self) -> bool:
        return 0 < self.at <= self.steps

    def step(self, where: str) -> None:
        if self.is_dead:
            raise Killed
        self.steps += 1
        if self.steps == self.at:
            self.where = where
            self.then()

    def kill(self) -> None:
        self.is_dead = True
        raise Killed


class _Connection:
    """In place of a database's connection."""

    def __init__(self, connection: Any, fate: Fate) -> None:
        self._connection, self._fate = connection, fate
        self._last = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *values: Any) -> Any:
        if statement == "COMMIT":
            self._fate.step(f"before the commit of {self._last}")
        result = self._connection.execute(statement, *values)
        if statement == "COMMIT":
            self._fate.step(f"after the commit of {self._last}")
        self._last = " ".join(statement.split()[:3])
        return result


class Books:
    """The service: one user's sums, and what it does with the request of each number (from 1).

    `faults`: request → (whether a pulse is taken, the answer in place of its own words).
    """

    def __init__(self) -> None:
        self.languages: Counter[str] = Counter()
        self.machines: Counter[str] = Counter()
        self.faults: dict[int, tuple[bool, Outcome]] = {}
        self.requests = 0
        self.is_public = True

    def post(self, machine: str, xps: dict[str, int]) -> Outcome:
        is_taken, answer = self._next()
        if is_taken:
            self.languages.update(xps)
            self.machines[machine] += sum(xps.values())
        return answer or Outcome(Verdict.SENT, status=201)

    def get(self) -> tuple[Outcome, dict[str, Any] | None]:
        _, fault = self._next()
        if fault is not None:
            return outcome("UNAVAILABLE"), None
        if not self.is_public:
            return outcome("NOT_FOUND"), None
        tally = lambda sums: {name: {"xps": xp, "new_xps": 0} for name, xp in sums.items() if xp}  # noqa: E731
        total = sum(self.languages.values())
        answer = {"total_xp": total, "languages": tally(self.languages), "machines": tally(self.machines)}
        return Outcome(Verdict.ANSWERED, status=200), answer

    def _next(self) -> tuple[bool, Outcome | None]:
        self.requests += 1
        return self.faults.get(self.requests, (True, None))


class _Line(FakeService):
    """One process's line to the service."""

    def __init__(self, books: Books, machine: str, fate: Fate) -> None:
        super().__init__(self._post)
        self._books, self._machine, self._fate = books, machine, fate

    def _post(self, xps: dict[str, int]) -> Outcome:
        self._fate.step(f"before POST {xps}")
        answer = self._books.post(self._machine, xps)
        self._fate.step(f"after POST {xps}")
        return answer

    def probe(self) -> Outcome:
        answer, _ = self.get_profile("me")
        return Outcome(Verdict.ANSWERED, status=200) if answer.verdict is Verdict.NOT_FOUND else answer

    def get_profile(self, user: str) -> tuple[Outcome, dict[str, Any] | None]:
        self._fate.step("before GET")
        answer = self._books.get()
        self._fate.step("after GET")
        return answer


class Process:
    """A host process of this machine, on the database that all of them share."""

    number = 0

    def __init__(self, path, books: Books, clock, fate: Fate | None = None, machine: str = "laptop") -> None:
        Process.number += 1
        self.clock = clock
        self.fate = fate or Fate()
        self.database = Database(path, busy_seconds=0.0)
        self._connection = self.database._connection
        self._connection.execute("PRAGMA synchronous = OFF")
        self.database._connection = _Connection(self._connection, self.fate)  # type: ignore[assignment]
        owner = Owner("mine", "here", "me", "mine")
        line = _Line(books, machine, self.fate)
        dating = Dating(clock)
        dating.hear(clock.now(), clock.uptime())
        outbox = Outbox(self.database, clock, f"process {Process.number}", owner, dating)
        check = ArrivalCheck(self.database, line, clock, "me", owner.key, outbox.lease)
        self.reporter = FakeReporter()
        self.delivery = Delivery(outbox, line, clock, Backoff(), self.reporter, lambda: True, check)
        self._spool = Spool(self.database, clock, owner)
        self._spool.note_owner()

    def type(self, xps: dict[str, int]) -> None:
        Process.number += 1
        self._spool.record([ResolvedBatch(f"batch {Process.number}", int(self.clock.now()), xps)])

    def send(self, rounds: int = 1, seconds: float = 6.0) -> None:
        for _ in range(rounds):
            self.delivery.send_round()
            self.clock.pass_seconds(seconds)

    def close(self) -> None:
        self._connection.close()
