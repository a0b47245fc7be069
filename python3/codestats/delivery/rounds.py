"""Sending pulses to the service under the lease, one at a time, and acting on what it answers.

Decides by the outcome table (doc/dev/delivery.md) and its three questions: did the pulse leave whole, did the service
speak, what do others get? Has no thread and does no waiting.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from codestats.api.outcome import Outcome, Verdict
from codestats.delivery.arrival import UNKNOWN, Doubt, Finding
from codestats.delivery.arrival_check import ProfileAwayError
from codestats.delivery.suspicion import Suspicions
from codestats.exceptions import LeaseLostError, StorageError
from codestats.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Callable

    from codestats.clock import Clock
    from codestats.delivery.arrival_check import ArrivalCheck
    from codestats.delivery.backoff import Backoff
    from codestats.delivery.outbox import Claim, Outbox

__all__ = ["Delivery", "Listener", "RoundResult", "Service"]

FAILURES_UNTIL_GIVEN_UP = 5
"""How often the service must have had trouble with a pulse, another one passing each time, to hold it to be bad."""

_ENOUGH = 5
"""Pulses in trouble one after the other, after which a round ends."""

_PATIENCE = 2
"""Rounds in which a pulse may fail while empty ones pass, until it is split to find the bad part."""

_LONGEST_TURN = 1.0
"""Seconds until another look at what is in the way: another editor's lease, a profile that is not settled yet. Only
while something waits to be sent."""

_FEW = 20
"""Pulses with which a round looks for our machine's name in the profile: with a long queue that can wait."""

_MANY = 6
"""Pulses in doubt with which no other one goes out before the profile was looked at: more are hard to tell apart."""

_HOUR = 3600.0


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


class RoundResult(NamedTuple):
    """Why a round ended. No `state`: nothing is in the way; `wait` seconds until there is more to do, 0: nothing is.

    `state` is 'offline', 'unauthorized' or 'error', for that `reason`. `has_begun`: False, it was not this process's
    turn, so nothing is known of the service that was not known before.
    """

    state: str = ""
    reason: str = ""
    wait: float = 0.0
    has_begun: bool = True

    @classmethod
    def of(cls, outcome: Outcome) -> RoundResult:
        """The trouble with a request."""
        return cls(outcome.state, outcome.reason, outcome.retry_after)


def _not_yet(wait: float) -> RoundResult:
    return RoundResult(wait=min(wait, _LONGEST_TURN), has_begun=False)


class Delivery:
    """One service, one outbox. `should_continue` is asked between pulses."""

    def __init__(  # noqa: PLR0913, PLR0917 (each is a part that tests replace)
        self,
        outbox: Outbox,
        service: Service,
        clock: Clock,
        backoff: Backoff,
        listener: Listener,
        should_continue: Callable[[], bool],
        check: ArrivalCheck | None = None,
    ) -> None:
        self._outbox = outbox
        self._service = service
        self._clock = clock
        self._backoff = backoff
        self._listener = listener
        self._should_continue = should_continue
        self._check = check
        self._suspicions = Suspicions()
        self._unwritten: Callable[[], object] | None = None
        self._is_trusted = False  # a word of the service's came in this round
        self._is_troubled = False  # the last pulse got no word of it: an empty one goes first
        self._trouble = RoundResult()
        self._passed = 0  # pulses that were taken in this round
        self._deferred: set[int] = set()  # in doubt, and to be judged when others have passed
        self._has_others = True
        self._ends_rests = False  # the user asks for sending

    def send_round(self) -> RoundResult:
        """Send until nothing is left or something is in the way. Raises StorageError."""
        self.flush_outcome()
        if self._outbox.waiting() == 0:  # orphans are among them
            return RoundResult()
        pause = self._outbox.pause_left()
        if pause:
            return RoundResult("offline", "the service asks for fewer requests", pause)
        wait = self._outbox.acquire()
        if wait:
            return _not_yet(wait)
        self._begin_round()
        try:
            return self._send_all()
        except ProfileAwayError as error:
            self._pause(error.outcome)
            return RoundResult.of(error.outcome)
        except LeaseLostError as error:
            self._listener.note(str(error))
            return _not_yet(_LONGEST_TURN)
        finally:
            self._keep_suspicions()
            if not self.has_unwritten:  # else another editor would take for doubtful what is known
                with suppress(StorageError):  # it runs out by itself
                    self._outbox.release_lease()

    def forget_waits(self) -> None:
        """The user asks for sending now. Raises StorageError."""
        self._ends_rests = True
        self._outbox.pause(0.0)

    @property
    def has_unwritten(self) -> bool:
        """Whether an outcome is known here and not on disk."""
        return self._unwritten is not None

    def flush_outcome(self) -> None:
        """Write that outcome down, if there is one. Raises StorageError."""
        if self._unwritten is not None:
            self._unwritten()
            self._unwritten = None

    def _begin_round(self) -> None:
        self._suspicions.restore(self._outbox.suspicions())
        if self._ends_rests:
            self._suspicions.end_rests()
            self._ends_rests = False
        self._suspicions.begin_round()
        self._passed = 0
        self._deferred = self._suspicions.suspects()
        self._has_others = True
        self._is_trusted = False
        self._trouble = RoundResult()

    def _keep_suspicions(self) -> None:
        records = self._suspicions.take_unkept()
        if records is not None:
            with suppress(StorageError):
                self._outbox.keep_suspicions(records)

    def _send_all(self) -> RoundResult:
        if self._check is not None and not self._outbox.has_doubts():
            wait = self._check.prepare(is_in_a_hurry=self._outbox.waiting() > _FEW)
            if wait:
                return _not_yet(wait)
        if self._check is not None and self._outbox.has_undecided_names():
            self._outbox.languages = self._check.languages()
        if self._outbox.must_ask_the_time():
            self._service.probe()
        while self._should_continue():
            result = self._send_one()
            if result is not None:
                return result
        return RoundResult()

    def _send_one(self) -> RoundResult | None:
        if self._is_troubled or (not self._is_trusted and self._must_ask_first()):
            result = self._ask()
            if result is not None:
                return result
        claim = self._claim()
        if claim is None:
            return self._nothing_left()
        if claim.doubts and (wait := self._settles_in()):
            return self._put_off(claim, wait)
        finding = self._look_for(claim) if claim.doubts else UNKNOWN
        if self._is_decided(claim, finding):
            return None
        if finding.times == 0:
            claim = replace(claim, doubts=0)
        if finding is not UNKNOWN or claim.doubts:
            self._outbox.renew()  # the look may have been a long one
        if not self._outbox.lease.is_held():  # stopped between the claim and here
            self._write(lambda: self._outbox.put_back(claim))
            raise LeaseLostError("this process was stopped: another editor may be sending")
        if claim.doubts:
            # The profile does not tell: whatever becomes of this process, no third time before others pass.
            self._suspicions.rest(claim.id, self._clock.uptime() + _HOUR, must=True)
            self._keep_suspicions()
        return self._act(claim, self._service.post_pulse(claim.pulse.body(), claim.pulse.coded_at))

    # -- before a pulse goes out ------------------------------------------------------------------

    def _must_ask_first(self) -> bool:
        """Whether nothing with XP may go out before the service has shown that it is there."""
        return self._outbox.has_doubts() or self._outbox.has_orphans()

    def _ask(self) -> RoundResult | None:
        """After a pulse that got no word of the service's: is it there, and does it take pulses?

        The pulse is an empty one (it carries no XP and may be lost): so an outage in which pulses are taken but
        answers are lost costs one duplicate of one pulse, and not one at each try.
        """
        outcome = self._service.probe()
        if outcome.ok:
            outcome = self._post_empty()
        is_refused_like_others = outcome.verdict is not Verdict.SENT and bool(self._suspicions.failed_now)
        if not outcome.is_word or is_refused_like_others:
            self._is_troubled = True
            self._suspicions.acquit_all()
            self._pause(outcome)
            return self._trouble if self._trouble.state else RoundResult.of(outcome)
        if self._is_troubled:
            self._listener.note("the service answers again")
        self._is_troubled, self._is_trusted = False, True
        if outcome.ok:
            self._accepted()
        return None

    def _accepted(self) -> None:
        """The token is good: what was recorded with a slip of it, or with none, goes with it."""
        adopted = self._outbox.accept()
        if adopted:
            self._listener.note(
                f"{adopted} pulses of a token or address that was never good are sent with this one"
            )

    def _post_empty(self) -> Outcome:
        pulse = Pulse.empty(self._clock, int(self._outbox.now()))
        return self._service.post_pulse(pulse.body(), pulse.coded_at)

    def _claim(self) -> Claim | None:
        """The next pulse; those that others are to be compared with when there are no others any more."""
        skip = self._suspicions.to_skip(self._clock.uptime())
        deferred = set() if self._has_many_doubts() else self._deferred
        claim = self._outbox.claim(skip | deferred)
        if claim is None and self._deferred:
            self._deferred.clear()
            self._has_others = False
            claim = self._outbox.claim(skip)
        return claim

    def _settles_in(self) -> float:
        return self._check.settles_in() if self._check is not None else 0.0

    def _waits_for_others(self) -> bool:
        """Whether others may go first: one that passes shows which machine is ours, and that pulses with XP pass."""
        return self._has_others and self._outbox.waiting() > 1 and not self._has_many_doubts()

    def _has_many_doubts(self) -> bool:
        return len(self._outbox.doubts()) >= _MANY

    def _defer(self, claim: Claim) -> None:
        self._deferred.add(claim.id)
        self._write(lambda: self._outbox.put_back(claim))

    def _put_off(self, claim: Claim, wait: float) -> RoundResult | None:
        """Not to be looked for yet: others may go."""
        self._defer(claim)
        return None if self._waits_for_others() else _not_yet(wait)

    def _look_for(self, claim: Claim) -> Finding:
        """How often a pulse in doubt has arrived, as far as the own profile tells."""
        if self._check is None:
            return UNKNOWN
        others = self._outbox.doubts()
        try:
            return self._check.confirm([Doubt(claim.pulse.xps, claim.doubts), *others])
        except ProfileAwayError:  # it would tell, but not now
            self._write(lambda: self._outbox.put_back(claim))
            raise

    def _is_decided(self, claim: Claim, finding: Finding) -> bool:
        """Whether a claimed pulse need not go out: it has arrived, waits for others, is bad, or has to be split."""
        is_unclear = finding.times is None or finding.is_guess
        if claim.doubts and is_unclear and self._waits_for_others():
            self._defer(claim)
            return True
        if finding.times:
            self._listener.note("the profile shows it: what was in doubt did arrive")
            self._sent(claim, Outcome(Verdict.SENT), times=finding.times)
            return True
        if finding.times == 0:
            self._outbox.settle(claim)
        return self._is_bad(claim, is_frozen=bool(claim.doubts) and finding.times is None)

    def _is_bad(self, claim: Claim, *, is_frozen: bool) -> bool:
        is_bad = claim.failures > FAILURES_UNTIL_GIVEN_UP
        is_stubborn = self._suspicions.of(claim.id).lone_rounds >= _PATIENCE and not is_frozen
        if len(claim.pulse.xps) > 1 and (is_bad or is_stubborn):
            self._listener.note("the service has trouble with a pulse: its languages are sent one by one")
            self._suspicions.forget(claim.id)
            self._write(lambda: self._outbox.split(claim))
            return True
        if is_bad:
            self._give_up(claim, "rejected", "others were taken, this one never")
        return is_bad

    # -- after a pulse went out -------------------------------------------------------------------

    def _act(self, claim: Claim, outcome: Outcome) -> RoundResult | None:
        if outcome.verdict is not Verdict.IN_DOUBT:
            self._suspicions.end_rest(claim.id)
        return _ACTIONS[outcome.verdict](self, claim, outcome)

    def _sent(self, claim: Claim, _: Outcome, *, times: int = 0) -> None:
        self._is_trusted, self._is_troubled = True, False
        self._passed += 1
        self._suspicions.forget(claim.id)
        self._write(lambda: self._arrived(claim, times))
        self._accepted()
        for pulse, suspicion in self._suspicions.another_passed():
            failures = self._outbox.count_failure(pulse) if suspicion.counts else 0
            wait = self._backoff.after(max(failures, suspicion.rests))
            self._suspicions.rest(pulse, self._clock.uptime() + wait)

    def _arrived(self, claim: Claim, times: int) -> None:
        if self._outbox.finish(claim, "sent", times=times):
            self._listener.sent(claim)
        else:
            self._listener.note("a pulse arrived, but another editor has sent it too")

    def _too_old(self, claim: Claim, outcome: Outcome) -> RoundResult | None:
        """Believed of what is too old by the service's own clock; what a wrong clock had dated goes again at once."""
        if self._outbox.is_dated_again(claim):
            self._write(lambda: self._outbox.put_back(claim))
            return None
        if self._outbox.is_too_old(claim):
            self._give_up(claim, "expired", outcome.reason)
            return None
        return self._put_aside(claim, outcome, counts=False)

    def _give_up(self, claim: Claim, state: str, reason: str) -> None:
        def write() -> None:
            if self._outbox.finish(claim, state):
                self._listener.lost(claim, state, reason)

        self._suspicions.forget(claim.id)
        self._write(write)

    def _refused(self, claim: Claim, outcome: Outcome) -> RoundResult | None:
        """The service took it for bad. It is not there: it waits, while others show whether it is the pulse's fault."""
        if outcome.is_dated:
            return self._too_old(claim, outcome)
        return self._put_aside(claim, outcome, counts=True)

    def _put_aside(self, claim: Claim, outcome: Outcome, *, counts: bool) -> RoundResult | None:
        self._write(lambda: self._outbox.put_back(claim, alone=True))
        return self._failed(claim, outcome, counts=counts)

    def _in_doubt(self, claim: Claim, outcome: Outcome) -> RoundResult | None:
        """No word of the service's: it may have it. Unchanged, it waits until the profile or the service tells."""
        self._write(lambda: self._outbox.doubt(claim))
        if not outcome.status:
            self._suspicions.unheard(claim.id)
            return self._note_trouble(outcome)
        result = self._failed(claim, outcome, counts=outcome.is_spoken)
        return self._trouble if outcome.retry_after else result

    def _failed(self, claim: Claim, outcome: Outcome, *, counts: bool) -> RoundResult | None:
        self._suspicions.fail(claim.id, counts=counts)
        self._note_trouble(outcome)
        return self._none_passed() if len(self._suspicions.failed_now) >= _ENOUGH else None

    def _note_trouble(self, outcome: Outcome) -> RoundResult:
        self._listener.note(f"a pulse is in trouble: {outcome.reason}")
        self._is_troubled, self._is_trusted = True, False
        self._trouble = RoundResult.of(outcome)
        self._pause(outcome)
        return self._trouble

    def _unauthorized(self, claim: Claim, outcome: Outcome) -> RoundResult:
        """The token is not good: it is asked again with an empty pulse."""
        self._is_troubled = True
        result = self._unavailable(claim, outcome)
        self._outbox.refuse()
        return result

    def _unavailable(self, claim: Claim, outcome: Outcome) -> RoundResult:
        self._write(lambda: self._outbox.put_back(claim))
        return RoundResult.of(outcome)

    def _nothing_left(self) -> RoundResult:
        if self._suspicions.failed_now:
            return self._none_passed()
        if self._check is not None and 0 < self._passed <= _FEW and not self._outbox.has_doubts():
            self._check.learn_machine()
        return self._until_next()

    def _none_passed(self) -> RoundResult:
        """Pulses with XP fail, empty ones pass: nothing is given up before one with XP passes."""
        is_known = True
        for pulse, suspicion in self._suspicions.none_passed():
            is_known = is_known and suspicion.rests > 0
            if suspicion.rests:
                wait = self._backoff.after(suspicion.rests + suspicion.lone_rounds)
                self._suspicions.rest(pulse, max(suspicion.rest_until, self._clock.uptime() + wait))
        return self._until_next() if is_known else self._trouble

    def _until_next(self) -> RoundResult:
        now = self._clock.uptime()
        until = self._suspicions.next_at(now)
        return RoundResult(wait=max(until - now, 0.001) if until else 0.0)

    def _pause(self, outcome: Outcome) -> None:
        if outcome.retry_after:
            self._outbox.pause(outcome.retry_after)

    def _write(self, write: Callable[[], object]) -> None:
        """Write an outcome down; if the disk refuses, that is done before anything else is sent."""
        self._unwritten = write
        self.flush_outcome()


_ACTIONS: dict[Verdict, Callable[[Delivery, Claim, Outcome], RoundResult | None]] = {
    Verdict.SENT: Delivery._sent,  # noqa: SLF001 (this module's own table)
    Verdict.EXPIRED: Delivery._too_old,  # noqa: SLF001
    Verdict.REFUSED: Delivery._refused,  # noqa: SLF001
    Verdict.IN_DOUBT: Delivery._in_doubt,  # noqa: SLF001
    Verdict.UNAUTHORIZED: Delivery._unauthorized,  # noqa: SLF001
    Verdict.UNAVAILABLE: Delivery._unavailable,  # noqa: SLF001
}
