"""Carrying pulses to the service under the lease, one at a time, and acting on what it answers.

Decides by the outcome table of doc/dev/delivery.md; has no thread and does no waiting.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from codestats.api.outcome import Outcome, Verdict
from codestats.exceptions import LeaseLost, StorageError
from codestats.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Callable

    from codestats.clock import Clock
    from codestats.delivery.arrival import Witness
    from codestats.delivery.backoff import Backoff
    from codestats.delivery.outbox import Claim, Outbox

__all__ = ["Delivery", "Listener", "Service", "Stop"]

FAILURES_UNTIL_GIVEN_UP = 3
"""How often a pulse must meet a server error, with another one passing each time, to be held to be bad."""

_ENOUGH = 5
"""Pulses that meet a server error in a row, after which a round ends."""

_PATIENCE = 2
"""Rounds in which a pulse may fail while empty ones are taken, until it is split to find the bad part."""

_LONGEST_TURN = 1.0
"""Seconds until another look at what is in the way: another editor's lease, a profile that is not settled yet. Only
while something waits to be sent."""


class Service(Protocol):
    """What is asked of `client.Client`."""

    def post_pulse(self, body: bytes, coded_at: str = "") -> Outcome:
        """Send one pulse; `coded_at` tells how old it is."""

    def probe(self) -> Outcome:
        """Ask something harmless."""


class Listener(Protocol):
    """Who wants to know."""

    def sent(self, claim: Claim) -> None:
        """A pulse arrived."""

    def lost(self, claim: Claim, state: str, reason: str) -> None:
        """The service will never take this pulse: it is 'expired' or 'rejected'."""

    def note(self, text: str) -> None:
        """For the log."""


class Stop(NamedTuple):
    """Why a round ended. No verdict: nothing more to do now; `wait` seconds until there may be, 0: never.

    `has_begun`: False, it was not this process's turn, so nothing is known of the service that was not known before.
    """

    verdict: Verdict | None = None
    reason: str = ""
    wait: float = 0.0
    has_begun: bool = True


def _not_yet(wait: float) -> Stop:
    return Stop(wait=min(wait, _LONGEST_TURN), has_begun=False)


class Delivery:
    """One service, one outbox. `go_on` is asked between pulses."""

    def __init__(  # noqa: PLR0913, PLR0917 (each is a part that tests replace)
        self,
        outbox: Outbox,
        service: Service,
        clock: Clock,
        backoff: Backoff,
        listener: Listener,
        go_on: Callable[[], bool],
        witness: Witness | None = None,
    ) -> None:
        self._outbox = outbox
        self._service = service
        self._clock = clock
        self._backoff = backoff
        self._listener = listener
        self._go_on = go_on
        self._witness = witness
        self._is_answering = False
        self._failed: list[int] = []  # pulses that met a server error since the last one that passed
        self._resting: dict[int, float] = {}  # suspected pulse → uptime at which it may go again
        self._stubborn: dict[int, int] = {}  # pulse → rounds in which it failed while empty pulses were taken
        self._trouble = Stop()
        self._unwritten: Callable[[], object] | None = None

    def round(self) -> Stop:
        """Send until nothing is left or something is in the way. Raises StorageError."""
        self.write_what_is_due()
        if self._outbox.waiting() == 0:
            return Stop()
        pause = self._outbox.pause_left()
        if pause:
            return Stop(Verdict.THROTTLED, "the service asks for fewer requests", pause)
        wait = self._outbox.enter()
        if wait:
            return _not_yet(wait)
        self._failed.clear()
        self._is_answering = False
        try:
            return self._carry_all()
        except LeaseLost as error:
            self._listener.note(str(error))
            return _not_yet(_LONGEST_TURN)
        finally:
            if not self.is_due:  # else another editor would take for doubtful what is known
                with suppress(StorageError):  # it runs out by itself
                    self._outbox.leave()

    def forget_waits(self) -> None:
        """The user asks for sending now. Raises StorageError."""
        self._resting.clear()
        self._outbox.pause(0.0)

    @property
    def is_due(self) -> bool:
        """Whether an outcome is known here and not on disk."""
        return self._unwritten is not None

    def write_what_is_due(self) -> None:
        """Write that outcome down, if there is one. Raises StorageError."""
        if self._unwritten is not None:
            self._unwritten()
            self._unwritten = None

    def _carry_all(self) -> Stop:
        if self._witness is not None and not self._outbox.has_doubts():
            wait = self._witness.prepare()
            if wait:
                return _not_yet(wait)
        if self._outbox.must_ask_the_time():
            self._service.probe()
        while self._go_on():
            stop = self._carry_one()
            if stop is not None:
                return stop
        return Stop()

    def _carry_one(self) -> Stop | None:
        if not self._is_answering and self._outbox.has_doubts():
            stop = self._ask()
            if stop is not None:
                return stop
        claim = self._outbox.claim(self._to_skip())
        if claim is None:
            return self._nothing_left()
        if claim.doubts:
            if self._has_arrived(claim):
                self._sent(claim, Outcome(Verdict.SENT))
                return None
            self._outbox.stay()  # the look may have been a long one
        if not self._outbox.lease.is_sure():  # stopped between the claim and here
            self._write(lambda: self._put_back(claim))
            raise LeaseLost("this process was stopped: another editor may be sending")
        return self._act(claim, self._service.post_pulse(claim.pulse.body(), claim.pulse.coded_at))

    def _has_arrived(self, claim: Claim) -> bool:
        """The profile may show a pulse in doubt, if there is no other one that could be taken for it."""
        if self._witness is None or self._outbox.has_doubts():
            return False
        has_arrived = self._witness.saw(claim.pulse.xps, claim.doubts)
        if has_arrived:
            self._listener.note("the profile shows it: what was in doubt did arrive")
            self._outbox.settle(claim)
        return has_arrived

    def _ask(self) -> Stop | None:
        """Before a pulse that may have arrived goes out again: does the service answer, and take a pulse?

        The pulse is an empty one (it carries no XP and may be lost): so an outage in which pulses are taken
        but answers are lost costs one duplicate of one pulse, and not one at each try.
        """
        outcome = self._service.probe()
        if outcome.ok:
            outcome = self._post_empty()
        if outcome.verdict not in _TAKEN:
            verdict = Verdict.UNAVAILABLE if outcome.verdict is Verdict.IN_DOUBT else outcome.verdict
            return Stop(verdict, outcome.reason, outcome.retry_after)
        self._is_answering = True
        self._listener.note("the service answers again: what was in doubt is sent again")
        return None

    def _post_empty(self) -> Outcome:
        return self._service.post_pulse(Pulse.empty(self._clock, int(self._outbox.now())).body())

    def _act(self, claim: Claim, outcome: Outcome) -> Stop | None:
        action = _ACTIONS.get(outcome.verdict, Delivery._not_delivered)
        return action(self, claim, outcome)

    def _sent(self, claim: Claim, _: Outcome) -> None:
        self._is_answering = True
        self._write(lambda: self._arrived(claim))
        failed, self._failed = self._failed, []
        self._stubborn.clear()
        for identity in failed:
            self._suspect(identity)

    def _arrived(self, claim: Claim) -> None:
        if self._outbox.finish(claim, "sent"):
            self._listener.sent(claim)
        else:
            self._listener.note("a pulse arrived, but another editor has sent it too")

    def _suspect(self, identity: int) -> None:
        failures = self._outbox.count_failure(identity)
        if failures:
            self._resting[identity] = self._clock.uptime() + self._backoff.after(failures)

    def _expired(self, claim: Claim, outcome: Outcome) -> Stop | None:
        """Believed of what is too old by the service's own clock; what a wrong clock had dated goes again at once."""
        if self._outbox.is_dated_anew(claim):
            self._write(lambda: self._put_back(claim))
            return None
        if self._outbox.is_too_old(claim):
            self._write(lambda: self._give_up(claim, "expired", outcome.reason))
            return None
        return self._server_error(claim, outcome)

    def _bad(self, claim: Claim, outcome: Outcome) -> None:
        if len(claim.pulse.xps) > 1:
            self._listener.note(f"a pulse was refused ({outcome.reason}): its languages are sent one by one")
            self._write(lambda: self._outbox.split(claim))
        else:
            self._write(lambda: self._give_up(claim, "rejected", outcome.reason))

    def _give_up(self, claim: Claim, state: str, reason: str) -> None:
        if self._outbox.finish(claim, state):
            self._listener.lost(claim, state, reason)

    def _server_error(self, claim: Claim, outcome: Outcome) -> Stop | None:
        """An outage, or this one pulse? Others may tell: try them at once, while any pulse is taken."""
        if claim.failures >= FAILURES_UNTIL_GIVEN_UP:
            self._bad(claim, outcome)
            return None
        self._is_answering = False
        self._write(lambda: self._failed.append(self._outbox.put_back(claim)))
        if self._witness is not None:  # it is held not to have arrived, but that is no certainty
            self._witness.forget()
        self._listener.note(f"a pulse met a server error: {outcome.reason}")
        self._trouble = Stop(outcome.verdict, outcome.reason, outcome.retry_after)
        if len(self._failed) == 2 and not self._takes_empty():
            return self._trouble
        return self._all_failed() if len(self._failed) >= _ENOUGH else None

    def _takes_empty(self) -> bool:
        return self._post_empty().verdict in _TAKEN

    def _all_failed(self) -> Stop:
        """Pulses with XP fail, empty ones pass: look for a bad part, but give nothing up before others pass."""
        for identity in self._failed:
            self._stubborn[identity] = self._stubborn.get(identity, 0) + 1
            if self._stubborn[identity] >= _PATIENCE:
                del self._stubborn[identity]
                self._outbox.split_waiting(identity)
        return self._trouble

    def _in_doubt(self, claim: Claim, outcome: Outcome) -> Stop:
        self._write(lambda: self._outbox.doubt(claim))
        return Stop(outcome.verdict, outcome.reason, outcome.retry_after)

    def _not_delivered(self, claim: Claim, outcome: Outcome) -> Stop:
        self._write(lambda: self._put_back(claim))
        if outcome.verdict is Verdict.THROTTLED and outcome.retry_after:
            self._outbox.pause(outcome.retry_after)
        return Stop(outcome.verdict, outcome.reason, outcome.retry_after)

    def _put_back(self, claim: Claim) -> None:
        self._outbox.put_back(claim)

    def _to_skip(self) -> set[int]:
        now = self._clock.uptime()
        self._resting = {identity: until for identity, until in self._resting.items() if until > now}
        return {*self._resting, *self._failed}

    def _nothing_left(self) -> Stop:
        if self._failed:
            is_outage = len(self._failed) == 1 and not self._takes_empty()
            return self._trouble if is_outage else self._all_failed()
        if self._resting:
            return Stop(wait=max(min(self._resting.values()) - self._clock.uptime(), 0.001))
        return Stop()

    def _write(self, write: Callable[[], object]) -> None:
        """Write an outcome down; if the disk refuses, that is done before anything else is sent."""
        self._unwritten = write
        self.write_what_is_due()


_TAKEN = (Verdict.SENT, Verdict.BAD_PULSE, Verdict.EXPIRED)
"""Answers to an empty pulse that show the service at work, whatever it thinks of such pulses."""

_ACTIONS: dict[Verdict, Callable[[Delivery, Claim, Outcome], Stop | None]] = {
    Verdict.SENT: Delivery._sent,  # noqa: SLF001 (this module's own table)
    Verdict.EXPIRED: Delivery._expired,  # noqa: SLF001
    Verdict.BAD_PULSE: Delivery._bad,  # noqa: SLF001
    Verdict.SERVER_ERROR: Delivery._server_error,  # noqa: SLF001
    Verdict.IN_DOUBT: Delivery._in_doubt,  # noqa: SLF001
}
